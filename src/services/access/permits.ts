import { permits as table } from '../../generated/model/permits.js';
import type { Permit, Role } from '../../model/index.js';
import type { Scope } from '../context.js';
import { builtIn } from './roles.js';

const LOGIN = 'login';

/** Every permit, as a cluster level lists them. */
export const allPermits = table.permits.map(({ id, ...permit }) => ({ id: String(id), ...permit }));

/**
 * What a role permits. Which calls a role of the cloud allows is in the policies of its services, which no API returns:
 * an administrator's role has all permits, one that the setting `operations.readerRoles` names may only log in and
 * look, and any other has those of a user. A built-in role of engines that no role of the cloud is shown as has an
 * engine's. Clients hide what a user lacks (the VM portal: "create_vm"), but the cloud decides.
 */
export function permitsOf({ settings }: Pick<Scope, 'settings'>, { id, name = '', administrative }: Role): Permit[] {
  const own = builtIn(id)?.permits?.map(String);
  if (own) return allPermits.filter((one) => own.includes(one.id)).map((one) => ({ ...one, role: { id } }));
  const held = administrative
    ? allPermits
    : allPermits.filter((one) => !one.administrative && (one.name === LOGIN || !settings.readerRoles.includes(name)));
  return held.map((one) => ({ ...one, role: { id } }));
}
