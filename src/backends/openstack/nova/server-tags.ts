import type { NotesPatch } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { removed } from '../../http/removal.js';
import { aboutVm } from './servers.js';

/**
 * The oVirt tags of a VM are Nova's server tags (2.26): `openstack server list --tags` finds them, and they take none
 * of the 128 items of metadata. To services they are notes, as on PowerVC: `tag.<id of the tag>`, in Nova
 * `ovirt.tag.<id>`. Other tags are ignored and never touched.
 */
const NOTE = 'tag.';
const TAG = `ovirt.${NOTE}`;

const isTag = (note: string): boolean => note.startsWith(NOTE);
const tagOf = (note: string): string => `ovirt.${note}`;

/** The notes of a server's tags. */
export const taggedNotes = (tags: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(tags.filter((tag) => tag.startsWith(TAG)).map((tag) => [tag.slice('ovirt.'.length), '']));

/**
 * Writes notes that are tags as tags, and the others as `note` does. A tag in metadata, as before 2.26, is removed
 * there, too.
 */
export function notingTags(
  connection: Connection,
  note: (id: string, patch: NotesPatch) => Promise<void>,
): (id: string, patch: NotesPatch) => Promise<void> {
  async function write(server: string, name: string, value: string | null): Promise<void> {
    const params = { server, tag: tagOf(name) };
    if (value === null) await removed(connection.call('nova.servers.tags.remove', { params, about: aboutVm(server) }));
    else await connection.call('nova.servers.tags.add', { params, about: aboutVm(server) });
  }

  return async (id, patch) => {
    const entries = Object.entries(patch);
    for (const [name, value] of entries) if (isTag(name)) await write(id, name, value);
    const others = entries.filter(([name, value]) => !isTag(name) || value === null);
    if (others.length > 0) await note(id, Object.fromEntries(others));
  };
}
