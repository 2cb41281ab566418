import { required } from '../../invariant.js';
import { Fault, propertyOf, type Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { stays } from '../work/rivals.js';
import { type Shown, shown, namesOf } from './shown.js';

export const NAME = propertyOf('Nic', 'name');

const nameOf = ({ id, name }: Nic): string => required(name, `the name of NIC ${id}`);

/** Stores such names before a change, so that they do not shift when a NIC is added or removed. */
export async function keepNames(scope: Scope, all: readonly Shown[]): Promise<void> {
  for (const { port, nic } of all) if (!port.name) await scope.session.nics.update(port.id, { name: nameOf(nic) });
}

/** Serializes changes of a VM's NICs and their names in this process. */
export const naming = <T>(scope: Scope, vmId: string, act: () => Promise<T>): Promise<T> =>
  scope.work.alone(`nic-names/${vmId}`, act);

/** Ids of the VM's ports of that name. */
export async function namesakes(scope: Scope, vmId: string, name: string): Promise<string[]> {
  const ports = await scope.session.nics.list(vmId);
  const names = namesOf(ports);
  return ports.filter((_, index) => names[index] === name).map(({ id }) => id);
}

export function checkName(scope: Scope, all: readonly Shown[], name: string | undefined): void {
  if (all.some(({ nic }) => nic.name === name)) throw nameTaken(scope);
}

/** The engine's refusal, in its words (docs/reference/engine-preconditions.md, Nics, row 4). */
export const nameTaken = ({ engine }: Pick<Scope, 'engine'>): Fault =>
  new Fault('conflict', {
    text: engine === '3.6' ? 'Network interface is already in use.' : 'Network interface name is already in use',
  });

/** Runs a change that may set a new name. */
export async function renaming(
  scope: Scope,
  vmId: string,
  { nic, port }: Shown,
  name: string | undefined,
  change: () => Promise<void>,
): Promise<void> {
  if (name === undefined) return change();
  await naming(scope, vmId, async () => {
    const all = await shown(scope, vmId);
    checkName(scope, all, name);
    await keepNames(scope, all);
    await change();
    if (await stays(scope, port.id, () => namesakes(scope, vmId, name))) return;
    await scope.session.nics.update(port.id, { name: nameOf(nic) });
    throw nameTaken(scope);
  });
}
