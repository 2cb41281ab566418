import { isObject, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { GroupType } from '../world/types.js';
import type { World } from '../world/world.js';

const isAdmin = (call: SimulatedCall): boolean => call.token.roles.includes('admin');

/** Only administrators see the specs. */
const typeBody = (call: SimulatedCall, { id, name, description, is_public, group_specs }: GroupType): JsonObject => ({
  id,
  name,
  description,
  is_public,
  ...(isAdmin(call) ? { group_specs } : {}),
});

function find(call: SimulatedCall, world: World): GroupType {
  const id = call.params.type ?? '';
  const type = id === 'default' ? world.groupTypes.values().next().value : world.groupTypes.get(id);
  if (type === undefined) throw refuse.missing(`Group type ${id} could not be found.`);
  return type;
}

const texts = (given: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, str(value)]));

function checkFree(world: World, name: string, self?: GroupType): void {
  if ([...world.groupTypes.values()].some((one) => one !== self && one.name === name))
    throw refuse.conflict(`Group Type ${name} already exists.`);
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'group_type');
  const name = textIn(requested, 'name');
  if (requested === undefined || name === undefined || name === '')
    throw refuse.bad("Invalid input for field/attribute group_type. 'name' is a required property");
  checkFree(world, name);
  const type = world.add('groupTypes', {
    id: world.random.uuid(),
    name,
    description: textIn(requested, 'description') ?? null,
    is_public: truthy(requested.is_public ?? true),
    group_specs: isObject(requested.group_specs) ? texts(requested.group_specs) : {},
  });
  return { status: 202, body: { group_type: typeBody(call, type) } };
}

function update(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  const requested = objectIn(call.body, 'group_type');
  const name = textIn(requested, 'name');
  if (name !== undefined) checkFree(world, name, type);
  type.name = name ?? type.name;
  type.description = textIn(requested, 'description') ?? type.description;
  if (requested?.is_public !== undefined) type.is_public = truthy(requested.is_public);
  return ok({ group_type: typeBody(call, type) });
}

function remove(call: SimulatedCall, world: World): Answer {
  const type = find(call, world);
  if ([...world.groups.values()].some(({ group_type }) => group_type === type.id))
    throw refuse.bad('Target group type is still in use.');
  world.groupTypes.delete(type.id);
  return accepted();
}

const keyOf = (call: SimulatedCall, type: GroupType): { key: string; value: string } => {
  const key = call.params.key ?? '';
  const value = type.group_specs[key];
  if (value === undefined) throw refuse.missing(`Group Type ${type.id} has no specs with key ${key}.`);
  return { key, value };
};

const specs = {
  list: (call: SimulatedCall, world: World): Answer => ok({ group_specs: find(call, world).group_specs }),
  create: (call: SimulatedCall, world: World): Answer => {
    const type = find(call, world);
    const given = objectIn(call.body, 'group_specs');
    if (given === undefined)
      throw refuse.bad("Invalid input for field/attribute body. 'group_specs' is a required property");
    type.group_specs = { ...type.group_specs, ...texts(given) };
    return accepted({ group_specs: texts(given) });
  },
  get: (call: SimulatedCall, world: World): Answer => {
    const { key, value } = keyOf(call, find(call, world));
    return ok({ [key]: value });
  },
  set: (call: SimulatedCall, world: World): Answer => {
    const type = find(call, world);
    const key = call.params.key ?? '';
    const given = isObject(call.body) ? texts(call.body) : {};
    const value = given[key];
    if (value === undefined || Object.keys(given).length > 1) throw refuse.bad('Request body and URI mismatch');
    type.group_specs = { ...type.group_specs, [key]: value };
    return ok({ [key]: value });
  },
  remove: (call: SimulatedCall, world: World): Answer => {
    const type = find(call, world);
    const { key } = keyOf(call, type);
    type.group_specs = Object.fromEntries(Object.entries(type.group_specs).filter(([name]) => name !== key));
    return accepted();
  },
};

/** Types of volume groups (Cinder 3.11), and their specs. */
export const groupTypes = {
  list: (call: SimulatedCall, world: World): Answer => {
    const requested = call.query.get('is_public');
    const shown = [...world.groupTypes.values()].filter(({ is_public }) =>
      isAdmin(call) && requested === 'None'
        ? true
        : isAdmin(call) && requested !== null
          ? truthy(requested) === is_public
          : is_public,
    );
    const byName = sorted(
      shown,
      call.query,
      (type, key) => type[key as keyof GroupType],
      (a, b) => a.id.localeCompare(b.id),
    );
    return ok({ group_types: byName.map((type) => typeBody(call, type)) });
  },
  get: (call: SimulatedCall, world: World): Answer => ok({ group_type: typeBody(call, find(call, world)) }),
  create,
  update,
  remove,
  specs,
};
