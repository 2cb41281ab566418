import { isFault, type Vm } from '../../../model/index.js';
import { removed } from '../../http/removal.js';
import type { Connection } from '../connection.js';
import { split, VALUE_LIMIT } from './notes.js';

/**
 * Notes of a server in error, whose own metadata Nova does not change, in the metadata of its first volume: other
 * replicas see its removal, and complete it. Each is a key of its own, `ovirt.server.<note>`, because the protocol of
 * two removals (src/services/work/removal.ts) relies on notes that do not overwrite each other. Values name their
 * server: leftovers at a volume that has another one mean nothing.
 */
export interface ErrorNotes {
  /** The VM with these notes. One call if it has volumes. */
  over(vm: Vm): Promise<Vm>;
  /** Writes notes. Resolves to false if there is no place for them. */
  write(id: string, notes: Readonly<Record<string, string>>): Promise<boolean>;
  /** Removes notes that this process has seen or written. No call if there are none. */
  remove(id: string, names: readonly string[]): Promise<void>;
  /** Removes all of a server that is gone. */
  clear(id: string): Promise<void>;
}

/** Volumes with notes that this process has seen or written, by server. */
export type Places = Map<string, string>;

const PREFIX = 'server.';
const KEYS = `ovirt.${PREFIX}`;

/** The same volume for every replica. */
const placeOf = ({ volumeIds = [] }: Vm): string | undefined => [...volumeIds].sort()[0];

export function createErrorNotes(connection: Connection, places: Places, get: (id: string) => Promise<Vm>): ErrorNotes {
  const about = (volume: string) => ({ params: { volume }, about: [{ what: 'Disk', id: volume }] });

  async function notesAt(volume: string): Promise<Readonly<Record<string, string>>> {
    try {
      return (await connection.call('cinder.volumes.get', about(volume))).volume.metadata ?? {};
    } catch (error) {
      if (isFault(error, 'not-found')) return {};
      throw error;
    }
  }

  const drop = (volume: string, key: string): Promise<boolean> =>
    removed(
      connection.call('cinder.volumes.metadata.remove', {
        params: { volume, key },
        about: [{ what: 'Metadata', id: key }],
      }),
    );

  return {
    async over(vm) {
      const volume = placeOf(vm);
      if (volume === undefined) return vm;
      const metadata = await notesAt(volume);
      const notes = Object.entries(metadata).flatMap(([key, value]) =>
        key.startsWith(KEYS) && value.startsWith(`${vm.id} `)
          ? [[key.slice(KEYS.length), value.slice(vm.id.length + 1)] as const]
          : [],
      );
      if (notes.length > 0) places.set(vm.id, volume);
      return notes.length === 0 ? vm : { ...vm, notes: { ...vm.notes, ...Object.fromEntries(notes) } };
    },

    async write(id, notes) {
      const sets = Object.entries(notes).map(([name, value]) => [PREFIX + name, `${id} ${value}`] as const);
      if (sets.some(([, value]) => value.length > VALUE_LIMIT)) return false;
      const volume = placeOf(await get(id));
      if (volume === undefined) return false;
      const metadata = split(Object.fromEntries(sets));
      await connection.call('cinder.volumes.metadata.merge', { ...about(volume), body: { metadata } });
      places.set(id, volume);
      return true;
    },

    async remove(id, names) {
      const volume = places.get(id);
      if (volume !== undefined) for (const name of names) await drop(volume, KEYS + name);
    },

    async clear(id) {
      const volume = places.get(id);
      if (volume === undefined) return;
      places.delete(id);
      for (const key of Object.keys(await notesAt(volume))) if (key.startsWith(KEYS)) await drop(volume, key);
    },
  };
}
