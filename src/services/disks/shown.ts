import type { Disk, DiskInput, Vm } from '../../model/index.js';
import type { LunDisk } from '../../generated/notes/notes.js';
import { warnOf } from '../notes/bad-notes.js';
import { withProfile } from './profiles.js';
import { readNote } from '../notes/notes.js';
import type { Scope } from '../context.js';
import { isVmAtWork } from '../work/partitions.js';
import { isJoining, isTransferring, isUnfinished } from '../work/volumes.js';
import { isDeploying } from '../vms/shown.js';

/** Properties of a disk that Cinder has no field for: note key → entity property. */
export const notedFlags = { wipe_after_delete: 'wipeAfterDelete', propagate_errors: 'propagateErrors' } as const;

/** Whether a volume is no disk in oVirt: a CD-ROM's medium, or the copy that a download reads. */
export const isMedium = (disk: Disk): boolean =>
  disk.notes?.['medium'] !== undefined || disk.notes?.['transfer.copy'] !== undefined;

export const isOf =
  (vmId: string) =>
  (disk: Disk): boolean =>
    disk.vmIds?.includes(vmId) === true || disk.notes?.['vm'] === vmId;

/**
 * The volume as one of the VM, if the VM is being deployed with it: Nova names it with the server before Cinder says
 * that it is attached. It is locked until the VM is whole, as in an engine.
 */
export function whileDeployed(vm: Vm, disk: Disk): Disk {
  const { vmIds = [] } = disk;
  const isAttached = vmIds.includes(vm.id);
  if (!isDeploying(vm) || !(isAttached || vm.volumeIds?.includes(disk.id))) return disk;
  return {
    ...disk,
    vmIds: isAttached ? vmIds : [...vmIds, vm.id],
    ...(disk.status === 'ok' && { status: 'locked' }),
  };
}

/** The LUN in the note `lun`. With a scope, a bad note is logged. */
function lunOf({ id, notes }: Disk, scope: Scope | undefined): LunDisk {
  const lun = readNote('LunDisk', notes?.['lun'], scope && warnOf(scope, `disk ${id}`, 'lun'));
  return {
    ...(lun?.lunType !== undefined && { lunType: lun.lunType }),
    ...(lun?.logicalUnits !== undefined && { logicalUnits: lun.logicalUnits }),
  };
}

/** The disk as oVirt shows it, as one of a VM or on its own. */
export function asDisk(disk: Disk, vmId: string | undefined, scope?: Scope): Disk {
  const notes = disk.notes ?? {};
  const active =
    vmId !== undefined ? disk.vmIds?.includes(vmId) === true || isJoining(disk) : (disk.vmIds?.length ?? 0) > 0;
  return {
    ...withProfile(disk),
    ...(vmId !== undefined && { vm: { id: vmId }, active }),
    status: isAtWork(disk, scope) ? 'locked' : statusOf(disk),
    ...lunOf(disk, scope),
    ...(notes['failed'] !== undefined && { statusDetail: notes['failed'] }),
    ...(notes['illegal'] !== undefined && { statusDetail: notes['illegal'] }),
    interface: notes['interface'] ?? 'spapr_vscsi',
    readOnly: disk.readOnly ?? notes['read_only'] === 'true',
    ...Object.fromEntries(Object.entries(notedFlags).map(([key, property]) => [property, notes[key] === 'true'])),
  };
}

/** Whether this gateway is building or removing the VM that has the disk: engines lock the disks with the VM. */
const isAtWork = ({ status, vmIds }: Disk, scope: Scope | undefined): boolean =>
  status === 'ok' && vmIds?.length === 1 && scope !== undefined && vmIds.every((id) => isVmAtWork(scope, id));

/** A disk with work in progress is locked; one whose upload failed is illegal. */
export function statusOf(disk: Disk): Disk['status'] {
  if (disk.status !== 'ok') return disk.status;
  if (isUnfinished(disk) || isTransferring(disk)) return 'locked';
  return disk.notes?.['illegal'] === undefined ? 'ok' : 'illegal';
}

export function notesOf(input: DiskInput): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [key, property] of Object.entries(notedFlags))
    if (input[property] !== undefined) notes[key] = String(input[property]);
  if (input.interface !== undefined) notes['interface'] = input.interface;
  if (input.readOnly) notes['read_only'] = 'true';
  return notes;
}
