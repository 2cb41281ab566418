import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault } from '../../model/index.js';
import * as disks from '../disks/index.js';
import * as nics from '../nics/index.js';
import * as snapshots from '../snapshots/index.js';
import * as vms from '../vms/index.js';
import { GIB } from '../../units.js';

const VM = id('vm', 1);
const BOOT = id('disk', 1);
const IDLE = id('disk', 2);
const SHARED = id('disk', 3);
const NIC = id('nic', 1);

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM, name: 'web' });
  world.addVolume({ id: BOOT, alias: 'boot', vmIds: [VM], deleteWithVm: true });
  world.addVolume({ id: IDLE, alias: 'idle', notes: { vm: VM } });
  world.addPort({ id: NIC, name: 'own', attachedTo: VM, notes: { vm: VM } });
  scope = scopeOn(world, { timeoutMs: 500 });
});

const create = (more = {}) =>
  vms.add(scope, { name: 'new', cluster: { name: 'Default Group' }, template: { name: 'rhel' }, ...more });
const quiet = (...floating: string[]) => {
  expect(wrongs(fakeThings(world), new Set(floating))).toEqual([]);
};

describe('a new VM', () => {
  it('is locked until it is built and powered off', async () => {
    const { value, finished } = await create();
    expect(value.status).toBe('image_locked');
    expect(await finished).toMatchObject({ name: 'new', status: 'down' });
    expect(scope.session.calls).toContain('vms.stop');
    quiet();
  });
  it('keeps running when operations.afterCreate is run', async () => {
    scope = scopeOn(world, { afterCreate: 'run' });
    expect(await (await create()).finished).toMatchObject({ status: 'up' });
    expect(scope.session.calls).not.toContain('vms.stop');
  });
  it('that PowerVC cannot build remains, shows the reason, and can be removed', async () => {
    const { value, finished } = await create();
    Object.assign(world.vm(value.id), { status: 'unknown', statusDetail: 'No valid host was found.' });
    world.begin(world.vms.get(value.id)!, () => undefined);
    await expect(finished).rejects.toMatchObject({
      code: 'interrupted',
      detail: '[VM new failed: No valid host was found. What was undone: Nothing: the VM remains, in error.]',
    });
    expect(await vms.get(scope, value.id)).toMatchObject({ statusDetail: 'No valid host was found.' });
    await (
      await vms.remove(scope, value.id, { detachOnly: false, force: false })
    ).finished;
    expect([...world.vms.keys()]).toEqual([VM]);
    expect([...world.volumes.keys()].sort()).toEqual([BOOT, IDLE].sort());
    quiet();
  });
  it('takes NICs, disks and edits in its first seconds: they are listed at once, and there with it', async () => {
    const { value, finished } = await create();
    const vmId = value.id;
    const nic = await nics.add(scope, vmId, { name: 'late', network: { name: 'VLAN200' } });
    const disk = await disks.add(scope, vmId, { alias: 'late', sizeBytes: GIB, bootable: true });
    expect(await vms.update(scope, vmId, { name: 'renamed', description: 'd', memoryBytes: 8 * GIB })).toMatchObject({
      name: 'renamed',
      description: 'd',
      memoryBytes: 8 * GIB,
      status: 'image_locked',
    });
    expect(nic).toMatchObject({ name: 'late' });
    expect(await nics.list(scope, vmId)).toContainEqual(expect.objectContaining({ id: nic.id, name: 'late' }));
    expect(await disks.list(scope, vmId)).toContainEqual(
      expect.objectContaining({ id: disk.value.id, status: 'locked', active: true }),
    );
    await Promise.all([finished, disk.finished]);
    await scope.work.settled();
    expect(await vms.get(scope, vmId)).toMatchObject({ name: 'renamed', status: 'down', memoryBytes: 8 * GIB });
    expect(await nics.list(scope, vmId)).toContainEqual(expect.objectContaining({ id: nic.id, plugged: true }));
    expect(world.volume(disk.value.id)).toMatchObject({ vmIds: [vmId] });
    expect(world.volume(disk.value.id).notes).not.toHaveProperty('boot');
    expect(Object.keys(world.vm(vmId).notes)).toEqual(['description']);
    quiet();
  });
  it('without a disk is down at once, and started when it is built', async () => {
    const { value, isThere } = await create({ template: { name: 'Blank' } });
    expect([value.status, isThere]).toEqual(['down', true]);
    await vms.start(scope, value.id);
    expect(await vms.get(scope, value.id)).toMatchObject({ status: 'wait_for_launch' });
    await scope.work.settled();
    expect(world.vm(value.id)).toEqual(expect.objectContaining({ status: 'up', notes: {} }));
  });
  it('is answered although the first read of it fails', async () => {
    scope.session.refuse('vms.get', new Fault('backend.answer', { service: 'Nova', text: 'HTML' }), { nth: 1 });
    const { value, finished } = await create();
    expect(value).toMatchObject({ name: 'new', status: 'image_locked' });
    expect(await finished).toMatchObject({ status: 'down' });
  });
  it('can be deleted by force while it is being built', async () => {
    const { value, finished } = await create();
    const removing = await vms.remove(scope, value.id, { detachOnly: false, force: true });
    await Promise.allSettled([finished, removing.finished]);
    await removing.finished;
    expect(world.vms.has(value.id)).toBe(false);
    quiet();
  });
  it('needs a name of its own, a cluster and a template that are there', async () => {
    await expect(create({ name: 'web' })).rejects.toMatchObject({ code: 'duplicate-name' });
    await expect(create({ cluster: { name: 'none' } })).rejects.toMatchObject({ code: 'not-found.reference' });
    await expect(create({ template: { id: id('none', 1) } })).rejects.toMatchObject({ code: 'not-found.reference' });
    await expect(create({ template: { id: id('iso', 1) } })).rejects.toMatchObject({
      detail: expect.stringContaining('ISO image') as string,
    });
    expect(world.vms.size).toBe(1);
  });
});

describe('deleting a VM', () => {
  const remove = async (options = {}) =>
    (await vms.remove(scope, VM, { detachOnly: false, force: false, ...options })).finished;

  it('takes its disks, the inactive ones too, but not one that another VM has', async () => {
    world.addVm({ id: id('vm', 2), name: 'other' });
    world.addVolume({ id: SHARED, alias: 'shared', shareable: true, vmIds: [VM, id('vm', 2)] });
    await remove();
    expect([...world.volumes.keys()]).toEqual([SHARED]);
    expect(world.volume(SHARED).vmIds).toEqual([id('vm', 2)]);
    quiet();
  });
  it('keeps them as floating disks on request, including those that its deployment created', async () => {
    await remove({ detachOnly: true });
    expect([...world.volumes.values()].map(({ notes }) => notes)).toEqual([{}, {}]);
    quiet(BOOT, IDLE);
  });
  it('keeps them on a cloud that takes so long that another removal may take this one for crashed', async () => {
    const get = scope.session.vms.get.bind(scope.session.vms);
    let slow = 1;
    scope.session.vms.get = async (vmId) => {
      // a quarter of timeoutMs is what it may take to decide
      if (world.vm(vmId).notes?.['keep_disks'] === 'asked' && slow-- > 0) await pause(150);
      return get(vmId);
    };
    await remove({ detachOnly: true });
    expect(slow).toBeLessThan(0);
    expect([...world.volumes.keys()]).toEqual([BOOT, IDLE]);
    quiet(BOOT, IDLE);
  });
  it('is refused without its disks while there are snapshots of them, as engines do', async () => {
    await (
      await snapshots.add(scope, VM, { description: 'x' })
    ).finished;
    await expect(vms.remove(scope, VM, { detachOnly: true, force: false })).rejects.toMatchObject({
      detail: '[Cannot remove VM with detaching disks, snapshots exist.]',
    });
    expect(world.vm(VM).notes).not.toHaveProperty('pending');
    quiet();
  });
  it('leaves a disk that another gateway detached meanwhile', async () => {
    const data = id('disk', 4);
    world.addVolume({ id: data, alias: 'data', vmIds: [VM] });
    const note = scope.session.disks.note.bind(scope.session.disks);
    let isDetached = false;
    scope.session.disks.note = async (diskId, patch) => {
      if (diskId === data && !isDetached) {
        isDetached = true;
        Object.assign(world.volume(data), { vmIds: [], notes: {} });
      }
      return note(diskId, patch);
    };
    await (
      await vms.remove(scope, VM, { detachOnly: false, force: false })
    ).finished;
    expect(isDetached).toBe(true);
    expect(world.vms.has(VM)).toBe(false);
    expect(world.volume(data)).toEqual(expect.objectContaining({ vmIds: [], notes: {} }));
    quiet(data, SHARED);
  });
  it('that PowerVC refuses loses nothing', async () => {
    scope.session.refuse('vms.remove', new Fault('backend.conflict', { text: 'Instance is locked' }), { nth: 0 });
    await expect(remove()).rejects.toMatchObject({
      code: 'backend.conflict',
      detail: '[Instance is locked. The VM was not deleted.]',
    });
    expect(world.volume(IDLE).notes).toEqual({ vm: VM });
    expect(world.volume(BOOT).vmIds).toEqual([VM]);
    expect(world.port(NIC)).toMatchObject({ attachedTo: VM, notes: { vm: VM } });
    quiet();
  });
  it('that was carried out although it was answered with an error is completed', async () => {
    scope.session.refuse('vms.remove', new Fault('backend.answer', { service: 'Nova', text: '502' }), { after: true });
    await remove();
    expect([world.vms.size, world.ports.size]).toEqual([0, 0]);
    expect([...world.volumes.keys()]).toEqual([]);
  });
  it('also removes a disk that was added at the last moment', async () => {
    const late = id('disk', 77);
    const gone = scope.session.vms.remove.bind(scope.session.vms);
    Object.assign(scope.session.vms, {
      remove: async (vmId: string) => {
        world.addVolume({ id: late, notes: { vm: VM } });
        await gone(vmId);
      },
    });
    await remove();
    expect(world.volumes.has(late)).toBe(false);
  });
  it('does not resume an inactive disk before the VM is gone', async () => {
    scope.session.refuse('vms.remove', new Fault('backend.busy', { text: '503' }), { nth: 0 });
    await expect(remove()).rejects.toMatchObject({ code: 'backend.timeout' });
    const other = scopeOn(world, { timeoutMs: 50 });
    other.session.refuse('vms.remove', new Fault('backend.busy', { text: '503' }), { nth: 0 });
    await vms.get(other, VM);
    await other.work.settled();
    expect(world.volumes.has(IDLE)).toBe(true);
  });
  it('is refused for one that runs, is protected, or is being built', async () => {
    Object.assign(world.vm(VM), { status: 'up', powerState: 'running' });
    await expect(remove()).rejects.toMatchObject({ code: 'conflict' });
    world.vm(VM).notes['delete_protected'] = 'true';
    await expect(remove({ force: true })).rejects.toMatchObject({ code: 'conflict' });
    const { value } = await create();
    await expect(vms.remove(scope, value.id, { detachOnly: false, force: false })).rejects.toMatchObject({
      status: 409,
      retry: 'later',
    });
  });
  it('resumes the removal of what a VM left behind when a client requests it', async () => {
    world.vms.delete(VM);
    for (const volume of world.volumes.values())
      Object.assign(volume, { vmIds: [], backendStatus: 'available', notes: { vm: VM, pending: 'remove-after-vm' } });
    Object.assign(world.port(NIC), { attachedTo: undefined, notes: { vm: VM, pending: 'remove-after-vm' } });
    await expect(vms.get(scope, VM)).rejects.toMatchObject({ code: 'not-found' });
    await scope.work.settled();
    expect([world.volumes.size, world.ports.size]).toEqual([0, 0]);
  });
});

describe('what a removed VM has left behind', () => {
  it('is handled when a list is read: its ports are removed, its disks float', async () => {
    world.vms.delete(VM);
    Object.assign(world.volume(IDLE), { vmIds: [], notes: { vm: VM } });
    Object.assign(world.port(NIC), { attachedTo: undefined, notes: { vm: VM } });
    const other = scopeOn(world, { leaseMs: 5 });
    const look = async (): Promise<void> => {
      for await (const page of vms.list(other)) expect(page).toEqual([]);
    };
    await look();
    await other.work.settled();
    expect(world.ports.has(NIC)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await look();
    await other.work.settled();
    expect(world.ports.has(NIC)).toBe(false);
    expect(world.volume(IDLE).notes).toEqual({});
  });
});

describe('power', () => {
  it('is refused where the state does not allow it', async () => {
    await expect(vms.reboot(scope, VM)).rejects.toMatchObject({ code: 'conflict' });
    await expect(vms.suspend(scope, VM)).rejects.toMatchObject({ code: 'conflict' });
    await vms.start(scope, VM);
    world.vm(VM).status = 'powering_up';
    await expect(vms.start(scope, VM)).rejects.toMatchObject({ code: 'conflict.transition' });
  });
  it('that the VM already has is a success', async () => {
    await vms.stop(scope, VM);
    await vms.shutdown(scope, VM);
    expect(scope.session.calls).toEqual(['vms.get', 'vms.get']);
  });
  it.each(['suspended', 'paused'] as const)(
    'off resumes a %s VM first, which is shown as powering down meanwhile',
    async (status) => {
      Object.assign(world.vm(VM), { status, powerState: 'other' });
      const { finished } = await vms.stop(scope, VM);
      expect(await vms.get(scope, VM)).toMatchObject({ status: 'powering_down' });
      await finished;
      expect(await vms.get(scope, VM)).toMatchObject({ status: 'down' });
      expect(world.vm(VM).notes).not.toHaveProperty('task');
      expect(scope.session.calls).toEqual(expect.arrayContaining(['vms.resume', 'vms.stop']));
    },
  );
  it('on replaces an off that is not complete yet, also on another replica', async () => {
    Object.assign(world.vm(VM), { status: 'suspended', powerState: 'other' });
    const slow = scopeOn(world, { pollMs: 100, pollMaxMs: 100 });
    const { finished } = await vms.stop(slow, VM);
    while (world.vm(VM).status !== 'down') await new Promise((resolve) => setTimeout(resolve, 1));
    await vms.start(scope, VM);
    await finished;
    await scope.work.settled();
    expect(world.vm(VM)).toMatchObject({ status: 'up' });
    expect(world.vm(VM).notes).not.toHaveProperty('task');
  });
  it('resumes one that was suspended', async () => {
    Object.assign(world.vm(VM), { status: 'suspended' });
    await vms.start(scope, VM);
    expect(scope.session.calls).toContain('vms.resume');
  });
});

describe('a changed VM', () => {
  it('is resized when memory or processors differ, and only then', async () => {
    expect(await vms.update(scope, VM, { memoryBytes: 8 * GIB, sockets: 4 })).toMatchObject({
      memoryBytes: 8 * GIB,
      sockets: 4,
    });
    const calls = scope.session.calls.length;
    await vms.update(scope, VM, { name: 'web', memoryBytes: 8 * GIB, sockets: 4, description: '' });
    expect(scope.session.calls.slice(calls)).toEqual(['vms.get', 'vms.get']);
  });
  it('keeps the topology as asked, as long as the product fits', async () => {
    const requested = { sockets: 1, cores: 2, threads: 2 };
    const read = await vms.update(scope, VM, requested);
    expect(read).toMatchObject(requested);
    const calls = scope.session.calls.length;
    expect(await vms.update(scope, VM, read)).toMatchObject(requested);
    expect(scope.session.calls.slice(calls)).toEqual(['vms.get', 'vms.get']);
    expect(await vms.update(scope, VM, { sockets: 2 })).toMatchObject({ sockets: 2, cores: 2, threads: 2 });
    const flat = await vms.update(scope, VM, { sockets: 8, cores: 1, threads: 1 });
    expect(flat).toMatchObject({ sockets: 8 });
    expect(flat.notes).not.toHaveProperty(['cpu.topology']);
  });
  it('refuses values that can no longer reach the guest', async () => {
    await expect(vms.update(scope, VM, { guest: { keys: ['ssh-rsa A'] } })).rejects.toMatchObject({
      code: 'unsupported',
    });
    await vms.update(scope, VM, { hostName: '', guest: { timezone: '' } });
  });
  it('keeps what Nova has no field for, and forgets what is emptied', async () => {
    expect(await vms.update(scope, VM, { description: 'd', comment: 'c', deleteProtected: true })).toMatchObject({
      description: 'd',
      comment: 'c',
      deleteProtected: true,
    });
    expect(world.vm(VM).notes).toEqual({ description: 'd', comment: 'c', delete_protected: 'true' });
    await vms.update(scope, VM, { description: '' });
    expect(world.vm(VM).notes).not.toHaveProperty('description');
  });
  it('keeps its cluster, and refuses properties that are not extra specs', async () => {
    world.vm(VM).cluster = { id: id('cluster', 1) };
    world.clusters.push({ id: id('cluster', 2), name: 'cluster2' });
    for (const cluster of [{ id: id('cluster', 2) }, { name: 'cluster2' }])
      await expect(vms.update(scope, VM, { cluster })).rejects.toMatchObject({ code: 'unsupported' });
    for (const cluster of [{ id: id('cluster', 3) }, { name: 'none' }])
      await expect(vms.update(scope, VM, { cluster })).rejects.toMatchObject({ code: 'not-found.reference' });
    await vms.update(scope, VM, { cluster: { name: 'Default Group' } });
    await expect(
      vms.update(scope, VM, { customProperties: [{ name: 'sap_agent', value: 'true' }] }),
    ).rejects.toMatchObject({ code: 'unsupported', detail: expect.stringContaining('sap_agent') as string });
    await expect(vms.update(scope, VM, { name: 'web', cluster: { id: id('cluster', 1) } })).resolves.toMatchObject({
      name: 'web',
    });
  });
});
