import * as copies from '../../../src/services/vms/copies.js';
import * as vms from '../../../src/services/vms/index.js';
import { GIB } from '../../../src/units.js';
import { id } from '../fake-world.js';
import {
  VM,
  BOOT,
  DATA,
  IDLE,
  FLOATING,
  SNAPSHOT,
  type Operation,
  finished,
  vmNamed,
  isAttached,
  isListed,
  collect,
  lookAtVm,
} from './world.js';

/** Operations on VMs. */
export const vmOperations: readonly Operation[] = [
  {
    name: 'create a VM of a template',
    run: (scope) =>
      finished(
        vms.add(scope, {
          name: 'new',
          cluster: { name: 'Default Group' },
          template: { name: 'rhel' },
          nics: [{ network: { name: 'VLAN100' } }],
        }),
      ),
    resume: (scope) => collect(vms.list(scope)),
    done: (created) => vmNamed(created, 'new')[0]?.status === 'down',
    untouched: (created) => vmNamed(created, 'new').length === 0,
  },
  {
    name: 'create a VM from a snapshot',
    run: (scope) =>
      finished(vms.add(scope, { name: 'new', cluster: { name: 'Default Group' }, sourceSnapshot: { id: SNAPSHOT } })),
    resume: (scope) => collect(vms.list(scope)),
    done: (created) => vmNamed(created, 'new')[0]?.status === 'down',
    untouched: (created) => vmNamed(created, 'new').length === 0,
  },
  {
    name: 'delete a VM',
    run: (scope) => finished(vms.remove(scope, VM, { detachOnly: false, force: false })),
    resume: (scope) => vms.get(scope, VM).catch(() => undefined),
    done: (created) =>
      created.vms.size === 0 &&
      [...created.volumes.keys()].join() === FLOATING &&
      created.ports.size === 0 &&
      created.snapshots.size === 0,
    untouched: (created) => isAttached(created, BOOT) && isListed(created, IDLE),
  },
  {
    name: 'delete a VM and keep its disks',
    given: (created) => {
      created.snapshots.clear();
    },
    floating: [BOOT, DATA, IDLE],
    run: (scope) => finished(vms.remove(scope, VM, { detachOnly: true, force: false })),
    resume: (scope) => vms.get(scope, VM).catch(() => undefined),
    done: (created) => created.vms.size === 0 && created.volumes.size === 4 && created.ports.size === 0,
    untouched: (created) => isAttached(created, BOOT) && isListed(created, IDLE),
  },
  {
    name: 'change name, description and memory of a VM',
    run: (scope) => vms.update(scope, VM, { name: 'other', description: 'd', memoryBytes: 8 * GIB }),
    done: (created) => {
      const { name, memoryBytes, notes } = created.vm(VM);
      return name === 'other' && memoryBytes === 8 * GIB && notes['description'] === 'd' && notes['task'] === undefined;
    },
    untouched: (created) => created.vm(VM).name !== 'other' && created.vm(VM).memoryBytes === 4 * GIB,
  },
  {
    name: 'move all disks of a VM',
    run: (scope) => finished(copies.move(scope, VM, { name: 'slow' })),
    done: (created) =>
      [BOOT, DATA, IDLE].every((diskId) => created.volumes.get(diskId)?.storageDomain?.id === id('domain', 2)) &&
      created.vms.get(VM)?.notes['task'] === undefined,
    untouched: (created) =>
      [BOOT, DATA, IDLE].every((diskId) => created.volumes.get(diskId)?.storageDomain?.id === id('domain', 1)) &&
      created.vms.get(VM)?.notes['task'] === undefined,
  },
  {
    name: 'clone a VM',
    run: (scope) => finished(copies.clone(scope, VM, 'copy')),
    resume: async (scope) => {
      await collect(vms.list(scope));
      await lookAtVm(scope);
    },
    done: (created) =>
      vmNamed(created, 'copy')
        .map(({ status }) => status)
        .join() === 'down' && created.vms.get(VM)?.notes['task'] === undefined,
    untouched: (created) => vmNamed(created, 'copy').length === 0 && created.vms.get(VM)?.notes['task'] === undefined,
  },
];
