import {
  Fault,
  isFault,
  propertyOf,
  type Disk,
  type DiskInput,
  type NicInput,
  type NotesPatch,
  type Vm,
  type VmInput,
} from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import * as disks from '../disks/index.js';
import { fit, isAble, ofDisk, ofNic, requireAble } from '../fitting.js';
import * as nics from '../nics/index.js';
import { checkMac } from '../nics/network.js';
import { missingReference, resolveNetwork } from '../references.js';
import { disksLocked } from '../rules.js';
import { undone, until, watched } from '../work/wait.js';
import { add } from './add.js';
import { remove } from './remove.js';

/** The parts of an imported VM: existing disks, by id, the boot disk first; NICs, with networks by name. */
export interface ImportedParts {
  readonly disks: readonly DiskInput[];
  readonly nics: readonly NicInput[];
}

/**
 * Makes a VM from existing disks: virt-v2v and backup tools do this with an OVF, after they have filled the disks.
 * Whatever is refused, the disks stay, or become again, as they were. Throws `not-found.reference` for a disk,
 * `conflict` for one that a VM has, and what `add` throws.
 */
export async function importVm(scope: Scope, input: VmInput, parts: ImportedParts): Promise<Started<Vm>> {
  requireAble(scope, 'vm.create.fromDisks', 'add VM', propertyOf('Vm', 'ovf'));
  if (parts.disks.length === 0)
    throw new Fault('refused', { text: 'Cannot import VM. Its configuration has no disk to boot from.' });
  scope.concerns?.({ as: 'storagedomains.vms.import', what: input.name });
  const found: (readonly [Disk, DiskInput])[] = [];
  for (const disk of parts.disks) found.push([await usable(scope, disk.id ?? ''), disk]);
  const preparations = found.map(([disk, requested], index) => preparationOf(scope, disk, requested, index === 0));
  for (const [disk, requested] of found) reportAlias(scope, disk, requested);
  const requested = (await Promise.all(parts.nics.map((nic) => withNetwork(scope, nic))))
    .filter((nic) => nic !== undefined)
    .map((nic) => fit(scope, ofNic, 'add VM', nic));
  for (const { mac } of requested) checkMac(mac);

  const prepared: Preparation[] = [];
  const prepare = async (): Promise<void> => {
    for (const one of preparations) {
      // first: it may be carried out and yet fail
      prepared.push(one);
      await apply(scope, one.disk, one.after);
    }
  };
  const volumes = found.map(([{ id }]) => id);
  const started = await add(scope, input, { volumes, prepare }).catch(async (error: unknown) => {
    const kept = await putBack(scope, prepared, (id) => scope.session.disks.get(id));
    if (kept.length === 0) throw error;
    throw undone(error, 'Importing the VM', `These disks could not be made again what they were: ${kept.join(', ')}.`);
  });
  const vm = started.value.id;
  try {
    // one after the other: the guest sees this order
    for (const nic of requested) await nics.add(scope, vm, nic);
  } catch (error) {
    await withdraw(scope, vm, input, prepared).catch((failure: unknown) => {
      throw undone(error, 'Importing the VM', `VM ${vm} could not be removed again: ${String(failure)}`);
    });
    throw error;
  }
  return { ...started, finished: watched(started.finished) };
}

/** Removes the VM: the client learns that there is none. Its disks are put back once the cloud has removed it. */
async function withdraw(
  scope: Scope,
  vm: string,
  { deleteProtected }: VmInput,
  prepared: readonly Preparation[],
): Promise<void> {
  if (deleteProtected) await scope.session.vms.note(vm, { delete_protected: null });
  const removal = await remove(scope, vm, { detachOnly: true, force: true });
  scope.work.start(`import/${vm}`, async () => {
    await removal.finished;
    await putBack(scope, prepared, (id) => released(scope, id));
  });
}

/** The part of a disk that an import changes. */
interface State {
  readonly bootable?: boolean;
  readonly readOnly?: boolean;
  readonly notes: NotesPatch;
}

/** A disk, what an import makes of it, and what it was before. */
interface Preparation {
  readonly disk: Disk;
  readonly after: State;
  readonly before: State;
}

/**
 * What has to be so before the cloud makes the VM: Nova boots from no volume that is not bootable, and Cinder makes
 * none read-only that a VM has. Throws `unsupported` for what the backend cannot store.
 */
function preparationOf(scope: Scope, disk: Disk, requested: DiskInput, isFirst: boolean): Preparation {
  const fitting = fit(scope, ofDisk, 'add VM', requested);
  const notes = disks.notesOf(fitting);
  // PowerVC's own mark says nothing of Cinder's: it is set in any case
  const boots = isFirst && disk.bootable !== true;
  const readOnly = fitting.readOnly === true && disk.readOnly !== true;
  return {
    disk,
    after: { ...(isFirst && { bootable: true }), ...(readOnly && { readOnly: true }), notes },
    before: {
      ...(boots && { bootable: false }),
      ...(readOnly && { readOnly: false }),
      notes: Object.fromEntries(Object.keys(notes).map((key) => [key, disk.notes?.[key] ?? null])),
    },
  };
}

async function apply({ session }: Scope, { id }: Disk, { notes, ...fields }: State): Promise<void> {
  if (Object.keys(fields).length > 0) await session.disks.update(id, fields);
  if (Object.keys(notes).length > 0) await session.disks.note(id, notes);
}

/**
 * Makes the disks what they were, the last one first; returns the names of those that it could not. A disk that a VM has
 * by now is left: the VM was made although its answer was lost.
 */
async function putBack(
  scope: Scope,
  prepared: readonly Preparation[],
  look: (id: string) => Promise<Disk>,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const { disk, before } of [...prepared].reverse()) {
    try {
      const now = await look(disk.id);
      if (now.status === 'ok' && now.vmIds?.length === disk.vmIds?.length) await apply(scope, disk, before);
    } catch (error) {
      scope.log.warn('a disk of a VM that was not imported could not be made again what it was', {
        disk: disk.id,
        error: String(error),
      });
      kept.push(disk.alias ?? disk.id);
    }
  }
  return kept;
}

/** The disk, once the cloud has taken it from the VM: it changes none before. */
const released = (scope: Scope, id: string): Promise<Disk> =>
  until(
    scope,
    `Disk ${id}`,
    () => scope.session.disks.get(id),
    (disk) => (disk.status === 'locked' ? undefined : disk),
  );

/** An engine attaches a disk that exists as it is (ImportVmFromConfigurationCommand): it keeps its name. */
function reportAlias(scope: Scope, { alias = '' }: Disk, requested: DiskInput): void {
  if (requested.alias === undefined || requested.alias === alias) return;
  scope.report(
    propertyOf('Vm', 'disks').items('Disk', 'alias'),
    `the disk exists and keeps its name ${alias}: ${requested.alias} is not taken over`,
  );
}

async function usable(scope: Scope, id: string): Promise<Disk> {
  const disk = await disks.findAny(scope, id);
  if (!disk) throw missingReference('Disk', { id });
  if (disks.statusOf(disk) === 'locked') throw disksLocked(scope, 'disk.attach', [disk]);
  if (disk.vmIds?.length && !disk.shareable)
    throw new Fault('conflict', { text: `Cannot import VM. Disk ${disk.alias ?? id} is attached to a VM.` });
  return disk;
}

/**
 * The NIC with its network, by name. One that names none, or one that is not there, is imported without a network, as
 * by an engine; where there is no such NIC it is left out (undefined). Both are reported.
 */
async function withNetwork(scope: Scope, { network, ...nic }: NicInput): Promise<NicInput | undefined> {
  const isNamed = Boolean(network?.id ?? network?.name);
  try {
    if (network && isNamed) return { ...nic, network: await resolveNetwork(scope, network) };
  } catch (error) {
    if (!isFault(error, 'not-found.reference')) throw error;
  }
  const able = isAble(scope, 'nic.blank');
  const lack = isNamed ? `there is no network ${network?.name ?? ''}` : 'it has no network';
  if (isNamed || !able)
    scope.report(
      propertyOf('Vm', 'nics').items('Nic', 'network'),
      `${lack}: NIC ${nic.name ?? ''} is ${able ? 'imported without one' : 'not imported'}`,
    );
  return able ? nic : undefined;
}
