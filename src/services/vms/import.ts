import { Fault, isFault, propertyOf, type DiskInput, type NicInput, type Vm, type VmInput } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import * as disks from '../disks/index.js';
import { fit, ofDisk, requireAble } from '../fitting.js';
import * as nics from '../nics/index.js';
import { missingReference, resolveNetwork } from '../references.js';
import { disksLocked } from '../rules.js';
import { watched } from '../work/wait.js';
import { add } from './add.js';
import { remove } from './remove.js';

/** The parts of an imported VM: existing disks, by id, the boot disk first; NICs, with networks by name. */
export interface ImportedParts {
  readonly disks: readonly DiskInput[];
  readonly nics: readonly NicInput[];
}

/**
 * Makes a VM from existing disks: virt-v2v and backup tools do this with an OVF, after they have filled the disks. A
 * NIC with an unknown network is left out and reported. Throws `not-found.reference` for a disk, `conflict` for one
 * that a VM has, and what `add` throws.
 */
export async function importVm(scope: Scope, input: VmInput, parts: ImportedParts): Promise<Started<Vm>> {
  requireAble(scope, 'vm.create.fromDisks', 'add VM', propertyOf('Vm', 'ovf'));
  if (parts.disks.length === 0)
    throw new Fault('refused', { text: 'Cannot import VM. Its configuration has no disk to boot from.' });
  const found: (readonly [string, DiskInput])[] = [];
  for (const disk of parts.disks) found.push([await usable(scope, disk.id ?? ''), disk]);
  const volumes = found.map(([id]) => id);
  const requested = (await Promise.all(parts.nics.map((nic) => withNetwork(scope, nic)))).filter(
    (nic) => nic !== undefined,
  );
  const [boot] = volumes;
  // Nova boots from no other
  if (boot !== undefined) await scope.session.disks.update(boot, { bootable: true });
  for (const [id, disk] of found) {
    const fitting = fit(scope, ofDisk, 'add VM', disk);
    const notes = disks.notesOf(fitting);
    if (fitting.readOnly === true) await scope.session.disks.update(id, { readOnly: true });
    if (Object.keys(notes).length > 0) await scope.session.disks.note(id, notes);
  }
  const started = await add(scope, input, { volumes });
  const vm = started.value.id;
  try {
    // one after the other: the guest sees this order
    for (const nic of requested) await nics.add(scope, vm, nic);
  } catch (error) {
    // the client learns that there is no VM: its disks must be unchanged
    await remove(scope, vm, { detachOnly: true, force: true });
    throw error;
  }
  return { ...started, finished: watched(started.finished) };
}

async function usable(scope: Scope, id: string): Promise<string> {
  const disk = await disks.findAny(scope, id);
  if (!disk) throw missingReference('Disk', { id });
  if (disks.statusOf(disk) === 'locked') throw disksLocked(scope, 'disk.attach', [disk]);
  if (disk.vmIds?.length && !disk.shareable)
    throw new Fault('conflict', { text: `Cannot import VM. Disk ${disk.alias ?? id} is attached to a VM.` });
  return disk.id;
}

/** The NIC with its network, by name; undefined if there is none, which is reported. */
async function withNetwork(scope: Scope, { network = {}, ...nic }: NicInput): Promise<NicInput | undefined> {
  try {
    return { ...nic, network: await resolveNetwork(scope, network) };
  } catch (error) {
    if (!isFault(error, 'not-found.reference')) throw error;
    scope.report(
      propertyOf('Vm', 'nics').items('Nic', 'network'),
      `there is no network ${network.name ?? ''}: NIC ${nic.name ?? ''} is not imported`,
    );
    return undefined;
  }
}
