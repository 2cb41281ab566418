import { isObject, python, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { findSnapshot, findVolume } from './find.js';
import { touch } from './attach.js';

const KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;

/**
 * Metadata as given, when keys have 1 to 255 of the characters that are allowed and values are texts of at most 255.
 * Nova's and Cinder's refusals are the same (recorded: 212, 213).
 */
export function checkMetadata(given: JsonObject): Record<string, string> {
  for (const [key, value] of Object.entries(given)) {
    if (!KEY.test(key))
      throw refuse.bad(
        `Invalid input for field/attribute metadata. Value: ${python(given)}. '${key}' does not match any of ` +
          `the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'`,
      );
    if (typeof value !== 'string')
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${python(value)}. ${python(value)} is not of type 'string'`,
      );
    if (value.length > 255)
      throw refuse.bad(`Invalid input for field/attribute ${key}. Value: ${value}. '${value}' is too long`);
  }
  return given as Record<string, string>;
}

function given(call: SimulatedCall): Record<string, string> {
  const held = isObject(call.body) ? call.body.metadata : undefined;
  if (!isObject(held))
    throw refuse.bad(
      `Invalid input for field/attribute metadata. Value: ${python(held)}. ${python(held)} is not of type 'object'`,
    );
  return checkMetadata(held);
}

interface MetadataHolder {
  readonly id: string;
  metadata: Record<string, string>;
}

/** Metadata of one kind of thing, as Cinder has them for volumes and snapshots alike. */
const metadataOf = <T extends MetadataHolder>(
  what: string,
  find: (call: SimulatedCall, world: World) => T,
  touched: (world: World, thing: T) => void,
) => ({
  get: (call: SimulatedCall, world: World): Answer => ok({ metadata: find(call, world).metadata }),

  merge: (call: SimulatedCall, world: World): Answer => {
    const thing = find(call, world);
    thing.metadata = { ...thing.metadata, ...given(call) };
    touched(world, thing);
    return ok({ metadata: thing.metadata });
  },

  replace: (call: SimulatedCall, world: World): Answer => {
    const thing = find(call, world);
    thing.metadata = given(call);
    touched(world, thing);
    return ok({ metadata: thing.metadata });
  },

  item: (call: SimulatedCall, world: World): Answer => {
    const thing = find(call, world);
    const key = call.params.key ?? '';
    const value = thing.metadata[key];
    if (value === undefined) throw refuse.missing(`${what} ${thing.id} has no metadata with key ${key}.`);
    return ok({ meta: { [key]: value } });
  },

  setItem: (call: SimulatedCall, world: World): Answer => {
    const thing = find(call, world);
    const key = call.params.key ?? '';
    const meta = isObject(call.body) && isObject(call.body.meta) ? checkMetadata(call.body.meta) : {};
    const value = meta[key];
    if (value === undefined || Object.keys(meta).length > 1) throw refuse.bad('Request body and URI mismatch');
    thing.metadata = { ...thing.metadata, [key]: value };
    touched(world, thing);
    return ok({ meta: { [key]: value } });
  },

  remove: (call: SimulatedCall, world: World): Answer => {
    const thing = find(call, world);
    const key = call.params.key ?? '';
    if (!(key in thing.metadata)) throw refuse.missing(`${what} ${thing.id} has no metadata with key ${key}.`);
    thing.metadata = Object.fromEntries(Object.entries(thing.metadata).filter(([name]) => name !== key));
    touched(world, thing);
    return { status: 200 };
  },
});

export const volumeMetadata = metadataOf('Volume', (call, world) => findVolume(call, world), touch);
export const snapshotMetadata = metadataOf(
  'Snapshot',
  (call, world) => findSnapshot(call, world),
  (world, snapshot) => {
    snapshot.updated_at = world.clock.stamp();
  },
);
