import type { DiskPort, Held, Holder } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { blockDevices } from '../inventory.js';
import { all, pages } from '../paging.js';
import { KEY, setsOf } from './snapshot-members.js';
import { snapshotsWith } from './snapshot-notes.js';

/**
 * Finds what is based on disks: Cinder does not remove a volume that has snapshots, and Nova's captures are based on
 * snapshots of the server's volumes. One call a page of snapshots (those of the volume for a single one, which are not
 * all of the VM's), and one for the images if there are any.
 */
export function createHolders(connection: Connection, pageSize: number): NonNullable<DiskPort['heldBy']> {
  const images = () =>
    all(
      pages(async (marker) => {
        const { images, next } = await connection.call('glance.images.list', { query: { limit: pageSize, marker } });
        return { items: images, more: Boolean(next) };
      }),
    );

  return async function heldBy(vmId, diskIds): Promise<Held> {
    const [only, ...more] = diskIds;
    if (only === undefined) return { holders: [] };
    const found = await snapshotsWith(connection, pageSize, {}, more.length === 0 ? only : undefined);
    const own = found.filter(({ metadata }) => metadata?.[KEY.vm] === vmId);
    const shown = more.length === 0 ? {} : { snapshots: setsOf(own) };
    // one that is being deleted (such as those of a removed template) is soon gone: the removal of its volume waits for
    // it
    const foreign = found.filter(
      ({ volume_id: id, metadata, status }) =>
        diskIds.includes(id) && metadata?.[KEY.vm] !== vmId && status !== 'deleting',
    );
    if (foreign.length === 0) return { holders: [], ...shown };
    const holders = new Map<string, Holder>();
    const owners = new Map(
      (await images()).flatMap((image) =>
        blockDevices(image).flatMap(({ snapshot_id: snapshot }) => (snapshot ? [[snapshot, image] as const] : [])),
      ),
    );
    for (const snapshot of foreign) {
      const image = owners.get(snapshot.id);
      const { id, name } = image ?? snapshot;
      holders.set(id, { what: image ? 'template' : 'snapshot', id, name: name || id });
    }
    return { holders: [...holders.values()], ...shown };
  };
}
