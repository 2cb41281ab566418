import { objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Domain } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkNew, DOMAIN, held, listing, nameTaken, required, self } from './parts.js';
import { namesOfRoles } from './roles.js';

const first: Domain = { ...DOMAIN, description: 'The default domain', enabled: true };

/** Every domain, that which each cloud has first. */
export const all = (world: World): Domain[] => [first, ...world.domains.values()];

const body = (call: SimulatedCall, { id, name, description, enabled }: Domain): JsonObject => ({
  id,
  name,
  description,
  enabled,
  tags: [],
  options: {},
  ...self(call, 'domains', id),
});

const find = (call: SimulatedCall, world: World): Domain =>
  call.params.domain === DOMAIN.id ? first : held(world.domains, 'domain', call.params.domain);

const listOf = (call: SimulatedCall, domains: readonly Domain[]): Answer =>
  listing(
    call,
    'domains',
    domains.map((domain) => body(call, domain)),
  );

/** Of any domain for administrators, of their project's for others. */
function show(call: SimulatedCall, world: World): Answer {
  const { projectId, domainId, roles } = call.token;
  const domain = find(call, world);
  if (!roles.includes('admin') && domain.id !== (domainId ?? world.projects.get(projectId)?.domain_id))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:get_domain.');
  return ok({ domain: body(call, domain) });
}

/** The domains that the caller can log in to. */
const own = (call: SimulatedCall, world: World): Answer =>
  listOf(
    call,
    all(world).filter(({ id }) => namesOfRoles(world, call.token.userId, 'domains', id).length > 0),
  );

function checkName(world: World, name: string | undefined, itself?: Domain): void {
  if (name !== undefined && all(world).some((one) => one.id !== itself?.id && one.name === name))
    throw nameTaken('domain', name);
}

/** Throws Keystone's 409 if the name is taken. */
export function add(world: World, requested: JsonObject | undefined): Domain {
  const name = textIn(requested, 'name') ?? '';
  checkName(world, name);
  return world.add('domains', {
    id: world.random.hex(32),
    name,
    description: textIn(requested, 'description') ?? '',
    enabled: requested?.enabled !== false,
  });
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'domain');
  required(requested, 'name');
  checkNew(world, 'domain', requested);
  return created({ domain: body(call, add(world, requested)) });
}

/** A domain that may be changed. Throws Keystone's 403 for the first, which the simulator keeps as it is. */
function changeable(call: SimulatedCall, world: World): Domain {
  const domain = find(call, world);
  if (domain === first) throw refuse.forbidden('The simulated domain Default is neither changed nor deleted.');
  return domain;
}

/** Throws Keystone's 409 if the name is taken. */
export function change(world: World, domain: Domain, requested: JsonObject | undefined): void {
  checkName(world, textIn(requested, 'name'), domain);
  domain.name = textIn(requested, 'name') ?? domain.name;
  domain.description = textIn(requested, 'description') ?? domain.description;
  if (typeof requested?.enabled === 'boolean') domain.enabled = requested.enabled;
}

function update(call: SimulatedCall, world: World): Answer {
  const domain = changeable(call, world);
  const requested = objectIn(call.body, 'domain');
  checkNew(world, 'domain', requested);
  change(world, domain, requested);
  return ok({ domain: body(call, domain) });
}

/** What is in the domain goes with it. Throws Keystone's 403 for one that is enabled. */
export function destroy(world: World, { id, enabled }: Domain): void {
  if (enabled) throw refuse.forbidden('Cannot delete a domain that is enabled, please disable it first.');
  world.domains.delete(id);
  for (const records of [world.users, world.projects, world.userGroups])
    for (const [key, one] of records) if (one.domain_id === id) records.delete(key);
  for (const [key, one] of world.grants) if (one.scope === 'domains' && one.scope_id === id) world.grants.delete(key);
}

function remove(call: SimulatedCall, world: World): Answer {
  destroy(world, find(call, world));
  return noContent;
}

export const domainRoutes: readonly Route[] = [
  route('GET', '/v3/auth/domains', 'identity:get_auth_domains', own, 'user'),
  route('GET', '/v3/domains', 'identity:list_domains', (call, world) => listOf(call, all(world)), 'admin'),
  route('POST', '/v3/domains', 'identity:create_domain', create, 'admin'),
  route('GET', '/v3/domains/{domain}', 'identity:get_domain', show, 'user'),
  route('PATCH', '/v3/domains/{domain}', 'identity:update_domain', update, 'admin'),
  route('DELETE', '/v3/domains/{domain}', 'identity:delete_domain', remove, 'admin'),
];
