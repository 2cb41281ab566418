import { expect, it } from 'vitest';
import type { Connection } from './connection.js';
import { createSizeNotes, notesIn, type SizeNotesState } from './size-notes.js';

interface Group {
  readonly id: string;
  readonly name: string;
  readonly userTags?: readonly string[];
}

/** A workspace with these instances, as far as notes of sizes see it. */
function workspace(instances: readonly string[]) {
  const groups = new Map<string, Group>();
  const state: SizeNotesState = { notes: new Map(), sighted: new Set() };
  const call = async (id: string, args: { params?: { group: string }; body?: Omit<Group, 'id'> }): Promise<unknown> => {
    if (id === 'groups.list') return { placementGroups: [...groups.values()] };
    if (id === 'instances.list') return { pvmInstances: instances.map((pvmInstanceID) => ({ pvmInstanceID })) };
    if (id === 'groups.delete') return groups.delete(args.params?.group ?? '');
    const made = { id: `g${groups.size + 1}`, name: args.body?.name ?? '', ...args.body };
    groups.set(made.id, made);
    return made;
  };
  return { groups, state, notes: createSizeNotes({ call } as unknown as Connection, state) };
}

it('notes of sizes are in tags of at most 128 characters, and read by another process', async () => {
  const { groups, notes, state } = workspace(['vm']);
  await notes.note('vm', { 'cpu.topology': '1x2x1' });
  await notes.note('vm', {
    next_run: JSON.stringify({ memoryBytes: 2 ** 40, extraSpecs: { 'powervm:proc_units': '0.5' } }),
  });
  const [group, ...others] = groups.values();
  expect([group?.name, others]).toEqual(['ovirt-size-vm', []]);
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

it('tags that somebody has changed are no notes', () => {
  for (const tags of [[], ['ovirt:0:zz'], ['ovirt:0:7b'], ['env:prod']]) expect(notesIn(tags)).toEqual({});
});
