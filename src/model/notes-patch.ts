import type { NotesPatch } from './ports/vms.js';

/** The notes that a patch sets; without those that it removes. */
export const setsOf = (patch: NotesPatch): Record<string, string> =>
  Object.fromEntries(Object.entries(patch).filter((entry): entry is [string, string] => entry[1] !== null));
