import { beforeEach, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import * as numanodes from './numanodes.js';

const VM = id('vm', 1);

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM });
  scope = scopeOn(world);
});

it('a VM with none declared has one node that holds all of it', async () => {
  const [whole, ...others] = await numanodes.list(scope, VM);
  expect(others).toEqual([]);
  expect(whole).toMatchObject({ index: 0, memoryMib: 4096, cores: [0, 1], pins: [], vm: { id: VM } });
  await expect(numanodes.remove(scope, VM, whole!.id)).rejects.toMatchObject({
    code: 'conflict',
    detail: expect.stringContaining('represents the whole VM') as string,
  });
});

it('declared nodes are given back in the order of their indexes, the same on every replica', async () => {
  const second = await numanodes.add(scope, VM, {
    index: 1,
    memoryMib: 1024,
    cores: [1],
    pins: [{ index: 0, pinned: true }],
  });
  await numanodes.add(scope, VM, { index: 0, memoryMib: 512 });
  expect(await numanodes.list(scopeOn(world), VM)).toMatchObject([
    { index: 0, memoryMib: 512, cores: [], pins: [] },
    { id: second.id, index: 1, pins: [{ index: 0, pinned: true }] },
  ]);
  await expect(numanodes.add(scope, VM, { index: 1, memoryMib: 1 })).rejects.toMatchObject({ code: 'conflict' });
  await expect(numanodes.add(scope, VM, { index: -1, memoryMib: 1 })).rejects.toMatchObject({ code: 'request.value' });
});

it("an update changes what was sent, and makes the whole VM's node a declared one", async () => {
  const [whole] = await numanodes.list(scope, VM);
  expect(await numanodes.update(scope, VM, whole!.id, { pins: [{ index: 1, pinned: false }] })).toMatchObject({
    id: whole!.id,
    memoryMib: 4096,
    pins: [{ index: 1 }],
  });
  await numanodes.add(scope, VM, { index: 3, memoryMib: 1 });
  await expect(numanodes.update(scope, VM, whole!.id, { index: 3 })).rejects.toMatchObject({ code: 'conflict' });
  await numanodes.remove(scope, VM, whole!.id);
  expect((await numanodes.list(scope, VM)).map(({ index }) => index)).toEqual([3]);
  await expect(numanodes.get(scope, VM, whole!.id)).rejects.toMatchObject({ code: 'not-found' });
});
