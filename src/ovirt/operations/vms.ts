import { VM, VMs } from '../../generated/ovirt/v3/representations.js';
import { vmIn, vmOut } from '../../generated/mapping/ovirt-v3.js';
import { type Vm, ZERO_ID } from '../../model/index.js';
import * as vms from '../../services/vms.js';
import { collection } from '../collection.js';
import type { Call, Operation } from '../operation.js';
import { vmProgress } from '../progress.js';
import { declareResource } from '../resource.js';

const resource = declareResource({
  type: 'VM', noun: 'VM', representation: VM, collection: VMs, out: vmOut, in: vmIn, progress: vmProgress,
  // The view of a plain user (shared/facts/ovirt.md, section 4, Filter)
  finish(document, _vm, { filtered }) {
    if (!filtered) return;
    delete document.host;
    delete document.placement_policy;
  },
});

const at = collection('/vms', '{vm:id}', resource);
const look = ({ scope, ids }: Call<{ readonly vm: string }>): Promise<Vm> => vms.get(scope, ids.vm);

/** shared/facts/ovirt.md, section 10. */
export const vmOperations: readonly Operation[] = [
  at.list({
    summary: 'The virtual machines', how: 'Nova servers with details, page by page. ;pmem_vol=true leaves those with persistent memory.', searchable: true, parameters: ['pmem_vol'],
    verb: ({ scope, parameters }, { exactName }) => {
      const hasPmem = parameters.choice('pmem_vol');
      return vms.list(scope, { ...(exactName !== undefined && { name: exactName }), ...(hasPmem !== undefined && { hasPmem }) });
    },
  }),
  at.get({ summary: 'One virtual machine', how: 'A Nova server with its metadata.', verb: look }),
  at.add({
    summary: 'Create a virtual machine', needs: ['vm.create'], faults: ['not-found.reference', 'duplicate-name', 'unsupported', 'backend.quota', 'backend.space'],
    how: 'A Nova server of the template\'s image, with an inline flavor, in the cluster\'s host group; or with copies of a snapshot\'s volumes.',
    required: [{ field: 'cluster.id|name' }, { field: 'name' }, { field: 'template.id|name', unless: ['snapshots.snapshot.id'] }],
    needsFor: [
      { capability: 'vm.create.fromSnapshot', subject: 'vm.snapshots', when: ({ sourceSnapshot }) => sourceSnapshot !== undefined },
      { capability: 'vm.create.blank', subject: 'vm.template', when: ({ template }) => template?.id === ZERO_ID },
    ],
    verb: ({ scope }, input) => vms.add(scope, input),
  }),
  at.update({
    summary: 'Change name, description, comment, memory, processors and the like', faults: ['conflict.transition', 'duplicate-name', 'unsupported'],
    how: 'Name: Nova. Memory, processors, extra specs: a PowerVC resize. What Nova has no field for: server metadata.',
    verb: ({ scope, ids }, input) => vms.update(scope, ids.vm, input),
  }),
  at.remove({
    summary: 'Remove a virtual machine, with its disks unless detach_only', how: 'The Nova server, then the volumes that were its disks.', flags: ['force', 'detach_only'], faults: ['conflict', 'conflict.transition'],
    verb: ({ scope, ids }, flags) => vms.remove(scope, ids.vm, { detachOnly: flags.detach_only ?? false, force: flags.force ?? false }),
  }),
  at.creation(look),
  ...at.action('shutdown', look, { summary: 'Let the guest shut down', how: 'Nova os-stop.', faults: ['conflict', 'conflict.transition'], verb: ({ scope, ids }) => vms.shutdown(scope, ids.vm) }),
  ...at.action('stop', look, { summary: 'Power off at once', how: 'Nova os-stop.', faults: ['conflict', 'conflict.transition'], verb: ({ scope, ids }) => vms.stop(scope, ids.vm) }),
  ...at.action('reboot', look, { summary: 'Restart the guest', how: 'Nova reboot, soft.', faults: ['conflict', 'conflict.transition'], verb: ({ scope, ids }) => vms.reboot(scope, ids.vm) }),
  ...at.action('start', look, { summary: 'Power on', how: 'Nova os-start; resume when it was suspended.', faults: ['conflict', 'conflict.transition'], verb: ({ scope, ids }) => vms.start(scope, ids.vm) }),
  ...at.action('suspend', look, { summary: 'Suspend', how: 'Nova suspend, where the operator declares that PowerVC has it.', needs: ['vm.suspend'], background: true, faults: ['conflict', 'unsupported'], verb: ({ scope, ids }) => vms.suspend(scope, ids.vm) }),
  ...Object.entries({
    cancelmigration: 'a running migration of a partition cannot be cancelled',
    detach: 'there are no VM pools',
    logon: 'there is no agent in the guest',
    freezefilesystems: 'there is no agent in the guest',
    thawfilesystems: 'there is no agent in the guest',
    ticket: 'a partition has no graphical console; its terminal is at the HMC',
    maintenance: 'the gateway is no hosted engine',
    preview_snapshot: 'a snapshot is restored, or not; there is no preview',
    commit_snapshot: 'a snapshot is restored, or not; there is no preview',
    undo_snapshot: 'a snapshot is restored, or not; there is no preview',
  }).map(([rel, why]) => at.refused(rel, why)),
];
