import { isFault, type Snapshot, type SnapshotPort } from '../../model/index.js';
import { snapshotIn } from '../../generated/mapping/powervs.js';
import type { Snapshot as Wire } from '../../generated/powervs/snapshots.js';
import type { Connection } from './connection.js';
import { read } from './read.js';
import { unsupported } from './unsupported.js';

const about = (id: string) => [{ what: 'Snapshot', id }];

/** Snapshots of instances (docs/reference/power.md, 3.2). */
export function createSnapshotPort(connection: Connection): SnapshotPort {
  const at = (id: string) => ({ params: { snapshot: id }, about: about(id) });
  const get = async (id: string): Promise<Snapshot> => snapshotOf(await connection.call('snapshots.get', at(id)));

  async function restoring(vmId: string, id: string, way: 'retry' | 'rollback' | undefined): Promise<void> {
    await connection.call('snapshots.restore', {
      params: { instance: vmId, snapshot: id },
      about: [{ what: 'VM', id: vmId }, ...about(id)],
      query: { restore_fail_action: way },
      body: { force: false },
    });
  }

  /** After a failed restore, PowerVS requires that it is retried or rolled back. */
  async function restore(vmId: string, id: string): Promise<void> {
    try {
      await restoring(vmId, id, undefined);
    } catch (error) {
      if (!isFault(error, 'backend.refused') && !isFault(error, 'backend.conflict')) throw error;
      if ((await get(id)).failure !== 'restore') throw error;
      await restoring(vmId, id, 'retry');
    }
  }

  return {
    get,
    restore,
    async list(vmId) {
      const { snapshots } = await connection.call('snapshots.list', {
        params: { instance: vmId },
        about: [{ what: 'VM', id: vmId }],
      });
      return snapshots.map(snapshotOf);
    },
    async listAll() {
      const { snapshots } = await connection.call('snapshots.list-all', {});
      return snapshots.map(snapshotOf);
    },
    async create(vmId, { name, description, volumeIds }) {
      await connection.call('snapshots.create', {
        params: { instance: vmId },
        about: [{ what: 'VM', id: vmId }],
        body: { name, description, ...(volumeIds && { volumeIDs: [...volumeIds] }) },
      });
    },
    async note() {
      throw unsupported('change snapshot', 'A note', 'Power Virtual Server cannot store metadata for it.');
    },
    rollback: (vmId, id) => restoring(vmId, id, 'rollback'),
    async remove(id) {
      await connection.call('snapshots.delete', at(id));
    },
  };
}

/** A snapshot is complete when it is available and at 100 percent. */
function snapshotOf(snapshot: Wire): Snapshot {
  const status =
    snapshot.status
      ?.trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-') ?? null;
  const { value } = read(() => snapshotIn({ ...snapshot, status }, { base: '' }));
  const begun = value.status === 'ok' && (snapshot.percentComplete ?? 100) < 100;
  return {
    ...value,
    type: 'regular',
    persistMemory: false,
    ...(begun && { status: 'locked' as const }),
    volumes: Object.entries(snapshot.volumeSnapshots ?? {}).map(([volumeId, snapshotId]) => ({ volumeId, snapshotId })),
  };
}
