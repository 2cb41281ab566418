import { Fault, isFault, setsOf, type NotesPatch, type Vm } from '../../../model/index.js';
import type { Server } from '../../../generated/openstack/nova.js';
import { unsupported } from '../unsupported.js';
import { pack, unpack } from './packed.js';

/**
 * Notes that are changed while their server is being built. Nova changes neither metadata nor tags of such a server
 * (openstack/nova, check_instance_state in compute/api.py), but takes another name or description for it. So a change
 * of notes waits in the description, where every replica sees it, until the server is built. It is removed from there
 * by the first change of notes after that.
 */
export interface BuildingNotes {
  /** How a server is read with its description. Resolves to undefined where the cloud does not tell it. */
  readonly read: (id: string) => Promise<Server | undefined>;
  readonly describe: (id: string, description: string | null) => Promise<void>;
}

/** What waits in the descriptions that this process has seen; empty for a server that has none yet. By server. */
export type Waiting = Map<string, NotesPatch>;

const PREFIX = 'ovirt ';
/** Nova's limit for a description. */
const LIMIT = 255;
const TRIES = 3;

/** Whether the gateway made it, and has not finished it. A note as short as this is in one item (notes.ts). */
const isMarked = ({ metadata }: Server): boolean => metadata?.['ovirt.pending'] === 'create';

export const isSpawning = ({ status }: Server): boolean => status.trim().toUpperCase() === 'BUILD';

/** Whether the server is being built, or has been and is not finished by the gateway. */
export const isBuilding = (server: Server): boolean => isSpawning(server) || isMarked(server);

/** Whether its description may hold notes, and has not been read. */
export const lacksDescription = (server: Server): boolean =>
  server.description === undefined && isMarked(server) && server.status.trim().toUpperCase() !== 'ERROR';

/** Nova's refusal to change metadata or tags of a server that is being built. */
export const isBeingBuilt = (error: unknown): boolean =>
  isFault(error, 'backend.conflict') && /in vm_state building\b/.test(error.message);

/** The change that waits in a description. */
export function patchIn({ description }: Server): NotesPatch {
  if (!description?.startsWith(PREFIX)) return {};
  const text = description.slice(PREFIX.length);
  try {
    const patch: unknown = JSON.parse(text.startsWith('{') ? text : (unpack(text) ?? 'null'));
    return typeof patch === 'object' && patch !== null
      ? Object.fromEntries(Object.entries(patch).filter(([, value]) => value === null || typeof value === 'string'))
      : {};
  } catch {
    // somebody else's text
    return {};
  }
}

/** A short change can be read by whoever looks at the server. Throws `unsupported` for one that does not fit at all. */
function textOf(patch: NotesPatch): string {
  const text = JSON.stringify(patch);
  const [fitting] = [text, pack(text)].filter(({ length }) => PREFIX.length + length <= LIMIT);
  if (fitting !== undefined) return PREFIX + fitting;
  throw unsupported(
    'edit VM',
    `A change of ${text.length} characters while the VM is being deployed`,
    `until then it has to wait in the ${LIMIT} characters of a server's description, into which it does not fit even ` +
      'when it is compressed. Repeat it when the VM is down or up, or make a shorter one.',
  );
}

/** The VM with the change in its notes. */
export function withWaiting(vm: Vm, patch: NotesPatch): Vm {
  if (Object.keys(patch).length === 0) return vm;
  return { ...vm, notes: setsOf({ ...vm.notes, ...patch }) };
}

/**
 * Adds a change to those that wait for the server. Resolves to false if the description is somebody else's, and to
 * undefined if the server is built by now. Two at once look again whether both are there. Throws `unsupported` if there
 * is no room: it is refused at once, because more room does not come by waiting.
 */
export async function wait(
  { read, describe }: BuildingNotes,
  id: string,
  patch: NotesPatch,
  waiting: Waiting,
): Promise<boolean | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const server = await read(id);
    if (!server) return false;
    if (!isBuilding(server)) return undefined;
    if (!isOurs(server)) return false;
    await describe(id, textOf({ ...patchIn(server), ...patch }));
    const after = await read(id);
    if (!after) throw new Fault('not-found', { what: 'VM', id });
    if (!isBuilding(after)) {
      await describe(id, null);
      return undefined;
    }
    const seen = patchIn(after);
    waiting.set(id, seen);
    if (Object.entries(patch).every(([key, value]) => seen[key] === value)) return true;
  }
  return false;
}

/**
 * Whether a change may wait in the description. Only with the mark of a creation in the metadata is it read when the
 * server is built: a copy gets its mark when it is built. Before 2.19 a new server's description is its name.
 */
const isOurs = (server: Server): boolean => {
  const { description, name } = server;
  return isMarked(server) && (!description || description === name || description.startsWith(PREFIX));
};
