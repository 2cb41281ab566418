import { objectIn, textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { RoleName, User } from '../world/types.js';
import type { World } from '../world/world.js';
import { roleId, ROLES } from './catalogue.js';
import { checkNew, listing, notFound, self, nameTaken } from './parts.js';
import { DOMAIN } from './tokens.js';

/** Unset properties (an address, a description) have no key (recorded: 023). */
const body = (call: SimulatedCall, { id, name, enabled, email, description }: User): JsonObject => ({
  id,
  name,
  domain_id: DOMAIN.id,
  enabled,
  password_expires_at: null,
  options: {},
  ...(email === undefined ? {} : { email }),
  ...(description === undefined ? {} : { description }),
  ...self(call, 'users', id),
});

function find(call: SimulatedCall, world: World): User {
  const id = call.params.user ?? '';
  const found = world.users.get(id);
  if (found === undefined) throw notFound('user', id);
  return found;
}

function change(world: World, user: User, requested: JsonObject | undefined): void {
  const name = textIn(requested, 'name') ?? user.name;
  if ([...world.users.values()].some((other) => other !== user && other.name === name)) throw nameTaken('user', name);
  const password = textIn(requested, 'password') ?? user.password;
  // Keystone revokes the tokens of a changed password
  if (password !== user.password)
    for (const { id, userId } of world.tokens.values()) if (userId === user.id) world.tokens.delete(id);
  Object.assign(user, {
    name,
    password,
    email: textIn(requested, 'email') ?? user.email,
    description: textIn(requested, 'description') ?? user.description,
    enabled: typeof requested?.enabled === 'boolean' ? requested.enabled : user.enabled,
  });
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'user');
  checkNew('user', requested);
  const name = textIn(requested, 'name') ?? '';
  if ([...world.users.values()].some((user) => user.name === name)) throw nameTaken('user', name);
  const user = world.add('users', { id: world.random.hex(32), name, password: '', roles: {} });
  change(world, user, requested);
  return created({ user: body(call, user) });
}

function update(call: SimulatedCall, world: World): Answer {
  const user = find(call, world);
  change(world, user, objectIn(call.body, 'user'));
  return ok({ user: body(call, user) });
}

/** A user's own change, for which the former password is the login. */
function changePassword(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'user');
  const [former, password] = [textIn(requested, 'original_password'), textIn(requested, 'password')];
  for (const [name, value] of [
    ['original_password', former],
    ['password', password],
  ])
    if (value === undefined) throw refuse.bad(`'${name}' is a required property`);
  const user = world.users.get(call.params.user ?? '');
  if (user === undefined || user.password !== former)
    throw new Refusal(401, 'The request you have made requires authentication.');
  change(world, user, { password });
  return noContent;
}

function remove(call: SimulatedCall, world: World): Answer {
  const { id } = find(call, world);
  world.users.delete(id);
  for (const [token, { userId }] of world.tokens) if (userId === id) world.tokens.delete(token);
  return noContent;
}

/** The strongest role of each user in a project; with `include_names` their names too. */
function assignments(call: SimulatedCall, world: World): Answer {
  const requested = call.query.get('scope.project.id');
  const who = call.query.get('user.id');
  const names = call.query.has('include_names');
  const named = (id: string, name: string): JsonObject => ({ id, ...(names && { name, domain: DOMAIN }) });
  const found = [...world.users.values()]
    .filter(({ id }) => who === null || who === id)
    .flatMap((user) =>
      Object.entries(user.roles)
        .filter(([project]) => requested === null || project === requested)
        .map(([project, role]) => ({
          role: { id: roleId(role), ...(names && { name: role }) },
          user: named(user.id, user.name),
          scope: { project: named(project, world.projects.get(project)?.name ?? '') },
          links: { assignment: `${call.base}/identity/v3/projects/${project}/users/${user.id}/roles/${roleId(role)}` },
        })),
    );
  return listing(call, 'role_assignments', found);
}

function assigned(call: SimulatedCall, world: World): { user: User; project: string; role: RoleName } {
  const { project = '', role: requested = '' } = call.params;
  const role = ROLES.find((name) => roleId(name) === requested);
  if (!world.projects.has(project)) throw notFound('project', project);
  if (role === undefined) throw notFound('role', requested);
  return { user: find(call, world), project, role };
}

function grant(call: SimulatedCall, world: World): Answer {
  const { user, project, role } = assigned(call, world);
  const held = user.roles[project];
  // ROLES has the strongest first
  if (held === undefined || ROLES.indexOf(role) < ROLES.indexOf(held)) user.roles[project] = role;
  return noContent;
}

function revoke(call: SimulatedCall, world: World): Answer {
  const { user, project, role } = assigned(call, world);
  if (user.roles[project] !== role)
    throw notFound(
      'role assignment with role',
      `${roleId(role)}, user or group: ${user.id}, project, domain, or system: ${project}`,
    );
  delete user.roles[project];
  return noContent;
}

const GRANT = '/v3/projects/{project}/users/{user}/roles/{role}';

export const userRoutes: readonly Route[] = [
  route(
    'GET',
    '/v3/users',
    'identity:list_users',
    (call, world) =>
      listing(
        call,
        'users',
        [...world.users.values()].map((user) => body(call, user)),
      ),
    'admin',
  ),
  route('POST', '/v3/users', 'identity:create_user', create, 'admin'),
  route(
    'GET',
    '/v3/users/{user}',
    'identity:get_user',
    (call, world) => ok({ user: body(call, find(call, world)) }),
    'admin',
  ),
  route('PATCH', '/v3/users/{user}', 'identity:update_user', update, 'admin'),
  route('POST', '/v3/users/{user}/password', 'identity:change_password', changePassword, 'anyone'),
  route('DELETE', '/v3/users/{user}', 'identity:delete_user', remove, 'admin'),
  route('GET', '/v3/groups', 'identity:list_groups', (call) => listing(call, 'groups', []), 'admin'),
  route('GET', '/v3/role_assignments', 'identity:list_role_assignments', assignments, 'admin'),
  route('PUT', GRANT, 'identity:create_grant', grant, 'admin'),
  route('DELETE', GRANT, 'identity:revoke_grant', revoke, 'admin'),
];
