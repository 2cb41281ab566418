import type { JsonObject } from '../json.js';
import { ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { stableId } from '../stable-id.js';
import type { RoleName } from '../world/types.js';
import type { World } from '../world/world.js';
import { listing, notFound, self } from './parts.js';
import { catalog, DOMAIN, services } from './tokens.js';

/** One item of a list by its id. Throws Keystone's 404. */
function one(call: SimulatedCall, name: string, kind: string, items: readonly JsonObject[]): Answer {
  const found = items.find(({ id }) => id === call.params.id);
  if (found === undefined) throw notFound(kind, call.params.id ?? '');
  return ok({ [name]: found });
}

const domainsOf = (call: SimulatedCall): JsonObject[] => [
  {
    ...DOMAIN,
    description: 'The default domain',
    enabled: true,
    tags: [],
    options: {},
    ...self(call, 'domains', 'default'),
  },
];

export const ROLES: readonly RoleName[] = ['admin', 'member', 'reader'];

export const roleId = (name: RoleName): string => stableId('role', name);

const rolesOf = (call: SimulatedCall): JsonObject[] =>
  ROLES.map((name) => ({
    id: roleId(name),
    name,
    domain_id: null,
    description: null,
    options: { immutable: true },
    ...self(call, 'roles', roleId(name)),
  }));

const servicesOf = (call: SimulatedCall): JsonObject[] =>
  services.map(({ type, name }) => ({
    name,
    id: stableId(type),
    type,
    enabled: true,
    ...self(call, 'services', stableId(type)),
  }));

/**
 * The endpoints as administrators registered them, with a placeholder for the project. PowerVC's is the one that IBM's
 * own modules for Ansible replace (docs/reference/power.md, 1.1).
 */
const endpointsOf = (call: SimulatedCall, world: World): JsonObject[] =>
  catalog(call, world, world.settings.cloud === 'powervc' ? '%(tenant_id)s' : '$(project_id)s').flatMap(
    ({ id: service_id, endpoints }) =>
      (endpoints as JsonObject[]).map((endpoint) => ({
        ...endpoint,
        service_id,
        enabled: true,
        ...self(call, 'endpoints', String(endpoint.id)),
      })),
  );

const regionsOf = (call: SimulatedCall, world: World): JsonObject[] => [
  {
    id: world.settings.region,
    description: '',
    parent_region_id: null,
    ...self(call, 'regions', world.settings.region),
  },
];

type Items = (call: SimulatedCall, world: World) => JsonObject[];

const readable = (plural: string, kind: string, items: Items, role: 'reader' | 'admin'): Route[] => [
  route(
    'GET',
    `/v3/${plural}`,
    `identity:list_${plural}`,
    (call, world) => listing(call, plural, items(call, world)),
    role,
  ),
  route(
    'GET',
    `/v3/${plural}/{id}`,
    `identity:get_${kind}`,
    (call, world) => one(call, kind, kind, items(call, world)),
    role,
  ),
];

/**
 * Services, endpoints and regions, for administrators (recorded: 026 to 031). IBM's own modules for Ansible read
 * services and endpoints first.
 */
export const catalogueRoutes: readonly Route[] = [
  ...readable('domains', 'domain', domainsOf, 'admin'),
  ...readable('roles', 'role', rolesOf, 'admin'),
  ...readable('services', 'service', servicesOf, 'admin'),
  ...readable('endpoints', 'endpoint', endpointsOf, 'admin'),
  ...readable('regions', 'region', regionsOf, 'reader'),
];
