import { Fault, type DiskSnapshot } from '../../model/index.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';
import { idIn } from './shared.js';

const resource = declareResource<DiskSnapshot>({
  entity: 'disk snapshot',
  element: 'disk_snapshot',
  list: 'disk_snapshots',
  table: 'diskSnapshot',
});

const HOW = "{cloud}'s snapshots of volumes that are parts of a VM's snapshot.";
const KEY = '{disksnapshot:id}';

/** The snapshots of disks below an owner. */
export function diskSnapshotsAt(owner: string, list: (call: Call) => AsyncIterable<DiskSnapshot[]>): Operation[] {
  const at = collection(`${owner}/disksnapshots`, KEY, resource);

  async function get(call: Call): Promise<DiskSnapshot> {
    const id = idIn(call, 'disksnapshot');
    for await (const page of list(call)) {
      const found = page.find((one) => one.id === id);
      if (found) return found;
    }
    throw new Fault('not-found', { what: 'Disk snapshot', id });
  }

  return [
    at.list({ summary: 'The snapshots of its disks', how: HOW, support: 'emulated', verb: list }),
    at.get({ summary: 'One snapshot of a disk', how: HOW, support: 'emulated', verb: get }),
    at.refuse(
      'remove',
      'A snapshot without one of its disks',
      'a snapshot in {cloud} cannot be changed in part: remove the snapshot of the VM',
      { before: get },
    ),
  ];
}
