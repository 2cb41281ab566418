import type { Disk } from '../../model/index.js';
import * as disks from '../../services/disks/index.js';
import { collection } from '../declare/collection.js';
import { toldAs } from '../declare/journaling.js';
import { newDiskNeeds } from './disk-needs.js';
import type { Call, Operation } from '../declare/operation.js';
import { diskProgress } from '../declare/progress.js';
import { declareResource } from '../declare/resource.js';
import { diskSearch } from '../search/tables/disks.js';

export const diskResource = declareResource<Disk>({
  entity: 'disk',
  element: 'disk',
  list: 'disks',
  table: 'disk',
  inQuota: true,
  progress: diskProgress,
  search: diskSearch,
});

type Ids = { readonly vm: string; readonly disk: string };

const ofVm = collection('/vms/{vm:id}/disks', '{disk:id}', diskResource);
const look = ({ scope, ids }: Call<Ids>): Promise<Disk> => disks.get(scope, ids.vm, ids.disk);

/** RHEV-M REST guide, 15.6.1; docs/reference/ovirt.md, section 11. */
export const diskOperations: readonly Operation[] = [
  ofVm.list({
    summary: 'The disks of a VM, including deactivated ones',
    how: 'Cinder volumes that are attached to the VM or recorded in its metadata; persistent memory volumes as disks.',
    verb: ({ scope, ids }) => disks.list(scope, ids.vm),
  }),
  ofVm.get({ summary: 'One disk of a VM', how: 'A Cinder volume, or a persistent memory volume.', verb: look }),
  ofVm.add({
    summary: 'Add a new disk, a direct LUN, or a floating disk by its id',
    faults: ['not-found.reference', 'conflict', 'unsupported', 'backend.quota', 'backend.space'],
    how:
      'New: a Cinder volume of the storage template, then attached; bytes are rounded up to GiB. LUN: ' +
      'brought under management, then attached. In a PersistentMemory domain: a pmem volume.',
    required: [{ field: 'provisionedSize|size', unless: ['id', 'lun_storage.logical_unit.id'] }],
    needsFor: newDiskNeeds,
    attaches: ({ id }) => id !== undefined,
    verb(call, input) {
      if (input.id !== undefined) toldAs(call, 'vms.disks.attach');
      return disks.add(call.scope, call.ids.vm, input);
    },
  }),
  ofVm.update({
    summary: 'Change the alias, description, size or flags of a disk',
    faults: ['conflict.transition', 'unsupported', 'backend.space'],
    how: 'Alias, description, shareable: Cinder. Size: ibm-extend, never smaller. Everything else: volume metadata.',
    verb: ({ scope, ids }, input) => disks.update(scope, ids.vm, ids.disk, input),
  }),
  ofVm.remove({
    summary: 'Delete a disk; with detach keep it as a floating disk',
    how: 'The volume is detached, then deleted.',
    flags: ['detach'],
    faults: ['conflict', 'conflict.transition', 'unsupported'],
    verb(call, { detach = false }) {
      if (detach) toldAs(call, 'vms.disks.detach');
      return disks.remove(call.scope, call.ids.vm, call.ids.disk, { detach });
    },
  }),
  ofVm.creation(look),
  ...ofVm.action('activate', look, {
    summary: 'Plug a disk',
    how: 'The volume is attached.',
    support: 'emulated',
    faults: ['conflict', 'conflict.transition'],
    verb: ({ scope, ids }) => disks.activate(scope, ids.vm, ids.disk),
  }),
  ...ofVm.action('deactivate', look, {
    summary: 'Unplug a disk; it stays listed',
    how: "The volume is detached, and recorded in the VM's metadata.",
    support: 'emulated',
    faults: ['conflict', 'conflict.transition'],
    verb: ({ scope, ids }) => disks.deactivate(scope, ids.vm, ids.disk),
  }),
  ...ofVm.action('move', look, {
    summary: 'Move a disk to another storage domain',
    how: 'Cinder os-retype to the other storage template.',
    needs: ['disk.move'],
    faults: ['not-found.reference', 'conflict.transition', 'unsupported'],
    background: true,
    fields: ['storage_domain'],
    required: [{ field: 'storageDomain.id|name' }],
    verb: ({ scope, ids }, { storage_domain: target }) =>
      disks.move(scope, ids.vm, ids.disk, { id: target?.id, name: target?.name }),
  }),
  ofVm.post('relocate', {
    summary: 'Move a disk to the storage domain in the posted representation',
    how: 'As the action move (note to table 15.2 of the guide).',
    until: '3.6',
    needs: ['disk.move'],
    faults: ['not-found.reference', 'conflict.transition', 'unsupported'],
    verb: ({ scope, ids }, input) => disks.relocate(scope, ids.vm, ids.disk, input),
  }),
  // Cinder can upload a volume as an image; that PowerVC's can, no document says (docs/reference/power.md, 1.5)
  ofVm.refused('export', '{cloud} documents no call that makes an image of a single volume: export the VM'),
];
