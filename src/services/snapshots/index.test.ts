import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault } from '../../model/index.js';
import { pack } from './configurations.js';
import * as snapshots from './index.js';
import * as vms from '../vms/index.js';
import { GIB } from '../../units.js';

const VM = id('vm', 1);
const BOOT = id('disk', 1);
const SNAPSHOT = id('snapshot', 1);

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM, name: 'web' });
  world.addVolume({ id: BOOT, alias: 'boot', vmIds: [VM], bootable: true });
  world.addVolume({ id: id('disk', 2), alias: 'idle', notes: { vm: VM } });
  world.addPort({ id: id('nic', 1), name: 'own', attachedTo: VM, notes: { vm: VM } });
  scope = scopeOn(world, { timeoutMs: 400 });
});

const take = async (more = {}) => (await snapshots.add(scope, VM, { description: 'before', ...more })).finished;
const quiet = () => {
  expect(wrongs(fakeThings(world), new Set())).toEqual([]);
};

describe('taking', () => {
  it('is locked until it is there, and keeps what the VM was then', async () => {
    const { value, finished } = await snapshots.add(scope, VM, { description: 'before' });
    expect(value.status).toBe('locked');
    await finished;
    expect(world.vm(VM).notes).toEqual({});
    await vms.update(scope, VM, { memoryBytes: 9 * GIB });
    const { configuration } = await snapshots.get(scope, VM, value.id, { content: true });
    expect(configuration).toMatchObject({ memoryBytes: 4 * GIB, disks: [{ id: BOOT }], nics: [{ name: 'own' }] });
    expect(await snapshots.disks(scope, VM, value.id)).toMatchObject([
      { id: BOOT, imageId: expect.stringMatching(/-/) as string, snapshot: { id: value.id } },
    ]);
    quiet();
  });
  it('keeps a description of any length', async () => {
    const { id: created } = await take({ description: 'x'.repeat(300) });
    expect(world.snapshot(created).description).toHaveLength(255);
    expect((await snapshots.get(scope, VM, created)).description).toHaveLength(300);
  });
  it('of some disks takes those', async () => {
    const { id: created } = await take({ disks: [{ id: BOOT }] });
    expect(world.snapshot(created).volumes).toMatchObject([{ volumeId: BOOT }]);
    await expect(take({ disks: [{ id: id('disk', 2) }] })).rejects.toMatchObject({ code: 'not-found.reference' });
  });
  it('that PowerVC refuses leaves no configuration', async () => {
    scope.session.refuse('snapshots.create', new Fault('backend.refused', { text: 'FlashCopy limit' }));
    await expect(take()).rejects.toMatchObject({ detail: '[FlashCopy limit]' });
    expect(world.vm(VM).notes).toEqual({});
  });
  it('has its configuration though nobody knew whether it was taken', async () => {
    scope.session.refuse(
      'snapshots.create',
      new Fault('backend.unreachable', { service: 'Nova', text: 'ECONNRESET' }),
      { after: true },
    );
    await expect(take()).rejects.toMatchObject({ code: 'backend.unreachable' });
    const other = scopeOn(world);
    await snapshots.list(other, VM);
    await pause(other.settings.leaseMs + 5);
    await snapshots.list(other, VM);
    await other.work.settled();
    expect(await snapshots.list(other, VM)).toMatchObject([
      { type: 'active' },
      { description: 'before', status: 'ok' },
    ]);
    quiet();
  });
  it('reports that it ended in an error', async () => {
    const create = scope.session.snapshots.create.bind(scope.session.snapshots);
    scope.session.snapshots.create = async (vmId, spec) => {
      await create(vmId, spec);
      for (const snapshot of world.snapshots.values()) snapshot.failure = 'create';
    };
    const { value, finished } = await snapshots.add(scope, VM, {});
    await expect(finished).rejects.toMatchObject({
      code: 'backend.failed',
      detail: expect.stringContaining('create failed') as string,
    });
    expect(await snapshots.get(scope, VM, value.id)).toMatchObject({
      description: expect.stringContaining('(create failed)') as string,
    });
  });
  it('never holds memory', async () => {
    await expect(take({ persistMemory: true })).rejects.toMatchObject({
      code: 'unsupported',
      detail: expect.stringContaining('snapshot.persistMemory') as string,
    });
    expect(scope.session.calls).toEqual([]);
  });
});

describe('restoring', () => {
  beforeEach(() => {
    world.addSnapshot({ id: SNAPSHOT, vm: { id: VM }, name: 'earlier' });
  });
  const restore = async () => (await snapshots.restore(scope, VM, SNAPSHOT)).finished;

  it('ends with no mark left', async () => {
    await restore();
    expect(world.vm(VM).notes).toEqual({});
  });
  it('that ends in an error is taken back, and the fault says so', async () => {
    scope.session.snapshots.restore = async () => {
      Object.assign(world.snapshot(SNAPSHOT), { status: 'locked', failure: 'restore' });
    };
    await expect(restore()).rejects.toMatchObject({
      code: 'interrupted',
      detail: expect.stringContaining('The volumes are as they were before.') as string,
    });
    expect(scope.session.calls).toContain('snapshots.rollback');
    expect(world.snapshot(SNAPSHOT)).toMatchObject({ status: 'ok' });
    quiet();
  });
  it('that PowerVC refuses leaves no mark', async () => {
    scope.session.refuse('snapshots.restore', new Fault('backend.refused', { text: 'no' }));
    await expect(restore()).rejects.toMatchObject({ detail: '[no]' });
    expect(world.vm(VM).notes).toEqual({});
  });
  it('that is refused after some of the volumes, or because another gateway was faster, is brought to its end', async () => {
    scope.session.snapshots.restore = async () => {
      Object.assign(world.snapshot(SNAPSHOT), { status: 'locked' });
      throw new Fault('backend.refused', { text: 'no' });
    };
    await expect(restore()).rejects.toMatchObject({ detail: '[no]' });
    expect(world.vm(VM).notes).toHaveProperty('restoring');
    Object.assign(world.snapshot(SNAPSHOT), { status: 'ok' });
    await scope.work.settled();
    expect(world.vm(VM).notes).toEqual({});
  });
  it('wants the VM down, one restore at a time, and a snapshot that was taken', async () => {
    await expect(snapshots.restore(scope, VM, (await snapshots.list(scope, VM))[0]!.id)).rejects.toMatchObject({
      code: 'refused',
      detail: '[Cannot preview Active VM snapshot.]',
    });
    await expect(snapshots.restore(scope, VM, id('none', 1))).rejects.toMatchObject({ code: 'not-found' });
    Object.assign(world.vm(VM), { status: 'up' });
    await expect(restore()).rejects.toMatchObject({ code: 'conflict' });
    Object.assign(world.vm(VM), { status: 'down', notes: { restoring: `${SNAPSHOT} ${Date.now()}` } });
    await expect(restore()).rejects.toMatchObject({ status: 409, retry: 'later' });
  });
  it('that another replica is about to request is left alone until its lease is over', async () => {
    world.vm(VM).notes['restoring'] = `${SNAPSHOT} ${Date.now()}`;
    await snapshots.list(scope, VM);
    await scope.work.settled();
    expect(world.vm(VM).notes).toHaveProperty('restoring');
    await pause(scope.settings.leaseMs + 5);
    await snapshots.list(scope, VM);
    await scope.work.settled();
    expect(world.vm(VM).notes).toEqual({});
  });
});

describe('a configuration without its snapshot', () => {
  const orphan = (at: number) => {
    world.vm(VM).notes['snapshot.ovirt-1'] = pack({ at, description: '', vm: {}, disks: [], nics: [] });
  };

  it('is dropped once its lease is over, and not before', async () => {
    // written in the future: the lease lasts on a slow machine, too
    orphan(Date.now() + 60_000);
    await snapshots.list(scope, VM);
    await scope.work.settled();
    expect(world.vm(VM).notes).toHaveProperty(['snapshot.ovirt-1']);
    orphan(Date.now() - scope.settings.leaseMs - 1);
    await snapshots.list(scope, VM);
    await scope.work.settled();
    expect(world.vm(VM).notes).toEqual({});
  });
  it('is handed over to its snapshot, whatever its age', async () => {
    world.addSnapshot({ id: SNAPSHOT, vm: { id: VM }, name: 'ovirt-1' });
    orphan(1);
    expect(await snapshots.disks(scope, VM, SNAPSHOT)).toEqual([]);
    await snapshots.list(scope, VM);
    await scope.work.settled();
    expect(world.vm(VM).notes).toEqual({});
    expect(world.snapshot(SNAPSHOT).notes).toHaveProperty('configuration');
  });
  it('stays with its VM where the snapshot takes no notes', async () => {
    world.addSnapshot({ id: SNAPSHOT, vm: { id: VM }, name: 'ovirt-1' });
    scope.session.refuse('snapshots.note', new Fault('backend.forbidden', { service: 'Cinder', text: 'no' }));
    orphan(1);
    await snapshots.list(scope, VM);
    await scope.work.settled();
    expect(world.vm(VM).notes).toHaveProperty(['snapshot.ovirt-1']);
    expect((await snapshots.get(scope, VM, SNAPSHOT)).status).toBe('ok');
  });
});

it('snapshots are listed by date, each after its predecessor, the active one first', async () => {
  world.addSnapshot({ id: id('snapshot', 2), vm: { id: VM }, name: 'b', createdAt: '2026-02-02T00:00:00.000Z' });
  world.addSnapshot({ id: id('snapshot', 1), vm: { id: VM }, name: 'a', createdAt: '2026-02-01T00:00:00.000Z' });
  expect(await snapshots.list(scope, VM)).toMatchObject([
    { type: 'active', previous: { id: id('snapshot', 2) } },
    { name: 'a' },
    { name: 'b', previous: { id: id('snapshot', 1) } },
  ]);
  expect((await snapshots.get(scope, VM, id('snapshot', 1))).previous).toBeUndefined();
});

it('a snapshot that cannot be deleted keeps its configuration, which is reported', async () => {
  const { id: created } = await take();
  scope.session.snapshots.remove = async () => {
    Object.assign(world.snapshot(created), { status: 'locked', failure: 'remove' });
  };
  await expect((await snapshots.remove(scope, VM, created)).finished).rejects.toMatchObject({ code: 'backend.failed' });
  expect(world.snapshot(created).notes).toHaveProperty('configuration');
});
