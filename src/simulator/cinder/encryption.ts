import { naive } from '../clock.js';
import { objectIn, str, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { VolumeType } from '../world/types.js';
import type { World } from '../world/world.js';

const KEYS = ['provider', 'control_location', 'cipher', 'key_size'] as const;

function find(call: SimulatedCall, world: World): VolumeType {
  const id = call.params.type ?? '';
  const type = world.volumeTypes.get(id);
  if (type === undefined) throw refuse.missing(`Volume type ${id} could not be found.`);
  return type;
}

/** What the body names of an encryption. Throws Cinder's 400. */
function sentIn(call: SimulatedCall): JsonObject {
  const requested = objectIn(call.body, 'encryption');
  if (requested === undefined)
    throw refuse.bad("Invalid input for field/attribute body. 'encryption' is a required property");
  const where = requested.control_location;
  if (where !== undefined && where !== 'front-end' && where !== 'back-end')
    throw refuse.bad(
      `Invalid input for field/attribute control_location. Value: ${str(where)}. '${str(where)}' is not one of ` +
        `['front-end', 'back-end']`,
    );
  return Object.fromEntries(KEYS.flatMap((key) => (requested[key] === undefined ? [] : [[key, requested[key]]])));
}

const isUsed = (world: World, { name }: VolumeType): boolean =>
  [...world.volumes.values()].some(({ volume_type }) => volume_type === name);

/** Throws Cinder's 400 for a change of how volumes are encrypted that there are. */
function checkUnused(world: World, type: VolumeType, verb: string): void {
  if (isUsed(world, type)) throw refuse.bad(`Cannot ${verb} encryption specs. Volume type in use.`);
}

function create(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  checkUnused(world, type, 'create');
  if (type.encryption !== null) throw refuse.bad(`Volume type encryption for type ${type.id} already exists.`);
  const sent = sentIn(call);
  if (sent.provider === undefined)
    throw refuse.bad("Invalid input for field/attribute encryption. 'provider' is a required property");
  const values = {
    provider: sent.provider,
    control_location: sent.control_location ?? 'front-end',
    cipher: sent.cipher ?? null,
    key_size: sent.key_size ?? null,
  };
  type.encryption = {
    ...values,
    encryption_id: world.random.uuid(),
    created_at: naive(world.clock.stamp()),
    updated_at: null,
  };
  return ok({
    encryption: { ...values, volume_type_id: type.id, encryption_id: type.encryption.encryption_id },
  });
}

/** An empty document where the type has none. */
const get = (call: SimulatedCall, world: World): Answer => {
  const { id, encryption } = find(call, world);
  return ok(encryption === null ? {} : { ...encryption, deleted_at: null, deleted: false, volume_type_id: id });
};

function item(call: SimulatedCall, world: World): Answer {
  const { id, encryption } = find(call, world);
  const key = call.params.key ?? '';
  if (encryption === null) throw refuse.missing(`Volume type encryption for type ${id} does not exist.`);
  if (!Object.hasOwn(encryption, key)) throw refuse.missing(`Volume type encryption for type ${id} has no ${key}.`);
  return ok({ [key]: encryption[key] });
}

/** Cinder does not look at the id of the encryption in the path. Throws its 404. */
function held({ id, encryption }: VolumeType): JsonObject {
  if (encryption === null) throw refuse.missing(`Volume type encryption for type ${id} does not exist.`);
  return encryption;
}

/** Answers what was sent. */
function update(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  checkUnused(world, type, 'update');
  const sent = sentIn(call);
  type.encryption = { ...held(type), ...sent, updated_at: naive(world.clock.stamp()) };
  return ok({ encryption: sent });
}

function remove(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  held(type);
  checkUnused(world, type, 'delete');
  type.encryption = null;
  return accepted();
}

const POLICY = 'volume_extension:volume_type_encryption';

/** How volumes of a type are encrypted: told to administrators, and nothing is encrypted here. */
export const encryptionRoutes: readonly Route[] = [
  route('GET', '/types/{type}/encryption', `${POLICY}:get`, get, 'admin'),
  route('POST', '/types/{type}/encryption', `${POLICY}:create`, create, 'admin'),
  route('GET', '/types/{type}/encryption/{key}', `${POLICY}:get`, item, 'admin'),
  route('PUT', '/types/{type}/encryption/{key}', `${POLICY}:update`, update, 'admin'),
  route('DELETE', '/types/{type}/encryption/{key}', `${POLICY}:delete`, remove, 'admin'),
];
