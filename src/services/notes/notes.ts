import { inflateRawSync } from 'node:zlib';
import { noteChecks, type NoteTypes } from '../../generated/notes/notes.js';

/** The longest note, characters: Nova gives a server 128 items of 255. */
const LONGEST = 64 * 1024;
/** The largest unpacked note, bytes. */
const LONGEST_UNPACKED = 1024 * 1024;

/** Called with the reason why a note is invalid. */
export type OnBadNote = (why: string) => void;

/**
 * The value of a note (schemas/model/notes.json). Whoever may write a resource's metadata may write its notes: an
 * invalid note is reported to `bad`, counts as absent, and affects nothing else.
 */
export function readNote<Kind extends keyof NoteTypes>(
  kind: Kind,
  text: string | undefined,
  bad?: OnBadNote,
): NoteTypes[Kind] | undefined {
  if (text === undefined) return undefined;
  if (text.length > LONGEST) return wrong(bad, `it is longer than ${LONGEST} characters`);
  return checked(kind, text, bad);
}

/** The same for a note that is packed: JSON, deflated, base64. */
export function readPackedNote<Kind extends keyof NoteTypes>(
  kind: Kind,
  text: string | undefined,
  bad?: OnBadNote,
): NoteTypes[Kind] | undefined {
  if (text === undefined) return undefined;
  if (text.length > LONGEST) return wrong(bad, `it is longer than ${LONGEST} characters`);
  try {
    const bytes = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: LONGEST_UNPACKED });
    return checked(kind, bytes.toString('utf8'), bad);
  } catch (error) {
    // zlib: broken, cut, or longer than allowed
    if (error instanceof Error && 'code' in error) return wrong(bad, `it cannot be unpacked (${String(error.code)})`);
    throw error;
  }
}

function checked<Kind extends keyof NoteTypes>(kind: Kind, text: string, bad?: OnBadNote): NoteTypes[Kind] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return wrong(bad, 'it is not JSON');
    throw error;
  }
  return noteChecks[kind](value) ? value : wrong(bad, `it is no ${kind}`);
}

function wrong(bad: OnBadNote | undefined, why: string): undefined {
  bad?.(why);
  return undefined;
}
