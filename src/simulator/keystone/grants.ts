import type { JsonObject } from '../json.js';
import { noContent, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Grant, Role, RoleName } from '../world/types.js';
import type { World } from '../world/world.js';
import { DOMAIN, domainOf, held, listing, notFound } from './parts.js';
import { impliedBy, isInheritedBy, linkedRole, roleBy, roleId, roleNamed, ROLES } from './roles.js';

/** All grants: those that users have in their own record, and the others. */
function everyGrant(world: World): Grant[] {
  const recorded = [...world.users.values()].flatMap(({ id, roles }) =>
    Object.entries(roles).map(([project, role]): Grant => ({
      role: roleId(role),
      actor: 'users',
      actor_id: id,
      scope: 'projects',
      scope_id: project,
    })),
  );
  return [...recorded, ...world.grants.values()];
}

/** `origin`: the place that it is inherited from. */
type Shown = Grant & { readonly origin?: Pick<Grant, 'scope' | 'scope_id'> };

/** In place of a grant that is inherited, one in each project that inherits it. */
const inEachProject = (world: World, { inherited, ...one }: Grant): Shown[] =>
  inherited === true
    ? [...world.projects.keys()]
        .filter((project) => isInheritedBy(world, { inherited, ...one }, project))
        .map((project) => ({ ...one, scope: 'projects', scope_id: project, origin: one }))
    : [one];

/** In place of each grant of a group those of its members, with the roles that they imply, where they are held. */
const effective = (world: World, grants: readonly Grant[]): Shown[] =>
  grants
    .flatMap((one) => inEachProject(world, one))
    .flatMap((one) =>
      one.actor === 'users'
        ? [one]
        : (world.userGroups.get(one.actor_id)?.members ?? []).map((user): Shown => ({
            ...one,
            actor: 'users',
            actor_id: user,
          })),
    )
    .flatMap((one) => impliedBy(world, [one.role]).map((name): Shown => ({ ...one, role: roleNamed(world, name).id })));

const KINDS = { projects: 'project', domains: 'domain', system: 'system' } as const;

function assignments(call: SimulatedCall, world: World): Answer {
  const named = call.query.has('include_names');
  const wanted = (one: Shown): boolean =>
    (
      [
        ['user.id', one.actor === 'users' ? one.actor_id : undefined],
        ['group.id', one.actor === 'groups' ? one.actor_id : undefined],
        ['role.id', one.role],
        ['scope.project.id', one.scope === 'projects' ? one.scope_id : undefined],
        ['scope.domain.id', one.scope === 'domains' ? one.scope_id : undefined],
        ['scope.OS-INHERIT:inherited_to', isInherited(one) ? 'projects' : undefined],
        ['scope.system', one.scope === 'system' ? call.query.get('scope.system') : undefined],
      ] as const
    ).every(([key, value]) => !call.query.has(key) || call.query.get(key) === value);
  const all = everyGrant(world);
  const found = (call.query.has('effective') ? effective(world, all) : all).filter(wanted);
  return listing(
    call,
    'role_assignments',
    found.map((one) => assignment(call, world, one, named)),
  );
}

const isInherited = ({ inherited, origin }: Shown): boolean => inherited === true || origin !== undefined;

function assignment(call: SimulatedCall, world: World, one: Shown, named: boolean): JsonObject {
  const { actor, actor_id, scope, scope_id, role, origin = one } = one;
  const whose = (actor === 'users' ? world.users : world.userGroups).get(actor_id);
  const project = world.projects.get(scope_id);
  const inDomain = (name: string | undefined, domain?: string): JsonObject =>
    named ? { name, domain: domainOf(world, domain) } : {};
  const place =
    scope === 'system'
      ? { all: true }
      : scope === 'projects'
        ? { id: scope_id, ...inDomain(project?.name, project?.domain_id) }
        : { id: scope_id, ...(named && { name: domainOf(world, scope_id).name }) };
  const at = scope === 'system' ? scope : `${origin.scope}/${origin.scope_id}`;
  const path = `${at}/${actor}/${actor_id}/roles/${role}`;
  const link = isInherited(one) ? `OS-INHERIT/${path}/inherited_to_projects` : path;
  return {
    links: { assignment: `${call.base}/identity/v3/${link}` },
    scope: { [KINDS[scope]]: place, ...(isInherited(one) && { 'OS-INHERIT:inherited_to': 'projects' }) },
    [actor === 'users' ? 'user' : 'group']: { id: actor_id, ...inDomain(whose?.name, whose?.domain_id) },
    role: { id: role, ...(named && { name: roleBy(world, role).name }) },
  };
}

/** Who has roles where, as the path names them. Throws Keystone's 404. */
function placeOf(call: SimulatedCall, world: World): Omit<Grant, 'role'> {
  const { where = '', actor = '', inherited } = call.params;
  const [scope = '', scopeId = ''] = where === 'system' ? ['system', 'all'] : where.split('/');
  const [kind = '', actorId = ''] = actor.split('/');
  if (scope === 'projects') held(world.projects, 'project', scopeId);
  if (scope === 'domains' && scopeId !== DOMAIN.id) held(world.domains, 'domain', scopeId);
  if (kind === 'users') held(world.users, 'user', actorId);
  else held(world.userGroups, 'group', actorId);
  return {
    scope: scope as Grant['scope'],
    scope_id: scopeId,
    actor: kind as Grant['actor'],
    actor_id: actorId,
    ...(inherited !== undefined && { inherited: true }),
  };
}

const grantOf = (call: SimulatedCall, world: World): Grant => ({
  ...placeOf(call, world),
  role: roleBy(world, call.params.role).id,
});

const isSame = (a: Omit<Grant, 'role'>, b: Omit<Grant, 'role'>): boolean =>
  (['scope', 'scope_id', 'actor', 'actor_id', 'inherited'] as const).every((key) => a[key] === b[key]);

const rolesAt = (world: World, place: Omit<Grant, 'role'>): Role[] =>
  everyGrant(world)
    .filter((one) => isSame(one, place))
    .map(({ role }) => roleBy(world, role));

function roles(call: SimulatedCall, world: World): Answer {
  const found = rolesAt(world, placeOf(call, world));
  return listing(
    call,
    'roles',
    found.map((role) => linkedRole(call, role)),
  );
}

/** The grant of the path. Throws Keystone's 404 if there is none. */
function existing(call: SimulatedCall, world: World): Grant {
  const wanted = grantOf(call, world);
  if (!rolesAt(world, wanted).some(({ id }) => id === wanted.role))
    throw notFound(
      'role assignment with role',
      `${wanted.role}, user or group: ${wanted.actor_id}, project, domain, or system: ${wanted.scope_id}`,
    );
  return wanted;
}

/** The role if it is one that a user's own record holds. */
const recordable = ({ role, actor, scope, inherited }: Grant): RoleName | undefined =>
  actor === 'users' && scope === 'projects' && inherited !== true
    ? ROLES.find((name) => roleId(name) === role)
    : undefined;

function grant(call: SimulatedCall, world: World): Answer {
  const wanted = grantOf(call, world);
  const name = recordable(wanted);
  const user = world.users.get(wanted.actor_id);
  const former = user?.roles[wanted.scope_id];
  if (name === undefined || user === undefined) world.add('grants', wanted);
  else if (former === undefined || ROLES.indexOf(name) < ROLES.indexOf(former)) {
    user.roles[wanted.scope_id] = name;
    if (former !== undefined) world.add('grants', { ...wanted, role: roleId(former) });
  } else if (name !== former) world.add('grants', wanted);
  return noContent;
}

function revoke(call: SimulatedCall, world: World): Answer {
  const gone = existing(call, world);
  const user = world.users.get(gone.actor_id);
  const name = recordable(gone);
  if (user !== undefined && name !== undefined && user.roles[gone.scope_id] === name) delete user.roles[gone.scope_id];
  for (const [key, one] of world.grants) if (isSame(one, gone) && one.role === gone.role) world.grants.delete(key);
  return noContent;
}

const checked = (call: SimulatedCall, world: World): Answer => {
  existing(call, world);
  return noContent;
};

const HELD_ROLES = ['(?:projects|domains)/[^/]+', 'system'].flatMap((where) =>
  ['users', 'groups'].map((actor) => ({ where, actor })),
);

/** A route below `/v3/<project, domain or system>/<user or group>/roles`. */
const placed = (method: string, below: string, policy: string, handler: Route['handler']): Route[] =>
  HELD_ROLES.map(({ where, actor }) => ({
    ...route(method, '', policy, handler, 'admin'),
    pattern: new RegExp(`^/v3/(?<where>${where})/(?<actor>${actor}/[^/]+)/roles${below}$`),
  }));

/** The same for roles that the projects below inherit; they are listed for domains alone. */
const inherited = (method: string, below: string, policy: string, handler: Route['handler']): Route[] =>
  ['users', 'groups'].map((actor) => ({
    ...route(method, '', policy, handler, 'admin'),
    pattern: new RegExp(
      `^/v3/(?<inherited>OS-INHERIT)/(?<where>${below === '' ? 'domains' : '(?:projects|domains)'}/[^/]+)/` +
        `(?<actor>${actor}/[^/]+)/roles${below}/inherited_to_projects$`,
    ),
  }));

const ROLE = '/(?<role>[^/]+)';

/** Roles that users and groups have in projects, in domains and in the whole cloud. */
export const grantRoutes: readonly Route[] = [
  route('GET', '/v3/role_assignments', 'identity:list_role_assignments', assignments, 'admin'),
  ...[inherited, placed].flatMap((routes) => [
    ...routes('GET', '', 'identity:list_grants', roles),
    ...routes('PUT', ROLE, 'identity:create_grant', grant),
    ...routes('HEAD', ROLE, 'identity:check_grant', checked),
    ...routes('GET', ROLE, 'identity:check_grant', checked),
    ...routes('DELETE', ROLE, 'identity:revoke_grant', revoke),
  ]),
];
