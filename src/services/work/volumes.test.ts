import { beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault } from '../../model/index.js';
import * as disks from '../disks/index.js';
import * as vms from '../vms/index.js';
import { GIB } from '../../units.js';

const VM = id('vm', 1);
const DATA = id('disk', 1);
const refusal = new Fault('backend.refused', { text: 'The VM has 256 volumes.' });
const outage = new Fault('backend.unreachable', { service: 'Nova', text: 'ECONNRESET' });

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM });
  world.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
  scope = scopeOn(world, { timeoutMs: 200 });
});

const adding = async () => (await disks.add(scope, VM, { alias: 'new', sizeBytes: GIB })).finished;
const added = () => [...world.volumes.values()].filter(({ alias }) => alias === 'new');
const quiet = () => {
  expect(wrongs(fakeThings(world), new Set())).toEqual([]);
};

describe('a disk that cannot be attached', () => {
  it("stays the VM's, inactive, and tells why in the backend's words; activated after all it is as any other", async () => {
    scope.session.refuse('disks.attach', refusal, { nth: 0 });
    await expect(adding()).rejects.toMatchObject({
      code: 'backend.refused',
      detail: '[The VM has 256 volumes. The new disk remains, inactive.]',
      cause: refusal,
    });
    const created = added()[0]!.id;
    expect(await disks.get(scope, VM, created)).toMatchObject({
      active: false,
      status: 'ok',
      statusDetail: 'The VM has 256 volumes.',
    });
    quiet();
    const later = scopeOn(world);
    await (
      await disks.activate(later, VM, created)
    ).finished;
    expect(await disks.get(later, VM, created)).toMatchObject({ active: true });
    expect(world.volume(created).notes).not.toHaveProperty('failed');
  });

  it('is tried again when the first refusal has passed', async () => {
    scope.session.refuse('disks.attach', new Fault('backend.conflict', { text: 'task_state' }), { nth: 1 });
    expect(await adding()).toMatchObject({ active: true, status: 'ok' });
    quiet();
  });

  it('is tried again as soon as the VM is seen at rest, long before the next look', async () => {
    const slow = scopeOn(world, { pollMs: 60_000, pollMaxMs: 60_000, timeoutMs: 600_000 });
    Object.assign(world, { looks: 0 });
    world.vm(VM).status = 'image_locked';
    world.vm(VM).notes = { pending: 'create' };
    await disks.add(slow, VM, { alias: 'new', sizeBytes: GIB });
    const tries = (): number => slow.session.calls.filter((call) => call === 'disks.attach').length;
    await expect.poll(tries).toBe(1);
    world.vm(VM).status = 'down';
    world.vm(VM).notes = {};
    await vms.get(slow, VM);
    await expect.poll(tries).toBe(2);
  });

  it('counts as attached when another replica was quicker', async () => {
    scope.session.refuse('disks.attach', refusal, { nth: 1, after: true });
    expect(await adding()).toMatchObject({ active: true });
    quiet();
  });

  it('stays, illegal, when its volume could not be made', async () => {
    const started = await disks.add(scope, VM, { alias: 'new', sizeBytes: GIB });
    Object.assign(added()[0]!, { status: 'illegal', backendStatus: 'error' });
    world.begin(added()[0]!, () => undefined);
    await expect(started.finished).rejects.toMatchObject({
      detail: expect.stringMatching(/is in error \(error\)\. The new disk remains, inactive\./) as string,
    });
    expect(await disks.list(scope, VM)).toContainEqual(expect.objectContaining({ alias: 'new', status: 'illegal' }));
  });

  it('goes with a VM that was deleted meanwhile', async () => {
    const started = await disks.add(scope, VM, { alias: 'new', sizeBytes: GIB });
    world.volumes.delete(DATA);
    world.vms.delete(VM);
    await expect(started.finished).rejects.toMatchObject({ code: 'interrupted' });
    expect(added()).toEqual([]);
  });
});

describe('an outage', () => {
  it.each(['disks.attach', 'disks.note', 'disks.get'])('of one %s is tolerated', async (call) => {
    scope.session.refuse(call, outage, { nth: 1 });
    expect(await adding()).toMatchObject({ active: true });
    quiet();
  });

  it.each(['disks.attach', 'disks.note'])('of one %s after it was executed is tolerated', async (call) => {
    scope.session.refuse(call, outage, { nth: 1, after: true });
    expect(await adding()).toMatchObject({ active: true });
    quiet();
  });

  it('that lasts leaves the mark, and the next resume finishes', async () => {
    scope.session.refuse('disks.attach', outage, { nth: 0 });
    await expect(adding()).rejects.toMatchObject({ code: 'backend.timeout' });
    expect(added()[0]!.notes).toMatchObject({ vm: VM, pending: 'add' });
    const next = scopeOn(world);
    expect(await disks.list(next, VM)).toContainEqual(expect.objectContaining({ alias: 'new', status: 'locked' }));
    await next.work.settled();
    expect(await disks.list(next, VM)).toContainEqual(
      expect.objectContaining({ alias: 'new', status: 'ok', active: true }),
    );
    quiet();
  });
});

describe('a disk that cannot be deleted', () => {
  it('is attached again', async () => {
    world.volume(DATA).hasSnapshots = true;
    const removing = disks.remove(scope, VM, DATA, { detach: false }).then(({ finished }) => finished);
    await expect(removing).rejects.toMatchObject({
      code: 'backend.refused',
      detail: expect.stringMatching(/dependent snapshots\. The disk is attached again\./) as string,
    });
    expect(world.volume(DATA).vmIds).toEqual([VM]);
    quiet();
  });

  it('stays inactive when it was', async () => {
    Object.assign(world.volume(DATA), { vmIds: [], notes: { vm: VM }, hasSnapshots: true, backendStatus: 'available' });
    await expect((await disks.remove(scope, VM, DATA, { detach: false })).finished).rejects.toMatchObject({
      detail: expect.stringContaining('The disk is as it was before.') as string,
    });
    expect(world.volume(DATA)).toMatchObject({ vmIds: [], notes: { vm: VM } });
    quiet();
  });

  it("reports both failures when it can't be attached again either", async () => {
    world.volume(DATA).hasSnapshots = true;
    scope.session.refuse('disks.attach', refusal, { nth: 0 });
    await expect((await disks.remove(scope, VM, DATA, { detach: false })).finished).rejects.toMatchObject({
      detail: expect.stringMatching(/256 volumes.*while undoing an earlier failure.*dependent snapshots/s) as string,
    });
    quiet();
  });
});

it('a disk that cannot be detached is as before', async () => {
  scope.session.refuse('disks.detach', refusal, { nth: 0 });
  await expect((await disks.deactivate(scope, VM, DATA)).finished).rejects.toMatchObject({
    detail: expect.stringContaining('The disk is as it was before.') as string,
  });
  expect(world.volume(DATA).vmIds).toEqual([VM]);
  quiet();
});

it('a floating disk that cannot be attached is floating again', async () => {
  const floating = world.addVolume({ id: id('disk', 7) }).id;
  scope.session.refuse('disks.attach', refusal, { nth: 0 });
  await expect((await disks.add(scope, VM, { id: floating })).finished).rejects.toMatchObject({
    detail: expect.stringContaining('The disk is now a floating disk.') as string,
  });
  expect(world.volume(floating).notes).toEqual({});
});

it('a floating disk stays one, without a mark, if the removal of its VM ends before the mark is written', async () => {
  const floating = world.addVolume({ id: id('disk', 7) });
  const { disks: port } = scope.session;
  const [attach, note] = [port.attach.bind(port), port.note.bind(port)];
  Object.assign(port, {
    async attach(...args: Parameters<typeof attach>) {
      await attach(...args);
      world.vm(VM).notes['pending'] = 'remove';
    },
    async note(...[disk, patch]: Parameters<typeof note>) {
      if (patch['pending'] === 'stand-back') {
        world.vms.delete(VM);
        Object.assign(floating, { vmIds: [], notes: {} });
      }
      return note(disk, patch);
    },
  });
  await expect((await disks.add(scope, VM, { id: floating.id })).finished).rejects.toMatchObject({ code: 'not-found' });
  expect(world.volume(floating.id).notes).toEqual({});
});

it('two replicas at the same work do it once', async () => {
  const others = [scopeOn(world), scopeOn(world), scopeOn(world)];
  const started = await disks.add(scope, VM, { alias: 'new', sizeBytes: GIB });
  await Promise.all(others.map((other) => disks.list(other, VM)));
  await Promise.all([started.finished, ...others.map(({ work }) => work.settled())]);
  expect(added()).toHaveLength(1);
  expect(added()[0]!.vmIds).toEqual([VM]);
  quiet();
});
