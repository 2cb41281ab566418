import type { Permission } from '../../model/index.js';
import * as disks from '../../services/disks/index.js';
import * as permissions from '../../services/access/permissions.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';
import { lookAtVm } from './vms.js';

export const permissionResource = declareResource<Permission>({
  entity: 'permission',
  element: 'permission',
  list: 'permissions',
  table: 'permission',
});

const HOW =
  "Keystone's role assignments of the project, which apply to everything in it; " +
  'a user who may not list them sees only his or her own roles.';
const WHY = 'roles are assigned in {cloud}, by its administrators';

/** The permissions on an entity: a user who may not see it sees no permissions on it either. */
function permissionsOn<P extends string>(
  path: P,
  whose: string,
  on: (call: Call<{ readonly vm: string; readonly disk: string }>) => Promise<Pick<Permission, 'vm' | 'disk'>>,
): Operation[] {
  const at = collection(path, '{permission:id}', permissionResource);
  const owner = (call: unknown) => on(call as Call<{ readonly vm: string; readonly disk: string }>);
  return [
    at.list({
      summary: `The permissions on ${whose}`,
      how: HOW,
      verb: async (call) => permissions.list(call.scope, await owner(call)),
    }),
    at.get({
      summary: `One permission on ${whose}`,
      how: HOW,
      verb: async (call) =>
        permissions.get(call.scope, (call.ids as { readonly permission: string }).permission, await owner(call)),
    }),
    at.refuse('add', 'A permission on one resource', WHY),
    at.refuse('remove', 'A permission on one resource', WHY),
  ];
}

/** docs/reference/ovirt.md, section 11. */
export const vmPermissionOperations = permissionsOn('/vms/{vm:id}/permissions', 'a VM', async (call) => ({
  vm: { id: (await lookAtVm(call)).id },
}));
export const vmDiskPermissionOperations = permissionsOn(
  '/vms/{vm:id}/disks/{disk:id}/permissions',
  'a disk',
  async ({ scope, ids }) => ({ disk: { id: (await disks.get(scope, ids.vm, ids.disk)).id } }),
);
