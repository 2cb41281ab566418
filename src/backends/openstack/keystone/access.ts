import { isFault, nameId, uuidOf, type AccessPort, type Permission, type SshPublicKey } from '../../../model/index.js';
import type { RoleAssignment } from '../../../generated/openstack/keystone.js';
import type { Keypair } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { removed } from '../../http/removal.js';

type Named = NonNullable<RoleAssignment['user']>;

/** UUIDs for Keystone's ids, as oVirt's paths need. */
const userId = (id: string): string => uuidOf('user', id);
const groupId = (id: string): string => uuidOf('group', id);
const roleId = (id: string): string => uuidOf('role', id);

/** The role assignments of the project; a user who may not list them sees those of the token. */
export function createAccess(connection: Connection): AccessPort {
  async function permissions(): Promise<Permission[]> {
    const { project, user, roles } = connection.login;
    try {
      const { role_assignments: all } = await connection.call('keystone.role-assignments', {
        query: { 'scope.project.id': project.id, include_names: '' },
      });
      return all.map((one) => permissionOf(project.id, one));
    } catch (error) {
      if (!isFault(error, 'backend.forbidden')) throw error;
      return roles.map((role) => permissionOf(project.id, { role, user }));
    }
  }
  return {
    permissions,
    async keys() {
      const { keypairs } = await connection.call('nova.keypairs.list', {});
      return keypairs.map(({ keypair }) => keyOf(keypair));
    },
    async addKey({ name, content }) {
      const body = { keypair: { name, public_key: content } };
      return keyOf((await connection.call('nova.keypairs.create', { body })).keypair);
    },
    async removeKey(name) {
      await removed(
        connection.call('nova.keypairs.delete', { params: { keypair: name }, about: [{ what: 'Key pair', id: name }] }),
      );
    },
  };

  /** Key pairs have no id: their names are unique per user. */
  function keyOf({ name, public_key: content }: Keypair): SshPublicKey {
    return { id: nameId('keypair', connection.login.user.id, name), name, content };
  }
}

const ref = (id: string, { name }: Named): { id: string; name?: string } => ({ id, ...(name != null && { name }) });

const permissionOf = (projectId: string, { role, user, group }: RoleAssignment): Permission => ({
  id: nameId('permission', projectId, role.id, user?.id ?? '', group?.id ?? ''),
  role: ref(roleId(role.id), role),
  ...(user && { user: ref(userId(user.id), user) }),
  ...(group && { group: ref(groupId(group.id), group) }),
});
