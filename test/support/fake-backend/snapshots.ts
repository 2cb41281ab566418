import type { Snapshot, SnapshotSpec } from '../../../src/model/index.js';
import type { FakeWorld } from '../fake-world.js';

/** Methods of snapshots on a FakeWorld. */
export function snapshotsMethods(world: FakeWorld) {
  return {
    async list(vmId: string, { notes = false } = {}) {
      for (const snapshot of [...world.snapshots.values()]) world.look(snapshot);
      return [...world.snapshots.values()]
        .filter(({ vm }) => vm.id === vmId)
        .map((snapshot) => ({ ...snapshot, notes: notes ? { ...snapshot.notes } : {} }));
    },
    get: async (snapshotId: string) => ({ ...world.snapshot(snapshotId) }),
    async note(_: string, { id = '' }: Snapshot, notes: Readonly<Record<string, string>>) {
      const snapshot = world.snapshot(id);
      snapshot.notes = { ...snapshot.notes, ...notes };
    },
    async create(vmId: string, spec: SnapshotSpec) {
      const volumes = world.volumesOf(vmId).filter(({ id }) => spec.volumeIds?.includes(id) ?? true);
      const snapshot = world.addSnapshot({
        id: world.newId('snapshot'),
        vm: { id: vmId },
        name: spec.name,
        description: spec.description,
        status: 'locked',
        createdAt: new Date().toISOString(),
        volumes: volumes.map(({ id, sizeBytes, bootable }) => ({
          volumeId: id,
          snapshotId: world.newId('volume-snapshot'),
          sizeBytes,
          bootable,
        })),
      });
      for (const volume of volumes) volume.hasSnapshots = true;
      world.begin(snapshot, () => {
        snapshot.status = 'ok';
      });
    },
    async restore(_: string, snapshotId: string) {
      const snapshot = world.snapshot(snapshotId);
      snapshot.status = 'locked';
      world.begin(snapshot, () => {
        snapshot.status = 'ok';
      });
    },
    async rollback(_: string, snapshotId: string) {
      const snapshot = world.snapshot(snapshotId);
      delete snapshot.failure;
      snapshot.status = 'locked';
      world.begin(snapshot, () => {
        snapshot.status = 'ok';
      });
    },
    async remove(snapshotId: string) {
      const snapshot = world.snapshot(snapshotId);
      snapshot.status = 'locked';
      world.begin(snapshot, () => {
        world.snapshots.delete(snapshotId);
        const held = new Set(
          [...world.snapshots.values()].flatMap(({ volumes = [] }) => volumes.map(({ volumeId }) => volumeId)),
        );
        for (const volume of world.volumes.values()) volume.hasSnapshots = held.has(volume.id);
      });
    },
  };
}
