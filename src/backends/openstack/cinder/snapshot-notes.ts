import type { Snapshot as Wire } from '../../../generated/openstack/cinder.js';
import type { Connection } from '../connection.js';
import { split } from '../notes/notes.js';
import { all, hasNext, pages } from '../paging.js';

/** Volume snapshots of the project, or of one volume, with this metadata; Cinder before 3.22 returns others, too. */
export async function snapshotsWith(
  connection: Connection,
  pageSize: number,
  metadata: Readonly<Record<string, string>> = {},
  volumeId?: string,
): Promise<Wire[]> {
  const found = await all(
    pages(async (marker) => {
      const { snapshots, snapshots_links } = await connection.call('cinder.snapshots.list', {
        query: {
          limit: pageSize,
          marker,
          volume_id: volumeId,
          metadata: Object.keys(metadata).length === 0 ? undefined : JSON.stringify(metadata),
        },
      });
      return { items: snapshots, more: hasNext(snapshots_links) };
    }),
  );
  const entries = Object.entries(metadata);
  return found.filter((one) => entries.every(([key, value]) => one.metadata?.[key] === value));
}

/** Writes notes of a volume snapshot to its metadata, which no quota limits. */
export async function noteSnapshot(
  connection: Connection,
  id: string,
  notes: Readonly<Record<string, string>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await connection.call('cinder.snapshots.metadata.merge', {
    params: { snapshot: id },
    about: [{ what: 'Snapshot', id }],
    body: { metadata: { ...metadata, ...split(notes) } },
  });
}
