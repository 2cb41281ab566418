import {
  Fault,
  uuidOf,
  type Group,
  type Permission,
  type Permit,
  type Ref,
  type Role,
  type User,
  type UserDomain,
} from '../../model/index.js';
import type { Scope } from '../context.js';
import { list as events } from '../events/events.js';
import { domainOf, nameWithoutDirectory, userNameOf, type Viewer } from './names.js';
import { list as permissions } from './permissions.js';
import { permitsOf } from './permits.js';
import { builtInRoles, standIn } from './roles.js';

/**
 * Users, groups and roles from the project's role assignments. The gateway manages none; it shows those that clients
 * meet in permissions, jobs and events. Each is one call.
 */

const inDomain = (viewer: Viewer): { readonly domain: Required<UserDomain> } => ({ domain: domainOf(viewer) });

/** The first of each id, in order. */
const distinct = (all: readonly (Ref | undefined)[]): (Ref & { readonly id: string })[] => [
  ...new Map(all.flatMap((one) => (one?.id === undefined ? [] : [[one.id, { ...one, id: one.id }] as const]))).values(),
];

function pick<T extends { readonly id?: string }>(what: string, all: readonly T[], id: string): T {
  const found = all.find((one) => one.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
}

export async function users(scope: Scope): Promise<User[]> {
  const { user: self } = scope.session;
  const own = { id: uuidOf('user', self.id), name: self.name };
  return distinct([...(await permissions(scope)).map(({ user }) => user), own]).map((one) => shown(scope, one));
}

const shown = (scope: Scope, { id, name }: Ref & { readonly id: string }): User => ({
  id,
  name,
  ...inDomain(scope),
  ...(name !== undefined && { userName: userNameOf(scope, name) }),
  loggedIn: id === uuidOf('user', scope.session.user.id),
});

/**
 * One of `users`, or else one whom a job or an event names. An engine knows all of them. Here a member may not list the
 * project's roles but sees what others did, and a user may have lost the role since. Throws `not-found`.
 */
export async function user(scope: Scope, id: string): Promise<User> {
  const known = (await users(scope)).find((one) => one.id === id);
  if (known) return known;
  const isIt = ({ user: one }: { readonly user?: Ref }): boolean => one?.id === id;
  const named = scope.work.journal.of(scope.session.project.id).find(isIt) ?? (await events(scope)).find(isIt);
  if (!named) throw new Fault('not-found', { what: 'User', id });
  const name = named.user?.name;
  return shown(scope, { id, name: name === undefined ? undefined : nameWithoutDirectory(scope, name) });
}

export async function groups(scope: Scope): Promise<Group[]> {
  return distinct((await permissions(scope)).map(({ group }) => group)).map(({ id, name }) => ({
    id,
    name,
    ...inDomain(scope),
  }));
}
export const group = async (scope: Scope, id: string): Promise<Group> => pick('Group', await groups(scope), id);

export const domains = async (scope: Scope): Promise<UserDomain[]> => [domainOf(scope)];
export const userDomain = async (scope: Scope, id: string): Promise<UserDomain> =>
  pick('Domain', await domains(scope), id);

/** In version 4 the built-in roles of engines; then Keystone's roles that somebody has, except those shown as one. */
export async function roles(scope: Scope): Promise<Role[]> {
  const own = builtInRoles(scope);
  const others = distinct((await permissions(scope)).map(({ role }) => role)).filter(
    ({ id }) => !own.some((one) => one.id === id),
  );
  return [
    ...own,
    ...others.map(({ id, name = '' }) => ({ id, name, administrative: name.includes('admin'), mutable: false })),
  ];
}
export const role = async (scope: Scope, id: string): Promise<Role> => pickRole(scope, await roles(scope), id);

/**
 * A role by its id. Clients may have stored the other one: version 3 has the cloud's id of a role that version 4 shows
 * as a built-in one, and so had version 4 before. One call more for those.
 */
async function pickRole(scope: Scope, all: readonly Role[], id: string): Promise<Role> {
  const known = all.find((one) => one.id === id);
  if (known) return known;
  const ids = (await scope.session.access.permissions()).flatMap(({ role: one }) => {
    const stands = one && standIn(scope, one);
    return stands ? [[one.id, stands.id] as const] : [];
  });
  const others = ids.flatMap(([own, other]) => (own === id ? [other] : other === id ? [own] : []));
  return pick('Role', all, others.find((other) => all.some((one) => one.id === other)) ?? id);
}

/** Whether roles and permissions are a user's or a group's. */
export type Holder = 'user' | 'group';

export async function permissionsOf(scope: Scope, holder: Holder, id: string): Promise<Permission[]> {
  await (holder === 'user' ? user : group)(scope, id);
  return (await permissions(scope)).filter((one) => one[holder]?.id === id);
}

export const permissionOf = async (
  scope: Scope,
  holder: Holder,
  id: string,
  permissionId: string,
): Promise<Permission> => pick('Permission', await permissionsOf(scope, holder, id), permissionId);

export async function rolesOf(scope: Scope, holder: Holder, id: string): Promise<Role[]> {
  const held = new Set((await permissionsOf(scope, holder, id)).map(({ role: one }) => one?.id));
  return (await roles(scope)).filter((one) => held.has(one.id));
}

export const roleOf = async (scope: Scope, holder: Holder, id: string, roleId: string): Promise<Role> =>
  pickRole(scope, await rolesOf(scope, holder, id), roleId);

export const permits = permitsOf;
export const permit = (scope: Scope, role: Role, id: string): Permit => pick('Permit', permits(scope, role), id);
