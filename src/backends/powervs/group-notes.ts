import { isFault, setsOf, type NotesPatch } from '../../model/index.js';
import type { PlacementGroup } from '../../generated/powervs/systems.js';
import { removed } from '../http/removal.js';
import type { Connection } from './connection.js';
import { unsupported } from './unsupported.js';

/**
 * Notes of a VM that have to outlive this process: what oVirt alone knows of it (its texts, settings, topology and
 * initialization), the sizes that it gets when it is deployed or started next, whether it is protected from removal,
 * work of several steps on it (`task`), the network that it was deployed in for want of a NIC (`stopgap`), and its NICs
 * without a network (waiting-nics.ts); and what oVirt alone knows of a disk (its description, interface and flags) or of
 * a template (its description). They have no field for that, and only IBM's service of tags changes their tags.
 * So it is in the user tags of an empty placement group `ovirt-size-<id of the VM, disk or template>`, which places
 * nothing. A change makes the next group, `…-r1`, `…-r2`, and then removes the one before: of several, the last counts.
 * Few have one.
 * All are read with the first login of a process, before a removal, and once per `operations.leaseMs`; those of a VM
 * with a task at each look at it, for another gateway may have come to the task's end.
 */
export interface GroupNotes {
  read(id: string): Readonly<Record<string, string>>;
  /** Removes all of one that is gone. No call if it has none. */
  forget(id: string): Promise<void>;
  /** Merges. Three calls, none where nothing changes. Throws the cloud's refusal. */
  note(id: string, patch: NotesPatch): Promise<void>;
  /** The same for one that is there already: what the cloud refuses, each `refresh` of this process tries again. */
  noteOrRetry(id: string, patch: NotesPatch): Promise<void>;
  /**
   * Reads all, writes what the cloud has refused, and removes what is left of those that are gone. One call; two if
   * there are any, four if any is no VM's.
   */
  refresh(): Promise<void>;
  /** Reads all again if a VM, or any VM, has a task. One call then. */
  renew(id?: string): Promise<void>;
  /** Reads all again, if they were read more than a second ago. One call then; a refusal leaves what is known. */
  renewed(): Promise<void>;
  /** Reads those of a VM. One call. */
  readNow(id: string): Promise<Readonly<Record<string, string>>>;
  /** Ids of VMs that have the note. */
  having(key: string): string[];
  /** The first `refresh` of this process. */
  load(): Promise<void>;
  /** A note of that VM, disk or template cannot be read: it counts as absent, with a warning. */
  damaged(id: string, why: string): void;
}

/** What all logins of a process share. */
export interface GroupNotesState {
  readonly notes: Map<string, Readonly<Record<string, string>>>;
  /** What the cloud has refused to keep. */
  readonly refused: Map<string, NotesPatch>;
  /** How many changes this process has begun or ended: a list that was read meanwhile is out of date. */
  changes: number;
  /** When all were read last, epoch milliseconds. */
  readAt?: number;
  /** Ids of groups that the last look found to be left over: their VM's deployment may just have begun. */
  readonly sighted: Set<string>;
  /** Warns that notes cannot be read; `what`: whose. */
  readonly warn?: Warn;
  loaded?: true;
}

export type Warn = (what: string, why: string) => void;

const PREFIX = 'ovirt-size-';
const TASK = 'task';
export const STOPGAP = 'stopgap';
const NAME = /^ovirt-size-(.*?)(?:-r(\d+))?$/;
/** How old the notes may be where another gateway's are things that clients ask for by id. */
const FRESH_MS = 1000;
/** What a VM, disk or template is without the note: it is not written, for most then take no group. */
const IDLE: Readonly<Record<string, string>> = {
  delete_protected: 'false',
  description: '',
  comment: '',
  'os.type': 'other_ppc64',
  'display.type': 'vnc',
  interface: 'spapr_vscsi',
  wipe_after_delete: 'false',
  propagate_errors: 'false',
};
const KEYS: ReadonlySet<string> = new Set([
  // all that disks and templates have is among these
  ...Object.keys(IDLE),
  ...['cpu.topology', 'next_run', 'wanted', TASK, STOPGAP],
  // what oVirt alone knows of a VM: its settings, its initialization, its instance type, whether it has a template
  ...['settings', 'setup', 'guest', 'instance_type', 'cloned_disks'],
]);

/** Whether the placement group holds notes, and is no affinity group of a client's. */
export const isNotesGroup = (groupName: string): boolean => groupName.startsWith(PREFIX);

/** A patch, and the part of it that is kept here. */
export function lasting<Value extends string | null>(
  patch: Readonly<Record<string, Value>>,
): { readonly kept: Readonly<Record<string, Value>>; readonly others: Readonly<Record<string, Value>> } {
  const part = (isKept: boolean): Record<string, Value> =>
    Object.fromEntries(Object.entries(patch).filter(([key]) => KEYS.has(key) === isKept));
  return { kept: part(true), others: part(false) };
}

/** The patch that removes a note instead of writing what the VM is without it. */
export const withoutIdle = (patch: NotesPatch): NotesPatch =>
  Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, value === IDLE[key] ? null : value]));

/** A tag has at most 128 characters, and is kept in lower case (IBM Cloud's documents, "Tagging rules"). */
const CHUNK = 100;
/** A resource has at most 1000 user tags (IBM Cloud's documents, "Managing tags"). */
const MOST = 1000;

/** Throws `unsupported` for more than a resource has room for. */
export function tagsOf(notes: Readonly<Record<string, string>>): string[] {
  const hex = Buffer.from(JSON.stringify(notes)).toString('hex');
  if (hex.length > MOST * CHUNK)
    throw unsupported(
      'keep what oVirt alone knows',
      `Texts and settings of more than ${(MOST * CHUNK) / 2} bytes`,
      'they are kept in the tags of a placement group, of which it has at most a thousand.',
    );
  return Array.from(
    { length: Math.ceil(hex.length / CHUNK) },
    (_, index) => `ovirt:${index}:${hex.slice(index * CHUNK, (index + 1) * CHUNK)}`,
  );
}

/**
 * The notes in the tags; none in those of somebody else. Those that somebody has changed so that they cannot be read are
 * reported to `bad`, and are none, too.
 */
export function notesIn(tags: readonly string[], bad?: (why: string) => void): Readonly<Record<string, string>> {
  const chunks = tags.flatMap((tag) => {
    const [, index, hex = ''] = /^ovirt:(\d+):([0-9a-f]+)$/.exec(tag) ?? [];
    return index === undefined ? [] : [{ index: Number(index), hex }];
  });
  const hex = chunks
    .sort((a, b) => a.index - b.index)
    .map((chunk) => chunk.hex)
    .join('');
  return chunks.length === 0 ? {} : textsIn(Buffer.from(hex, 'hex').toString(), bad);
}

/** The value of a note in JSON; undefined for one that somebody has changed. */
export function valueIn(note: string): unknown {
  try {
    return JSON.parse(note);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The texts of a JSON object, by name; none in a note that somebody has changed, which is reported to `bad`. */
export function textsIn(note: string, bad?: (why: string) => void): Readonly<Record<string, string>> {
  const found = valueIn(note);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    bad?.('it is no JSON object');
    return {};
  }
  const texts = Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (texts.length < Object.keys(found).length) bad?.('some of its values are no texts');
  return Object.fromEntries(texts);
}

interface NotesGroup {
  readonly id: string;
  /** The id of the VM, disk or template. */
  readonly owner: string;
  readonly revision: number;
  readonly notes: Readonly<Record<string, string>>;
}

function notesGroupOf({ id, name, userTags }: PlacementGroup, warn?: Warn): NotesGroup[] {
  const [, owner, revision = '0'] = NAME.exec(name) ?? [];
  if (owner === undefined) return [];
  const notes = notesIn(userTags ?? [], (why) => warn?.(`placement group ${name}`, why));
  return [{ id, owner, revision: Number(revision), notes }];
}

export function createGroupNotes(connection: Connection, state: GroupNotesState): GroupNotes {
  /** The last of each comes last. */
  const groups = async (): Promise<NotesGroup[]> =>
    (await connection.call('groups.list', {})).placementGroups
      .flatMap((group) => notesGroupOf(group, state.warn))
      .sort((a, b) => a.revision - b.revision);
  const remove = (id: string): Promise<boolean> =>
    removed(connection.call('groups.delete', { params: { group: id }, about: [{ what: 'Placement group', id }] }));

  const read = (id: string): Readonly<Record<string, string>> =>
    setsOf({ ...state.notes.get(id), ...state.refused.get(id) });

  async function note(id: string, given: NotesPatch): Promise<void> {
    const patch = withoutIdle(given);
    if (!changes(state.notes.get(id) ?? {}, patch)) return;
    state.changes += 1;
    try {
      const former = (await groups()).filter(({ owner }) => owner === id);
      const last = former.at(-1);
      const after = setsOf({ ...last?.notes, ...patch });
      if (Object.keys(after).length > 0) {
        const name = PREFIX + id + (last ? `-r${last.revision + 1}` : '');
        await connection.call('groups.create', { body: { name, policy: 'anti-affinity', userTags: tagsOf(after) } });
      }
      // the former group counts until there is a next one, or it is gone: a removal whose call was lost is made again
      if (Object.keys(after).length > 0) state.notes.set(id, after);
      for (const group of former) await remove(group.id);
      state.notes.set(id, after);
    } finally {
      state.changes += 1;
    }
  }

  async function noteOrRetry(id: string, patch: NotesPatch): Promise<void> {
    try {
      await note(id, patch);
      state.refused.delete(id);
    } catch (error) {
      if (!isFault(error)) throw error;
      state.refused.set(id, patch);
    }
  }

  const forget = (id: string): Promise<void> =>
    noteOrRetry(id, Object.fromEntries(Object.keys(read(id)).map((key) => [key, null])));

  const having = (key: string): string[] => [...state.notes].flatMap(([id, notes]) => (notes[key] ? id : []));

  async function readAll(): Promise<NotesGroup[]> {
    const before = state.changes;
    const found = await groups();
    if (state.changes === before) {
      state.notes.clear();
      for (const { owner, notes } of found) state.notes.set(owner, notes);
      state.readAt = Date.now();
    }
    return found;
  }

  async function refresh(): Promise<void> {
    const found = await readAll();
    if (found.length === 0 && state.refused.size === 0) return;
    const there = await existing([...found.map(({ owner }) => owner), ...state.refused.keys()]);
    await sweep(found, (id) => there.has(id));
    for (const [id, patch] of [...state.refused])
      if (there.has(id)) await noteOrRetry(id, patch);
      else state.refused.delete(id);
  }

  /** The ids of VMs, and those of disks and templates unless all of `ids` are VMs'. One call, or three. */
  async function existing(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { pvmInstances } = await connection.call('instances.list', {});
    const vms = new Set(pvmInstances.map(({ pvmInstanceID }) => pvmInstanceID));
    if (ids.every((id) => vms.has(id))) return vms;
    const { volumes } = await connection.call('volumes.list', {});
    const { images } = await connection.call('images.list', {});
    return new Set([...vms, ...volumes.map(({ volumeID }) => volumeID), ...images.map(({ imageID }) => imageID)]);
  }

  /** Removes groups of what is gone, and those before the last of one, if they are there at the next look, too. */
  async function sweep(found: readonly NotesGroup[], isThere: (id: string) => boolean): Promise<void> {
    for (const { id, owner, revision } of found) {
      const isLast = !found.some((other) => other.owner === owner && other.revision > revision);
      if (isThere(owner) && isLast) state.sighted.delete(id);
      else if (state.sighted.delete(id)) await remove(id);
      else state.sighted.add(id);
    }
  }

  return {
    read,
    forget,
    note,
    noteOrRetry,
    refresh,
    having,
    damaged: (id, why) => state.warn?.(`placement group ${PREFIX}${id}`, why),
    async renew(id) {
      if (id === undefined ? having(TASK).length > 0 : state.notes.get(id)?.[TASK] !== undefined) await readAll();
    },
    async renewed() {
      if (Date.now() - (state.readAt ?? 0) < FRESH_MS) return;
      try {
        await readAll();
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    },
    readNow: async (id) => (await groups()).filter(({ owner }) => owner === id).at(-1)?.notes ?? {},
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

/** Whether the patch changes the notes. */
const changes = (notes: Readonly<Record<string, string>>, patch: NotesPatch): boolean =>
  Object.entries(patch).some(([key, value]) => (notes[key] ?? null) !== value);
