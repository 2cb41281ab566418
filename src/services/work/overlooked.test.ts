import { beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import * as copies from '../vms/copies.js';
import * as disks from '../disks/index.js';
import * as snapshots from '../snapshots/index.js';
import * as vms from '../vms/index.js';
import { collect, watched } from './wait.js';

/**
 * The removal of a VM, and what another replica does to the VM between the last look of the removal and its call. Each
 * test holds one of the calls until the other replica has come to where it hurts.
 */
const VM = id('vm', 1);
const FLOATING = id('disk', 1);
const DATA = id('disk', 2);
const LEASE_MS = 60_000;

let world: FakeWorld;
let remover: FakeScope;
let other: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM, name: 'vm' });
  world.addVolume({ id: FLOATING, alias: 'floating' });
  remover = scopeOn(world, { leaseMs: LEASE_MS });
  other = scopeOn(world, { leaseMs: LEASE_MS });
});

/** A call that waits before it is executed until it is let go. */
interface Held {
  readonly reached: Promise<void>;
  readonly done: Promise<void>;
  letGo(): void;
}

interface Signal {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function signal(): Signal {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((resolved) => (resolve = resolved));
  return { promise, resolve };
}

function hold<Port extends object>(port: Port, method: keyof Port & string): Held {
  const act = port[method] as (...args: unknown[]) => Promise<unknown>;
  const [reached, gate, done] = [signal(), signal(), signal()];
  const held = async (...args: unknown[]): Promise<unknown> => {
    reached.resolve();
    await gate.promise;
    try {
      return await act(...args);
    } finally {
      done.resolve();
    }
  };
  Object.assign(port, { [method]: held });
  return {
    reached: reached.promise,
    done: done.promise,
    letGo() {
      gate.resolve();
    },
  };
}

const removed = async (detachOnly = false): Promise<void> =>
  (await vms.remove(remover, VM, { detachOnly, force: false })).finished;
const attached = async (): Promise<unknown> => (await disks.add(other, VM, { id: FLOATING })).finished;
const settled = (): Promise<unknown> => Promise.all([remover, other].map(({ work }) => work.settled()));

describe('a VM that is being removed', () => {
  it('is not started: the start that the removal could not see is refused', async () => {
    const deletion = hold(remover.session.vms, 'remove');
    const begun = hold(other.session.vms, 'start');
    const start = watched(vms.start(other, VM));
    await begun.reached;
    const removal = watched(removed());
    await deletion.reached;
    begun.letGo();
    await begun.done;
    deletion.letGo();
    await removal;
    await expect(start).rejects.toMatchObject({ status: 409 });
    expect(world.vms.has(VM)).toBe(false);
  });

  it('is not copied: the removal is withdrawn, or the clone is refused', async () => {
    const noted = hold(other.session.vms, 'note');
    const deletion = hold(remover.session.vms, 'remove');
    const copy = watched(copies.clone(other, VM, 'copy'));
    await noted.reached;
    const removal = watched(removed());
    await deletion.reached;
    noted.letGo();
    await expect(copy).rejects.toMatchObject({ status: 409 });
    deletion.letGo();
    await removal;
    expect([...world.vms.values()]).toEqual([]);
  });

  it('stays when other work on it was noted before the last look', async () => {
    const looked = hold(remover.session.snapshots, 'list');
    const cloned = hold(other.session.vms, 'clone');
    const copy = copies.clone(other, VM, 'copy');
    await cloned.reached;
    world.vm(VM).notes['task'] = '';
    const removal = watched(removed());
    await looked.reached;
    world.vm(VM).notes['task'] = JSON.stringify({ kind: 'clone', vm: VM, name: 'copy', at: Date.now() });
    looked.letGo();
    await expect(removal).rejects.toMatchObject({ status: 409 });
    cloned.letGo();
    await (
      await copy
    ).finished;
    expect([...world.vms.values()].map(({ name }) => name).sort()).toEqual(['copy', 'vm']);
  });

  it('takes a snapshot with it that is requested after the last look, though the gateway at that has ended', async () => {
    world.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
    const requested = hold(other.session.snapshots, 'create');
    const deletion = hold(remover.session.vms, 'remove');
    void watched(snapshots.add(other, VM, { description: 'x' }));
    await requested.reached;
    Object.assign(other.session.snapshots, { list: () => new Promise(() => undefined) });
    const removal = watched(removed());
    await deletion.reached;
    requested.letGo();
    await requested.done;
    expect(world.snapshots.size).toBe(1);
    deletion.letGo();
    await removal;
    expect(world.snapshots.size).toBe(0);
    expect(world.vms.has(VM)).toBe(false);
  });

  it.each([
    ['with its disks', false],
    ['without its disks', true],
  ])('%s, takes it with it though the gateway at the removal has ended, too', async (_, detachOnly) => {
    world.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
    const requested = hold(other.session.snapshots, 'create');
    const deletion = hold(remover.session.vms, 'remove');
    void watched(snapshots.add(other, VM, { description: 'x' }));
    await requested.reached;
    Object.assign(other.session.snapshots, { list: () => new Promise(() => undefined) });
    void watched(removed(detachOnly));
    await deletion.reached;
    requested.letGo();
    await requested.done;
    Object.assign(remover.session.snapshots, { list: () => new Promise(() => undefined) });
    deletion.letGo();
    await expect.poll(() => world.vms.has(VM)).toBe(false);
    expect(world.snapshots.size).toBe(1);
    const heir = scopeOn(world, { leaseMs: LEASE_MS });
    await collect(disks.listAll(heir));
    await heir.work.settled();
    expect(world.snapshots.size).toBe(0);
    expect(world.volumes.get(DATA)).toEqual(detachOnly ? expect.objectContaining({ vmIds: [], notes: {} }) : undefined);
  });

  it('gets no disk: one that is just attached floats again, and its client is refused', async () => {
    const joined = hold(other.session.disks, 'attach');
    const deletion = hold(remover.session.vms, 'remove');
    const attachment = watched(attached());
    await joined.reached;
    const removal = watched(removed());
    await deletion.reached;
    joined.letGo();
    await joined.done;
    deletion.letGo();
    await removal;
    await expect(attachment).rejects.toThrow(`VM ${VM} was not found`);
    await settled();
    expect(world.vms.has(VM)).toBe(false);
    expect(world.volume(FLOATING)).toEqual(expect.objectContaining({ vmIds: [], notes: {} }));
  });

  it('gets the disk after all when the removal is withdrawn', async () => {
    const joined = hold(other.session.disks, 'attach');
    const looked = hold(remover.session.snapshots, 'list');
    const attachment = watched(attached());
    await joined.reached;
    const removal = watched(removed());
    await looked.reached;
    joined.letGo();
    await joined.done;
    world.vm(VM).status = 'up';
    looked.letGo();
    await expect(removal).rejects.toMatchObject({ status: 409 });
    await attachment;
    await settled();
    expect(world.volume(FLOATING)).toMatchObject({ vmIds: [VM], notes: { vm: VM } });
    expect(world.volume(FLOATING).notes).not.toHaveProperty('pending');
    expect(world.vm(VM).notes).not.toHaveProperty('pending');
  });
});

describe('a disk of a VM that is being removed', () => {
  beforeEach(() => {
    world.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
  });

  it.each([
    ['detached', () => disks.remove(other, VM, DATA, { detach: true })],
    ['deleted', () => disks.remove(other, VM, DATA, { detach: false })],
    ['deactivated', () => disks.deactivate(other, VM, DATA)],
  ])('is not %s any more: it goes with the VM', async (_, act) => {
    const noted = hold(other.session.disks, 'note');
    const marked = hold(remover.session.disks, 'note');
    const change = watched(act());
    await noted.reached;
    const removal = watched(removed());
    await marked.reached;
    noted.letGo();
    await expect(change).rejects.toMatchObject({ status: 409 });
    marked.letGo();
    await removal;
    expect(world.volumes.has(DATA)).toBe(false);
  });

  it('stays if it is detached already when the VM is marked', async () => {
    const freed = hold(other.session.disks, 'detach');
    const change = watched(disks.remove(other, VM, DATA, { detach: true }));
    await freed.reached;
    const removal = watched(removed());
    await expect.poll(() => world.vms.has(VM)).toBe(false);
    freed.letGo();
    await Promise.all([(await change).finished, removal]);
    expect(world.volume(DATA)).toEqual(expect.objectContaining({ vmIds: [], notes: {} }));
  });

  it('is deactivated after all when the removal is withdrawn', async () => {
    const freed = hold(other.session.disks, 'detach');
    const change = watched(disks.deactivate(other, VM, DATA));
    await freed.reached;
    const marked = hold(remover.session.disks, 'note');
    const removal = watched(removed());
    await marked.reached;
    world.vm(VM).status = 'up';
    marked.letGo();
    await marked.done;
    freed.letGo();
    await expect(removal).rejects.toMatchObject({ status: 409 });
    await (
      await change
    ).finished;
    expect(world.volume(DATA)).toMatchObject({ vmIds: [], notes: { vm: VM } });
    expect(world.volume(DATA).notes).not.toHaveProperty('pending');
  });
});

describe('a removal that another replica is at', () => {
  it('is left to it for a lease: it may be withdrawn', async () => {
    const deletion = hold(remover.session.vms, 'remove');
    const removal = watched(removed());
    await deletion.reached;
    await vms.get(other, VM);
    await other.work.settled();
    expect(other.session.calls).not.toContain('vms.remove');
    deletion.letGo();
    await removal;
  });

  it('is carried out after the lease', async () => {
    const heir = scopeOn(world, { leaseMs: 5 });
    world.vm(VM).notes['pending'] = 'remove';
    await vms.get(heir, VM);
    expect(heir.work.has(`vm/${VM}`)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await vms.get(heir, VM);
    await heir.work.settled();
    expect(world.vms.has(VM)).toBe(false);
  });

  it('has a lease of its own, if an earlier one was withdrawn', async () => {
    const heir = scopeOn(world, { leaseMs: 20 });
    world.vm(VM).notes['pending'] = 'remove';
    await vms.get(heir, VM);
    delete world.vm(VM).notes['pending'];
    await new Promise((resolve) => setTimeout(resolve, 30));
    await vms.get(heir, VM);
    world.vm(VM).notes['pending'] = 'remove';
    await vms.get(heir, VM);
    expect(heir.work.has(`vm/${VM}`)).toBe(false);
  });
});

describe('a VM whose volumes are restored from a snapshot', () => {
  const SNAPSHOT = id('snapshot', 1);
  beforeEach(() => {
    world.addSnapshot({ id: SNAPSHOT, vm: { id: VM }, name: 'earlier' });
  });

  /** The cloud is at it until it is told that it is not. */
  function slowRestore(): { end(): void } {
    const began = async (): Promise<void> => {
      Object.assign(world.snapshot(SNAPSHOT), { status: 'locked' });
    };
    Object.assign(other.session.snapshots, { restore: began });
    return { end: () => void Object.assign(world.snapshot(SNAPSHOT), { status: 'ok' }) };
  }
  const restored = async (): Promise<void> => (await snapshots.restore(other, VM, SNAPSHOT)).finished;

  it('is locked until that has ended', async () => {
    const cloud = slowRestore();
    const { finished } = await snapshots.restore(other, VM, SNAPSHOT);
    expect(await vms.get(remover, VM)).toMatchObject({ status: 'image_locked' });
    for (const act of [vms.start(remover, VM), vms.remove(remover, VM, { detachOnly: false, force: true })])
      await expect(act).rejects.toMatchObject({
        status: 409,
        retry: 'later',
        detail: expect.stringContaining('performing an operation on a Snapshot') as string,
      });
    cloud.end();
    await finished;
    expect(await vms.get(remover, VM)).toMatchObject({ status: 'down' });
  });

  it('stays if the restore was noted before the last look of a removal that was allowed before', async () => {
    const cloud = slowRestore();
    const marked = hold(remover.session.vms, 'note');
    const removal = watched(removed());
    await marked.reached;
    const { finished } = await snapshots.restore(other, VM, SNAPSHOT);
    marked.letGo();
    await expect(removal).rejects.toMatchObject({ status: 409 });
    cloud.end();
    await finished;
    expect(world.vm(VM).notes).toEqual({});
    expect(world.snapshots.has(SNAPSHOT)).toBe(true);
  });

  it('goes if its removal was marked before: the restore is refused, and the cloud is not asked', async () => {
    const noted = hold(other.session.vms, 'note');
    const deletion = hold(remover.session.vms, 'remove');
    const restore = watched(restored());
    await noted.reached;
    const removal = watched(removed());
    await deletion.reached;
    noted.letGo();
    await expect(restore).rejects.toMatchObject({ status: 409 });
    expect(other.session.calls).not.toContain('snapshots.restore');
    deletion.letGo();
    await removal;
    expect(world.vms.has(VM)).toBe(false);
  });

  it('is not run from them: a start that was allowed before is taken back and refused', async () => {
    const cloud = slowRestore();
    const started = hold(remover.session.vms, 'start');
    const start = watched(vms.start(remover, VM));
    await started.reached;
    const { finished } = await snapshots.restore(other, VM, SNAPSHOT);
    started.letGo();
    await expect(start).rejects.toMatchObject({ status: 409 });
    cloud.end();
    await finished;
    await expect.poll(() => world.vm(VM).status).toBe('down');
  });

  it('that is removed past the gateway ends the restore at once: its client is told that the VM is gone', async () => {
    slowRestore();
    const { finished } = await snapshots.restore(other, VM, SNAPSHOT);
    world.vms.delete(VM);
    await expect(finished).rejects.toMatchObject({ code: 'not-found', values: { what: 'VM' } });
  });

  it('that another gateway has left is restored to the end by who looks at the VM', async () => {
    const short = scopeOn(world, { leaseMs: 1 });
    world.vm(VM).notes['restoring'] = `${SNAPSHOT} 1`;
    await vms.get(short, VM);
    await short.work.settled();
    expect(world.vm(VM).notes).toEqual({});
  });
});
