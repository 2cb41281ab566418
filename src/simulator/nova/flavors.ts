import { isObject, objectIn, str, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Flavor } from '../world/types.js';
import type { World } from '../world/world.js';
import { findFlavor, flavorBody } from './catalogue.js';

const LEAST: Readonly<Record<'vcpus' | 'ram' | 'disk', number>> = { vcpus: 1, ram: 1, disk: 0 };

/** A number of the request. Throws Nova's 400 (recorded: 130). */
function numberIn(wanted: JsonObject, key: keyof typeof LEAST): number {
  const value = wanted[key];
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw refuse.bad(
      `Invalid input for field/attribute flavor. Value: ${JSON.stringify(wanted)}. '${key}' is a required property`,
    );
  if (value < LEAST[key])
    throw refuse.bad(
      `Invalid input for field/attribute ${key}. Value: ${value}. ${value} is less than the minimum of ${LEAST[key]}`,
    );
  return value;
}

/** Recorded: 128 to 130. */
function create(call: SimulatedCall, world: World): Answer {
  const wanted = objectIn(call.body, 'flavor') ?? {};
  const [vcpus, ram, disk] = [numberIn(wanted, 'vcpus'), numberIn(wanted, 'ram'), numberIn(wanted, 'disk')];
  const name = textIn(wanted, 'name') ?? '';
  const id = textIn(wanted, 'id') ?? world.random.uuid();
  const all = [...world.flavors.values()];
  if (all.some((one) => one.name === name)) throw refuse.conflict(`Flavor with name ${name} already exists.`);
  if (all.some((one) => one.id === id)) throw refuse.conflict(`Flavor with ID ${id} already exists.`);
  return ok({ flavor: flavorBody(call, world.add('flavors', { id, name, ram, vcpus, disk, extra_specs: {} })) });
}

const made = (call: SimulatedCall, world: World): Flavor => {
  const flavor = findFlavor(call, world);
  if (!world.flavors.has(flavor.id)) throw refuse.notFound('Flavor', flavor.id);
  return flavor;
};

function setSpecs(call: SimulatedCall, world: World): Answer {
  const flavor = made(call, world);
  const specs = objectIn(call.body, 'extra_specs');
  if (!isObject(specs))
    throw refuse.bad("Invalid input for field/attribute body. 'extra_specs' is a required property");
  const added = Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, str(value)]));
  flavor.extra_specs = { ...flavor.extra_specs, ...added };
  return ok({ extra_specs: added });
}

/** What administrators do with the catalogue: recorded, 128 to 137 and 432. */
export const flavorManagement = {
  create,
  setSpecs,
  remove: (call: SimulatedCall, world: World): Answer => {
    world.flavors.delete(made(call, world).id);
    return { status: 202 };
  },
};
