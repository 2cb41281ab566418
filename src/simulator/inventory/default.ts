import type { Inventory, Seeds } from '../world/types.js';

/** A version 4 UUID that a person can recognise: a word's worth of digits for the kind, and a number. */
const id = (kind: string, number: number): string => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Ids of the default inventory, for documents and tests. */
export const defaultIds = {
  project: '1b0de4a0c0de4d0e8f00000000000001',
  otherProject: '1b0de4a0c0de4d0e8f00000000000002',
  admin: 'ad0000000000400080000000000000a1',
  operator: 'ad0000000000400080000000000000a2',
  viewer: 'ad0000000000400080000000000000a3',
  power9: '900942A_78ABC01',
  power10: '910522A_78DEF02',
  flashSystem: 'fs9200-1',
  storwize: 'v7000-1',
  connectivityGroup: id('5c600000', 1),
  servers: {
    aix: id('5e000000', 1),
    rhel: id('5e000000', 2),
    sles: id('5e000000', 3),
    ubuntu: id('5e000000', 4),
    ibmi: id('5e000000', 5),
  },
  types: { base: id('7e000000', 1), thick: id('7e000000', 2), shared: id('7e000000', 3), bulk: id('7e000000', 4) },
  volumes: {
    aixBoot: id('d1500000', 1),
    aixData: id('d1500000', 2),
    rhelBoot: id('d1500000', 3),
    rhelData: id('d1500000', 4),
    slesBoot: id('d1500000', 5),
    ubuntuBoot: id('d1500000', 6),
    ibmiBoot: id('d1500000', 7),
    floating: id('d1500000', 8),
    shared: id('d1500000', 9),
  },
  networks: { vlan100: id('4e700000', 100), vlan200: id('4e700000', 200) },
  subnet: id('5b000000', 100),
  ports: {
    aix: id('40000000', 1),
    rhel: id('40000000', 2),
    sles: id('40000000', 3),
    ubuntu: id('40000000', 4),
    ubuntu2: id('40000000', 5),
    ibmi: id('40000000', 6),
  },
  images: {
    aix: id('1a000000', 1),
    rhel: id('1a000000', 2),
    sles: id('1a000000', 3),
    ubuntu: id('1a000000', 4),
    ibmi: id('1a000000', 5),
    iso: id('1a000000', 9),
  },
  luns: ['60050768019081A4F000000000000A01', '60050768019081A4F000000000000A02', '60050768019081A4F000000000000A03'],
  pmem: id('94e40000', 1),
  vmSnapshot: id('54a00000', 1),
  volumeSnapshots: [id('54a00000', 11), id('54a00000', 12)],
} as const;

const ids = defaultIds;

const type = (
  own: string,
  name: string,
  storage: string,
  rsize: string,
  more: Record<string, string> = {},
): Seeds['volumeTypes'] => ({
  id: own,
  name,
  description: null,
  extra_specs: {
    'drivers:storage_pool': 'Pool0',
    'capabilities:volume_backend_name': storage,
    'drivers:rsize': rsize,
    'drivers:display_name': name,
    ...more,
  },
});

const image = (
  own: string,
  name: string,
  os: string,
  distro: string,
  number: number,
  size: number,
): Seeds['images'] => ({
  id: own,
  name,
  min_disk: size,
  min_ram: 2048,
  checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  properties: {
    architecture: distro === 'aix' || distro === 'ibmi' ? 'ppc64' : 'ppc64le',
    hypervisor_type: 'phyp',
    os_distro: distro,
    operating_system: os,
    endianness: distro === 'aix' || distro === 'ibmi' ? 'big-endian' : 'little-endian',
  },
  volumes: [{ volume_id: id('1ad00000', number), size, boot_index: 0, volume_type: null }],
});

const partition = (
  own: string,
  name: string,
  os: string,
  distro: string,
  host: string,
  rest: Partial<Seeds['servers']>,
): Seeds['servers'] => ({
  id: own,
  name,
  operating_system: os,
  os_distro: distro,
  host,
  storage_connectivity_group_id: ids.connectivityGroup,
  cpu_utilization: 0.034,
  ...rest,
});

const boot = (own: string, name: string, size: number, server: string): Seeds['volumes'] => ({
  id: own,
  name,
  size,
  bootable: true,
  volume_type: 'FlashSystem base',
  storage_hostname: ids.flashSystem,
  metadata: { is_boot_volume: 'True', volume_wwn: wwn(own) },
  attachments: [{ server_id: server, device: '/dev/sda', boot_index: 0, delete_on_termination: true }],
});

const data = (own: string, name: string, size: number, server: string): Seeds['volumes'] => ({
  id: own,
  name,
  size,
  volume_type: 'FlashSystem base',
  storage_hostname: ids.flashSystem,
  metadata: { volume_wwn: wwn(own) },
  attachments: [{ server_id: server, device: '/dev/sdb' }],
});

const wwn = (volume: string): string => `60050768019081A4F00000000000${volume.slice(-4)}`;

const port = (own: string, server: string, network: string, mac: string, address?: string): Seeds['ports'] => ({
  id: own,
  network_id: network,
  device_id: server,
  mac_address: mac,
  fixed_ips: address === undefined ? [] : [{ subnet_id: ids.subnet, ip_address: address }],
});

/**
 * What the simulator holds unless told otherwise: five partitions on a POWER9 and a POWER10. Logins, all with password
 * `powervc`: `admin` (role admin), `operator` (member), `viewer` (may only look), in project `ibm-default`, domain
 * `Default`.
 */
export const defaultInventory: Inventory = {
  projects: [
    { id: ids.project, name: 'ibm-default', description: 'IBM Default Tenant' },
    { id: ids.otherProject, name: 'ibm-test', description: 'A second project' },
  ],
  users: [
    {
      id: ids.admin,
      name: 'admin',
      password: 'powervc',
      roles: { [ids.project]: 'admin', [ids.otherProject]: 'admin' },
    },
    { id: ids.operator, name: 'operator', password: 'powervc', roles: { [ids.project]: 'member' } },
    { id: ids.viewer, name: 'viewer', password: 'powervc', roles: { [ids.project]: 'reader' } },
  ],
  hosts: [
    {
      name: ids.power9,
      display_name: 'p9-s924',
      cpu_model: 'POWER9',
      cpus: 24,
      proc_units: 24,
      memory_mb: 524_288,
      memory_reserved_mb: 12_288,
      cpu_mhz: 3900,
      access_ip: '10.20.0.9',
    },
    {
      name: ids.power10,
      display_name: 'p10-s1022',
      cpu_model: 'POWER10',
      cpus: 40,
      proc_units: 40,
      memory_mb: 1_048_576,
      memory_reserved_mb: 16_384,
      cpu_mhz: 3550,
      access_ip: '10.20.0.10',
    },
  ],
  hostGroups: [{ name: 'Default Group', hosts: [ids.power9, ids.power10] }],
  flavors: [
    {
      id: 'tiny',
      name: 'tiny',
      ram: 2048,
      vcpus: 1,
      disk: 20,
      extra_specs: {
        'powervm:proc_units': '0.1',
        'powervm:min_mem': '1024',
        'powervm:max_mem': '4096',
        'powervm:max_vcpu': '2',
      },
    },
    {
      id: 'small',
      name: 'small',
      ram: 4096,
      vcpus: 2,
      disk: 20,
      extra_specs: {
        'powervm:proc_units': '0.5',
        'powervm:min_mem': '2048',
        'powervm:max_mem': '8192',
        'powervm:max_vcpu': '4',
      },
    },
  ],
  storageConnectivityGroups: [
    { id: ids.connectivityGroup, display_name: 'Any host, all VIOS', hosts: [ids.power9, ids.power10] },
  ],
  storageProviders: [
    {
      storage_hostname: ids.flashSystem,
      display_name: 'FlashSystem 9200',
      backend_type: 'svc',
      total_capacity_gb: 102_400,
      free_capacity_gb: 71_680,
    },
    {
      storage_hostname: ids.storwize,
      display_name: 'Storwize V7000',
      backend_type: 'svc',
      total_capacity_gb: 51_200,
      free_capacity_gb: 20_480,
    },
  ],
  luns: [
    { id: ids.luns[0], name: 'oradata01', size: 100, storage_hostname: ids.flashSystem },
    { id: ids.luns[1], name: 'oradata02', size: 100, storage_hostname: ids.flashSystem },
    { id: ids.luns[2], name: 'legacy-backup', size: 500, storage_hostname: ids.storwize },
  ],
  volumeTypes: [
    type(ids.types.base, 'FlashSystem base', ids.flashSystem, '2'),
    type(ids.types.thick, 'FlashSystem thick', ids.flashSystem, '-1'),
    type(ids.types.shared, 'FlashSystem shared', ids.flashSystem, '-1', { multiattach: '<is> True' }),
    type(ids.types.bulk, 'Storwize bulk', ids.storwize, '2'),
  ],
  networks: [
    { id: ids.networks.vlan100, name: 'VLAN100', segmentation_id: 100 },
    { id: ids.networks.vlan200, name: 'VLAN200', segmentation_id: 200 },
  ],
  subnets: [{ id: ids.subnet, network_id: ids.networks.vlan100, name: 'VLAN100-subnet', cidr: '192.168.100.0/24' }],
  images: [
    image(ids.images.aix, 'AIX 7.3 TL2', 'AIX 7.3', 'aix', 1, 40),
    image(ids.images.rhel, 'RHEL 9.4', 'Red Hat Enterprise Linux 9.4', 'rhel', 2, 30),
    image(ids.images.sles, 'SLES 15 SP5', 'SUSE Linux Enterprise Server 15 SP5', 'sles', 3, 30),
    image(ids.images.ubuntu, 'Ubuntu 22.04', 'Ubuntu 22.04', 'ubuntu', 4, 20),
    image(ids.images.ibmi, 'IBM i 7.5', 'IBM i 7.5', 'ibmi', 5, 80),
    {
      id: ids.images.iso,
      name: 'rhel-9.4-ppc64le-dvd.iso',
      disk_format: 'iso',
      size: 1_073_741_824,
      min_disk: 1,
      checksum: '0cc175b9c0f1b6a831c399e269772661',
      properties: { architecture: 'ppc64le', os_distro: 'rhel' },
    },
  ],
  servers: [
    partition(ids.servers.aix, 'aix73-db01', 'AIX 7.3', 'aix', ids.power9, {
      image_id: ids.images.aix,
      cpus: 4,
      proc_units: 2,
      memory_mb: 16_384,
      max_memory_mb: 32_768,
      root_gb: 40,
    }),
    partition(ids.servers.rhel, 'rhel94-app01', 'Red Hat Enterprise Linux 9.4', 'rhel', ids.power10, {
      image_id: ids.images.rhel,
      cpus: 2,
      proc_units: 0.5,
      memory_mb: 8192,
      max_memory_mb: 16_384,
      root_gb: 30,
    }),
    partition(ids.servers.sles, 'sles15-hana01', 'SUSE Linux Enterprise Server 15 SP5', 'sles', ids.power10, {
      vm_state: 'stopped',
      image_id: ids.images.sles,
      cpus: 8,
      proc_units: 8,
      dedicated: true,
      memory_mb: 65_536,
      max_memory_mb: 131_072,
      root_gb: 30,
    }),
    partition(ids.servers.ubuntu, 'ubuntu2204-web01', 'Ubuntu 22.04', 'ubuntu', ids.power9, {
      image_id: ids.images.ubuntu,
      cpus: 2,
      proc_units: 0.2,
      memory_mb: 4096,
      root_gb: 20,
    }),
    partition(ids.servers.ibmi, 'ibmi75-erp01', 'IBM i 7.5', 'ibmi', ids.power10, {
      image_id: ids.images.ibmi,
      cpus: 2,
      proc_units: 1,
      memory_mb: 16_384,
      max_memory_mb: 32_768,
      root_gb: 80,
    }),
  ],
  volumes: [
    boot(ids.volumes.aixBoot, 'aix73-db01-boot-0', 40, ids.servers.aix),
    data(ids.volumes.aixData, 'aix73-db01-data-1', 100, ids.servers.aix),
    boot(ids.volumes.rhelBoot, 'rhel94-app01-boot-0', 30, ids.servers.rhel),
    data(ids.volumes.rhelData, 'rhel94-app01-data-1', 50, ids.servers.rhel),
    boot(ids.volumes.slesBoot, 'sles15-hana01-boot-0', 30, ids.servers.sles),
    boot(ids.volumes.ubuntuBoot, 'ubuntu2204-web01-boot-0', 20, ids.servers.ubuntu),
    boot(ids.volumes.ibmiBoot, 'ibmi75-erp01-boot-0', 80, ids.servers.ibmi),
    {
      id: ids.volumes.floating,
      name: 'scratch01',
      size: 50,
      volume_type: 'FlashSystem base',
      storage_hostname: ids.flashSystem,
      metadata: { volume_wwn: wwn(ids.volumes.floating) },
    },
    {
      id: ids.volumes.shared,
      name: 'quorum01',
      size: 1,
      volume_type: 'FlashSystem shared',
      multiattach: true,
      storage_hostname: ids.flashSystem,
      metadata: { volume_wwn: wwn(ids.volumes.shared) },
    },
  ],
  ports: [
    port(ids.ports.aix, ids.servers.aix, ids.networks.vlan100, 'fa:16:3e:00:00:01', '192.168.100.11'),
    port(ids.ports.rhel, ids.servers.rhel, ids.networks.vlan100, 'fa:16:3e:00:00:02', '192.168.100.12'),
    port(ids.ports.sles, ids.servers.sles, ids.networks.vlan100, 'fa:16:3e:00:00:03', '192.168.100.13'),
    port(ids.ports.ubuntu, ids.servers.ubuntu, ids.networks.vlan100, 'fa:16:3e:00:00:04', '192.168.100.14'),
    port(ids.ports.ubuntu2, ids.servers.ubuntu, ids.networks.vlan200, 'fa:16:3e:00:00:05'),
    port(ids.ports.ibmi, ids.servers.ibmi, ids.networks.vlan100, 'fa:16:3e:00:00:06', '192.168.100.15'),
  ],
  pmemVolumes: [
    {
      uuid: ids.pmem,
      name: 'hana_pmem01',
      size: 16_384,
      affinity: true,
      server_id: ids.servers.sles,
      volume_uuid: '3F1CD829-17D6-4D7A-8EA9-3AF5EE1EBEFE',
    },
  ],
  snapshots: [
    { id: ids.volumeSnapshots[0], name: 'before-upgrade-boot', volume_id: ids.volumes.rhelBoot, size: 30 },
    { id: ids.volumeSnapshots[1], name: 'before-upgrade-data', volume_id: ids.volumes.rhelData, size: 50 },
  ],
  instanceSnapshots: [
    {
      id: ids.vmSnapshot,
      name: 'before-upgrade',
      description: 'Before the upgrade to 9.4',
      server_id: ids.servers.rhel,
      created_at: '2026-02-01T06:30:00Z',
      volumes: [
        { volume_id: ids.volumes.rhelBoot, snapshot_id: ids.volumeSnapshots[0], size: 30, bootable: true },
        { volume_id: ids.volumes.rhelData, snapshot_id: ids.volumeSnapshots[1], size: 50, bootable: false },
      ],
    },
  ],
};
