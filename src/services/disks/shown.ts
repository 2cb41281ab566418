import type { Disk, DiskInput } from '../../model/index.js';
import type { LunDisk } from '../../generated/notes/notes.js';
import { warnOf } from '../notes/bad-notes.js';
import { withProfile } from './profiles.js';
import { readNote } from '../notes/notes.js';
import type { Scope } from '../context.js';
import { isJoining, isTransferring, isUnfinished } from '../work/volumes.js';

/** Properties of a disk that Cinder has no field for: note key → entity property. */
export const notedFlags = { wipe_after_delete: 'wipeAfterDelete', propagate_errors: 'propagateErrors' } as const;

/** Whether a volume is no disk in oVirt: a CD-ROM's medium, or the copy that a download reads. */
export const isMedium = (disk: Disk): boolean =>
  disk.notes?.['medium'] !== undefined || disk.notes?.['transfer.copy'] !== undefined;

export const isOf =
  (vmId: string) =>
  (disk: Disk): boolean =>
    disk.vmIds?.includes(vmId) === true || disk.notes?.['vm'] === vmId;

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
    status: statusOf(disk),
    ...lunOf(disk, scope),
    ...(notes['failed'] !== undefined && { statusDetail: notes['failed'] }),
    ...(notes['illegal'] !== undefined && { statusDetail: notes['illegal'] }),
    interface: notes['interface'] ?? 'spapr_vscsi',
    readOnly: disk.readOnly ?? notes['read_only'] === 'true',
    ...Object.fromEntries(Object.entries(notedFlags).map(([key, property]) => [property, notes[key] === 'true'])),
  };
}

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
