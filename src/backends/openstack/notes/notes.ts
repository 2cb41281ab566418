import { Fault, setsOf, type NotesPatch } from '../../../model/index.js';

/**
 * Notes of the gateway in the metadata of servers and volumes (DESIGN, decision 3): keys `ovirt.<note>`, values of at
 * most 255 characters. A longer value is split into chunks `ovirt.<note>.0`, `.1` …, of which all but the last are
 * full: the first that is not full ends the value, whatever older chunks follow. A key without a number takes
 * precedence over chunks. So a reader sees either the old or the new value if a write is interrupted; leftovers are
 * removed after the write. Other metadata is never touched (PowerVC's own: pin_vm, move_pin_vm, original_host,
 * primary_network; docs/reference/power.md, 1.2).
 */
const PREFIX = 'ovirt.';
export const VALUE_LIMIT = 255;
const NAME = /^[a-zA-Z][a-zA-Z0-9\-_:. ]{0,239}$/;

export type Metadata = Readonly<Record<string, string>>;

/** Notes as metadata. Throws `refused` for a name that the metadata can't have. */
export function split(notes: Readonly<Record<string, string>>): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(notes)) {
    const characters = Array.from(value);
    const key = keyOf(name);
    if (characters.length <= VALUE_LIMIT) metadata[key] = value;
    else
      for (let chunk = 0; chunk * VALUE_LIMIT <= characters.length; chunk += 1) {
        metadata[`${key}.${chunk}`] = characters.slice(chunk * VALUE_LIMIT, (chunk + 1) * VALUE_LIMIT).join('');
      }
  }
  return metadata;
}

/** Whether metadata can have a note of this name. */
const isName = (name: string): boolean => NAME.test(name) && !/\.\d+$/.test(name);

function keyOf(name: string): string {
  if (!isName(name)) throw new Fault('refused', { text: `A note cannot be named ${JSON.stringify(name)}.` });
  return PREFIX + name;
}

/** The notes in the metadata; empty when there are none. */
export function join(metadata: Metadata | undefined): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const key in metadata) {
    const note = metadata[key];
    if (note === undefined || !key.startsWith(PREFIX)) continue;
    const chunk = /\.\d+$/.exec(key);
    if (!chunk) notes[key.slice(PREFIX.length)] = note;
    else if (chunk[0] === '.0') notes[key.slice(PREFIX.length, -2)] ??= joined(metadata, key.slice(0, -1));
  }
  return notes;
}

function joined(metadata: Metadata, stem: string): string {
  let value = '';
  for (let chunk = 0; ; chunk += 1) {
    const part = metadata[stem + chunk];
    if (part === undefined) return value;
    value += part;
    if (Array.from(part).length < VALUE_LIMIT) return value;
  }
}

/**
 * Keys in `present` that the patch removes, that it has replaced by another form of the same note, or that an
 * interrupted removal has left: chunks without a first one.
 */
export function leftOver(patch: NotesPatch, present: Metadata): string[] {
  const written = split(setsOf(patch));
  const stems = Object.keys(patch).filter(isName).map(keyOf);
  return Object.keys(present).filter(
    (key) => !(key in written) && (stems.some((stem) => key === stem || isChunkOf(stem, key)) || isStray(key, present)),
  );
}

function isStray(key: string, present: Metadata): boolean {
  const [, stem] = /^(ovirt\..+)\.\d+$/.exec(key) ?? [];
  return stem !== undefined && !(`${stem}.0` in present);
}

const isChunkOf = (stem: string, key: string): boolean =>
  key.startsWith(`${stem}.`) && /^\d+$/.test(key.slice(stem.length + 1));

/** How the metadata of one resource is written. `remove` returns whether the key existed. */
export interface MetadataCalls {
  /** Merges, and returns all the metadata there is then. */
  merge(metadata: Record<string, string>): Promise<Metadata>;
  remove(key: string): Promise<boolean>;
}

/**
 * Applies the patch: one call for all notes to set, and one for each key to remove. Throws `refused` for a name to set
 * that the metadata can't have.
 */
export async function applyPatch(patch: NotesPatch, calls: MetadataCalls): Promise<void> {
  const sets = split(setsOf(patch));
  if (Object.keys(sets).length > 0) {
    for (const key of leftOver(patch, await calls.merge(sets))) await calls.remove(key);
    return;
  }
  for (const name of Object.keys(patch).filter(isName)) await removeNote(keyOf(name), calls);
}

/**
 * Removes a note without reading the metadata: usually it is one plain key; otherwise removing the first chunk removes
 * the note.
 */
async function removeNote(key: string, calls: MetadataCalls): Promise<void> {
  if (await calls.remove(key)) return;
  for (let chunk = 0; await calls.remove(`${key}.${chunk}`); chunk += 1);
}
