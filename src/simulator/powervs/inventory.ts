import type { Inventory, Seeds } from './types.js';

/** A version 4 UUID that a person can recognise, as in PowerVC's inventory. */
const id = (kind: string, number: number): string => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Ids of the default inventory, for documents and tests: what is PowerVC's there has the same id here. */
export const powerVsIds = {
  apiKey: 'powervc',
  instances: { aix: id('5e000000', 1), rhel: id('5e000000', 2), sles: id('5e000000', 3), ibmi: id('5e000000', 5) },
  volumes: {
    aixBoot: id('d1500000', 1),
    aixData: id('d1500000', 2),
    rhelBoot: id('d1500000', 3),
    rhelData: id('d1500000', 4),
    slesBoot: id('d1500000', 5),
    ibmiBoot: id('d1500000', 7),
    floating: id('d1500000', 8),
    shared: id('d1500000', 9),
  },
  networks: { vlan100: id('4e700000', 100), vlan200: id('4e700000', 200) },
  interfaces: { aix: id('40000000', 1), rhel: id('40000000', 2), sles: id('40000000', 3), ibmi: id('40000000', 6) },
  images: { aix: id('1a000000', 1), rhel: id('1a000000', 2), sles: id('1a000000', 3), ibmi: id('1a000000', 5) },
  stockImages: { aix: id('1a000000', 11), rhel: id('1a000000', 12), sap: id('1a000000', 13), vtl: id('1a000000', 14) },
  vpmem: id('94e40000', 1),
  snapshot: id('54a00000', 1),
  volumeSnapshots: [id('54a00000', 11), id('54a00000', 12)],
} as const;

const ids = powerVsIds;

const image = (imageID: string, name: string, osType: string, number: number, size: number): Seeds['images'] => ({
  imageID,
  name,
  osType,
  operatingSystem: name,
  volumes: [{ volumeID: id('1ad00000', number), name: `${name}-boot`, size, bootable: true }],
});
const boot = (volumeID: string, name: string, size: number, pvmInstanceID: string): Seeds['volumes'] => ({
  volumeID,
  name,
  size,
  attachments: [{ pvmInstanceID, boot: true, deleteOnTermination: true }],
});

/** The simulator's default inventory: four partitions on a POWER10 and a POWER9 pool. The API key is `powervc`. */
export const defaultPowerVsInventory: Inventory = {
  apiKeys: [
    { key: ids.apiKey, iam_id: 'IBMid-550000ADM1', email: 'admin@internal' },
    { key: 'stranger', workspaces: false },
    { key: 'locked', locked: true },
  ],
  systems: [
    { type: 's1022', id: 1, hostMTMSName: '910522A_78DEF02', totalCores: 40, totalMemory: 2048 },
    { type: 's922', id: 2, hostMTMSName: '900942A_78ABC01', totalCores: 24, totalMemory: 1024 },
  ],
  tiers: [
    { name: 'tier3', description: '3 IOPs/GB' },
    { name: 'tier1', description: '10 IOPs/GB' },
    { name: 'tier0', description: '25 IOPs/GB' },
    { name: 'tier5k', description: '5000 IOPs', state: 'inactive' },
  ],
  storagePools: [
    { poolName: 'General-Flash-1', storageType: 'tier3', totalCapacity: 102_400, availableCapacity: 71_680 },
    { poolName: 'General-Flash-2', storageType: 'tier1', totalCapacity: 51_200, availableCapacity: 20_480 },
  ],
  networks: [
    { networkID: ids.networks.vlan100, name: 'VLAN100', vlanID: 100, prefix: '192.168.100' },
    { networkID: ids.networks.vlan200, name: 'VLAN200', vlanID: 200, prefix: '192.168.200' },
  ],
  images: [
    image(ids.images.aix, 'AIX 7.3 TL2', 'aix', 1, 40),
    image(ids.images.rhel, 'RHEL 9.4', 'rhel', 2, 30),
    image(ids.images.sles, 'SLES 15 SP5', 'sles', 3, 30),
    image(ids.images.ibmi, 'IBM i 7.5', 'ibmi', 5, 80),
    { ...image(ids.stockImages.aix, '7300-02-02', 'aix', 11, 40), stock: true },
    { ...image(ids.stockImages.rhel, 'RHEL9-SP4', 'rhel', 12, 30), stock: true },
    { ...image(ids.stockImages.sap, 'RHEL9-SP4-SAP', 'rhel', 13, 30), stock: true, imageType: 'stock-sap' },
    { ...image(ids.stockImages.vtl, 'VTL-FalconStor-11_13_001', 'rhel', 14, 40), stock: true, imageType: 'stock-vtl' },
  ],
  sapProfiles: [
    { profileID: 'ush1-4x128', type: 'small', cores: 4, memory: 128 },
    { profileID: 'bh1-16x1600', cores: 16, memory: 1600 },
    { profileID: 'umh-4x960', type: 'ultra-memory', cores: 4, memory: 960 },
  ],
  instances: [
    {
      pvmInstanceID: ids.instances.aix,
      serverName: 'aix73-db01',
      osType: 'aix',
      operatingSystem: 'AIX 7.3',
      imageID: ids.images.aix,
      sysType: 's922',
      hostID: 2,
      virtualCores: 4,
      processors: 2,
      memory: 16,
    },
    {
      pvmInstanceID: ids.instances.rhel,
      serverName: 'rhel94-app01',
      osType: 'rhel',
      operatingSystem: 'Red Hat Enterprise Linux 9.4',
      imageID: ids.images.rhel,
      virtualCores: 2,
      processors: 0.5,
      memory: 8,
    },
    {
      pvmInstanceID: ids.instances.sles,
      serverName: 'sles15-hana01',
      status: 'SHUTOFF',
      osType: 'sles',
      operatingSystem: 'SUSE Linux Enterprise Server 15 SP5',
      imageID: ids.images.sles,
      virtualCores: 8,
      processors: 8,
      procType: 'dedicated',
      memory: 64,
    },
    {
      pvmInstanceID: ids.instances.ibmi,
      serverName: 'ibmi75-erp01',
      health: { status: 'WARNING', reason: 'rmc state is inactive' },
      osType: 'ibmi',
      operatingSystem: 'IBM i 7.5',
      imageID: ids.images.ibmi,
      virtualCores: 2,
      processors: 1,
      memory: 16,
    },
  ],
  volumes: [
    boot(ids.volumes.aixBoot, 'aix73-db01-boot-0', 40, ids.instances.aix),
    {
      volumeID: ids.volumes.aixData,
      name: 'aix73-db01-data-1',
      size: 100,
      attachments: [{ pvmInstanceID: ids.instances.aix }],
    },
    boot(ids.volumes.rhelBoot, 'rhel94-app01-boot-0', 30, ids.instances.rhel),
    {
      volumeID: ids.volumes.rhelData,
      name: 'rhel94-app01-data-1',
      size: 50,
      attachments: [{ pvmInstanceID: ids.instances.rhel }],
    },
    boot(ids.volumes.slesBoot, 'sles15-hana01-boot-0', 30, ids.instances.sles),
    boot(ids.volumes.ibmiBoot, 'ibmi75-erp01-boot-0', 80, ids.instances.ibmi),
    { volumeID: ids.volumes.floating, name: 'scratch01', size: 50 },
    { volumeID: ids.volumes.shared, name: 'quorum01', size: 1, shareable: true },
  ],
  interfaces: [
    {
      id: ids.interfaces.aix,
      networkID: ids.networks.vlan100,
      name: 'nic1',
      macAddress: 'fa:16:3e:00:00:01',
      ipAddress: '192.168.100.11',
      instanceID: ids.instances.aix,
    },
    {
      id: ids.interfaces.rhel,
      networkID: ids.networks.vlan100,
      name: 'nic1',
      macAddress: 'fa:16:3e:00:00:02',
      ipAddress: '192.168.100.12',
      instanceID: ids.instances.rhel,
    },
    {
      id: ids.interfaces.sles,
      networkID: ids.networks.vlan100,
      name: 'nic1',
      macAddress: 'fa:16:3e:00:00:03',
      ipAddress: '192.168.100.13',
      instanceID: ids.instances.sles,
    },
    {
      id: ids.interfaces.ibmi,
      networkID: ids.networks.vlan100,
      name: 'nic1',
      macAddress: 'fa:16:3e:00:00:06',
      ipAddress: '192.168.100.15',
      instanceID: ids.instances.ibmi,
    },
  ],
  vpmemVolumes: [{ uuid: ids.vpmem, name: 'hana_pmem01', size: 16, pvmInstanceID: ids.instances.sles }],
  snapshots: [
    {
      snapshotID: ids.snapshot,
      name: 'before-upgrade',
      description: 'Before the upgrade to 9.4',
      pvmInstanceID: ids.instances.rhel,
      creationDate: '2026-02-01T06:30:00.000Z',
      volumeSnapshots: {
        [ids.volumes.rhelBoot]: ids.volumeSnapshots[0],
        [ids.volumes.rhelData]: ids.volumeSnapshots[1],
      },
    },
  ],
};
