import { stateOf, textOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { act, attached, idIn, vmIs, vmPath } from './day-steps.js';

/** A VM is started, its statistics are read, it is stopped, a snapshot is taken, and its disk is removed. */
export const runningChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'vms.start',
    operation: 'vms.start',
    title: 'starting a VM answers 200 or 202 with an action document; the VM is up in the end',
    source: 'engine: BackendVmResource.start; SDKs require <action>',
    async run(bench) {
      await act(bench, 'start');
      await vmIs(bench, 'up');
      bench.known.set('running', 'yes');
    },
  },
  {
    name: 'vms.statistics',
    operation: 'vms.statistics.list',
    title: 'a running VM has memory and CPU statistics',
    source: 'RHEV-M guide, example 15.44; ManageIQ and ovirt_exporter read them by name',
    async run(bench) {
      const names = (await bench.good([200], 'GET', `${vmPath(bench)}/statistics`))
        .xml()
        .children.map((one) => textOf(one, 'name') ?? '');
      for (const name of ['memory.installed', 'cpu.current.total'])
        expectThat(names.includes(name), name, names.join(', '));
    },
  },
  {
    name: 'vms.start.again',
    operation: 'vms.start',
    title: 'starting a VM that is up answers 409',
    source: 'engine: RunVmCommand, VmStatus; docs/reference/engine-states.md',
    async run(bench) {
      bench.need('running');
      const { status, body } = await bench.ask('POST', `${vmPath(bench)}/start`, { body: '<action/>' });
      expectThat(status === 409, '409', `${status} ${body}`);
    },
  },
  {
    name: 'vms.delete.running',
    operation: 'vms.delete',
    title: 'removing a VM that is up answers 409',
    source: 'engine: RemoveVmCommand; docs/reference/engine-states.md',
    async run(bench) {
      bench.need('running');
      const { status, body } = await bench.ask('DELETE', vmPath(bench));
      expectThat(status === 409, '409', `${status} ${body}`);
    },
  },
  {
    name: 'vms.stop',
    operation: 'vms.stop',
    title: 'stopping a VM brings it down in the end',
    source: 'engine: BackendVmResource.stop; fence_rhevm',
    async run(bench) {
      bench.need('running');
      await act(bench, 'stop');
      await vmIs(bench, 'down');
    },
  },
  {
    name: 'vms.snapshots.add',
    operation: 'vms.snapshots.add',
    title: 'taking a snapshot answers 201 or 202; it is ok in the end, and can be removed',
    source: 'RHEV-M guide, example 15.41; oVirtBackup, forklift, Ansible ovirt_snapshot',
    async run(bench) {
      const memory = '<persist_memorystate>false</persist_memorystate>';
      const body = `<snapshot><description>${bench.name}</description>${memory}</snapshot>`;
      const path = `${vmPath(bench)}/snapshots`;
      const id = idIn(await bench.good([201, 202], 'POST', path, { body }));
      await bench.until(`${path}/${id}`, 'the snapshot is ok', (root) => stateOf(root, 'snapshot_status') === 'ok');
      await bench.good([200, 202], 'DELETE', `${path}/${id}`);
      await bench.until(
        path,
        'the snapshot is gone',
        (root) => !root.children.some(({ attributes }) => attributes.get('id') === id),
      );
    },
  },
  {
    name: 'vms.disks.delete',
    operation: 'vms.disks.delete',
    title: 'removing a disk of a VM that is down answers 200; the disk is gone in the end',
    source: 'RHEV-M guide, example 15.17',
    async run(bench) {
      const id = bench.need('disk');
      const path = `${vmPath(bench)}/${attached(bench)}`;
      await bench.good([200], 'DELETE', `${path}/${id}${attached(bench) === 'disks' ? '' : '?detach_only=false'}`);
      await bench.until(
        path,
        'the disk is gone',
        (root) => !root.children.some(({ attributes }) => attributes.get('id') === id),
      );
    },
  },
];
