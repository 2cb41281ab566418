import type { JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { addresses, bare } from './addresses.js';
import { findServer } from './servers.js';
import { portsOf } from './view.js';

const of = (call: SimulatedCall, world: World): Record<string, JsonObject[]> => {
  const server = findServer(call, world);
  return bare(addresses(world, server, portsOf(world, server.id)));
};

/** `/servers/{server}/ips`. */
export const serverIps = {
  list: (call: SimulatedCall, world: World): Answer => ok({ addresses: of(call, world) }),
  get: (call: SimulatedCall, world: World): Answer => {
    const name = call.params.network ?? '';
    const found = of(call, world)[name];
    if (found === undefined) throw refuse.missing('Instance is not a member of specified network');
    return ok({ [name]: found });
  },
};
