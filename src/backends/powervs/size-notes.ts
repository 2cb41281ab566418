import { isFault, type NotesPatch } from '../../model/index.js';
import type { PlacementGroup } from '../../generated/powervs/systems.js';
import { removed } from '../http/removal.js';
import type { Connection } from './connection.js';

/**
 * Notes of the size of a VM: its topology, and the sizes that it gets when it is deployed or started next. An instance
 * has no field for them, and only IBM's service of tags changes its tags. So they are in the user tags of an empty
 * placement group `ovirt-size-<id of the VM>`, which places nothing; another change makes the group anew. Few VMs have
 * one. All are read with the first login of a process, and once per `operations.leaseMs`.
 */
export interface SizeNotes {
  read(id: string): Readonly<Record<string, string>>;
  /** Merges. Three calls, none where nothing changes. Throws the cloud's refusal; this process has them all the same. */
  note(id: string, patch: NotesPatch): Promise<void>;
  /** Reads those of all VMs, and removes what VMs that are gone have left. One call, two if there are any. */
  refresh(): Promise<void>;
  /** The first `refresh` of this process. */
  load(): Promise<void>;
}

/** What all logins of a process share. */
export interface SizeNotesState {
  readonly notes: Map<string, Readonly<Record<string, string>>>;
  /** Groups whose VM was missing at the last look: its deployment may just have begun. */
  readonly sighted: Set<string>;
  loaded?: true;
}

const PREFIX = 'ovirt-size-';
const KEYS: ReadonlySet<string> = new Set(['cpu.topology', 'next_run', 'wanted']);

/** Whether the placement group holds notes, and is no affinity group of a client's. */
export const isSizeGroup = (groupName: string): boolean => groupName.startsWith(PREFIX);

/** A patch, and the part of it that is kept here. */
export function bySize<Value extends string | null>(
  patch: Readonly<Record<string, Value>>,
): { readonly size: Readonly<Record<string, Value>>; readonly others: Readonly<Record<string, Value>> } {
  const part = (isSize: boolean): Record<string, Value> =>
    Object.fromEntries(Object.entries(patch).filter(([key]) => KEYS.has(key) === isSize));
  return { size: part(true), others: part(false) };
}

/** A tag has at most 128 characters, of which case does not count (IBM Cloud, "Working with tags"). */
const CHUNK = 100;

function tagsOf(notes: Readonly<Record<string, string>>): string[] {
  const hex = Buffer.from(JSON.stringify(notes)).toString('hex');
  return Array.from(
    { length: Math.ceil(hex.length / CHUNK) },
    (_, index) => `ovirt:${index}:${hex.slice(index * CHUNK, (index + 1) * CHUNK)}`,
  );
}

/** The notes in the tags; none in those of somebody else. */
export function notesIn(tags: readonly string[]): Readonly<Record<string, string>> {
  const chunks = tags.flatMap((tag) => {
    const [, index, hex = ''] = /^ovirt:(\d+):([0-9a-f]+)$/.exec(tag) ?? [];
    return index === undefined ? [] : [{ index: Number(index), hex }];
  });
  const hex = chunks
    .sort((a, b) => a.index - b.index)
    .map((chunk) => chunk.hex)
    .join('');
  try {
    const found = JSON.parse(Buffer.from(hex, 'hex').toString()) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    // somebody has changed them
    return {};
  }
}

export function createSizeNotes(connection: Connection, state: SizeNotesState): SizeNotes {
  const groups = async (): Promise<PlacementGroup[]> =>
    (await connection.call('groups.list', {})).placementGroups.filter(({ name }) => isSizeGroup(name));
  const remove = (id: string): Promise<boolean> =>
    removed(connection.call('groups.delete', { params: { group: id }, about: [{ what: 'Placement group', id }] }));

  async function note(id: string, patch: NotesPatch): Promise<void> {
    const before = state.notes.get(id) ?? {};
    const after = Object.fromEntries(
      Object.entries({ ...before, ...patch }).filter((entry): entry is [string, string] => entry[1] !== null),
    );
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    const isEmpty = Object.keys(after).length === 0;
    if (isEmpty) state.notes.delete(id);
    else state.notes.set(id, after);
    const name = PREFIX + id;
    const former = (await groups()).find((group) => group.name === name);
    if (former) await remove(former.id);
    if (!isEmpty)
      await connection.call('groups.create', { body: { name, policy: 'anti-affinity', userTags: tagsOf(after) } });
  }

  async function refresh(): Promise<void> {
    const found = await groups();
    state.notes.clear();
    for (const { name, userTags } of found) state.notes.set(name.slice(PREFIX.length), notesIn(userTags ?? []));
    if (found.length === 0) return;
    const { pvmInstances } = await connection.call('instances.list', {});
    for (const { id, name } of found) {
      const vm = name.slice(PREFIX.length);
      if (pvmInstances.some(({ pvmInstanceID }) => pvmInstanceID === vm)) state.sighted.delete(vm);
      else if (state.sighted.delete(vm)) await remove(id);
      else state.sighted.add(vm);
    }
  }

  return {
    read: (id) => state.notes.get(id) ?? {},
    note,
    refresh,
    async load() {
      if (state.loaded) return;
      state.loaded = true;
      try {
        await refresh();
      } catch (error) {
        // who logs in is not kept out by this: the next `refresh` reads them
        if (!isFault(error)) throw error;
      }
    },
  };
}
