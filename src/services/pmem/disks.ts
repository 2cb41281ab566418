import { nameId, type Disk, type PmemVolume, type StorageDomain, type Vm } from '../../model/index.js';
import { diskProfileId } from '../disks/profile-id.js';

/**
 * Persistent memory seen as disks, so that a client that knows only disks can use it (DESIGN, "The oVirt face of things
 * PowerVC has and oVirt has not"): two storage domains, one for each variant of the pmem API (PowerVC pmem API, add
 * with and without aggregated memory).
 */
const domain = (id: string, name: string, description: string): StorageDomain => ({
  id,
  name,
  description,
  type: 'data',
  master: false,
  status: 'active',
  storageType: 'fcp',
});

export const pmemDomain = domain(
  nameId('storagedomain', 'pmem'),
  'PersistentMemory',
  "PowerVM persistent memory: a disk here is a persistent memory volume (DRAM), in addition to the partition's memory",
);
export const aggregatedPmemDomain = domain(
  nameId('storagedomain', 'pmem-aggregated'),
  'PersistentMemory-aggregated',
  "PowerVM persistent memory that is taken from the partition's memory",
);
export const pmemDomains: readonly StorageDomain[] = [pmemDomain, aggregatedPmemDomain];

/** The pmem storage domain of that id or name. */
export const findPmemDomain = (ref: { id?: string; name?: string } | undefined): StorageDomain | undefined =>
  ref && pmemDomains.find(({ id, name }) => (ref.id !== undefined ? ref.id === id : ref.name === name));

/** A pmem volume as a disk of its VM. Its id is PowerVC's uuid, which never changes; PHYP's comes late. */
export const pmemAsDisk = (volume: PmemVolume, vm: Vm): Disk => ({
  id: volume.id,
  alias: volume.name,
  description: `vPMEM ${volume.device ?? 'DRAM'} affinity=${volume.affinity ?? false}`,
  imageId: volume.volumeUuid ?? volume.id,
  vm: { id: vm.id },
  vmIds: [vm.id],
  storageDomain: { id: (volume.aggregatedMemory ? aggregatedPmemDomain : pmemDomain).id },
  profile: { id: diskProfileId((volume.aggregatedMemory ? aggregatedPmemDomain : pmemDomain).id) },
  sizeBytes: volume.sizeBytes,
  actualBytes: volume.sizeBytes,
  status: volume.status,
  interface: 'spapr_vscsi',
  format: 'raw',
  sparse: false,
  bootable: false,
  shareable: false,
  wipeAfterDelete: false,
  propagateErrors: false,
  active: true,
  readOnly: false,
  type: 'data',
});
