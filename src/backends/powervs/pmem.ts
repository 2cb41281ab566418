import { Fault, type PmemPort } from '../../model/index.js';
import type { Connection } from './connection.js';
import { unsupported } from './unsupported.js';
import { pmemOf } from './vm.js';
import { GIB } from '../../units.js';

const about = (vmId: string, id?: string) => [
  ...(id === undefined ? [] : [{ what: 'Persistent memory volume', id }]),
  { what: 'VM', id: vmId },
];

/**
 * Persistent memory on PowerVS: vPMEM volumes, counted in GiB, at most four to an instance (docs/reference/power.md,
 * 3.2).
 */
export function createPmemPort(connection: Connection): PmemPort {
  return {
    /** They are part of their instances; other workspaces are not visible. */
    async list({ allTenants = false } = {}) {
      if (allTenants) throw unsupported('list persistent memory volumes', 'all_tenants', 'a login sees one workspace.');
      return (await connection.call('instances.list', {})).pvmInstances.flatMap(({ pvmInstanceID, vpmemVolumes }) =>
        (vpmemVolumes ?? []).map((volume) => pmemOf(volume, pvmInstanceID)),
      );
    },

    async add(vmId, volumes, aggregated) {
      if (aggregated)
        throw unsupported(
          'add persistent memory volume',
          'aggregated_memory',
          'a vPMEM volume is additional to the memory of an instance.',
        );
      for (const { affinity, device } of volumes) {
        if (affinity)
          throw unsupported(
            'add persistent memory volume',
            'affinity',
            'Power Virtual Server places vPMEM volumes by itself.',
          );
        if (device !== 'DRAM') throw new Fault('backend.refused', { text: `A vPMEM volume is DRAM, not ${device}.` });
      }
      const body = { vpmemVolumes: volumes.map(({ name, sizeBytes }) => ({ name, size: Math.ceil(sizeBytes / GIB) })) };
      return (await connection.call('vpmem.add', { params: { instance: vmId }, about: about(vmId), body })).volumes.map(
        (volume) => pmemOf(volume, vmId),
      );
    },

    async remove(vmId, volume) {
      const id = volume.id ?? volume.volumeUuid ?? '';
      await connection.call('vpmem.delete', { params: { instance: vmId, volume: id }, about: about(vmId, id) });
    },

    async rename(id, name, vmId) {
      return pmemOf(
        await connection.call('vpmem.update', {
          params: { instance: vmId, volume: id },
          about: about(vmId, id),
          body: { name },
        }),
        vmId,
      );
    },
  };
}
