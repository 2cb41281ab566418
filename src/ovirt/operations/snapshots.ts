import { Fault, type Snapshot } from '../../model/index.js';
import { inDataCenter } from '../../services/inventory/datacenters.js';
import * as snapshots from '../../services/snapshots/index.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { ovf } from '../ovf/write.js';
import { snapshotProgress } from '../declare/progress.js';
import { declareResource, parentOf } from '../declare/resource.js';
import { snapshotSearch } from '../search/tables/snapshots.js';
import { cdromResource } from './cdroms.js';
import { diskResource } from './disks.js';
import { nicResource } from './nics.js';

const resource = declareResource<Snapshot>({
  entity: 'snapshot',
  element: 'snapshot',
  list: 'snapshots',
  table: 'snapshot',
  progress: snapshotProgress,
  search: snapshotSearch,
  finish(document, snapshot, { scope }, href) {
    // The active snapshot is the VM's present state: there is nothing to restore
    if (snapshot.type === 'active') delete document.actions;
    if (snapshot.previous?.id !== undefined)
      document.link = [...(document.link ?? []), { href: `${parentOf(href)}/${snapshot.previous.id}`, rel: 'prev' }];
    if (snapshot.configuration)
      document.initialization = {
        configuration: { type: 'ovf', data: ovf(snapshot, inDataCenter(scope).id ?? '') },
      };
  },
});

type Ids = { readonly vm: string; readonly snapshot: string };

const at = collection('/vms/{vm:id}/snapshots', '{snapshot:id}', resource);
const disks = collection('/vms/{vm:id}/snapshots/{snapshot:id}/disks', '{disk:id}', diskResource);
const nics = collection('/vms/{vm:id}/snapshots/{snapshot:id}/nics', '{nic:id}', nicResource);
const cdroms = collection('/vms/{vm:id}/snapshots/{snapshot:id}/cdroms', '{cdrom:id}', cdromResource);

const look = ({ scope, ids, allContent }: Call<Ids>): Promise<Snapshot> =>
  snapshots.get(scope, ids.vm, ids.snapshot, { content: allContent });
const HOW = 'As recorded when the snapshot was taken.';

/** RHEV-M REST guide, 15.6.5. */
export const snapshotOperations: readonly Operation[] = [
  at.list({
    summary: 'The snapshots of a VM, the active one first; with All-Content including their OVF',
    how: "{cloud}'s snapshots of the server, and the VM as it is.",
    faults: ['not-found'],
    verb: ({ scope, ids, allContent }) => snapshots.list(scope, ids.vm, { content: allContent }),
  }),
  at.get({ summary: 'One snapshot', how: "One of {cloud}'s snapshots of the server.", verb: look }),
  at.add({
    summary: 'Create a snapshot of all or some of the disks',
    how: "{cloud} vm-snapshot; the VM's configuration goes into the metadata of a volume snapshot.",
    needs: ['snapshot'],
    faults: ['conflict.transition', 'unsupported'],
    required: [{ field: 'description' }],
    verb: ({ scope, ids }, input) => snapshots.add(scope, ids.vm, input),
  }),
  at.remove({
    summary: 'Remove a snapshot',
    how: '{cloud} deletes it.',
    needs: ['snapshot'],
    faults: ['conflict', 'conflict.transition'],
    verb: ({ scope, ids }) => snapshots.remove(scope, ids.vm, ids.snapshot),
  }),
  at.creation(look),
  ...at.action('restore', look, {
    summary: 'Restore the disks of a VM from a snapshot',
    how: '{cloud} restores the volumes; after a failure they are rolled back.',
    needs: ['snapshot.restore'],
    faults: ['conflict', 'conflict.transition', 'interrupted'],
    fields: ['restore_memory', 'disks'],
    verb({ scope, ids }, { restore_memory: memory, disks: some }) {
      const subject = memory === true ? 'action.restore_memory' : some?.disk?.length ? 'action.disks' : undefined;
      if (subject !== undefined)
        throw new Fault('unsupported', {
          operation: 'restore snapshot',
          subject,
          backend: scope.backend,
          why: 'a restore reverts all volumes of the snapshot, and no memory',
        });
      return snapshots.restore(scope, ids.vm, ids.snapshot);
    },
  }),
  disks.list({
    summary: 'The disks of a snapshot',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => snapshots.disks(scope, ids.vm, ids.snapshot),
  }),
  disks.get({
    summary: 'One disk of a snapshot',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => snapshots.disk(scope, ids.vm, ids.snapshot, ids.disk),
  }),
  disks.refuse('remove', 'A snapshot without one of its disks', 'a snapshot in {cloud} cannot be changed in part'),
  nics.list({
    summary: 'The network interfaces of a snapshot',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => snapshots.nics(scope, ids.vm, ids.snapshot),
  }),
  nics.get({
    summary: 'One network interface of a snapshot',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => snapshots.nic(scope, ids.vm, ids.snapshot, ids.nic),
  }),
  cdroms.list({
    summary: 'The CD-ROM drive of a snapshot',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => snapshots.cdroms(scope, ids.vm, ids.snapshot),
  }),
  cdroms.get({
    summary: 'The CD-ROM drive of a snapshot',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => snapshots.cdrom(scope, ids.vm, ids.snapshot, ids.cdrom),
  }),
];
