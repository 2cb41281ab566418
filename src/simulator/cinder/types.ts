import { isObject, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { nextLink, page } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeType } from '../world/types.js';
import type { World } from '../world/world.js';
import { findType } from './storage.js';
import { changeAccess, listAccess, mayUse } from './type-access.js';

const typeBody = ({ id, name, description, is_public, extra_specs }: VolumeType): JsonObject => ({
  id,
  name,
  is_public,
  description,
  extra_specs,
  'os-volume-type-access:is_public': is_public,
});

/** As in lists and reads; the answer to a create lacks the additions (recorded: 319, 343). */
const typeDetail = (type: VolumeType): JsonObject => ({ ...typeBody(type), qos_specs_id: type.qos_specs_id });

function find(call: SimulatedCall, world: World): VolumeType {
  const ref = call.params.type ?? '';
  const type = ref === 'default' ? world.volumeTypes.values().next().value : world.volumeTypes.get(ref);
  if (type === undefined) throw refuse.missing(`Volume type ${ref} could not be found.`);
  return type;
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'volume_type');
  const name = textIn(requested, 'name');
  if (requested === undefined || name === undefined || name.trim() === '')
    throw refuse.bad("Invalid input for field/attribute volume_type. 'name' is a required property");
  if (findType(world, name) !== undefined) throw refuse.conflict(`Volume Type ${name} already exists.`);
  const specs = isObject(requested.extra_specs)
    ? Object.fromEntries(Object.entries(requested.extra_specs).map(([key, value]) => [key, str(value)]))
    : {};
  return ok({
    volume_type: typeBody(
      world.add('volumeTypes', {
        id: world.random.uuid(),
        name,
        description: textIn(requested, 'description') ?? null,
        is_public: truthy(requested['os-volume-type-access:is_public'] ?? true),
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
  const requested = objectIn(call.body, 'volume_type');
  const name = textIn(requested, 'name') ?? type.name;
  if (name !== type.name && findType(world, name) !== undefined)
    throw refuse.conflict(`Volume Type ${name} already exists.`);
  for (const volume of world.volumes.values()) if (volume.volume_type === type.name) volume.volume_type = name;
  type.name = name;
  type.description = textIn(requested, 'description') ?? type.description;
  if (typeof requested?.is_public === 'boolean') type.is_public = requested.is_public;
  const { 'os-volume-type-access:is_public': _, ...body } = typeBody(type);
  return ok({ volume_type: body });
}

function setSpecs(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const requested = objectIn(call.body, 'extra_specs');
  if (requested === undefined)
    throw refuse.bad("Invalid input for field/attribute body. 'extra_specs' is a required property");
  const specs = Object.fromEntries(Object.entries(requested).map(([key, value]) => [key, str(value)]));
  type.extra_specs = { ...type.extra_specs, ...specs };
  return ok({ extra_specs: specs });
}

/** One spec alone: the body names it, as the path does. */
function setSpec(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const key = call.params.key ?? '';
  const given = isObject(call.body) ? call.body : {};
  const value = given[key];
  if (Object.keys(given).length === 0)
    throw refuse.bad('Invalid input for field/attribute body. Value: {}. {} does not have enough properties');
  if (Object.keys(given).length > 1)
    throw refuse.bad('Invalid input for field/attribute body. It has too many properties');
  if (value === undefined || value === null) throw refuse.bad('Request body and URI mismatch');
  type.extra_specs = { ...type.extra_specs, [key]: str(value) };
  return ok({ [key]: str(value) });
}

function getSpec(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const key = call.params.key ?? '';
  const value = type.extra_specs[key];
  if (value === undefined) throw refuse.missing(`Volume Type ${type.id} has no extra specs with key ${key}.`);
  return ok({ [key]: value });
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
  const requested = call.query.get('is_public');
  const admin = call.token.roles.includes('admin');
  const all = [...world.volumeTypes.values()].filter((type) =>
    admin && requested === 'None'
      ? true
      : admin && requested !== null
        ? truthy(requested) === type.is_public
        : mayUse(type, call.token.projectId),
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
  setSpec,
  getSpec,
  removeSpec,
  access: (call: SimulatedCall, world: World): Answer => listAccess(call, world, find(call, world)),
  action: (call: SimulatedCall, world: World): Answer => changeAccess(call, world, find(call, world)),
};
