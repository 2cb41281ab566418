import { expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault } from '../../model/index.js';
import { GIB } from '../../units.js';
import * as vms from '../vms/index.js';
import { beginTask } from './tasks.js';

/** Two replicas (scopes with work of their own, on one cloud), of which the second meets the first one's work. */
const VM = id('vm', 1);
const change = { name: 'renamed', memoryBytes: 8 * GIB };

function replicas(): { world: FakeWorld; mine: FakeScope; other: FakeScope } {
  const world = new FakeWorld();
  world.addVm({ id: VM, name: 'before', memoryBytes: 4 * GIB });
  return { world, mine: scopeOn(world), other: scopeOn(world) };
}

it('a change whose task another gateway completes before the second read succeeds', async () => {
  const { world, mine, other } = replicas();
  const { vms: port } = mine.session;
  const note = port.note.bind(port);
  let noted = 0;
  port.note = async (vm, patch) => {
    await note(vm, patch);
    if (typeof patch['task'] !== 'string') return;
    noted += 1;
    if (noted === 1) await beginTask(other, VM);
  };
  expect(await vms.update(mine, VM, change)).toMatchObject(change);
  expect(world.vm(VM)).toMatchObject(change);
  expect(world.vm(VM).notes).not.toHaveProperty('task');
});

it('a change whose task other gateways end each time is refused', async () => {
  const { mine } = replicas();
  const { vms: port } = mine.session;
  const note = port.note.bind(port);
  port.note = (vm, patch) => (typeof patch['task'] === 'string' ? Promise.resolve() : note(vm, patch));
  await expect(vms.update(mine, VM, change)).rejects.toMatchObject({ code: 'conflict.transition' });
});

it.each([
  ['is doing it', 'backend.conflict', 'Cannot resize while it is in task_state resize_prep'],
  ['has done it since the last look', 'backend.refused', 'When resizing, instances must change flavor!'],
] as const)('a resize that is refused because another gateway %s succeeds', async (_, code, text) => {
  const { world, mine } = replicas();
  const { vms: port } = mine.session;
  port.resize = async () => {
    world.vm(VM).memoryBytes = change.memoryBytes;
    throw new Fault(code, { service: 'Nova', text });
  };
  expect(await vms.update(mine, VM, change)).toMatchObject(change);
});

it.each(['backend.conflict', 'backend.refused'] as const)('a resize that is refused for good is: %s', async (code) => {
  const { world, mine } = replicas();
  mine.session.vms.resize = async () => {
    throw new Fault(code, { service: 'Nova', text: 'It is locked' });
  };
  await expect(vms.update(mine, VM, change)).rejects.toMatchObject({ code });
  expect(world.vm(VM)).toMatchObject({ name: 'before', memoryBytes: 4 * GIB });
});
