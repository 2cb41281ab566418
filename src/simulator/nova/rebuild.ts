import { isObject, objectIn, str, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { settle } from './power.js';
import { attributesIn, checkName, fail, note } from './servers.js';
import { checkState } from './states.js';
import { changedServer } from './view.js';

/** The user data under a name of its own (openstack/nova, views/servers.py). */
function rebuilt(call: SimulatedCall, world: World, server: Server): JsonObject {
  const { 'OS-EXT-SRV-ATTR:user_data': _, ...body } = changedServer(call, world, server);
  return body;
}

/** The server anew from an image, its id, addresses and volumes kept (recorded: 301, 302). */
export function rebuild(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const ref = textIn(args, 'imageRef');
  if (ref === undefined)
    throw refuse.bad("Invalid input for field/attribute rebuild. 'imageRef' is a required property");
  const image = world.images.get(ref);
  if (image === undefined) throw refuse.bad('Cannot find image for rebuild');
  checkState(server, 'rebuild', ['active', 'stopped', 'error']);
  if (server.image_id === null && (image.volumes.length > 0 || call.version < 93))
    throw refuse.bad(`Unable to rebuild with a different image for a volume-backed server. Instance: ${server.id}`);
  const name = textIn(args, 'name');
  if (name !== undefined) checkName(name);
  note(call, world, server, 'rebuild');
  const metadata = objectIn(args, 'metadata');
  const userData = textIn(args, 'user_data');
  if (userData !== undefined && call.version < 57)
    throw refuse.bad(
      "Invalid input for field/attribute rebuild. Additional properties are not allowed ('user_data' was unexpected)",
    );
  Object.assign(server, {
    name: name ?? server.name,
    image_id: image.id,
    task_state: 'rebuilding',
    ...attributesIn(args),
    ...(userData === undefined ? {} : { user_data: userData }),
    ...(metadata === undefined
      ? {}
      : { metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, str(value)])) }),
  });
  world.work.begin('server.rebuild', server.id, { running: String(server.vm_state !== 'stopped') });
  const password = isObject(args) ? (textIn(args, 'adminPass') ?? world.random.hex(12)) : '';
  return {
    ...accepted({
      server: {
        ...rebuilt(call, world, server),
        ...(call.version >= 54 ? { key_name: server.key_name } : {}),
        ...(call.version >= 57 ? { user_data: server.user_data } : {}),
        adminPass: password,
      },
    }),
    headers: { Location: `${call.endpoint}/servers/${server.id}` },
  };
}

export const rebuildWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.rebuild': {
    seconds: 20,
    done(world, { id, args }) {
      const running = args.running === 'true';
      settle(world, id, 'rebuilding', {
        vm_state: running ? 'active' : 'stopped',
        power_state: running ? 1 : 4,
        fault: null,
      });
    },
    failed(world, { id }, message) {
      fail(world, id, message);
    },
  },
};
