import { objectIn, python, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { stableId } from '../stable-id.js';
import type { Kept } from '../world/types.js';
import type { World } from '../world/world.js';
import { listing, nameTaken, notFound, required, self } from './parts.js';
import { builtIn, services } from './tokens.js';

/** A kind of record of the catalogue: those of the simulator itself, and those that administrators added. */
interface Declared {
  readonly kind: 'service' | 'endpoint' | 'region' | 'policy';
  readonly plural: 'services' | 'endpoints' | 'regions' | 'policies';
  /** What must be sent, and what holds for what is not. */
  readonly required: readonly string[];
  readonly defaults: JsonObject;
  readonly role: 'reader' | 'admin';
  /** Those of the simulator itself, which stay as they are. */
  readonly own: (call: SimulatedCall, world: World) => readonly Kept[];
  /** Throws Keystone's refusal of what was sent. */
  readonly check?: (sent: JsonObject, world: World) => void;
  /** Throws Keystone's refusal of a removal; what goes with the record goes here. */
  readonly removed?: (record: Kept, world: World) => void;
}

/** Throws Keystone's 404 for a region that is not there. */
function checkRegionNamed(world: World, region: string | undefined): void {
  if (region !== undefined && region !== world.settings.region && !world.regions.has(region))
    throw notFound('region', region);
}

function checkEndpoint(sent: JsonObject, world: World): void {
  if (sent.service_id !== undefined && !isService(world, sent.service_id))
    throw refuse.bad(
      'Expecting to find endpoint service_id in service table. The server could not comply with the request ' +
        'since it is either malformed or otherwise incorrect. The client is assumed to be in error.',
    );
  const [face, url] = [textIn(sent, 'interface'), textIn(sent, 'url')];
  if (face !== undefined && !['admin', 'internal', 'public'].includes(face))
    throw refuse.bad(`Invalid input for field 'interface': '${face}' is not one of ['admin', 'internal', 'public']`);
  if (url !== undefined && !/^[a-zA-Z0-9+.-]+:.+/.test(url))
    throw refuse.bad(`Invalid input for field 'url': '${url}' does not match '^[a-zA-Z0-9+.-]+:.+'`);
  checkRegionNamed(world, textIn(sent, 'region_id'));
}

const isService = (world: World, id: unknown): boolean =>
  (typeof id === 'string' && world.services.has(id)) || services.some(({ type }) => stableId(type) === id);

const declared: readonly Declared[] = [
  {
    kind: 'service',
    plural: 'services',
    required: ['type'],
    defaults: { name: '', enabled: true },
    role: 'admin',
    own: () => services.map(({ type, name }) => ({ name, id: stableId(type), type, enabled: true })),
    removed: ({ id }, world) => {
      for (const [key, { service_id: service }] of world.endpoints) if (service === id) world.endpoints.delete(key);
    },
  },
  {
    kind: 'endpoint',
    plural: 'endpoints',
    required: ['service_id', 'interface', 'url'],
    defaults: { region_id: null, enabled: true, region: null },
    role: 'admin',
    own: endpointsOf,
    check: checkEndpoint,
  },
  {
    kind: 'region',
    plural: 'regions',
    required: [],
    defaults: { description: '', parent_region_id: null },
    role: 'reader',
    own: (_, { settings: { region } }) => [{ id: region, description: '', parent_region_id: null }],
    check: (sent, world) => {
      checkRegionNamed(world, textIn(sent, 'parent_region_id'));
    },
    removed: ({ id }, world) => {
      if ([...world.endpoints.values()].some(({ region_id: region }) => region === id))
        throw refuse.forbidden(
          `Unable to delete region ${id} because it or its child regions have associated endpoints.`,
        );
    },
  },
  { kind: 'policy', plural: 'policies', required: ['blob', 'type'], defaults: {}, role: 'admin', own: () => [] },
];

/**
 * The endpoints as administrators registered them, with a placeholder for the project. PowerVC's is the one that IBM's
 * own modules for Ansible replace (docs/reference/power.md, 1.1).
 */
function endpointsOf(call: SimulatedCall, world: World): Kept[] {
  const placeholder = world.settings.cloud === 'powervc' ? '%(tenant_id)s' : '$(project_id)s';
  return builtIn(call, world, placeholder).flatMap(({ id: service_id, endpoints }) =>
    (endpoints as Kept[]).map((endpoint) => ({ ...endpoint, service_id, enabled: true })),
  );
}

/** Both names of an endpoint's region; the former one, `region`, also makes the region. */
function regionOf(sent: JsonObject, world: World): JsonObject {
  const former = textIn(sent, 'region');
  if (former !== undefined && former !== world.settings.region && !world.regions.has(former))
    world.add('regions', { id: former, description: '', parent_region_id: null });
  const region = textIn(sent, 'region_id') ?? former;
  return region === undefined ? {} : { region_id: region, region };
}

function checkSent(sent: JsonObject, world: World, check: Declared['check']): void {
  if (sent.enabled != null && typeof sent.enabled !== 'boolean')
    throw refuse.bad(`Invalid input for field 'enabled': ${python(sent.enabled)} is not of type 'boolean'`);
  check?.(sent, world);
}

function routesOf({ kind, plural, required: needed, defaults, role, own, check, removed }: Declared): Route[] {
  const body = (call: SimulatedCall, record: Kept): JsonObject => ({ ...record, ...self(call, plural, record.id) });
  const all = (call: SimulatedCall, world: World): Kept[] => [...own(call, world), ...world[plural].values()];
  const one = (call: SimulatedCall, world: World): Kept => {
    const found = all(call, world).find(({ id }) => id === call.params.id);
    if (found === undefined) throw notFound(kind, call.params.id ?? '');
    return found;
  };
  function changeable(call: SimulatedCall, world: World): Kept {
    const found = one(call, world);
    if (!world[plural].has(found.id))
      throw refuse.forbidden(`The simulator's own ${kind} ${found.id} is neither changed nor deleted.`);
    return found;
  }
  /** The id of a region is its name, which the client chooses. */
  function add(call: SimulatedCall, world: World, id: string): Answer {
    const sent = { ...objectIn(call.body, kind) };
    required(sent, ...needed);
    if (kind === 'endpoint') Object.assign(sent, { region_id: null, region: null }, regionOf(sent, world));
    checkSent(sent, world, check);
    if (all(call, world).some((other) => other.id === id)) throw nameTaken(kind, id);
    return created({ [kind]: body(call, world.add(plural, { ...defaults, ...sent, id })) });
  }
  const create = (call: SimulatedCall, world: World): Answer =>
    add(call, world, (kind === 'region' ? textIn(objectIn(call.body, kind), 'id') : undefined) ?? world.random.hex(32));
  function update(call: SimulatedCall, world: World): Answer {
    const record = changeable(call, world);
    const sent = { ...objectIn(call.body, kind) };
    if (kind === 'endpoint') Object.assign(sent, regionOf(sent, world));
    checkSent(sent, world, check);
    Object.assign(record, sent, { id: record.id });
    return ok({ [kind]: body(call, record) });
  }
  function remove(call: SimulatedCall, world: World): Answer {
    const record = changeable(call, world);
    removed?.(record, world);
    world[plural].delete(record.id);
    return noContent;
  }
  const path = `/v3/${plural}`;
  const list = (call: SimulatedCall, world: World): Answer =>
    listing(
      call,
      plural,
      all(call, world).map((record) => body(call, record)),
    );
  return [
    route('GET', path, `identity:list_${plural}`, list, role),
    route('POST', path, `identity:create_${kind}`, create, 'admin'),
    ...(kind === 'region'
      ? [
          route(
            'PUT',
            `${path}/{id}`,
            'identity:create_region',
            (call, world) => add(call, world, call.params.id ?? ''),
            'admin',
          ),
        ]
      : []),
    route(
      'GET',
      `${path}/{id}`,
      `identity:get_${kind}`,
      (call, world) => ok({ [kind]: body(call, one(call, world)) }),
      role,
    ),
    route('PATCH', `${path}/{id}`, `identity:update_${kind}`, update, 'admin'),
    route('DELETE', `${path}/{id}`, `identity:delete_${kind}`, remove, 'admin'),
  ];
}

/**
 * Services, endpoints, regions and policies, for administrators (recorded: 026 to 031). IBM's own modules for Ansible
 * read services and endpoints first.
 */
export const catalogueRoutes: readonly Route[] = declared.flatMap(routesOf);
