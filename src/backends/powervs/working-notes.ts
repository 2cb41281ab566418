import { Fault, setsOf, type NotesPatch } from '../../model/index.js';
import { words } from './capabilities.js';

/**
 * PowerVS has no metadata (docs/reference/power.md, 4.6), and its user tags can be set only at creation. Notes that
 * only work in progress needs (`WORKING_NOTES`) are held in this process until the work is done, where no name and no
 * placement group holds them (marks.ts, group-notes.ts): keys of `working`, which are removed with `pending`. Any other
 * key is refused by name, so that nothing is dropped.
 */
export interface WorkingNotes {
  read(id: string): Readonly<Record<string, string>>;
  /** Merges the notes. Throws `unsupported` for a permanent one. */
  note(id: string, patch: NotesPatch): void;
  /** Replaces all notes. Throws `unsupported` for a permanent one. */
  replace(id: string, notes: Readonly<Record<string, string>>): void;
  /** Checks the notes of an entity that does not exist yet. Throws `unsupported` for a permanent one. */
  check(notes: Readonly<Record<string, string>>): void;
  forget(id: string): void;
  /** The notes after a change. Throws `unsupported` for a permanent one. */
  merged(before: Readonly<Record<string, string>>, patch: NotesPatch): Readonly<Record<string, string>>;
  /** Ids of entities that have notes. */
  ids(): string[];
}

/** Notes that stand for work without `pending`. */
const alone = new Set(['restoring', 'task']);

export function createWorkingNotes(what: string, working: readonly string[]): WorkingNotes {
  const held = new Map<string, Readonly<Record<string, string>>>();
  const known = new Set(working);

  function refuse(key: string): never {
    throw new Fault('unsupported', {
      operation: `keep the note ${key}`,
      subject: `${what} with notes of its own`,
      backend: words.cloud,
      why: 'Power Virtual Server cannot store metadata for it.',
    });
  }

  function check(notes: Readonly<Record<string, string>>): void {
    const lasting = Object.keys(notes).find(
      (key) => !known.has(key) || (notes['pending'] === undefined && !alone.has(key)),
    );
    if (lasting !== undefined) refuse(lasting);
  }

  function replace(id: string, notes: Readonly<Record<string, string>>): void {
    if (Object.keys(notes).length === 0) held.delete(id);
    else held.set(id, notes);
  }

  function merged(before: Readonly<Record<string, string>>, patch: NotesPatch): Readonly<Record<string, string>> {
    const lasting = Object.entries(patch).find(([key, value]) => value !== null && !known.has(key));
    if (lasting) refuse(lasting[0]);
    const all = setsOf({ ...before, ...patch });
    return all['pending'] === undefined
      ? Object.fromEntries(Object.entries(all).filter(([key]) => alone.has(key)))
      : all;
  }

  return {
    check,
    merged,
    read: (id) => held.get(id) ?? {},
    note(id, patch) {
      replace(id, merged(held.get(id) ?? {}, patch));
    },
    replace(id, notes) {
      const lasting = Object.keys(notes).find((key) => !known.has(key));
      if (lasting !== undefined) refuse(lasting);
      replace(id, notes['pending'] === undefined ? {} : notes);
    },
    forget(id) {
      held.delete(id);
    },
    ids: () => [...held.keys()],
  };
}
