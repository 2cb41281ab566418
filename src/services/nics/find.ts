import { Fault, type Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isUnfinishedPort } from '../work/ports.js';
import { related, type Rule } from '../rules.js';
import { type Shown, shown } from './shown.js';
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

export function find(all: readonly Shown[], id: string): Shown {
  const found = all.find(({ nic }) => nic.id === id);
  if (!found) throw new Fault('not-found', { what: 'NIC', id });
  return found;
}

export function atRest(scope: Scope, { port }: Shown, rule: Rule): void {
  if (isUnfinishedPort(port)) throw related(scope, rule);
}
