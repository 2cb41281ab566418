import { describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { isFault, ZERO_ID } from '../../model/index.js';
import * as cdroms from '../vms/cdroms.js';
import type { Started } from '../context.js';
import * as copies from '../vms/copies.js';
import * as disks from '../disks/index.js';
import * as floatingdisks from '../disks/floating.js';
import * as nics from '../nics/index.js';
import * as snapshots from '../snapshots/index.js';
import * as vms from '../vms/index.js';
import { GIB } from '../../units.js';

/**
 * Two at once, on one thing, on two replicas (scopes with work of their own, on one cloud) and within one: one gets it,
 * the other the engine's conflict, and the cloud is what the clients were told. Each pair runs many times, its calls
 * delayed by chance (seeded).
 */
const A = id('vm', 1);
const B = id('vm', 2);
const DATA = id('disk', 1);
const FLOATING = id('disk', 2);
const NIC = id('nic', 1);
const TURNS = 12;
/** Longer than any turn: no replica takes over what the other is at. */
const LEASE_MS = 60_000;

type Act = (scope: FakeScope) => Promise<unknown>;
const finished = async <T>(started: Promise<Started<T>>): Promise<T> => (await started).finished;

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** Delays every call of the scope's session before and after it is executed. */
function delayed(scope: FakeScope, chance: () => number): FakeScope {
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.floor(chance() * 4)));
  for (const port of [scope.session.vms, scope.session.disks, scope.session.nics] as unknown as Record<
    string,
    unknown
  >[])
    for (const [name, method] of Object.entries(port)) {
      if (typeof method !== 'function' || name === 'list') continue;
      const act = method as (...args: unknown[]) => Promise<unknown>;
      port[name] = async (...args: unknown[]) => {
        await wait();
        try {
          return await act(...args);
        } finally {
          await wait();
        }
      };
    }
  return scope;
}

function world(): FakeWorld {
  const fakeWorld = new FakeWorld();
  fakeWorld.addVm({ id: A, name: 'a' });
  fakeWorld.addVm({ id: B, name: 'b' });
  fakeWorld.addVolume({ id: DATA, alias: 'data', vmIds: [A] });
  fakeWorld.addVolume({ id: FLOATING, alias: 'floating' });
  fakeWorld.addPort({ id: NIC, name: 'own', attachedTo: A, notes: { vm: A } });
  return fakeWorld;
}

interface Outcome {
  readonly world: FakeWorld;
  /** Which of the acts succeeded. */
  readonly won: readonly boolean[];
}

async function race(acts: readonly Act[], where: 'one replica' | 'two replicas', seed: number): Promise<Outcome> {
  const fakeWorld = world();
  const chance = random(seed);
  const scopes = acts.map(() => delayed(scopeOn(fakeWorld, { timeoutMs: 20_000, leaseMs: LEASE_MS }), chance));
  if (where === 'one replica') for (const scope of scopes) Object.assign(scope, { work: scopes[0]!.work });
  const ends = await Promise.allSettled(acts.map((act, index) => act(scopes[index]!)));
  for (const end of ends)
    if (end.status === 'rejected') {
      expect(isFault(end.reason), String(end.reason)).toBe(true);
      expect([400, 404, 409], String(end.reason)).toContain((end.reason as { status: number }).status);
    }
  await Promise.all(scopes.map(({ work }) => work.settled()));
  return { world: fakeWorld, won: ends.map(({ status }) => status === 'fulfilled') };
}

const one = ({ won }: Outcome): void => expect(won.filter(Boolean)).toHaveLength(1);
const tidy = (fakeWorld: FakeWorld): void =>
  expect(wrongs(fakeThings(fakeWorld), new Set([DATA, FLOATING]))).toEqual([]);

const pairs: readonly {
  readonly name: string;
  readonly acts: readonly Act[];
  readonly holds: (end: Outcome) => void;
}[] = [
  {
    name: 'one floating disk for two VMs',
    acts: [A, B].map(
      (vm): Act =>
        (scope) =>
          finished(disks.add(scope, vm, { id: FLOATING })),
    ),
    holds(end) {
      one(end);
      expect(end.world.volume(FLOATING).vmIds).toEqual([end.won[0] ? A : B]);
    },
  },
  {
    name: 'one floating disk for two VMs, inactive',
    acts: [A, B].map(
      (vm): Act =>
        (scope) =>
          finished(disks.add(scope, vm, { id: FLOATING, active: false })),
    ),
    holds(end) {
      expect(end.won).toContain(true);
      expect(end.world.volume(FLOATING).notes['vm']).toBeDefined();
    },
  },
  {
    name: 'three VMs of one name',
    acts: [1, 2, 3].map(
      (): Act => (scope) =>
        vms.add(scope, { name: 'new', cluster: { name: 'Default Group' }, template: { name: 'rhel' } }),
    ),
    holds(end) {
      one(end);
      expect([...end.world.vms.values()].filter(({ name }) => name === 'new')).toHaveLength(1);
    },
  },
  {
    name: 'one new name for two VMs',
    acts: [A, B].map(
      (vm): Act =>
        (scope) =>
          vms.update(scope, vm, { name: 'new' }),
    ),
    holds(end) {
      one(end);
      expect([...end.world.vms.values()].filter(({ name }) => name === 'new')).toHaveLength(1);
    },
  },
  {
    name: 'three NICs of one name',
    acts: [1, 2, 3].map((): Act => (scope) => nics.add(scope, A, { name: 'nic1', network: { name: 'VLAN100' } })),
    holds(end) {
      one(end);
      expect([...end.world.ports.values()].filter(({ name }) => name === 'nic1')).toHaveLength(1);
    },
  },
  {
    name: 'four disks without names',
    acts: [1, 2, 3, 4].map((): Act => (scope) => finished(disks.add(scope, A, { sizeBytes: GIB }))),
    holds({ world: fakeWorld, won }) {
      expect(won).toEqual([true, true, true, true]);
      const names = [...fakeWorld.volumes.values()].map(({ alias }) => alias);
      expect(new Set(names).size).toBe(names.length);
    },
  },
  {
    name: 'two media for one drive',
    acts: ['boot.iso', 'tools.iso'].map(
      (file): Act =>
        (scope) =>
          cdroms.change(scope, A, ZERO_ID, { file: { id: file } }),
    ),
    holds({ world: fakeWorld, won }) {
      expect(won).toContain(true);
      const media = [...fakeWorld.volumes.values()].flatMap(({ notes }) => notes['medium'] ?? []);
      expect(media).toHaveLength(1);
      expect(fakeWorld.vm(A).notes['cdrom']).toBe(media[0]);
    },
  },
  {
    name: 'deactivate and delete of one disk',
    acts: [
      (scope) => finished(disks.deactivate(scope, A, DATA)),
      (scope) => finished(disks.remove(scope, A, DATA, { detach: false })),
    ],
    holds({ world: fakeWorld, won: [deactivated, deleted] }) {
      expect(deactivated || deleted).toBe(true);
      expect(fakeWorld.volumes.has(DATA)).toBe(!deleted);
      if (!deleted) expect(fakeWorld.volume(DATA)).toMatchObject({ vmIds: [], notes: { vm: A } });
    },
  },
  {
    name: 'detach and delete of one disk',
    acts: [
      (scope) => finished(disks.remove(scope, A, DATA, { detach: true })),
      (scope) => finished(disks.remove(scope, A, DATA, { detach: false })),
    ],
    holds({ world: fakeWorld, won: [detached, deleted] }) {
      expect(detached || deleted).toBe(true);
      expect(fakeWorld.volumes.has(DATA)).toBe(!deleted);
      if (detached) expect(fakeWorld.volumes.get(DATA)).toEqual(expect.objectContaining({ vmIds: [], notes: {} }));
    },
  },
  {
    name: 'detach and deactivate of one disk',
    acts: [
      (scope) => finished(disks.remove(scope, A, DATA, { detach: true })),
      (scope) => finished(disks.deactivate(scope, A, DATA)),
    ],
    holds({ world: fakeWorld, won: [detached, deactivated] }) {
      expect(detached || deactivated).toBe(true);
      expect(fakeWorld.volume(DATA).vmIds).toEqual([]);
      expect(fakeWorld.volume(DATA).notes['vm']).toBe(detached ? undefined : A);
    },
  },
  {
    name: 'detach of a disk and removal of its VM',
    acts: [
      (scope) => finished(disks.remove(scope, A, DATA, { detach: true })),
      (scope) => finished(vms.remove(scope, A, { detachOnly: false, force: false })),
    ],
    holds({ world: fakeWorld, won: [detached, removed] }) {
      expect(detached || removed).toBe(true);
      if (detached) expect(fakeWorld.volumes.has(DATA)).toBe(true);
    },
  },
  {
    name: 'attach and delete of a floating disk',
    acts: [
      (scope) => finished(disks.add(scope, B, { id: FLOATING })),
      (scope) => finished(floatingdisks.remove(scope, FLOATING)),
    ],
    holds({ world: fakeWorld, won: [attached, deleted] }) {
      expect(attached || deleted).toBe(true);
      expect(fakeWorld.volumes.has(FLOATING)).toBe(!deleted);
      if (!deleted) expect(fakeWorld.volume(FLOATING).vmIds).toEqual([B]);
    },
  },
  {
    name: 'two copies of one VM',
    acts: ['one', 'two'].map(
      (name): Act =>
        (scope) =>
          finished(copies.clone(scope, A, name)),
    ),
    holds({ world: fakeWorld, won }) {
      expect(won).toContain(true);
      for (const vm of fakeWorld.vms.values()) expect(vm.notes).not.toHaveProperty('task');
    },
  },
  ...(
    [
      ['clones of two VMs, under one name', (scope) => finished(copies.clone(scope, B, 'new'))],
      ['a clone and a VM that is renamed to its name', (scope) => vms.update(scope, B, { name: 'new' })],
      [
        'a clone and a new VM of its name',
        (scope) => finished(vms.add(scope, { name: 'new', template: { id: ZERO_ID } })),
      ],
    ] as [string, Act][]
  ).map(([name, act]) => ({
    name,
    acts: [(scope: FakeScope) => finished(copies.clone(scope, A, 'new')), act],
    holds({ world: fakeWorld, won }: Outcome) {
      const all = [...fakeWorld.vms.values()];
      expect(all.filter((vm) => vm.name === 'new')).toHaveLength(won.filter(Boolean).length);
      expect(won).toContain(true);
      expect(won).not.toEqual([true, true]);
      for (const vm of all) expect(vm.notes).not.toHaveProperty('task');
    },
  })),
  {
    name: 'two removals of one VM',
    acts: [1, 2].map((): Act => (scope) => finished(vms.remove(scope, A, { detachOnly: false, force: false }))),
    holds({ world: fakeWorld, won }) {
      expect(won).toContain(true);
      expect(fakeWorld.vms.has(A)).toBe(false);
      expect(fakeWorld.volumes.has(DATA)).toBe(false);
    },
  },
  {
    name: 'a removal of one VM with its disks and one without them',
    acts: [false, true].map(
      (detachOnly): Act =>
        (scope) =>
          finished(vms.remove(scope, A, { detachOnly, force: false })),
    ),
    holds(end) {
      one(end);
      expect(end.world.vms.has(A)).toBe(false);
      expect(end.world.volumes.has(DATA)).toBe(end.won[1]);
    },
  },
  {
    name: 'start and removal of one VM',
    acts: [
      (scope) => finished(vms.start(scope, A)),
      (scope) => finished(vms.remove(scope, A, { detachOnly: false, force: false })),
    ],
    holds({ world: fakeWorld, won: [started, removed] }) {
      expect(fakeWorld.vms.has(A)).toBe(!removed);
      expect(started && removed).toBe(false);
    },
  },
  {
    name: 'attachment of a floating disk and removal of the VM with its disks',
    acts: [
      (scope) => finished(disks.add(scope, A, { id: FLOATING })),
      (scope) => finished(vms.remove(scope, A, { detachOnly: false, force: false })),
    ],
    holds({ world: fakeWorld, won: [attached, removed] }) {
      expect(fakeWorld.vms.has(A)).toBe(!removed);
      if (removed) expect(fakeWorld.volumes.has(FLOATING)).toBe(!attached);
      if (removed && !attached)
        expect(fakeWorld.volume(FLOATING)).toEqual(expect.objectContaining({ vmIds: [], notes: {} }));
      if (!removed) expect(fakeWorld.volume(FLOATING).vmIds).toEqual(attached ? [A] : []);
    },
  },
  {
    name: 'attachment of a floating disk, start of the VM and its removal without the disks',
    acts: [
      (scope) => finished(disks.add(scope, A, { id: FLOATING })),
      (scope) => finished(vms.start(scope, A)),
      (scope) => finished(vms.remove(scope, A, { detachOnly: true, force: false })),
    ],
    holds({ world: fakeWorld, won: [attached, started, removed] }) {
      expect(fakeWorld.vms.has(A)).toBe(!removed);
      expect(started && removed).toBe(false);
      expect(fakeWorld.volume(FLOATING).vmIds).toEqual(attached && !removed ? [A] : []);
      if (!attached) expect(fakeWorld.volume(FLOATING).notes).toEqual({});
    },
  },
  {
    name: 'clone and removal of one VM',
    acts: [
      (scope) => finished(copies.clone(scope, A, 'copy')),
      (scope) => finished(vms.remove(scope, A, { detachOnly: false, force: false })),
    ],
    holds({ world: fakeWorld, won: [cloned, removed] }) {
      expect(fakeWorld.vms.has(A)).toBe(!removed);
      expect([...fakeWorld.vms.values()].some(({ name }) => name === 'copy')).toBe(cloned);
    },
  },
  {
    name: 'snapshot and removal of one VM without its disks',
    acts: [
      (scope) => finished(snapshots.add(scope, A, { description: 'x' })),
      (scope) => finished(vms.remove(scope, A, { detachOnly: true, force: false })),
    ],
    holds({ world: fakeWorld, won: [, removed] }) {
      expect(fakeWorld.vms.has(A)).toBe(!removed);
    },
  },
  {
    name: 'remove and unplug of one NIC',
    acts: [(scope) => nics.remove(scope, A, NIC), (scope) => nics.deactivate(scope, A, NIC)],
    holds({ world: fakeWorld, won: [removed, unplugged] }) {
      expect(removed || unplugged).toBe(true);
      expect(fakeWorld.ports.has(NIC)).toBe(!removed);
      if (!removed) expect(fakeWorld.ports.get(NIC)?.attachedTo).toBeUndefined();
    },
  },
];

describe.each(pairs)('$name', ({ acts, holds }) => {
  it.each(['one replica', 'two replicas'] as const)(
    'in %s: one succeeds, and every client is answered correctly',
    async (where) => {
      // each turn has a world of its own: they take no longer together than one of them
      const ends = await Promise.all(Array.from({ length: TURNS }, (_, turn) => race(acts, where, turn + 1)));
      for (const end of ends) {
        holds(end);
        tidy(end.world);
      }
    },
  );
});
