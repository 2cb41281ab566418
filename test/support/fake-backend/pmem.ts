import { type BackendSession, Fault } from '../../../src/model/index.js';
import type { FakeWorld } from '../fake-world.js';
import { conflict } from './shown.js';

/** Methods of persistent memory volumes on a FakeWorld. */
export function pmemMethods(world: FakeWorld) {
  return {
    list: async () => [...world.vms.values()].flatMap(({ pmemVolumes }) => pmemVolumes),
    async add(vmId: string, volumes: Parameters<BackendSession['pmem']['add']>[1], aggregated: boolean) {
      const vm = world.vm(vmId);
      if (vm.status !== 'down') throw conflict(`VM ${vmId} must be SHUTOFF.`);
      const created = volumes.map((spec) => ({
        ...spec,
        id: world.newId('pmem'),
        status: 'ok' as const,
        createdAt: '2026-03-01T00:00:00.000Z',
      }));
      vm.pmemVolumes = [...vm.pmemVolumes, ...created];
      if (aggregated)
        vm.memoryBytes = (vm.memoryBytes ?? 0) - created.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return created;
    },
    async remove(vmId: string, volume: { id?: string; sizeBytes?: number }, aggregated: boolean) {
      const vm = world.vm(vmId);
      vm.pmemVolumes = vm.pmemVolumes.filter(({ id }) => id !== volume.id);
      if (aggregated) vm.memoryBytes = (vm.memoryBytes ?? 0) + (volume.sizeBytes ?? 0);
    },
    async rename(pmemId: string, name: string) {
      const volume = [...world.vms.values()].flatMap(({ pmemVolumes }) => pmemVolumes).find(({ id }) => id === pmemId);
      if (!volume) throw new Fault('not-found', { what: 'Persistent memory volume', id: pmemId });
      volume.name = name;
      return { ...volume };
    },
  };
}
