import { required } from '../../../invariant.js';
import {
  Fault,
  isFault,
  nameId,
  type Disk,
  type Snapshot,
  type SnapshotPort,
  type SnapshotSpec,
} from '../../../model/index.js';
import type { Snapshot as Wire, Volume } from '../../../generated/openstack/cinder.js';
import type { Connection } from '../connection.js';
import { looseBoolean } from '../loose.js';
import { split } from '../notes/notes.js';
import { noteSnapshot, snapshotsWith } from './snapshot-notes.js';
import { removed } from '../../http/removal.js';
import { aboutVm } from '../nova/servers.js';
import type { VolumeGroups } from './volume-groups.js';
import { aboutDisk } from './volumes.js';
import { at, KEY, setsOf, snapshotOf } from './snapshot-members.js';

const about = (id: string) => [{ what: 'Snapshot', id }];

export function createSnapshotPort(connection: Connection, pageSize: number, groups: VolumeGroups): SnapshotPort {
  const members = (metadata?: Readonly<Record<string, string>>): Promise<Wire[]> =>
    snapshotsWith(connection, pageSize, metadata);
  const volumeOf = async (id: string): Promise<Volume> =>
    (await connection.call('cinder.volumes.get', { params: { volume: id }, about: aboutDisk(id) })).volume;
  const withStatus = (id: string, status: 'available' | 'in-use') =>
    connection.call('cinder.volumes.action.os-reset_status', {
      params: { volume: id },
      about: aboutDisk(id),
      body: { 'os-reset_status': { status } },
    });

  async function setOf(id: string): Promise<Wire[]> {
    const found = await members({ [KEY.set]: id });
    if (found.length > 0) return found;
    await groups.tidy(id);
    throw new Fault('not-found', { what: 'Snapshot', id });
  }

  const list = async (metadata?: Readonly<Record<string, string>>): Promise<Snapshot[]> =>
    setsOf(await members(metadata));

  /** Also completes a restore whose volumes are all reverted: any replica's next read does. */
  async function get(id: string): Promise<Snapshot> {
    const found = await setOf(id);
    // A snapshot that is still being taken cannot be restored
    if (found.some(({ status }) => status.trim().toLowerCase() === 'creating')) return snapshotOf(id, found);
    const volumes = await Promise.all(found.map(({ volume_id: volume }) => volumeOf(volume)));
    const snapshot = snapshotOf(id, found);
    if (volumes.some(({ status }) => status === 'reverting'))
      return { ...snapshot, status: 'locked', backendStatus: 'restoring' };
    if (volumes.some(({ status }) => status === 'error'))
      return { ...snapshot, status: 'locked', failure: 'restore', backendStatus: 'error' };
    await settle(volumes);
    if (snapshot.status === 'ok') await leaveGroup(found);
    return snapshot;
  }

  /** Once the set is taken, its volumes leave the group. */
  async function leaveGroup(found: readonly Wire[]): Promise<void> {
    const held = found.flatMap(({ id, metadata }) => {
      const groupId = metadata?.[KEY.group];
      return groupId === undefined ? [] : [{ id, groupId }];
    });
    for (const groupId of new Set(held.map((one) => one.groupId))) await groups.release(groupId);
    for (const { id } of held)
      await removed(
        connection.call('cinder.snapshots.metadata.remove', {
          params: { snapshot: id, key: KEY.group },
          about: about(id),
        }),
      );
  }

  const settle = async (volumes: readonly Volume[]): Promise<void> => {
    for (const volume of volumes)
      if (volume.status === 'available' && (volume.attachments ?? []).length > 0) await withStatus(volume.id, 'in-use');
  };

  /** Ids of the volumes, and which of them the VM boots from. */
  async function chosen(vmId: string, { volumeIds, disks }: SnapshotSpec): Promise<Pick<Disk, 'id' | 'bootable'>[]> {
    if (disks) return [...disks];
    const ids =
      volumeIds ??
      (await connection.call('nova.servers.get', { params: { server: vmId }, about: aboutVm(vmId) })).server[
        'os-extended-volumes:volumes_attached'
      ]?.map(({ id }) => id) ??
      [];
    return Promise.all(ids.map(async (id) => ({ id, bootable: looseBoolean((await volumeOf(id)).bootable) })));
  }

  async function create(vmId: string, spec: SnapshotSpec): Promise<void> {
    const { name, description, notes = {} } = spec;
    const volumes = await chosen(vmId, spec);
    if (volumes.length === 0)
      throw new Fault('backend.refused', {
        text: `VM ${vmId} has no volumes: there is nothing to take a snapshot of.`,
      });
    const set = nameId('snapshot', vmId, name);
    const metadataOf = ({ bootable }: Pick<Disk, 'bootable'>): Record<string, string> => ({
      [KEY.set]: set,
      [KEY.vm]: vmId,
      [KEY.of]: String(volumes.length),
      ...(bootable && { [KEY.boot]: 'true' }),
    });
    // Notes of the set are on one member
    const bearer = volumes[0]?.id;
    const memberOf = (volume: Pick<Disk, 'id' | 'bootable'>): Record<string, string> => ({
      ...metadataOf(volume),
      ...(volume.id === bearer && split(notes)),
    });
    if (volumes.length > 1) {
      await groups.tidyVm(
        vmId,
        async () => new Set((await members({ [KEY.vm]: vmId })).flatMap(({ metadata }) => metadata?.[KEY.set] ?? [])),
      );
      const taken = await groups.take(
        vmId,
        set,
        () => Promise.all(volumes.map(({ id }) => volumeOf(id))),
        name,
        description ?? '',
      );
      const { members: parts = [], groupId = '' } = taken ?? {};
      for (const { id, volume_id: volumeId } of parts) {
        const volume = required(
          volumes.find((one) => one.id === volumeId),
          `volume ${volumeId} of the group's snapshot`,
        );
        const metadata = { ...memberOf(volume), [KEY.group]: groupId };
        await connection.call('cinder.snapshots.metadata.merge', {
          params: { snapshot: id },
          about: about(id),
          body: { metadata },
        });
      }
      if (taken) return;
    }
    await oneByOne(set, volumes, memberOf, name, description ?? '');
  }

  async function oneByOne(
    set: string,
    volumes: readonly Pick<Disk, 'id' | 'bootable'>[],
    metadataOf: (volume: Pick<Disk, 'id' | 'bootable'>) => Record<string, string>,
    name: string,
    description: string,
  ): Promise<void> {
    const created: string[] = [];
    try {
      for (const volume of volumes) {
        const { id } = volume;
        const metadata = metadataOf(volume);
        // An attached volume needs `force`, which Cinder removed in 3.66
        created.push(
          (
            await connection.call('cinder.snapshots.create', {
              about: aboutDisk(id),
              body: { snapshot: { volume_id: id, name, description, force: true, metadata } },
            })
          ).snapshot.id,
        );
      }
    } catch (error) {
      for (const id of await takenOf(set, created))
        await removed(connection.call('cinder.snapshots.delete', { params: { snapshot: id }, about: about(id) }));
      throw error;
    }
  }

  /** The set's snapshots: a call whose answer was lost may have taken one, too. Those known, if Cinder cannot be asked. */
  async function takenOf(set: string, known: readonly string[]): Promise<ReadonlySet<string>> {
    try {
      const found = await members({ [KEY.set]: set });
      return new Set([...known, ...found.map(({ id }) => id)]);
    } catch (error) {
      if (!isFault(error)) throw error;
      return new Set(known);
    }
  }

  /**
   * Cinder reverts only to a volume's latest snapshot. Checked before anything is changed, including foreign snapshots.
   */
  async function requireLatest(id: string, found: readonly Wire[]): Promise<void> {
    const others = (await members()).filter((one) => one.metadata?.[KEY.set] !== id);
    for (const { volume_id: volume, created_at: taken } of found) {
      const later = others.find((one) => one.volume_id === volume && at(one.created_at) > at(taken));
      if (later)
        throw new Fault('backend.refused', {
          text:
            `Cinder reverts a volume to its latest snapshot only, and volume ${volume} has a later one, ` +
            `${later.name || later.id}: remove that one first, or create a VM from this snapshot.`,
        });
    }
  }

  /**
   * Cinder requires the volume to be `available`, and Nova cannot detach a boot volume: so the status is set to that
   * during the revert, while the VM is down. Only administrators may do that; others get Cinder's refusal before
   * anything has changed.
   */
  async function restore(vmId: string, id: string): Promise<void> {
    const found = await setOf(id);
    await requireLatest(id, found);
    for (const { id: member, volume_id: volume } of found) {
      const { status } = await volumeOf(volume);
      if (status === 'in-use') await withStatus(volume, 'available');
      try {
        await connection.call('cinder.volumes.action.revert', {
          params: { volume },
          about: [...aboutVm(vmId), ...aboutDisk(volume)],
          body: { revert: { snapshot_id: member } },
        });
      } catch (error) {
        if (status === 'in-use' && isFault(error)) await withStatus(volume, 'in-use');
        throw error;
      }
    }
  }

  async function note(id: string, notes: Readonly<Record<string, string>>): Promise<void> {
    const [bearer] = (await setOf(id)).sort((a, b) => a.volume_id.localeCompare(b.volume_id));
    if (bearer) await noteSnapshot(connection, bearer.id, notes);
  }

  return {
    notesAtOnce: true,
    list: (vmId) => list({ [KEY.vm]: vmId }),
    listAll: () => list(),
    get,
    create,
    note: (_, { id }, notes) => note(id, notes),
    restore,
    async rollback(_, id) {
      await settle(await Promise.all((await setOf(id)).map(({ volume_id: volume }) => volumeOf(volume))));
      return (
        'Cinder cannot undo a revert: volumes that are already reverted have the content of the snapshot, ' +
        'the others are unchanged.'
      );
    },
    async remove(id) {
      const found = await setOf(id);
      await leaveGroup(found);
      for (const groupSnapshot of new Set(found.flatMap(({ group_snapshot_id: together }) => together ?? [])))
        await groups.remove(groupSnapshot);
      for (const { id: member } of found.filter(({ group_snapshot_id: together }) => !together))
        await removed(
          connection.call('cinder.snapshots.delete', { params: { snapshot: member }, about: about(member) }),
        );
    },
  };
}
