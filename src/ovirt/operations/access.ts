import type { Permission, Role } from '../../model/index.js';
import * as access from '../../services/access/access.js';
import { inDataCenter } from '../../services/inventory/datacenters.js';
import * as permissions from '../../services/access/permissions.js';
import { absent, type Absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionResource } from './permissions.js';
import { domainResource, groupResource, permitResource, roleResource, userResource } from './resources.js';
import { idIn, untilVersion3 } from './shared.js';

const ASSIGNED =
  'The role assignments of the project in Keystone; a user who may not list them sees only his or her own roles.';
const ROLES =
  `${ASSIGNED} Version 4 lists the built-in roles of engines by their fixed ids, and shows the role admin as SuperUser, ` +
  'member and Manager as PowerUserRole: the id that version 3 has of them is also found. The others nobody has.';
const GIVEN = 'roles are assigned in {cloud}, to users and groups of its directory.';
const DIRECTORY = "users and groups are those of {cloud}'s directory.";

type OnWhat = 'dataCenter' | 'cluster' | 'host' | 'storageDomain' | 'template' | 'disk';

/**
 * The permissions on an object, which are those in the project: PowerVC has none on single objects. `look` throws if
 * the object does not exist. `on` is version 3's name of the object in a permission; some have none.
 */
export function permissionsOn(
  owner: string,
  look: (call: Call) => Promise<unknown>,
  on?: readonly [OnWhat, string],
): Operation[] {
  const at = collection(`${owner}/permissions`, '{permission:id}', permissionResource);
  const of = (call: Call): Partial<Permission> => (on ? { [on[0]]: { id: idIn(call, on[1]) } } : {});
  return [
    at.list({
      summary: 'Who has which role',
      how: ASSIGNED,
      support: 'emulated',
      async verb(call) {
        await look(call);
        return permissions.list(call.scope, of(call));
      },
    }),
    at.get({
      summary: 'One permission',
      how: ASSIGNED,
      support: 'emulated',
      async verb(call) {
        await look(call);
        return permissions.get(call.scope, idIn(call, 'permission'), of(call));
      },
    }),
    ...refusals('permission', 'permission', GIVEN, [
      `add ${owner}/permissions`,
      `remove ${owner}/permissions/{permission:id}`,
    ]),
  ];
}

const PERMITS =
  "An administrator's role has all permits, a role that the setting operations.readerRoles names only " +
  "login, any other those of users. What it really allows is in the policies of {cloud}'s services, " +
  'which no API returns: {cloud} decides.';

/** The permits of a role, at every path that leads to one. */
function permitsOf(owner: string, role: (call: Call) => Promise<Role>): Operation[] {
  const at = collection(`${owner}/permits`, '{permit:name}', permitResource);
  return [
    at.list({
      summary: 'The permits of a role',
      how: PERMITS,
      support: 'emulated',
      verb: async (call) => access.permits(call.scope, await role(call)),
    }),
    at.get({
      summary: 'One permit of a role',
      how: PERMITS,
      support: 'emulated',
      verb: async (call) => access.permit(call.scope, await role(call), idIn(call, 'permit')),
    }),
    ...refusals('permit', 'permit', 'roles are created and changed in {cloud}.', [
      `add ${owner}/permits`,
      `remove ${owner}/permits/{permit:name}`,
    ]),
  ];
}

const tags: Absent = {
  name: 'tags',
  key: 'tag',
  entity: 'tag',
  document: 'tags',
  verbs: ['add', 'remove'],
  why: 'The directory of {cloud} stores no tags for users and groups.',
};
/** Version 4 has them (since4/users.ts). */
const keys: Absent = {
  name: 'sshpublickeys',
  key: 'sshpublickey',
  entity: 'SSH public key',
  document: 'ssh_public_keys',
  verbs: ['add', 'update', 'remove'],
  why: "the keys are for an engine's serial console proxy, which {cloud} does not have.",
};

const users = collection('/users', '{user:id}', userResource);
const groups = collection('/groups', '{group:id}', groupResource);
const roles = collection('/roles', '{role:id}', roleResource);
const domains = collection('/domains', '{domain:id}', domainResource);
const domainUsers = collection('/domains/{domain:id}/users', '{user:id}', userResource);
const domainGroups = collection('/domains/{domain:id}/groups', '{group:id}', groupResource);
const all = collection('/permissions', '{permission:id}', permissionResource);

export const roleOperations: readonly Operation[] = [
  roles.list({ summary: 'The roles', how: ROLES, verb: ({ scope }) => access.roles(scope) }),
  roles.get({ summary: 'One role', how: ROLES, verb: ({ scope, ids }) => access.role(scope, ids.role) }),
  ...refusals('role', 'role', 'roles are created in {cloud}.', [
    'add /roles',
    'update /roles/{role:id}',
    'remove /roles/{role:id}',
  ]),
  ...permitsOf('/roles/{role:id}', (call) => access.role(call.scope, idIn(call, 'role'))),
];

/** What users and groups have in common. */
function ofHolder(holder: access.Holder): Operation[] {
  const owner = `/${holder}s/{${holder}:id}`;
  const at = collection(`${owner}/roles`, '{role:id}', roleResource);
  const own = collection(`${owner}/permissions`, '{permission:id}', permissionResource);
  const held = async (call: Call): Promise<void> => {
    await access[holder](call.scope, idIn(call, holder));
  };
  return [
    at.list({
      summary: `The roles of a ${holder}`,
      how: ASSIGNED,
      verb: (call) => access.rolesOf(call.scope, holder, idIn(call, holder)),
    }),
    ...refusals('role', 'action', GIVEN, [`remove ${owner}/roles/{role:id}`]),
    at.get({
      summary: `One role of a ${holder}`,
      how: ASSIGNED,
      verb: (call) => access.roleOf(call.scope, holder, idIn(call, holder), idIn(call, 'role')),
    }),
    ...permitsOf(`${owner}/roles/{role:id}`, (call) =>
      access.roleOf(call.scope, holder, idIn(call, holder), idIn(call, 'role')),
    ),
    own.list({
      summary: `The permissions of a ${holder}`,
      how: ASSIGNED,
      verb: (call) => access.permissionsOf(call.scope, holder, idIn(call, holder)),
    }),
    own.get({
      summary: `One permission of a ${holder}`,
      how: ASSIGNED,
      verb: (call) => access.permissionOf(call.scope, holder, idIn(call, holder), idIn(call, 'permission')),
    }),
    ...refusals('permission', 'permission', GIVEN, [
      `add ${owner}/permissions`,
      `remove ${owner}/permissions/{permission:id}`,
    ]),
    ...absent(owner, [tags], held),
    ...(holder === 'user' ? untilVersion3(absent(owner, [keys], held)) : []),
  ];
}

export const userOperations: readonly Operation[] = [
  users.list({
    summary: 'The users that have a role in the project',
    how: ASSIGNED,
    searchable: true,
    verb: ({ scope }) => access.users(scope),
  }),
  users.get({ summary: 'One user', how: ASSIGNED, verb: ({ scope, ids }) => access.user(scope, ids.user) }),
  ...refusals('user', 'user', DIRECTORY, ['add /users', 'remove /users/{user:id}']),
  ...ofHolder('user'),
];

export const groupOperations: readonly Operation[] = [
  groups.list({
    summary: 'The groups that have a role in the project',
    how: ASSIGNED,
    searchable: true,
    verb: ({ scope }) => access.groups(scope),
  }),
  groups.get({ summary: 'One group', how: ASSIGNED, verb: ({ scope, ids }) => access.group(scope, ids.group) }),
  ...refusals('group', 'group', DIRECTORY, ['add /groups', 'remove /groups/{group:id}']),
  ...ofHolder('group'),
];

export const domainOperations: readonly Operation[] = [
  domains.list({
    summary: 'The directories of users: one',
    how: '{cloud} has only the domain Default.',
    verb: ({ scope }) => access.domains(scope),
  }),
  domains.get({
    summary: 'One directory',
    how: '{cloud} has only the domain Default.',
    verb: ({ scope, ids }) => access.userDomain(scope, ids.domain),
  }),
  domainUsers.list({
    summary: 'The users of a directory',
    how: ASSIGNED,
    async verb({ scope, ids }) {
      await access.userDomain(scope, ids.domain);
      return access.users(scope);
    },
  }),
  domainUsers.get({
    summary: 'One user of a directory',
    how: ASSIGNED,
    async verb({ scope, ids }) {
      await access.userDomain(scope, ids.domain);
      return access.user(scope, ids.user);
    },
  }),
  domainGroups.list({
    summary: 'The groups of a directory',
    how: ASSIGNED,
    async verb({ scope, ids }) {
      await access.userDomain(scope, ids.domain);
      return access.groups(scope);
    },
  }),
  domainGroups.get({
    summary: 'One group of a directory',
    how: ASSIGNED,
    async verb({ scope, ids }) {
      await access.userDomain(scope, ids.domain);
      return access.group(scope, ids.group);
    },
  }),
];

/**
 * Version 3 has the engine's system permissions here; the gateway shows those of the project, which is the data center.
 */
export const permissionOperations: readonly Operation[] = [
  all.list({
    summary: 'The role assignments of the project',
    how: ASSIGNED,
    verb: ({ scope }) => permissions.list(scope, { dataCenter: inDataCenter(scope) }),
  }),
  all.get({
    summary: 'One permission',
    how: ASSIGNED,
    verb: ({ scope, ids }) => permissions.get(scope, ids.permission, { dataCenter: inDataCenter(scope) }),
  }),
  ...refusals('permission', 'permission', GIVEN, ['add /permissions', 'remove /permissions/{permission:id}']),
];
