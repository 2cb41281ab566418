import { isObject, objectIn, str, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeType } from '../world/types.js';
import type { World } from '../world/world.js';
import { findType } from './storage.js';

const typeBody = ({ id, name, description, is_public, extra_specs }: VolumeType): JsonObject => ({
  id,
  name,
  is_public,
  description,
  extra_specs,
  qos_specs_id: null,
  'os-volume-type-access:is_public': is_public,
});

function find(call: SimulatedCall, world: World): VolumeType {
  const ref = call.params.type ?? '';
  const type = ref === 'default' ? world.volumeTypes.values().next().value : world.volumeTypes.get(ref);
  if (type === undefined) throw refuse.missing(`Volume type ${ref} could not be found.`);
  return type;
}

function create(call: SimulatedCall, world: World): Answer {
  const wanted = objectIn(call.body, 'volume_type');
  const name = textIn(wanted, 'name');
  if (wanted === undefined || name === undefined)
    throw refuse.bad("Invalid input for field/attribute volume_type. 'name' is a required property");
  if (findType(world, name) !== undefined) throw refuse.conflict(`Volume Type ${name} already exists.`);
  const specs = isObject(wanted.extra_specs)
    ? Object.fromEntries(Object.entries(wanted.extra_specs).map(([key, value]) => [key, str(value)]))
    : {};
  return ok({
    volume_type: typeBody(
      world.add('volumeTypes', {
        id: world.random.uuid(),
        name,
        description: textIn(wanted, 'description') ?? null,
        extra_specs: specs,
      }),
    ),
  });
}

function remove(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  if ([...world.volumes.values()].some(({ volume_type }) => volume_type === type.name))
    throw refuse.bad('Target volume type is still in use.');
  world.volumeTypes.delete(type.id);
  return accepted();
}

export const types = {
  list: (_: SimulatedCall, world: World): Answer => ok({ volume_types: [...world.volumeTypes.values()].map(typeBody) }),
  get: (call: SimulatedCall, world: World): Answer => ok({ volume_type: typeBody(find(call, world)) }),
  extraSpecs: (call: SimulatedCall, world: World): Answer => ok({ extra_specs: find(call, world).extra_specs }),
  create,
  remove,
};
