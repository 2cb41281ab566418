import {
  Fault,
  nameId,
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
import { list as permissions } from './permissions.js';
import { permitsOf } from './permits.js';

/**
 * Users, groups and roles from the project's role assignments. The gateway manages none; it shows those that clients
 * meet in permissions, jobs and events. Each is one call.
 */

/** PowerVC has one domain of users (docs/reference/power.md, 1.1). */
export const domain: Required<UserDomain> = { id: nameId('domain', 'Default'), name: 'Default' };

const inDomain = { domain: { id: domain.id, name: domain.name } };

/** The first of each id, in order. */
const distinct = (all: readonly (Ref | undefined)[]): (Ref & { readonly id: string })[] => [
  ...new Map(all.flatMap((one) => (one?.id === undefined ? [] : [[one.id, { ...one, id: one.id }] as const]))).values(),
];

function pick<T extends { readonly id?: string }>(what: string, all: readonly T[], id: string): T {
  const found = all.find((one) => one.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
}

/** As a person logs in: `admin@internal`. A cloud whose names have the profile already is not given it twice. */
export const loginName = (name: string, profile: string): string =>
  name.endsWith(`@${profile}`) ? name : `${name}@${profile}`;

export async function users(scope: Scope): Promise<User[]> {
  const { user: self } = scope.session;
  const own = { id: uuidOf('user', self.id), name: self.name };
  return distinct([...(await permissions(scope)).map(({ user }) => user), own]).map((one) => shown(scope, one));
}

const shown = ({ session }: Scope, { id, name }: Ref & { readonly id: string }): User => ({
  id,
  name,
  ...inDomain,
  ...(name !== undefined && { userName: loginName(name, domain.name) }),
  loggedIn: id === uuidOf('user', session.user.id),
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
  return shown(scope, { id, name: named.user?.name });
}

export async function groups(scope: Scope): Promise<Group[]> {
  return distinct((await permissions(scope)).map(({ group }) => group)).map(({ id, name }) => ({
    id,
    name,
    ...inDomain,
  }));
}
export const group = async (scope: Scope, id: string): Promise<Group> => pick('Group', await groups(scope), id);

export const domains = async (): Promise<UserDomain[]> => [domain];
export const userDomain = async (id: string): Promise<UserDomain> => pick('Domain', [domain], id);

/** Keystone's roles that somebody has. */
export async function roles(scope: Scope): Promise<Role[]> {
  return distinct((await permissions(scope)).map(({ role }) => role)).map(({ id, name = '' }) => ({
    id,
    name,
    administrative: name.includes('admin'),
    mutable: false,
  }));
}
export const role = async (scope: Scope, id: string): Promise<Role> => pick('Role', await roles(scope), id);

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
  pick('Role', await rolesOf(scope, holder, id), roleId);

export const permits = permitsOf;
export const permit = (scope: Scope, role: Role, id: string): Permit => pick('Permit', permits(scope, role), id);
