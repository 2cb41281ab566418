import { objectIn, textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { stableId } from '../stable-id.js';
import type { Grant, Role, RoleName } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkNew, listing, nameTaken, notFound, required, self } from './parts.js';

/** Keystone's own roles, the strongest first. */
export const ROLES: readonly RoleName[] = ['admin', 'member', 'reader'];

export const roleId = (name: RoleName): string => stableId('role', name);

const own: readonly Role[] = ROLES.map((name) => ({ id: roleId(name), name, description: null, domain_id: null }));

const inferences = (world: World): { prior: string; implied: string }[] => [
  { prior: roleId('admin'), implied: roleId('member') },
  { prior: roleId('member'), implied: roleId('reader') },
  ...world.roleInferences.values(),
];

const rolesOf = (world: World): Role[] => [...own, ...world.roles.values()];

const isOwn = ({ id }: Role): boolean => own.some((one) => one.id === id);

/** The role with this id. Throws Keystone's 404. */
export function roleBy(world: World, id = ''): Role {
  const found = rolesOf(world).find((one) => one.id === id);
  if (found === undefined) throw notFound('role', id);
  return found;
}

/** The role with this name. Throws Keystone's 404 for trusts and application credentials. */
export function roleNamed(world: World, name = ''): Role {
  const found = rolesOf(world).find((one) => one.name === name);
  if (found === undefined) throw refuse.missing(`Role ${name} is not defined`);
  return found;
}

/** The role as others refer to it. */
export const roleBody = ({ name, ...role }: Role): JsonObject => ({
  id: role.id,
  name,
  domain_id: role.domain_id,
  description: role.description,
  options: isOwn({ name, ...role }) ? { immutable: true } : {},
});

export const linkedRole = (call: SimulatedCall, role: Role): JsonObject => ({
  ...roleBody(role),
  ...self(call, 'roles', role.id),
});

/** Whether the grant is inherited by the project: from its domain, or from a project above it. */
export function isInheritedBy(world: World, { inherited, scope, scope_id: id }: Grant, project: string): boolean {
  const itself = world.projects.get(project);
  if (inherited !== true || itself === undefined) return false;
  if (scope === 'domains') return itself.domain_id === id;
  let above = world.projects.get(itself.parent_id);
  while (above !== undefined && above.id !== id) above = world.projects.get(above.parent_id);
  return above !== undefined;
}

/** The grants of a user there, with those of the groups that the user is in. */
const grantsOf = (world: World, user: string, scope: Grant['scope'], scopeId: string): Grant[] =>
  [...world.grants.values()].filter(
    (one) =>
      (one.inherited === true
        ? scope === 'projects' && isInheritedBy(world, one, scopeId)
        : one.scope === scope && one.scope_id === scopeId) &&
      (one.actor === 'users'
        ? one.actor_id === user
        : world.userGroups.get(one.actor_id)?.members.includes(user) === true),
  );

/** Names of the user's roles there, implied ones too; empty if there is none. */
export function namesOfRoles(world: World, user: string, scope: Grant['scope'], scopeId: string): string[] {
  const granted = scope === 'projects' ? world.users.get(user)?.roles[scopeId] : undefined;
  const ids = grantsOf(world, user, scope, scopeId).map(({ role }) => role);
  return impliedBy(world, granted === undefined ? ids : [roleId(granted), ...ids]);
}

/** Names of these roles and of all that they imply. Roles of a domain only imply others: no token bears them. */
export function impliedBy(world: World, ids: readonly string[]): string[] {
  const all = new Set(ids);
  const rules = inferences(world);
  for (const id of all) for (const { prior, implied } of rules) if (prior === id) all.add(implied);
  return rolesOf(world)
    .filter(({ id, domain_id }) => all.has(id) && domain_id === null)
    .map(({ name }) => name)
    .reverse();
}

function checkName(world: World, name: string | undefined, domain: string | null, itself?: Role): void {
  const taken = rolesOf(world).some((one) => one.id !== itself?.id && one.name === name && one.domain_id === domain);
  if (name !== undefined && taken) throw nameTaken('role', name);
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'role');
  required(requested, 'name');
  checkNew(world, 'role', requested);
  const name = textIn(requested, 'name') ?? '';
  const domain = textIn(requested, 'domain_id') ?? null;
  checkName(world, name, domain);
  const role = world.add('roles', {
    id: world.random.hex(32),
    name,
    description: textIn(requested, 'description') ?? null,
    domain_id: domain,
  });
  return created({ role: linkedRole(call, role) });
}

/** A role that may be changed. Throws Keystone's 404, and its 403 for its own roles. */
function changeable(call: SimulatedCall, world: World, verb: 'update' | 'delete'): Role {
  const role = roleBy(world, call.params.role);
  if (isOwn(role))
    throw refuse.forbidden(
      `Unable to ${verb} immutable role resource: \`${role.id}. Set resource option "immutable" to false first.`,
    );
  return role;
}

function update(call: SimulatedCall, world: World): Answer {
  const role = changeable(call, world, 'update');
  const requested = objectIn(call.body, 'role');
  checkNew(world, 'role', requested);
  checkName(world, textIn(requested, 'name'), role.domain_id, role);
  role.name = textIn(requested, 'name') ?? role.name;
  role.description = textIn(requested, 'description') ?? role.description;
  return ok({ role: linkedRole(call, role) });
}

function remove(call: SimulatedCall, world: World): Answer {
  const { id } = changeable(call, world, 'delete');
  world.roles.delete(id);
  for (const [key, { role }] of world.grants) if (role === id) world.grants.delete(key);
  for (const [key, { prior, implied }] of world.roleInferences)
    if (prior === id || implied === id) world.roleInferences.delete(key);
  return noContent;
}

const brief = (call: SimulatedCall, { id, name }: Role): JsonObject => ({ id, ...self(call, 'roles', id), name });

const inferenceOf = (call: SimulatedCall, world: World, prior: Role): JsonObject => ({
  prior_role: brief(call, prior),
  implies: inferences(world)
    .filter((one) => one.prior === prior.id)
    .map(({ implied }) => brief(call, roleBy(world, implied))),
});

const implications = (call: SimulatedCall, world: World): Answer =>
  ok({
    role_inference: inferenceOf(call, world, roleBy(world, call.params.role)),
    links: { self: `${call.base}/identity${call.path}` },
  });

const allInferences = (call: SimulatedCall, world: World): Answer =>
  listing(
    call,
    'role_inferences',
    rolesOf(world)
      .map((role) => inferenceOf(call, world, role))
      .filter(({ implies }) => (implies as JsonObject[]).length > 0),
  );

interface Pair {
  readonly prior: Role;
  readonly implied: Role;
}

const pairOf = (call: SimulatedCall, world: World): Pair => ({
  prior: roleBy(world, call.params.role),
  implied: roleBy(world, call.params.implied),
});

const pairBody = (call: SimulatedCall, { prior, implied }: Pair): JsonObject => ({
  role_inference: { prior_role: brief(call, prior), implies: brief(call, implied) },
  links: { self: `${call.base}/identity${call.path}` },
});

function known(call: SimulatedCall, world: World): Pair {
  const pair = pairOf(call, world);
  const { prior, implied } = pair;
  if (!inferences(world).some((one) => one.prior === prior.id && one.implied === implied.id))
    throw new Refusal(404, `${prior.id} does not imply ${implied.id}.`);
  return pair;
}

function imply(call: SimulatedCall, world: World): Answer {
  const pair = pairOf(call, world);
  if (pair.implied.id === roleId('admin')) throw refuse.forbidden(`${pair.implied.id} cannot be an implied roles.`);
  if (pair.prior.domain_id === null && pair.implied.domain_id !== null)
    throw refuse.forbidden(
      'You are not authorized to perform the requested action: Global role cannot imply a domain-specific role.',
    );
  world.add('roleInferences', { prior: pair.prior.id, implied: pair.implied.id });
  return created(pairBody(call, pair));
}

function forgetImplied(call: SimulatedCall, world: World): Answer {
  const { prior, implied } = known(call, world);
  world.roleInferences.delete(`${prior.id}/${implied.id}`);
  return noContent;
}

const IMPLIED = '/v3/roles/{role}/implies/{implied}';

/** Roles, and which implies which. */
export const roleRoutes: readonly Route[] = [
  route(
    'GET',
    '/v3/roles',
    'identity:list_roles',
    (call, world) =>
      listing(
        call,
        'roles',
        rolesOf(world)
          .filter(({ domain_id }) => domain_id === call.query.get('domain_id'))
          .map((role) => linkedRole(call, role)),
      ),
    'admin',
  ),
  route('POST', '/v3/roles', 'identity:create_role', create, 'admin'),
  route(
    'GET',
    '/v3/roles/{role}',
    'identity:get_role',
    (call, world) => ok({ role: linkedRole(call, roleBy(world, call.params.role)) }),
    'admin',
  ),
  route('PATCH', '/v3/roles/{role}', 'identity:update_role', update, 'admin'),
  route('DELETE', '/v3/roles/{role}', 'identity:delete_role', remove, 'admin'),
  route('GET', '/v3/role_inferences', 'identity:list_role_inference_rules', allInferences, 'admin'),
  route('GET', '/v3/roles/{role}/implies', 'identity:list_implied_roles', implications, 'admin'),
  route('PUT', IMPLIED, 'identity:create_implied_role', imply, 'admin'),
  route('GET', IMPLIED, 'identity:get_implied_role', (call, world) => ok(pairBody(call, known(call, world))), 'admin'),
  route(
    'HEAD',
    IMPLIED,
    'identity:check_implied_role',
    (call, world) => {
      known(call, world);
      return noContent;
    },
    'admin',
  ),
  route('DELETE', IMPLIED, 'identity:delete_implied_role', forgetImplied, 'admin'),
];
