import { isObject, python } from '../json.js';
import { refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import { checkMetadata } from '../cinder/metadata.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkMetadataQuota } from './create.js';
import { findServer } from './servers.js';

function given(call: SimulatedCall, key: 'metadata' | 'meta'): Record<string, string> {
  const held = isObject(call.body) ? call.body[key] : undefined;
  if (!isObject(held))
    throw refuse.bad(
      `Invalid input for field/attribute ${key}. Value: ${python(held)}. ${python(held)} is not of type 'object'`,
    );
  return checkMetadata(held);
}

/** Nova changes no metadata of a server that is being built, or in error (seen on a real one: 409). */
function set(world: World, server: Server, metadata: Record<string, string>, verb = 'update'): void {
  if (server.vm_state === 'building' || server.vm_state === 'error')
    throw refuse.conflict(`Cannot '${verb} metadata' instance ${server.id} while it is in vm_state ${server.vm_state}`);
  server.metadata = checkMetadataQuota(world, metadata);
  server.updated = world.clock.stamp();
}

function itemOf(call: SimulatedCall, world: World): { server: Server; key: string; value: string } {
  const server = findServer(call, world);
  const key = call.params.key ?? '';
  const value = server.metadata[key];
  if (value === undefined) throw refuse.missing('Metadata item was not found');
  return { server, key, value };
}

/** Server metadata: POST merges, PUT replaces (recorded: 206 to 213). */
export const serverMetadata = {
  get: (call: SimulatedCall, world: World): Answer => ok({ metadata: findServer(call, world).metadata }),

  merge: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    set(world, server, { ...server.metadata, ...given(call, 'metadata') });
    return ok({ metadata: server.metadata });
  },

  replace: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    set(world, server, given(call, 'metadata'));
    return ok({ metadata: server.metadata });
  },

  getItem: (call: SimulatedCall, world: World): Answer => {
    const { key, value } = itemOf(call, world);
    return ok({ meta: { [key]: value } });
  },

  setItem: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    const meta = given(call, 'meta');
    const key = call.params.key ?? '';
    if (Object.keys(meta).length !== 1 || meta[key] === undefined) throw refuse.bad('Request body and URI mismatch');
    set(world, server, { ...server.metadata, ...meta });
    return ok({ meta });
  },

  removeItem: (call: SimulatedCall, world: World): Answer => {
    const { server, key } = itemOf(call, world);
    set(world, server, Object.fromEntries(Object.entries(server.metadata).filter(([name]) => name !== key)), 'delete');
    return noContent;
  },
};
