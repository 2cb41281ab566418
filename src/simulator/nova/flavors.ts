import { isObject, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Flavor } from '../world/types.js';
import type { World } from '../world/world.js';
import { findFlavor, flavorBody } from './catalogue.js';
import { checkName } from './servers.js';

const LEAST = { vcpus: 1, ram: 1, disk: 0, 'OS-FLV-EXT-DATA:ephemeral': 0, swap: 0 } as const;

/** A number of the request. Throws Nova's 400 (recorded: 130). */
function numberIn(requested: JsonObject, key: keyof typeof LEAST, fallback?: number): number {
  const given = requested[key] ?? fallback;
  const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw refuse.bad(
      `Invalid input for field/attribute flavor. Value: ${JSON.stringify(requested)}. '${key}' is a required property`,
    );
  if (value < LEAST[key])
    throw refuse.bad(
      `Invalid input for field/attribute ${key}. Value: ${value}. ${value} is less than the minimum of ${LEAST[key]}`,
    );
  return value;
}

/** Recorded: 128 to 130. */
function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'flavor') ?? {};
  const [vcpus, ram, disk] = [numberIn(requested, 'vcpus'), numberIn(requested, 'ram'), numberIn(requested, 'disk')];
  const name = textIn(requested, 'name') ?? '';
  checkName(name);
  const id = requested.id === undefined || requested.id === null ? 'auto' : str(requested.id);
  if (!/^(?! )[a-zA-Z0-9. _-]{1,255}(?<! )$/.test(id))
    throw refuse.bad(
      `Invalid input for field/attribute id. Value: ${id}. '${id}' does not match '^(?! )[a-zA-Z0-9. _-]+(?<! )$'`,
    );
  const all = [...world.flavors.values()];
  if (all.some((one) => one.name === name)) throw refuse.conflict(`Flavor with name ${name} already exists.`);
  if (all.some((one) => one.id === id)) throw refuse.conflict(`Flavor with ID ${id} already exists.`);
  const flavor = world.add('flavors', {
    id: id === 'auto' ? world.random.uuid() : id,
    name,
    ram,
    vcpus,
    disk,
    description: call.version >= 55 ? (textIn(requested, 'description') ?? null) : null,
    is_public: truthy(requested['os-flavor-access:is_public'] ?? true),
    ephemeral: numberIn(requested, 'OS-FLV-EXT-DATA:ephemeral', 0),
    swap: numberIn(requested, 'swap', 0),
    rxtx_factor: Number(requested.rxtx_factor ?? 1),
  });
  return ok({ flavor: flavorBody(call, flavor) });
}

const existingFlavor = (call: SimulatedCall, world: World): Flavor => {
  const flavor = findFlavor(call, world);
  if (!world.flavors.has(flavor.id)) throw refuse.notFound('Flavor', flavor.id);
  return flavor;
};

function setSpecs(call: SimulatedCall, world: World): Answer {
  const flavor = existingFlavor(call, world);
  const specs = objectIn(call.body, 'extra_specs');
  if (!isObject(specs))
    throw refuse.bad("Invalid input for field/attribute body. 'extra_specs' is a required property");
  const added = Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, str(value)]));
  flavor.extra_specs = { ...flavor.extra_specs, ...added };
  return ok({ extra_specs: added });
}

/** Recorded: 133. */
function setSpec(call: SimulatedCall, world: World): Answer {
  const flavor = existingFlavor(call, world);
  const key = call.params.key ?? '';
  const value = isObject(call.body) ? call.body[key] : undefined;
  if (value === undefined || Object.keys(call.body as object).length > 1)
    throw refuse.bad('Request body and URI mismatch');
  flavor.extra_specs = { ...flavor.extra_specs, [key]: str(value) };
  return ok({ [key]: str(value) });
}

/** Recorded: 135, 136. */
function removeSpec(call: SimulatedCall, world: World): Answer {
  const flavor = existingFlavor(call, world);
  const key = call.params.key ?? '';
  if (!Object.hasOwn(flavor.extra_specs, key))
    throw refuse.missing(`Flavor ${flavor.id} has no extra specs with key ${key}.`);
  flavor.extra_specs = Object.fromEntries(Object.entries(flavor.extra_specs).filter(([name]) => name !== key));
  return { status: 200 };
}

/** Since 2.55 a flavor may be described. */
function update(call: SimulatedCall, world: World): Answer {
  if (call.version < 55) throw refuse.unknown();
  const flavor = existingFlavor(call, world);
  flavor.description = textIn(objectIn(call.body, 'flavor'), 'description') ?? null;
  return ok({ flavor: flavorBody(call, flavor) });
}

const accessOf = ({ id, access }: Flavor): Answer =>
  ok({ flavor_access: access.map((tenant_id) => ({ flavor_id: id, tenant_id })) });

function access(call: SimulatedCall, world: World): Answer {
  const flavor = existingFlavor(call, world);
  if (flavor.is_public) throw refuse.missing('Access list not available for public flavors.');
  return accessOf(flavor);
}

/** `addTenantAccess` and `removeTenantAccess`: who may use a flavor that is not public. */
function action(call: SimulatedCall, world: World): Answer {
  const flavor = existingFlavor(call, world);
  const [name, args] = Object.entries(isObject(call.body) ? call.body : {})[0] ?? [];
  const tenant = textIn(args, 'tenant') ?? '';
  if (name === 'addTenantAccess') {
    if (flavor.is_public) throw refuse.conflict('Can not add access to a public flavor.');
    if (flavor.access.includes(tenant))
      throw refuse.conflict(`Flavor access already exists for flavor ${flavor.id} and project ${tenant} combination.`);
    flavor.access.push(tenant);
  } else if (name === 'removeTenantAccess') {
    if (!flavor.access.includes(tenant))
      throw refuse.missing(`Flavor access not found for ${flavor.id} / ${tenant} combination.`);
    flavor.access = flavor.access.filter((one) => one !== tenant);
  } else throw refuse.bad(`There is no such action: ${name ?? ''}`);
  return accessOf(flavor);
}

/** What administrators do with the catalogue: recorded, 128 to 137 and 432. */
export const flavorManagement = {
  create,
  update,
  setSpecs,
  setSpec,
  removeSpec,
  access,
  action,
  remove: (call: SimulatedCall, world: World): Answer => {
    world.flavors.delete(existingFlavor(call, world).id);
    return { status: 202 };
  },
};
