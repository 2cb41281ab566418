import { beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import * as disks from './index.js';
import { aggregatedPmemDomain, pmemDomain } from '../pmem/disks.js';
import { GIB } from '../../units.js';

const VM = id('vm', 1);
const OTHER = id('vm', 2);
const DATA = id('disk', 1);
const SHARED = id('disk', 2);

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM, name: 'web' });
  world.addVm({ id: OTHER, name: 'other' });
  world.addVolume({ id: DATA, alias: 'data', vmIds: [VM], sizeBytes: 4 * GIB });
  world.addVolume({ id: SHARED, alias: 'quorum', vmIds: [OTHER], shareable: true });
  scope = scopeOn(world);
});

const changes = () => scope.session.calls.filter((call) => !/\.(get|list|storageDomains|unmanagedLuns)$/.test(call));

describe('activating', () => {
  it("an active disk, or deactivating an inactive one, is refused in engines' words", async () => {
    await expect(disks.activate(scope, VM, DATA)).rejects.toMatchObject({ detail: '[Disk is already activated.]' });
    await (
      await disks.deactivate(scope, VM, DATA)
    ).finished;
    const before = changes().length;
    await expect(disks.deactivate(scope, VM, DATA)).rejects.toMatchObject({
      status: 409,
      detail: '[Disk is already deactivated.]',
    });
    expect(changes()).toHaveLength(before);
    expect(await disks.get(scope, VM, DATA)).toMatchObject({ active: false, status: 'ok' });
  });
  it('is refused while something is under way with the disk', async () => {
    world.volume(DATA).status = 'locked';
    await expect(disks.deactivate(scope, VM, DATA)).rejects.toMatchObject({ status: 409, retry: 'later' });
  });
});

describe('a change', () => {
  it('is answered with the disk although another client takes it from the VM meanwhile', async () => {
    const port = scope.session.disks;
    const update = port.update.bind(port);
    port.update = async (...args) => {
      await update(...args);
      Object.assign(world.volume(DATA), { vmIds: [], notes: {} });
    };
    expect(await disks.update(scope, VM, DATA, { alias: 'renamed' })).toMatchObject({ id: DATA, alias: 'renamed' });
  });
});

describe('a size', () => {
  it('never shrinks', async () => {
    await expect(disks.update(scope, VM, DATA, { alias: 'new', sizeBytes: GIB })).rejects.toMatchObject({
      code: 'refused',
    });
    expect(changes(), 'nothing else of the request was done').toEqual([]);
  });
  it('grows by whole grains, and bytes within the last one are what is there already', async () => {
    await disks.update(scope, VM, DATA, { sizeBytes: 4 * GIB - 1 });
    expect(changes()).toEqual([]);
    await disks.update(scope, VM, DATA, { sizeBytes: 4 * GIB + 1 });
    expect(changes()).toEqual(['disks.extend']);
  });
  it('must be there, and positive', async () => {
    await expect(disks.add(scope, VM, {})).rejects.toMatchObject({
      code: 'request.incomplete',
      detail: 'disk.sizeBytes required for add',
    });
    await expect(disks.add(scope, VM, { sizeBytes: 0 })).rejects.toMatchObject({ code: 'request.value' });
  });
});

describe('a changed disk', () => {
  it('that comes back whole is not changed', async () => {
    await disks.update(scope, VM, DATA, await disks.get(scope, VM, DATA));
    expect(changes()).toEqual([]);
  });
  it('keeps what Cinder has no field for', async () => {
    await disks.update(scope, VM, DATA, {
      alias: 'b',
      description: 'the second',
      wipeAfterDelete: true,
      propagateErrors: true,
      interface: 'virtio',
    });
    expect(await disks.get(scope, VM, DATA)).toMatchObject({
      alias: 'b',
      description: 'the second',
      wipeAfterDelete: true,
      propagateErrors: true,
      interface: 'virtio',
    });
  });
  it('moves to another storage domain, by id or by name', async () => {
    await (
      await disks.move(scope, VM, DATA, { name: 'slow' })
    ).finished;
    expect((await disks.get(scope, VM, DATA)).storageDomain).toEqual({ id: id('domain', 2) });
    await expect(disks.move(scope, VM, DATA, { id: id('domain', 2) })).rejects.toMatchObject({ code: 'refused' });
    await expect(disks.move(scope, VM, DATA, { name: 'ISO' })).rejects.toMatchObject({ code: 'not-found.reference' });
  });
});

describe('a disk of several VMs', () => {
  it('is attached by each, but inactive in one at most', async () => {
    await (
      await disks.add(scope, VM, { id: SHARED })
    ).finished;
    expect(world.volume(SHARED).vmIds).toEqual([OTHER, VM]);
    await (
      await disks.deactivate(scope, VM, SHARED)
    ).finished;
    await expect(disks.deactivate(scope, OTHER, SHARED)).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(`VM ${VM} lists it as inactive`) as string,
    });
    expect(await disks.get(scope, VM, SHARED)).toMatchObject({ active: false });
  });
  it('is not destroyed through one of them', async () => {
    await (
      await disks.add(scope, VM, { id: SHARED })
    ).finished;
    await expect(disks.remove(scope, VM, SHARED, { detach: false })).rejects.toMatchObject({ code: 'conflict' });
    await (
      await disks.remove(scope, VM, SHARED, { detach: true })
    ).finished;
    expect(world.volume(SHARED)).toEqual(expect.objectContaining({ vmIds: [OTHER], notes: {} }));
  });
  it('must be shareable', async () => {
    await expect(disks.add(scope, OTHER, { id: DATA })).rejects.toMatchObject({ code: 'conflict' });
    await (
      await disks.deactivate(scope, VM, DATA)
    ).finished;
    await expect(disks.add(scope, OTHER, { id: DATA })).rejects.toMatchObject({ code: 'conflict' });
    world.vms.delete(VM);
    expect(await (await disks.add(scope, OTHER, { id: DATA })).finished).toMatchObject({ active: true });
  });
  it('is not attached twice to the same', async () => {
    await expect(disks.add(scope, VM, { id: DATA })).rejects.toMatchObject({ code: 'conflict' });
    await expect(disks.add(scope, VM, { id: id('none', 1) })).rejects.toMatchObject({ code: 'not-found.reference' });
  });
});

describe('a LUN', () => {
  const lun = { id: 'A01', name: 'oradata', storageHost: 'svc', sizeBytes: 9 * GIB, wwn: '600507', serial: 'S1' };
  beforeEach(() => {
    world.luns.push({ ...lun });
  });

  it.each(['A01', 'oradata', '600507', 'S1'])('is found as %s, and becomes a disk of the VM', async (name) => {
    expect(
      await (
        await disks.add(scope, VM, { logicalUnits: [{ id: name, address: '10.0.0.1' }] })
      ).finished,
    ).toMatchObject({ alias: 'oradata', sizeBytes: 9 * GIB, active: true });
    expect(scope.reports).toEqual([
      { path: 'disk.logicalUnits.address', why: expect.stringContaining('storage provider') as string },
    ]);
    expect(world.vm(VM).notes).toEqual({});
  });
  it('that nobody knows is refused by what is missing', async () => {
    await expect(
      disks.add(scope, VM, { logicalUnits: [{ id: 'X', address: '10.0.0.1', port: 3260, target: 'iqn.x' }] }),
    ).rejects.toMatchObject({
      code: 'refused',
      detail: expect.stringMatching(
        /No storage provider of PowerVC knows a LUN X \(10\.0\.0\.1:3260, iqn\.x\): it must first exist/,
      ) as string,
    });
    await expect(disks.add(scope, VM, { logicalUnits: [{}] })).rejects.toMatchObject({ code: 'request.incomplete' });
    expect(changes()).toEqual([]);
  });
});

describe('persistent memory as a disk', () => {
  const add = (domain: { id?: string; name?: string }) =>
    disks.add(scope, VM, { alias: 'p', sizeBytes: GIB, storageDomain: domain }).then(({ finished }) => finished);

  it("is added beside the VM's memory, or out of it", async () => {
    expect(await add({ name: 'PersistentMemory' })).toMatchObject({
      alias: 'p',
      active: true,
      storageDomain: { id: pmemDomain.id },
    });
    expect(world.vm(VM).memoryBytes).toBe(4 * GIB);
    const taken = await disks.add(scope, VM, {
      alias: 'q',
      sizeBytes: GIB,
      storageDomain: { id: aggregatedPmemDomain.id },
    });
    expect(await taken.finished).toMatchObject({ storageDomain: { id: aggregatedPmemDomain.id } });
    expect(world.vm(VM).memoryBytes).toBe(3 * GIB);
    expect((await disks.list(scope, VM)).map(({ alias }) => alias)).toEqual(['data', 'p', 'q']);
  });
  it('is renamed and removed as a disk', async () => {
    const { id: diskId } = await add({ name: 'PersistentMemory' });
    expect(await disks.update(scope, VM, diskId, { alias: 'r' })).toMatchObject({ alias: 'r' });
    await (
      await disks.remove(scope, VM, diskId, { detach: false })
    ).finished;
    await expect(disks.get(scope, VM, diskId)).rejects.toMatchObject({ code: 'not-found' });
  });
  it('does nothing else that a disk does', async () => {
    const { id: diskId } = await add({ name: 'PersistentMemory' });
    for (const act of [
      () => disks.update(scope, VM, diskId, { sizeBytes: 2 * GIB }),
      () => disks.deactivate(scope, VM, diskId),
      () => disks.remove(scope, VM, diskId, { detach: true }),
      () => disks.move(scope, VM, diskId, { name: 'slow' }),
      () => disks.add(scope, VM, { id: diskId, storageDomain: { name: 'PersistentMemory' } }),
      () => disks.update(scope, VM, DATA, { storageDomain: { name: 'PersistentMemory' } }),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'unsupported' });
  });
});

it('a list costs two calls, whatever the VM has', async () => {
  for (let number = 10; number < 50; number += 1) world.addVolume({ id: id('disk', number), vmIds: [VM] });
  expect(await disks.list(scope, VM)).toHaveLength(41);
  expect(scope.session.calls).toEqual(['vms.get', 'disks.list']);
});

it('the first disk of an empty VM can be the one it boots from', async () => {
  world.volumes.delete(DATA);
  const { id: diskId } = await (await disks.add(scope, VM, { sizeBytes: GIB, bootable: true })).finished;
  expect(world.volume(diskId)).toMatchObject({ bootable: true, notes: { boot: 'true', vm: VM } });
  const { id: second } = await (await disks.add(scope, VM, { sizeBytes: GIB, bootable: true })).finished;
  expect(world.volume(second).notes).not.toHaveProperty('boot');
});
