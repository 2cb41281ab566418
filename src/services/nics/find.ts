import { Fault, type Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isPassing, patiently } from '../work/patience.js';
import { beginPort, isUnfinishedPort, type PendingPort } from '../work/ports.js';
import type { Rule } from '../cannot.js';
import { related } from '../rules.js';
import { type Shown, shown } from './shown.js';
import { look } from '../vms/find.js';
import { namedVm } from '../vms/named.js';

/** Two calls: the VM and the ports. Throws `not-found` for an unknown VM. */
export async function list(scope: Scope, vmId: string): Promise<Nic[]> {
  await namedVm(scope, vmId);
  return ofVm(scope, vmId);
}

/** Those of a VM that has been read. One call. */
export const ofVm = async (scope: Scope, vmId: string): Promise<Nic[]> =>
  (await shown(scope, vmId)).map(({ nic }) => nic);

/** One call. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string): Promise<Nic> {
  return (await pick(scope, vmId, id)).nic;
}

export async function pick(scope: Scope, vmId: string, id: string): Promise<Shown> {
  return find(await shown(scope, vmId), id);
}

function find(all: readonly Shown[], id: string): Shown {
  const found = all.find(({ nic }) => nic.id === id);
  if (!found) throw new Fault('not-found', { what: 'NIC', id });
  return found;
}

/**
 * The NIC for another change, with all of its VM: work on it is waited for, as long as a client waits. One that waits
 * for the deployment of its VM is free. Throws `not-found`, `conflict.transition`.
 */
export async function free(
  scope: Scope,
  vmId: string,
  id: string,
  rule: Rule,
): Promise<{ readonly all: readonly Shown[]; readonly found: Shown }> {
  const all = await shown(scope, vmId);
  const found = find(all, id);
  scope.concerns?.({ what: found.nic.name });
  if (!isUnfinishedPort(found.port) || (isJoining(found) && isPassing(await look(scope, vmId)))) return { all, found };
  // whoever asked for that work is told how it ended
  await patiently(
    scope,
    beginPort(scope, found.port.id).catch(() => undefined),
  );
  const later = await shown(scope, vmId);
  const then = find(later, id);
  if (isUnfinishedPort(then.port)) throw related(scope, rule);
  return { all: later, found: then };
}

/** Whether the NIC is to be plugged when its VM is deployed. */
export const isJoining = ({ port }: Shown): boolean => port.notes?.['pending'] === ('join' satisfies PendingPort);
