import {
  Fault,
  incomplete,
  propertyOf,
  type PmemPort,
  type PmemSpec,
  type PmemVolume,
  type PmemVolumeInput,
} from '../../model/index.js';
import { pmemNewOut } from '../../generated/mapping/powervc.js';
import type { Add } from '../../generated/powervc/pmem.js';
import type { Connection } from '../openstack/connection.js';
import { aboutVm } from '../openstack/nova/servers.js';
import { pmemOf } from './vm.js';
import { ibm } from './wire.js';

/**
 * Persistent memory volumes (PowerVC pmem API; docs/reference/power.md, section 2). The list does not name VMs: a
 * server lists its own volumes. `aggregated` keeps the sum of RAM and pmem unchanged.
 */
export function createPmemPort(connection: Connection): PmemPort {
  const act = (vmId: string) => ({ params: { server: vmId }, about: aboutVm(vmId) });

  async function list({ allTenants = false }: { readonly allTenants?: boolean } = {}): Promise<PmemVolume[]> {
    return pmemOf(await ibm(connection).call('nova.pmem.list', { query: allTenants ? { all_tenants: 'true' } : {} }));
  }

  /** PowerVC before 2.3.3 answers without a body: the new volumes are then found by their names, which are unique. */
  async function add(vmId: string, volumes: readonly PmemSpec[], aggregated: boolean): Promise<PmemVolume[]> {
    const [first, ...rest] = volumes.map((volume) => pmemNewOut(volume, { base: '' }));
    if (!first) return [];
    const body: Add = { 'add-pmem-vol': [first, ...rest] };
    const answer = aggregated
      ? await ibm(connection).call('nova.servers.action.resize.add-pmem-vol', { ...act(vmId), body: { resize: body } })
      : await ibm(connection).call('nova.servers.action.add-pmem-vol', { ...act(vmId), body });
    const added = pmemOf(answer, vmId);
    const names = new Set(volumes.map(({ name }) => name));
    return added.length > 0
      ? added
      : (await list()).filter(({ name }) => names.has(name)).map((volume) => ({ ...volume, vm: { id: vmId } }));
  }

  async function remove(
    vmId: string,
    { id, volumeUuid }: Pick<PmemVolumeInput, 'id' | 'volumeUuid'>,
    aggregated: boolean,
  ): Promise<void> {
    if (aggregated) {
      if (id === undefined) throw incomplete(propertyOf('PmemVolume', 'id'), 'remove');
      await ibm(connection).call('nova.servers.action.resize.del-pmem-vol', {
        ...act(vmId),
        body: { resize: { 'del-pmem-vol': [{ uuid: id }] } },
      });
      return;
    }
    const named = id !== undefined ? { uuid: id } : { volume_uuid: volumeUuid };
    await ibm(connection).call('nova.servers.action.del-pmem-vol', { ...act(vmId), body: { 'del-pmem-vol': [named] } });
  }

  async function rename(id: string, name: string): Promise<PmemVolume> {
    const about = [{ what: 'Persistent memory volume', id }];
    const [renamed] = pmemOf(
      await ibm(connection).call('nova.pmem.rename', {
        params: { pmem: id },
        about,
        body: { 'update-pmem-vol': { name } },
      }),
    );
    const found = renamed ?? (await list()).find((volume) => volume.id === id);
    if (!found) throw new Fault('not-found', { what: 'Persistent memory volume', id });
    return found;
  }

  return { list, add, remove, rename };
}
