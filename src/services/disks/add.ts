import { firstOf } from '../../invariant.js';
import {
  Fault,
  needed,
  propertyOf,
  type Disk,
  type StorageDomain,
  type Vm,
  type DiskInput,
} from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { placed } from './profiles.js';
import { fit, isAble, ofNewDisk } from '../fitting.js';
import { patiently } from '../work/patience.js';
import { findLun, join } from './luns.js';
import * as pmem from '../pmem/pmem.js';
import { aggregatedPmemDomain, findPmemDomain, pmemAsDisk } from '../pmem/disks.js';
import { missingReference } from '../references.js';
import { cannot } from '../cannot.js';
import { may } from '../rules.js';
import { settledVm } from '../vms/settled.js';
import { workOf } from '../vms/shown.js';
import { isBlank } from '../vms/wanted.js';
import { named } from './names.js';
import { begin, isUnfinished, type Pending, type Intent } from '../work/volumes.js';
import { unlessGone, until, watched } from '../work/wait.js';
import { isMedium, isOf, asDisk, notesOf } from './shown.js';
import { get } from './find.js';
import { newSizeOf, newVolumeOf, reportSparse } from './new-volume.js';
import { atRest, atHome, unsupportedOnPmem } from './rest.js';
import { namedVm } from '../vms/named.js';

/**
 * Adds a disk: a new one of `sizeBytes`, a floating one by `id`, a LUN by `logicalUnits`, or a pmem volume by its
 * storage domain. Throws `request.incomplete`, `not-found.reference`, and what the backend refuses at once; a later
 * refusal undoes the disk.
 */
export async function add(scope: Scope, vmId: string, given: DiskInput): Promise<Started<Disk>> {
  // An existing disk is checked by `adopt`, and a LUN has its place already
  const input = given.id === undefined && !given.logicalUnits?.length ? await placed(scope, given) : given;
  const domain = findPmemDomain(input.storageDomain);
  if (domain) return addPmem(scope, vmId, input, domain);
  const fitting = fit(scope, ofNewDisk, 'add disk', input);
  if (input.id !== undefined) return adopt(scope, vmId, input.id, fitting);
  if (input.logicalUnits?.length) return addLun(scope, vmId, fitting);
  return create(scope, vmId, fitting);
}

async function create(scope: Scope, vmId: string, input: DiskInput): Promise<Started<Disk>> {
  // refused before the VM is read
  newSizeOf(input);
  const vm = await settledVm(scope, vmId, 'disk.add');
  may(scope, 'disk.add', vm);
  const volume = await newVolumeOf(scope, input);

  const make = (name: string): Promise<Disk> =>
    scope.session.disks.create({
      ...volume,
      name,
      ...(input.bootable !== undefined && { bootable: input.bootable }),
      notes: { ...notesOf(input), ...boots(vm, input), ...pendingNotes('add', vmId, input.active) },
    });
  const created =
    input.alias === undefined
      ? await named(scope, `${vm.name}_Disk`, (vm.volumeIds?.length ?? 0) + 1, make)
      : await make(input.alias);
  reportSparse(scope, input, created.sparse);
  const started = underWay(scope, vmId, created);
  const follows = workOf(vm) === 'create';
  return isAble(scope, 'disk.notes') || follows ? started : beforeAnswer(scope, started);
}

/**
 * Where volumes have no notes, the answer waits for the end, as long as clients wait: it takes seconds, and a later
 * failure could not be recorded. A deployment takes minutes, so there the disk follows it (marks.ts of Power Virtual
 * Server). Throws what went wrong.
 */
async function beforeAnswer(scope: Scope, started: Started<Disk>): Promise<Started<Disk>> {
  await patiently(scope, started.finished);
  const end = await Promise.race([started.finished, Promise.resolve(undefined)]);
  return end ? { value: end, finished: started.finished, isThere: true } : started;
}

/** The notes of a disk that is being added to the VM; an inactive one is only listed. */
const pendingNotes = (pending: Pending, vmId: string, active: boolean | undefined): Record<string, string> =>
  active === false ? { vm: vmId } : { vm: vmId, pending };

function underWay(scope: Scope, vmId: string, disk: Disk, intent?: Intent): Started<Disk> {
  const finished = begin(scope, disk.id, intent).then((end) => {
    if (!end) throw new Fault('not-found', { what: 'Disk', id: disk.id });
    return asDisk(end, vmId);
  });
  return { value: asDisk(disk, vmId), finished: watched(finished) };
}

async function adopt(scope: Scope, vmId: string, id: string, input: DiskInput): Promise<Started<Disk>> {
  const vm = await settledVm(scope, vmId, 'disk.attach');
  const disk = await unlessGone(scope.session.disks.get(id));
  if (!disk || isMedium(disk)) throw missingReference('Disk', { id });
  const refused = (text: string): Fault => new Fault('conflict', { text: `${cannot(scope, 'disk.attach')}. ${text}` });
  if (isOf(vmId)(disk) && !isUnfinished(disk)) throw refused('The disk is already attached to VM.');
  await placed(scope, input, disk);
  atRest(scope, disk, 'disk.attach');
  may(scope, 'disk.attach', vm);
  const elsewhere =
    disk.vmIds?.length ||
    (disk.notes?.['vm'] !== undefined && (await unlessGone(scope.session.vms.get(disk.notes['vm']))));
  if (elsewhere && !disk.shareable) throw refused('The disk is not shareable and is already attached to a VM.');
  if (elsewhere) atHome(scope, disk, vmId, 'disk.attach');
  const notes = { ...notesOf(input), ...boots(vm, input), ...pendingNotes('adopt', vmId, input.active) };
  await scope.session.disks.note(id, notes);
  const lost = (): Fault => refused('The disk is not shareable and is already attached to a VM.');
  if (input.active === false && (await scope.session.disks.get(id)).notes?.['vm'] !== vmId) throw lost();
  const intent = input.active === false ? undefined : { vm: vmId, pending: 'adopt' as const, lost };
  return underWay(scope, vmId, { ...disk, notes: { ...disk.notes, ...notes } }, intent);
}

const UNITS = propertyOf('Disk', 'logicalUnits');

/**
 * Example 15.13: brings a LUN that a storage provider knows under management; the refusal of an unknown LUN says what
 * is missing.
 */
async function addLun(scope: Scope, vmId: string, input: DiskInput): Promise<Started<Disk>> {
  const [unit] = input.logicalUnits ?? [];
  const id = needed(unit?.id, UNITS.items('LogicalUnit', 'id'), 'add');
  const vm = await settledVm(scope, vmId, 'disk.add');
  may(scope, 'disk.add', vm);
  const lun = await findLun(scope, { ...unit, id });
  for (const key of ['address', 'port', 'target'] as const) {
    if (unit?.[key] !== undefined)
      scope.report(UNITS.items('LogicalUnit', key), 'the storage provider, not the VM, connects to the LUN');
  }
  for (const key of ['storageDomain', 'profile'] as const)
    if (input[key]) scope.report(propertyOf('Disk', key), 'a LUN stays on its storage provider');
  const { lunType = 'fcp' } = input;
  const shown = {
    lunType,
    logicalUnits: [{ id, ...(lun.serial !== undefined && { serial: lun.serial }) }],
  } satisfies DiskInput;
  const notes = {
    ...notesOf(input),
    lun: JSON.stringify(shown),
    ...boots(vm, input),
    ...pendingNotes('adopt', vmId, input.active),
  };
  return underWay(
    scope,
    vmId,
    await join(scope, vmId, { lun, name: input.alias ?? lun.name ?? `${vm.name}_${id}`, notes }),
  );
}

/** Only the first disk of a VM can become the one that it boots from. */
const boots = (vm: Vm, input: DiskInput): Record<string, string> =>
  input.bootable && !vm.volumeIds?.length && (workOf(vm) !== 'create' || isBlank(vm)) ? { boot: 'true' } : {};

async function addPmem(scope: Scope, vmId: string, input: DiskInput, domain: StorageDomain): Promise<Started<Disk>> {
  if (input.id !== undefined) throw unsupportedOnPmem(scope, 'attach');
  const vm = await namedVm(scope, vmId);
  const volumes = await pmem.add(scope, vmId, [
    {
      name: input.alias ?? `${vm.name}_pmem${pmem.volumesOf(scope, vm).length + 1}`,
      sizeBytes: input.sizeBytes,
      affinity: false,
      device: 'DRAM',
      aggregatedMemory: domain.id === aggregatedPmemDomain.id,
    },
  ]);
  const created = firstOf(volumes, 'what was added');
  const value = pmemAsDisk(created, vm);
  const finished = until(
    scope,
    `Persistent memory volume ${created.name}`,
    () => get(scope, vmId, created.id),
    (disk) => (disk.status === 'locked' ? undefined : disk),
  );
  return { value, finished: watched(finished) };
}
