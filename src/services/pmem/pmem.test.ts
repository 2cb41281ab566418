import { beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault } from '../../model/index.js';
import * as pmem from './pmem.js';
import { GIB } from '../../units.js';

const VM = id('vm', 1);
const NOTE = 'pmem.aggregated';

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM });
  scope = scopeOn(world);
});

const add = (...names: string[]) =>
  pmem.add(
    scope,
    VM,
    names.map((name) => ({ name, sizeBytes: GIB, aggregatedMemory: true })),
  );
const noted = (): string[] => (JSON.parse(world.vm(VM).notes[NOTE] ?? '{"names":[]}') as { names: string[] }).names;

it('several volumes are added by one call', async () => {
  expect(await add('a', 'b')).toMatchObject([{ name: 'a', aggregatedMemory: true }, { name: 'b' }]);
  expect(scope.session.calls.filter((call) => call === 'pmem.add')).toHaveLength(1);
  expect(noted()).toEqual(['a', 'b']);
});

it('a call adds all with aggregated memory or all without, and each by name and size', async () => {
  await expect(
    pmem.add(scope, VM, [
      { name: 'a', sizeBytes: 1, aggregatedMemory: true },
      { name: 'b', sizeBytes: 1 },
    ]),
  ).rejects.toMatchObject({ code: 'refused' });
  await expect(pmem.add(scope, VM, [{ name: 'a' }])).rejects.toMatchObject({
    detail: 'pmemVolume.sizeBytes required for add',
  });
  await expect(pmem.add(scope, VM, [{ sizeBytes: 1 }])).rejects.toMatchObject({
    detail: 'pmemVolume.name required for add',
  });
  await expect(pmem.add(scope, VM, [])).rejects.toMatchObject({ code: 'request.incomplete' });
  expect(scope.session.calls).toEqual([]);
});

it('a volume is found by either id, and gives its memory back as it was taken', async () => {
  const [{ id: created } = {}] = await add('a');
  world.vm(VM).pmemVolumes[0]!.volumeUuid = '3F1CD829-17D6-4D7A-8EA9-3AF5EE1EBEFE';
  expect(await pmem.get(scope, VM, '3f1cd829-17d6-4d7a-8ea9-3af5ee1ebefe')).toMatchObject({ id: created });
  await (
    await pmem.remove(scope, VM, created!, {})
  ).finished;
  expect(world.vm(VM)).toEqual(expect.objectContaining({ memoryBytes: 4 * GIB, notes: {} }));
  await expect(pmem.get(scope, VM, created!)).rejects.toMatchObject({ code: 'not-found' });
});

it('renames, and nothing else', async () => {
  const [{ id: created } = {}] = await add('a');
  expect(await pmem.rename(scope, VM, created!, { name: 'b', sizeBytes: GIB })).toMatchObject({
    name: 'b',
    aggregatedMemory: true,
  });
  expect(noted()).toEqual(['b']);
  await expect(pmem.rename(scope, VM, created!, { sizeBytes: 2 * GIB, device: 'x' })).rejects.toMatchObject({
    code: 'unsupported',
  });
  await expect(pmem.rename(scope, VM, id('none', 1), { name: 'c' })).rejects.toMatchObject({ code: 'not-found' });
});

it('a list of all names the VM of each', async () => {
  await add('a');
  expect(await pmem.listAll(scope, {})).toMatchObject([{ name: 'a', vm: { id: VM }, aggregatedMemory: true }]);
});

describe('the note of aggregated volumes', () => {
  it('goes when PowerVC refuses the volume', async () => {
    scope.session.refuse('pmem.add', new Fault('backend.refused', { text: 'IBM i' }));
    await expect(add('a')).rejects.toMatchObject({ detail: '[IBM i]' });
    expect(world.vm(VM).notes).toEqual({});
  });
  it('stays when nobody knows whether the volume was made', async () => {
    scope.session.refuse('pmem.add', new Fault('backend.unreachable', { service: 'Nova', text: 'ECONNRESET' }), {
      after: true,
    });
    await expect(add('a')).rejects.toMatchObject({ code: 'backend.unreachable' });
    expect(await pmem.list(scope, VM)).toMatchObject([{ name: 'a', aggregatedMemory: true }]);
  });
  it('forgets names that lead nowhere, once its lease is over', async () => {
    await add('a');
    world.vm(VM).notes[NOTE] = JSON.stringify({ at: Date.now(), names: ['a', 'gone'] });
    await pmem.list(scope, VM);
    await scope.work.settled();
    expect(noted()).toEqual(['a', 'gone']);
    await pause(scope.settings.leaseMs + 5);
    await pmem.list(scope, VM);
    await scope.work.settled();
    expect(noted()).toEqual(['a']);
  });
  it('does not claim a plain volume that has the name of one that is gone', async () => {
    world.vm(VM).notes[NOTE] = JSON.stringify({ at: 1, names: ['a'] });
    expect(await pmem.add(scope, VM, [{ name: 'a', sizeBytes: GIB }])).toMatchObject([{ aggregatedMemory: false }]);
    expect(await pmem.list(scope, VM)).toMatchObject([{ aggregatedMemory: false }]);
  });
});
