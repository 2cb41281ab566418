import { type Vm, propertyOf, ZERO_ID } from '../../model/index.js';
import * as vms from '../../services/vms.js';
import { collection } from '../collection.js';
import type { Call, Operation } from '../operation.js';
import { vmProgress } from '../progress.js';
import { declareResource } from '../resource.js';
import { vmSearch } from '../search/tables/vms.js';

export const vmResource = declareResource<Vm>({
  entity: 'VM',
  element: 'vm',
  list: 'vms',
  table: 'vm',
  progress: vmProgress,
  search: vmSearch,
  // The view of a plain user (docs/reference/ovirt.md, section 4, Filter)
  finish(document, _vm, { filtered }) {
    if (!filtered) return;
    delete document.host;
    delete document.placement_policy;
  },
});

export const vmsAt = collection('/vms', '{vm:id}', vmResource);
export const lookAtVm = ({ scope, ids }: Call<{ readonly vm: string }>): Promise<Vm> => vms.get(scope, ids.vm);

/** docs/reference/ovirt.md, section 10. */
export const vmOperations: readonly Operation[] = [
  vmsAt.list({
    summary: 'The virtual machines',
    how: 'Nova servers with details, page by page. ;pmem_vol=true leaves those with persistent memory.',
    searchable: true,
    parameters: ['pmem_vol'],
    verb: ({ scope, parameters }, { hints, order, first }) => {
      const hasPmem = parameters.choice('pmem_vol');
      return vms.list(scope, {
        ...hints,
        ...(order && { order }),
        ...(first !== undefined && hasPmem !== false && { first }),
        ...(hasPmem !== undefined && { hasPmem }),
      });
    },
  }),
  vmsAt.get({
    summary: 'One virtual machine',
    how: 'A Nova server with its metadata. next_run: as it will be after its next start.',
    parameters: ['next_run'],
    verb: ({ scope, ids, parameters }) => vms.get(scope, ids.vm, { nextRun: parameters.flag('next_run') }),
  }),
  vmsAt.add({
    summary: 'Create a virtual machine',
    needs: ['vm.create'],
    faults: ['not-found.reference', 'duplicate-name', 'unsupported', 'backend.quota', 'backend.space'],
    how: "A Nova server of the template's image, with an inline flavor, in the cluster's host group; or with copies of a snapshot's volumes.",
    required: [
      { field: 'cluster.id|name' },
      { field: 'name' },
      { field: 'template.id|name', unless: ['snapshots.snapshot.id'] },
    ],
    needsFor: [
      {
        capability: 'vm.create.fromSnapshot',
        subject: propertyOf('Vm', 'sourceSnapshot'),
        when: ({ sourceSnapshot }) => sourceSnapshot !== undefined,
      },
      {
        capability: 'vm.create.blank',
        subject: propertyOf('Vm', 'template'),
        when: ({ template }) => template?.id === ZERO_ID,
      },
    ],
    verb: ({ scope }, input) => vms.add(scope, input),
  }),
  vmsAt.update({
    summary: 'Change name, description, comment, memory, processors and the like',
    faults: ['conflict.transition', 'duplicate-name', 'unsupported'],
    how: "Name: Nova. Memory, processors, extra specs: a {cloud} resize; what a running partition can't take so, and all of it with next_run, is kept for its next start. What Nova has no field for: server metadata.",
    parameters: ['next_run'],
    verb: ({ scope, ids, parameters }, input) =>
      vms.update(scope, ids.vm, input, { nextRun: parameters.flag('next_run') }),
  }),
  vmsAt.remove({
    summary: 'Remove a virtual machine, with its disks unless detach_only',
    how: 'The Nova server, then the volumes that were its disks.',
    flags: ['force', 'detach_only'],
    faults: ['conflict', 'conflict.transition'],
    verb: ({ scope, ids }, flags) =>
      vms.remove(scope, ids.vm, { detachOnly: flags.detach_only ?? false, force: flags.force ?? false }),
  }),
  vmsAt.creation(lookAtVm),
];
