import { Fault, isFault, type Snapshot, type SnapshotPort, type SnapshotSpec } from '../../model/index.js';
import { snapshotIn, snapshotVolumeIn } from '../../generated/mapping/powervc.js';
import type { Snapshot as Wire } from '../../generated/powervc/snapshots.js';
import type { Connection } from '../openstack/connection.js';
import { read } from '../openstack/loose.js';
import { join } from '../openstack/notes/notes.js';
import { aboutVm } from '../openstack/nova/servers.js';
import { noteSnapshot, snapshotsWith } from '../openstack/cinder/snapshot-notes.js';
import type { PowerVcSettings } from './settings.js';
import { ibm } from './wire.js';

const CONTEXT = { base: '' };

/** The notes of a volume snapshot that name its snapshot and VM. */
const SET = 'ovirt.snapshot';
const VM = 'ovirt.vm';

const aboutSnapshot = (id: string) => [{ what: 'Snapshot', id }];

/**
 * PowerVC's snapshots of virtual machines: made by a server action, kept by Cinder (docs/reference/power.md, 1.4 and
 * 1.5).
 */
export function createSnapshotPort(
  connection: Connection,
  { actions, pageSize }: Pick<PowerVcSettings, 'actions' | 'pageSize'>,
): SnapshotPort {
  async function all(): Promise<readonly Wire[]> {
    const answer = await ibm(connection).call('cinder.instance-snapshots.list', {});
    return answer.instance_snapshots ?? answer['instance-snapshots'] ?? answer.snapshots ?? [];
  }

  async function list(vmId: string, { notes = false } = {}): Promise<Snapshot[]> {
    const taken = (await all()).filter((snapshot) => ownerOf(snapshot) === vmId).map(snapshotOf);
    return notes && taken.length > 0 ? noted(taken, { [VM]: vmId }) : taken;
  }

  /** The snapshots with their notes, which are in Cinder's metadata of a volume snapshot. One call. */
  async function noted(taken: readonly Snapshot[], metadata: Readonly<Record<string, string>>): Promise<Snapshot[]> {
    const bearers = await snapshotsWith(connection, pageSize, metadata);
    return taken.map((snapshot) => {
      const bearer = bearers.find((one) => one.metadata?.[SET] === snapshot.id);
      return { ...snapshot, notes: join(bearer?.metadata ?? undefined) };
    });
  }

  async function get(id: string, { notes = false } = {}): Promise<Snapshot> {
    const answer = await ibm(connection).call('cinder.instance-snapshots.get', {
      params: { snapshot: id },
      about: aboutSnapshot(id),
    });
    const found = answer.instance_snapshot ?? answer['instance-snapshot'] ?? answer.snapshot;
    if (!found) throw new Fault('backend.answer', { service: 'Cinder', text: `no snapshot in the answer about ${id}` });
    const snapshot = snapshotOf(found);
    if (!notes) return snapshot;
    const [withNotes = snapshot] = await noted([snapshot], { [SET]: id });
    return withNotes;
  }

  async function create(vmId: string, { name, description, volumeIds }: SnapshotSpec): Promise<void> {
    const body = { 'vm-snapshot': { name, description, ...(volumeIds && { volumes: [...volumeIds] }) } };
    await ibm(connection).call('nova.servers.action.vm-snapshot', {
      params: { server: vmId },
      about: aboutVm(vmId),
      body,
    });
  }

  type Restoring =
    | 'nova.servers.action.vm-restore'
    | 'nova.servers.action.vm-restore-retry'
    | 'nova.servers.action.vm-restore-rollback';
  async function act(call: Restoring, action: string, vmId: string, id: string): Promise<void> {
    await ibm(connection).call(call, {
      params: { server: vmId },
      about: [...aboutVm(vmId), ...aboutSnapshot(id)],
      body: { [action]: { [actions.restoreIdField]: id } },
    });
  }

  /** After a failed restore, PowerVC refuses another: the failed one must be retried. */
  async function restore(vmId: string, id: string): Promise<void> {
    try {
      await act('nova.servers.action.vm-restore', actions.restore, vmId, id);
    } catch (error) {
      if (!isFault(error, 'backend.refused') && !isFault(error, 'backend.conflict')) throw error;
      if ((await get(id)).failure !== 'restore') throw error;
      await act('nova.servers.action.vm-restore-retry', actions.retry, vmId, id);
    }
  }

  /** PowerVC's snapshot has no field for notes, but its volume snapshots have Cinder's metadata. */
  async function note(vmId: string, snapshot: Snapshot, notes: Readonly<Record<string, string>>): Promise<void> {
    const bearer = snapshot.volumes?.find(({ snapshotId }) => snapshotId !== undefined)?.snapshotId;
    if (bearer === undefined)
      throw new Fault('backend.refused', {
        service: 'Cinder',
        text: `snapshot ${snapshot.id} lists no volume snapshot`,
      });
    await noteSnapshot(connection, bearer, notes, { [SET]: snapshot.id, [VM]: vmId });
  }

  return {
    list,
    listAll: async () => (await all()).map((one) => ({ ...snapshotOf(one), vm: { id: ownerOf(one) } })),
    get,
    create,
    note,
    restore,
    rollback: (vmId, id) => act('nova.servers.action.vm-restore-rollback', actions.rollback, vmId, id),
    async remove(id) {
      await ibm(connection).call('cinder.instance-snapshots.delete', {
        params: { snapshot: id },
        about: aboutSnapshot(id),
      });
    },
  };
}

/** The name of the field is undocumented. */
const ownerOf = (snapshot: Wire): string | undefined =>
  snapshot.server_id ?? snapshot.instance_uuid ?? snapshot.instance_id ?? undefined;

function snapshotOf(snapshot: Wire): Snapshot {
  const { value } = read(() => snapshotIn({ ...snapshot, status: snapshot.status?.trim().toLowerCase() }, CONTEXT));
  const owner = ownerOf(snapshot);
  const volumes = (snapshot.volume_snapshots ?? snapshot.snapshots ?? []).filter((volume) => volume.volume_id);
  return {
    ...value,
    type: 'regular',
    persistMemory: false,
    ...(owner !== undefined && { vm: { id: owner } }),
    volumes: volumes.map(
      (volume) =>
        read(() => snapshotVolumeIn({ ...volume, ...(volume.snapshot_id && { id: volume.snapshot_id }) }, CONTEXT))
          .value,
    ),
  };
}
