import { isObject, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { nextLink, page } from '../paging.js';
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
  'os-volume-type-access:is_public': is_public,
});

/** As in lists and reads; the answer to a create lacks the additions (recorded: 319, 343). */
const typeDetail = (type: VolumeType): JsonObject => ({ ...typeBody(type), qos_specs_id: null });

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
        is_public: wanted['os-volume-type-access:is_public'] !== false,
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

function update(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const wanted = objectIn(call.body, 'volume_type');
  const name = textIn(wanted, 'name') ?? type.name;
  if (name !== type.name && findType(world, name) !== undefined)
    throw refuse.conflict(`Volume Type ${name} already exists.`);
  for (const volume of world.volumes.values()) if (volume.volume_type === type.name) volume.volume_type = name;
  type.name = name;
  type.description = textIn(wanted, 'description') ?? type.description;
  if (typeof wanted?.is_public === 'boolean') type.is_public = wanted.is_public;
  return ok({ volume_type: typeBody(type) });
}

function setSpecs(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const wanted = objectIn(call.body, 'extra_specs');
  if (wanted === undefined)
    throw refuse.bad("Invalid input for field/attribute body. 'extra_specs' is a required property");
  const specs = Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, str(value)]));
  type.extra_specs = { ...type.extra_specs, ...specs };
  return ok({ extra_specs: specs });
}

function removeSpec(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const key = call.params.key ?? '';
  if (!(key in type.extra_specs)) throw refuse.missing(`Volume Type ${type.id} has no extra specs with key ${key}.`);
  type.extra_specs = Object.fromEntries(Object.entries(type.extra_specs).filter(([name]) => name !== key));
  return accepted();
}

/** Clients look up names with `is_public=None`; pages work as in any other list. */
function list(call: SimulatedCall, world: World): Answer {
  const wanted = call.query.get('is_public');
  const all = [...world.volumeTypes.values()].filter(
    ({ is_public }) => wanted === null || wanted === 'None' || truthy(wanted) === is_public,
  );
  const paging = {
    id: ({ id }: VolumeType) => id,
    max: world.settings.pageLimit,
    badMarker: (marker: string) => refuse.missing(`Volume type ${marker} could not be found.`),
  };
  const found = page(all, call.query, paging);
  return ok({ volume_types: found.items.map(typeDetail), ...nextLink(call, 'volume_type', found, paging) });
}

export const types = {
  list,
  get: (call: SimulatedCall, world: World): Answer => ok({ volume_type: typeDetail(find(call, world)) }),
  extraSpecs: (call: SimulatedCall, world: World): Answer => ok({ extra_specs: find(call, world).extra_specs }),
  create,
  update,
  remove,
  setSpecs,
  removeSpec,
};
