import { expect, it } from 'vitest';
import { Fault } from '../../model/index.js';
import type { Connection } from './connection.js';
import { createGroupNotes, notesIn, type GroupNotes, type GroupNotesState } from './group-notes.js';
import { createWaitingNics } from './waiting-nics.js';

interface Group {
  readonly id: string;
  readonly name: string;
  readonly userTags?: readonly string[];
}

/** A workspace with these instances and disks, as far as notes of sizes see it. */
function workspace(instances: readonly string[], disks: readonly string[] = []) {
  const groups = new Map<string, Group>();
  let made = 0;
  /** Called around each call; `before` may throw. */
  const hook: { before?: (id: string) => void; after?: (id: string) => Promise<void> } = {};
  const other = (): GroupNotesState => ({ notes: new Map(), refused: new Map(), changes: 0, sighted: new Set() });
  const state = other();
  function answer(id: string, args: { params?: { group: string }; body?: Omit<Group, 'id'> }): unknown {
    if (id === 'groups.list') return { placementGroups: [...groups.values()] };
    if (id === 'instances.list') return { pvmInstances: instances.map((pvmInstanceID) => ({ pvmInstanceID })) };
    if (id === 'volumes.list') return { volumes: disks.map((volumeID) => ({ volumeID })) };
    if (id === 'images.list') return { images: [] };
    if (id === 'groups.delete') return groups.delete(args.params?.group ?? '');
    const group = { id: `g${(made += 1)}`, name: args.body?.name ?? '', ...args.body };
    groups.set(group.id, group);
    return group;
  }
  const call = async (id: string, args: Parameters<typeof answer>[1]): Promise<unknown> => {
    hook.before?.(id);
    const body = answer(id, args);
    await hook.after?.(id);
    return body;
  };
  const process = (): GroupNotes => createGroupNotes({ call } as unknown as Connection, other());
  return { groups, hook, process, state, notes: createGroupNotes({ call } as unknown as Connection, state) };
}

it('notes of sizes are in tags of at most 128 characters, and read by another process', async () => {
  const { groups, notes, state } = workspace(['vm']);
  await notes.note('vm', { 'cpu.topology': '1x2x1' });
  await notes.note('vm', {
    next_run: JSON.stringify({ memoryBytes: 2 ** 40, extraSpecs: { 'powervm:proc_units': '0.5' } }),
  });
  const [group, ...others] = groups.values();
  expect([group?.name, others]).toEqual(['ovirt-size-vm-r1', []]);
  for (const tag of group?.userTags ?? []) expect(tag).toMatch(/^[a-z0-9:]{1,128}$/);
  const written = notes.read('vm');
  state.notes.clear();
  await notes.refresh();
  expect(notes.read('vm')).toEqual(written);
  await notes.note('vm', { 'cpu.topology': null, next_run: null });
  expect([...groups]).toEqual([]);
});

it('what a VM that is gone has left is removed at the second look', async () => {
  const { groups, notes } = workspace([]);
  await notes.note('gone', { wanted: '{}' });
  await notes.refresh();
  expect(groups.size).toBe(1);
  await notes.refresh();
  expect(groups.size).toBe(0);
});

it('what is noted of a disk stays as long as the disk, and what it has anyway takes no group', async () => {
  const { groups, notes } = workspace(['vm'], ['disk']);
  await notes.note('disk', { interface: 'spapr_vscsi', wipe_after_delete: 'false', description: '' });
  expect(groups.size).toBe(0);
  await notes.note('disk', { interface: 'virtio' });
  for (let look = 0; look < 3; look += 1) await notes.refresh();
  expect(notes.read('disk')).toEqual({ interface: 'virtio' });
  await notes.forget('disk');
  expect([notes.read('disk'), groups.size]).toEqual([{}, 0]);
});

it('a change that is cut short loses nothing: of two groups the later one counts, and the other is removed', async () => {
  const { groups, hook, notes, process } = workspace(['vm']);
  await notes.note('vm', { 'cpu.topology': '1x2x1' });
  hook.before = (id) => {
    if (id === 'groups.delete') throw new Error('killed');
  };
  await expect(notes.note('vm', { next_run: '{}' })).rejects.toThrow('killed');
  delete hook.before;
  expect(groups.size).toBe(2);
  const next = process();
  await next.refresh();
  expect(next.read('vm')).toEqual({ 'cpu.topology': '1x2x1', next_run: '{}' });
  await next.refresh();
  expect([...groups.values()].map(({ name }) => name)).toEqual(['ovirt-size-vm-r1']);
});

it('what the cloud refuses to keep of a VM that is there is shown, and tried again', async () => {
  const { groups, hook, notes, process } = workspace(['vm']);
  hook.before = (id) => {
    if (id === 'groups.create') throw new Fault('backend.refused', { text: 'no more groups' });
  };
  await expect(notes.note('vm', { next_run: '{}' })).rejects.toThrow('no more groups');
  expect(notes.read('vm')).toEqual({});
  await notes.noteOrRetry('vm', { 'cpu.topology': '1x2x1' });
  await notes.refresh();
  expect([notes.read('vm'), groups.size]).toEqual([{ 'cpu.topology': '1x2x1' }, 0]);
  delete hook.before;
  await notes.refresh();
  const next = process();
  await next.refresh();
  expect(next.read('vm')).toEqual({ 'cpu.topology': '1x2x1' });
});

it('a list that was read while notes changed does not undo the change', async () => {
  const { hook, notes } = workspace(['vm']);
  hook.after = async (id) => {
    if (id !== 'groups.list') return;
    delete hook.after;
    await notes.note('vm', { next_run: '{}' });
  };
  await notes.refresh();
  expect(notes.read('vm')).toEqual({ next_run: '{}' });
});

it('tags that somebody has changed are no notes', () => {
  for (const tags of [[], ['ovirt:0:zz'], ['ovirt:0:7b'], ['env:prod']]) expect(notesIn(tags)).toEqual({});
});

it('notes that somebody has damaged cost themselves only, and are warned of', async () => {
  const { groups, state } = workspace(['vm', 'other']);
  const warned: string[] = [];
  const warn = (what: string, why: string): void => void warned.push(`${what}: ${why}`);
  const call = async (): Promise<unknown> => ({ placementGroups: [...groups.values()] });
  const notes = createGroupNotes({ call } as unknown as Connection, { ...state, warn });
  const hex = (text: string): string => `ovirt:0:${Buffer.from(text).toString('hex')}`;
  groups.set('a', { id: 'a', name: 'ovirt-size-vm', userTags: [hex('{"task":')] });
  groups.set('b', { id: 'b', name: 'ovirt-size-third', userTags: [hex('{"task":1,"description":"x"}')] });
  groups.set('c', { id: 'c', name: 'ovirt-size-other', userTags: [hex('{"description":"fine"}')] });
  groups.set('d', { id: 'd', name: 'ovirt-size-fourth', userTags: ['team:red'] });
  expect(await Promise.all(['vm', 'third', 'other', 'fourth'].map((id) => notes.readNow(id)))).toEqual([
    {},
    { description: 'x' },
    { description: 'fine' },
    {},
  ]);
  expect([...new Set(warned)]).toEqual([
    'placement group ovirt-size-vm: it is no JSON object',
    'placement group ovirt-size-third: some of its values are no texts',
  ]);
});

it('a damaged list of NICs is warned of, and the NICs in it that can be read count', () => {
  const warned: string[] = [];
  const nics = createWaitingNics({
    note: async () => undefined,
    read: () => ({ nics: '[{"id":"a","name":"one"},{"id":5}]' }),
    readNow: async () => ({}),
    having: () => ['vm'],
    damaged: (id, why) => void warned.push(`${id}: ${why}`),
  });
  expect(nics.waiting('vm').map(({ name }) => name)).toEqual(['one']);
  expect(warned).toEqual(['vm: its note nics is no list of NICs']);
});
