import { Fault, type Permission } from '../../model/index.js';
import type { Scope } from '../context.js';
import { shownRole } from './roles.js';

/**
 * PowerVC gives roles in a project, and a role holds for all that is in it: every VM and every disk has the permissions
 * of the project (docs/reference/ovirt.md, section 11). A user who may not list them sees only his or her own roles.
 */
type On = Omit<Permission, 'id' | 'role' | 'user' | 'group'>;

/** One call. `on`: the object that they are shown for. */
export const list = async (scope: Scope, on: On = {}): Promise<Permission[]> =>
  (await scope.session.access.permissions()).map(({ role, ...permission }) => ({
    ...permission,
    ...(role && { role: shownRole(scope, role) }),
    ...on,
  }));

/** One call. Throws `not-found`. */
export async function get(scope: Scope, id: string, on: On = {}): Promise<Permission> {
  const found = (await list(scope, on)).find((permission) => permission.id === id);
  if (!found) throw new Fault('not-found', { what: 'Permission', id });
  return found;
}
