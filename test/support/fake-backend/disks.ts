import type { BackendSession, NotesPatch } from '../../../src/model/index.js';
import type { FakeVolume, FakeWorld } from '../fake-world.js';
import { GIB } from '../units.js';
import { refused, conflict, patched, shownDisk } from './shown.js';

/** Methods of disks on a FakeWorld. */
export function disksMethods(world: FakeWorld) {
  function settle(volume: FakeVolume, backendStatus: string, done?: () => void): void {
    world.begin(volume, () => {
      done?.();
      Object.assign(volume, { status: 'ok', backendStatus: volume.vmIds.length ? 'in-use' : backendStatus });
    });
  }

  return {
    grainBytes: GIB,
    get: async (diskId: string) => shownDisk(world.volume(diskId)),
    async create(spec: Parameters<BackendSession['disks']['create']>[0]) {
      const volume = world.addVolume({
        id: world.newId('disk'),
        alias: spec.name,
        sizeBytes: Math.ceil(spec.sizeBytes / GIB) * GIB,
        status: 'locked',
        backendStatus: 'creating',
        notes: { ...spec.notes },
        shareable: spec.shareable ?? false,
        bootable: spec.bootable ?? false,
        description: spec.description,
        storageDomain: { id: spec.storageDomainId ?? world.domains[0]!.id },
      });
      settle(volume, 'available');
      return shownDisk(volume);
    },
    async update(diskId: string, { name, ...change }: Parameters<BackendSession['disks']['update']>[1]) {
      Object.assign(world.volume(diskId), { ...change, ...(name !== undefined && { alias: name }) });
    },
    async extend(diskId: string, sizeBytes: number) {
      const volume = world.volume(diskId);
      world.begin(volume, () => Object.assign(volume, { sizeBytes: Math.ceil(sizeBytes / GIB) * GIB }));
    },
    async move(diskId: string, storageDomainId: string) {
      const volume = world.volume(diskId);
      volume.status = 'locked';
      world.begin(volume, () => Object.assign(volume, { status: 'ok', storageDomain: { id: storageDomainId } }));
    },
    async remove(diskId: string) {
      const volume = world.volume(diskId);
      if (volume.vmIds.length)
        throw refused(`Invalid volume: Volume ${diskId} status must be available or error, but is in-use.`);
      if (volume.hasSnapshots) throw refused(`Invalid volume: Volume ${diskId} still has dependent snapshots.`);
      Object.assign(volume, { status: 'locked', backendStatus: 'deleting' });
      world.begin(volume, () => {
        world.volumes.delete(diskId);
      });
    },
    async attach(vmId: string, diskId: string) {
      const vm = world.vm(vmId);
      const volume = world.volume(diskId);
      if (volume.vmIds.includes(vmId)) return;
      if (vm.status === 'image_locked' || vm.status === 'wait_for_launch')
        throw conflict(`Cannot attach to VM ${vmId} while it is ${vm.status}.`);
      if (volume.backendStatus !== 'available' && !(volume.shareable && volume.backendStatus === 'in-use'))
        throw refused(`Invalid volume: volume ${diskId} is ${volume.backendStatus}.`);
      Object.assign(volume, { status: 'locked', backendStatus: 'attaching' });
      settle(volume, 'in-use', () => {
        volume.vmIds = [...volume.vmIds, vmId];
      });
    },
    keep: async (_: string, diskId: string) => {
      world.volume(diskId).deleteWithVm = false;
    },
    async detach(vmId: string, diskId: string) {
      const volume = world.volume(diskId);
      if (!volume.vmIds.includes(vmId)) return;
      Object.assign(volume, { status: 'locked', backendStatus: 'detaching' });
      settle(volume, 'available', () => {
        volume.vmIds = volume.vmIds.filter((other) => other !== vmId);
      });
    },
    note: async (diskId: string, patch: NotesPatch) => {
      const volume = world.volume(diskId);
      volume.notes = patched(volume.notes, patch);
    },
    unmanagedLuns: async () =>
      world.luns.filter(({ managed }) => managed === undefined).map(({ managed: _, ...lun }) => lun),
    async manage({ id: lunId }: { id: string }, name: string) {
      const lun = world.luns.find((candidate) => candidate.id === lunId);
      if (!lun) throw refused(`LUN ${lunId} is not there.`);
      lun.managed ??= world.addVolume({ id: world.newId('disk'), alias: name, sizeBytes: lun.sizeBytes }).id;
      return lun.managed;
    },
    metrics: async () => ({}),
  };
}
