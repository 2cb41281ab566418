import type { Inventory } from '../world/types.js';
import { defaultIds as ids } from './ids.js';
import { boot, data, image, partition, port, type, wwn } from './seeds.js';

/**
 * The simulator's default inventory: five partitions on a POWER9 and a POWER10. Logins, all with password `powervc`:
 * `admin` (role admin), `operator` (member), `viewer` (read-only), in project `ibm-default`, domain `Default`.
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
