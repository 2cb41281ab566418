import { Fault, isFault, nameId, type Disk, type LogicalUnit, type UnmanagedLun, type Vm } from '../../model/index.js';
import type { LunRequest } from '../../generated/notes/notes.js';
import { warnOf } from '../notes/bad-notes.js';
import type { Scope } from '../context.js';
import { readNote } from '../notes/notes.js';

/**
 * LUNs that a storage provider knows and PowerVC does not manage (RHEV-M REST guide, 15.13). Before a LUN is brought
 * under management, the VM's note `lun.<id>` holds the intent: there is no volume yet that could have a note.
 */
const PREFIX = 'lun.';

/** By id, WWN, name or serial number. Throws `refused` for an unknown one, with what is missing. */
export async function findLun(scope: Scope, unit: LogicalUnit & { id: string }): Promise<UnmanagedLun> {
  const luns = await scope.session.disks.unmanagedLuns();
  const lun = luns.find((candidate) =>
    [candidate.id, candidate.wwn, candidate.name, candidate.serial].includes(unit.id),
  );
  if (lun) return lun;
  throw new Fault('refused', {
    text:
      `Cannot add Virtual Machine Disk. No storage provider of ${scope.backend} knows a LUN ${unit.id}` +
      `${portalOf(unit)}: it must first exist on a registered storage provider, unmanaged, under this id, ` +
      'name, serial number or WWN.',
  });
}

/** ` (192.0.2.1:3260, iqn.2024-01.com.example:target)`, as far as the client has said it. */
function portalOf({ address, port, target }: LogicalUnit): string {
  if (address === undefined) return '';
  const at = port === undefined ? address : `${address}:${port}`;
  return ` (${target === undefined ? at : `${at}, ${target}`})`;
}

/**
 * Brings the LUN under management as a disk of the VM, with these notes. Further work on the disk is resumed by its
 * notes.
 */
export async function join(scope: Scope, vmId: string, request: LunRequest): Promise<Disk> {
  const note = PREFIX + nameId('lun', request.lun.storageHost, request.lun.id);
  await scope.session.vms.note(vmId, { [note]: JSON.stringify(request) });
  return scope.work.run(resourceOf(vmId, note), () => finish(scope, vmId, note, request));
}

/** Resumes unfinished work, unless this process is already doing it. Returns at once. */
export function resumeLuns(scope: Scope, { id, notes = {} }: Vm): void {
  for (const [note, text] of Object.entries(notes)) {
    if (!note.startsWith(PREFIX)) continue;
    const request = readNote('LunRequest', text, warnOf(scope, `VM ${id}`, note));
    if (request) scope.work.start(resourceOf(id, note), () => finish(scope, id, note, request));
  }
}

const resourceOf = (vmId: string, note: string): string => `${note}/${vmId}`;

async function finish(scope: Scope, vmId: string, note: string, { lun, name, notes }: LunRequest): Promise<Disk> {
  const { disks, vms } = scope.session;
  try {
    const id = await disks.manage(lun, name);
    await disks.note(id, notes);
    await vms.note(vmId, { [note]: null });
    return await disks.get(id);
  } catch (error) {
    if (isFault(error) && error.retry === 'never') await vms.note(vmId, { [note]: null });
    throw error;
  }
}
