import type { NoteTypes } from '../../generated/notes/notes.js';
import { nameId } from '../../model/index.js';
import { warnOf } from './bad-notes.js';
import type { Scope } from '../context.js';
import { readNote } from './notes.js';

/** The notes that all projects share. */
export type SharedText = Readonly<Record<string, string>>;

/**
 * The records of one kind in the shared notes: each has its own key, `<prefix><id>`, so that concurrent writers do not
 * overwrite each other. An invalid one is left out, with a warning that names `resource`.
 */
export const recordsIn = <Kind extends keyof NoteTypes>(
  scope: Scope,
  notes: SharedText,
  { prefix, kind, resource }: { readonly prefix: string; readonly kind: Kind; readonly resource: string },
): (NoteTypes[Kind] & { readonly id: string })[] =>
  Object.entries(notes)
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([key, text]) => {
      const record = readNote(kind, text, warnOf(scope, resource, key));
      return record ? [{ ...record, id: key.slice(prefix.length) }] : [];
    });

/** A free id derived from a name: a renamed record keeps the id of its first name. */
export function freeId(kind: string, name: string, taken: readonly { readonly id: string }[]): string {
  for (let number = 0; ; number += 1) {
    const id = number === 0 ? nameId(kind, name) : nameId(kind, name, String(number));
    if (!taken.some((one) => one.id === id)) return id;
  }
}
