import { isArray, isObject, objectIn, str, textIn, type JsonObject } from '../json.js';
import { newestFirst, nextLink, page, sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Kept, VolumeType } from '../world/types.js';
import type { World } from '../world/world.js';

const specsOf = (qos: Kept): Record<string, string> =>
  isObject(qos.specs) ? (qos.specs as Record<string, string>) : {};

const body = (qos: Kept): JsonObject => ({
  id: qos.id,
  name: qos.name,
  consumer: qos.consumer,
  specs: specsOf(qos),
});

const withLinks = (call: SimulatedCall, qos: Kept): JsonObject => ({
  qos_specs: body(qos),
  links: [
    { rel: 'self', href: `${call.base}/volume/v3/${call.token.projectId}/qos-specs/${qos.id}` },
    { rel: 'bookmark', href: `${call.base}/volume/${call.token.projectId}/qos-specs/${qos.id}` },
  ],
});

function find(call: SimulatedCall, world: World): Kept {
  const id = call.params.qos ?? '';
  const found = world.qosSpecs.get(id);
  if (found === undefined) throw refuse.missing(`No such QoS spec ${id}.`);
  return found;
}

const typesWith = (world: World, { id }: Kept): VolumeType[] =>
  [...world.volumeTypes.values()].filter(({ qos_specs_id }) => qos_specs_id === id);

const CONSUMERS = ['back-end', 'front-end', 'both'];

/** What is sent besides the name and the consumer are the specs, as texts. Throws Cinder's 400. */
function sentIn(call: SimulatedCall): { consumer: string | undefined; specs: Record<string, string> } {
  const requested = objectIn(call.body, 'qos_specs');
  if (requested === undefined)
    throw refuse.bad("Invalid input for field/attribute body. 'qos_specs' is a required property");
  const { name: _, consumer, ...rest } = requested;
  if (consumer !== undefined && !CONSUMERS.includes(str(consumer)))
    throw refuse.bad(
      `Invalid input for field/attribute consumer. Value: ${str(consumer)}. '${str(consumer)}' is not one of ` +
        `['back-end', 'front-end', 'both']`,
    );
  return {
    consumer: consumer === undefined ? undefined : str(consumer),
    specs: Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, str(value)])),
  };
}

function list(call: SimulatedCall, world: World): Answer {
  const all = sorted(
    [...world.qosSpecs.values()],
    call.query,
    (one, key) => one[key],
    newestFirst((one) => String(one.created_at)),
  );
  const paging = {
    id: ({ id }: Kept) => id,
    max: world.settings.pageLimit,
    badMarker: (marker: string) => refuse.missing(`No such QoS spec ${marker}.`),
  };
  const found = page(all, call.query, paging);
  return ok({ qos_specs: found.items.map(body), ...nextLink(call, 'qos_specs', found, paging) });
}

function create(call: SimulatedCall, world: World): Answer {
  const { consumer = 'back-end', specs } = sentIn(call);
  const name = textIn(objectIn(call.body, 'qos_specs'), 'name');
  if (name === undefined || name.trim() === '')
    throw refuse.bad("Invalid input for field/attribute qos_specs. 'name' is a required property");
  if ([...world.qosSpecs.values()].some((one) => one.name === name))
    throw refuse.conflict(`QoS Specs ${name} already exists.`);
  const qos = world.add('qosSpecs', {
    id: world.random.uuid(),
    name,
    consumer,
    specs,
    created_at: world.clock.stamp(),
  });
  return ok(withLinks(call, qos));
}

/** Answers what was sent, not what there is. */
function update(call: SimulatedCall, world: World): Answer {
  const qos = find(call, world);
  const { consumer, specs } = sentIn(call);
  qos.consumer = consumer ?? qos.consumer;
  qos.specs = { ...specsOf(qos), ...specs };
  return ok({ qos_specs: { ...(consumer === undefined ? {} : { consumer }), ...specs } });
}

function removeKeys(call: SimulatedCall, world: World): Answer {
  const qos = find(call, world);
  const keys = isObject(call.body) && isArray(call.body.keys) ? call.body.keys.map(str) : [];
  const held = specsOf(qos);
  const missing = keys.find((key) => !Object.hasOwn(held, key));
  if (missing !== undefined) throw refuse.missing(`QoS spec ${qos.id} has no spec with key ${missing}.`);
  qos.specs = Object.fromEntries(Object.entries(held).filter(([key]) => !keys.includes(key)));
  return accepted();
}

function remove(call: SimulatedCall, world: World): Answer {
  const qos = find(call, world);
  const used = typesWith(world, qos);
  if (used.length > 0 && !/^true$/i.test(call.query.get('force') ?? '')) throw refuse.bad('Qos specs still in use.');
  for (const type of used) type.qos_specs_id = null;
  world.qosSpecs.delete(qos.id);
  return accepted();
}

function typeIn(call: SimulatedCall, world: World): VolumeType {
  const id = call.query.get('vol_type_id') ?? '';
  const type = world.volumeTypes.get(id);
  if (type === undefined) throw refuse.missing(`Volume type ${id} could not be found.`);
  return type;
}

function associate(call: SimulatedCall, world: World): Answer {
  const qos = find(call, world);
  const type = typeIn(call, world);
  if (type.qos_specs_id !== null && type.qos_specs_id !== qos.id)
    throw refuse.bad(
      `Invalid volume type: Type ${type.id} is already associated with another qos specs: ${type.qos_specs_id}`,
    );
  type.qos_specs_id = qos.id;
  return accepted();
}

function disassociate(call: SimulatedCall, world: World): Answer {
  find(call, world);
  typeIn(call, world).qos_specs_id = null;
  return accepted();
}

function disassociateAll(call: SimulatedCall, world: World): Answer {
  for (const type of typesWith(world, find(call, world))) type.qos_specs_id = null;
  return accepted();
}

const associations = (call: SimulatedCall, world: World): Answer =>
  ok({
    qos_associations: typesWith(world, find(call, world)).map(({ id, name }) => ({
      association_type: 'volume_type',
      name,
      id,
    })),
  });

const POLICY = 'volume_extension:qos_specs_manage';

/** QoS specs of volume types: for administrators. */
export const qosRoutes: readonly Route[] = [
  route('GET', '/qos-specs', `${POLICY}:get_all`, list, 'admin'),
  route('POST', '/qos-specs', `${POLICY}:create`, create, 'admin'),
  route('GET', '/qos-specs/{qos}', `${POLICY}:get`, (call, world) => ok(withLinks(call, find(call, world))), 'admin'),
  route('PUT', '/qos-specs/{qos}', `${POLICY}:update`, update, 'admin'),
  route('DELETE', '/qos-specs/{qos}', `${POLICY}:delete`, remove, 'admin'),
  route('PUT', '/qos-specs/{qos}/delete_keys', `${POLICY}:update`, removeKeys, 'admin'),
  route('GET', '/qos-specs/{qos}/associations', `${POLICY}:get`, associations, 'admin'),
  route('GET', '/qos-specs/{qos}/associate', `${POLICY}:update`, associate, 'admin'),
  route('GET', '/qos-specs/{qos}/disassociate', `${POLICY}:update`, disassociate, 'admin'),
  route('GET', '/qos-specs/{qos}/disassociate_all', `${POLICY}:update`, disassociateAll, 'admin'),
];
