import { Fault } from '../../../model/index.js';

/**
 * Notes of the gateway in a port's description, the only text of its own that a port has besides its name:
 * `ovirt.vm=<id> ovirt.pending=add`, percent-encoded, at most 255 characters (neutron-lib; docs/reference/power.md, 4.3
 * and 4.6). A description by somebody else becomes the note `text`, so that it is preserved when notes are written.
 */
const PREFIX = 'ovirt.';
const LIMIT = 255;
const NOTE = /^ovirt\.([a-zA-Z0-9_-]+)=(\S*)(?: |$)/;
const FREE = 'text';

/** Throws `refused` when the notes are too long for a description. */
export function describe(notes: Readonly<Record<string, string>>): string {
  const { [FREE]: text = '', ...own } = notes;
  const parts = Object.entries(own)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, note]) => `${PREFIX}${name}=${encodeURIComponent(note)}`);
  const description = [...parts, ...(text === '' ? [] : [text])].join(' ');
  if (description.length > LIMIT)
    throw new Fault('refused', {
      text: `The notes of a NIC are too long for its port: ${description.length} of ${LIMIT} characters.`,
    });
  return description;
}

export function notesIn(description: string | null | undefined): Record<string, string> {
  const notes: Record<string, string> = {};
  let rest = description ?? '';
  for (let match = NOTE.exec(rest); match; match = NOTE.exec(rest)) {
    const [whole, name = '', note = ''] = match;
    notes[name] = decoded(note);
    rest = rest.slice(whole.length);
  }
  return rest === '' ? notes : { ...notes, [FREE]: rest };
}

/** The decoded text; one that cannot be decoded, because somebody edited the description, is returned as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** Whether the notes hold one of the gateway's own. */
export const hasOwnNotes = (notes: Readonly<Record<string, string>> | undefined): boolean =>
  notes !== undefined && Object.keys(notes).some((name) => name !== FREE);
