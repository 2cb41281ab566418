import { stableUuid } from '../stable-id.js';
import type { Records, Seeds, Server, Settings } from './types.js';

/** When things that give no time were made. Fixed, so that runs repeat. */
const EPOCH = '2026-01-12T08:00:00Z';

export const defaultSettings: Settings = {
  cloud: 'powervc',
  tokenSeconds: 6 * 3600,
  pageLimit: 1000,
  metrics: 'all',
  actions: {
    snapshot: 'vm-snapshot',
    restore: 'vm-restore',
    retry: 'vm-restore-retry',
    rollback: 'vm-restore-rollback',
  },
  quota: {
    instances: 200,
    cores: 1000,
    ram: 8 * 1024 * 1024,
    metadata_items: 128,
    volumes: 1000,
    gigabytes: 200_000,
    snapshots: 1000,
    key_pairs: 100,
    server_groups: 10,
    server_group_members: 10,
    ports: 500,
    networks: 100,
    subnets: 100,
    security_groups: 10,
    security_group_rules: 100,
  },
  region: 'RegionOne',
};

/** What completing a record may lean on: ids and addresses to make up, and what was loaded before it. */
export interface Origin {
  uuid(): string;
  mac(): string;
  readonly projectId: string;
  readonly userId: string;
  readonly volumeType: string;
  readonly servers: ReadonlyMap<string, Server>;
  count(kind: keyof Records): number;
}

const powerOf = (vmState: string): number =>
  ({ active: 1, paused: 3, stopped: 4, suspended: 7, error: 0, building: 0 })[vmState] ?? 0;

function server(seed: Seeds['servers'], from: Origin): Server {
  const memory = seed.memory_mb ?? 4096;
  const cpus = seed.cpus ?? 2;
  const units = seed.proc_units ?? cpus / 4;
  const state = seed.vm_state ?? 'active';
  return {
    project_id: from.projectId,
    user_id: from.userId,
    vm_state: state,
    task_state: null,
    power_state: powerOf(state),
    host: null,
    availability_zone: 'Default Group',
    image_id: null,
    flavor_id: from.uuid(),
    extra_specs: {},
    root_gb: 20,
    cpus,
    min_cpus: 1,
    max_cpus: cpus * 4,
    proc_units: units,
    min_proc_units: 0.1,
    max_proc_units: units * 4,
    dedicated: false,
    uncapped: true,
    shared_weight: 128,
    avail_priority: 127,
    memory_mb: memory,
    min_memory_mb: Math.min(memory, 1024),
    max_memory_mb: memory * 4,
    srr_capability: false,
    created: EPOCH,
    updated: EPOCH,
    launched_at: state === 'building' ? null : EPOCH,
    metadata: {},
    key_name: null,
    config_drive: false,
    user_data: null,
    fault: null,
    operating_system: 'Linux',
    os_distro: 'rhel',
    rmc_state: state === 'active' ? 'active' : 'inactive',
    cpu_utilization: 0,
    instance_name: `${seed.name}-${seed.id.slice(0, 8)}`,
    storage_connectivity_group_id: null,
    locked: false,
    actions: [],
    tags: [],
    resized_from: null,
    ...seed,
  };
}

function volume(seed: Seeds['volumes'], from: Origin): Records['volumes'] {
  const attachments = (seed.attachments ?? []).map((attachment, index) => ({
    id: from.uuid(),
    device: `/dev/sd${String.fromCharCode(97 + index)}`,
    attached_at: EPOCH,
    state: 'attached' as const,
    boot_index: null,
    delete_on_termination: false,
    ...attachment,
  }));
  return {
    name: '',
    description: null,
    status: attachments.length > 0 ? 'in-use' : 'available',
    volume_type: from.volumeType,
    metadata: {},
    bootable: false,
    multiattach: false,
    snapshot_id: null,
    source_volid: null,
    project_id: from.projectId,
    user_id: from.userId,
    created_at: EPOCH,
    updated_at: EPOCH,
    storage_hostname: null,
    image_metadata: null,
    group_id: null,
    data: null,
    ...seed,
    attachments,
  };
}

type Completer<K extends keyof Records> = (seed: Seeds[K], from: Origin) => Records[K];

/** Each kind of record: its key, and how a seed becomes one. In the order of loading. */
export const completers: {
  readonly [K in keyof Records]: { readonly key: (record: Records[K]) => string; readonly complete: Completer<K> };
} = {
  projects: { key: (r) => r.id, complete: (s) => ({ description: '', enabled: true, quota: {}, ...s }) },
  users: { key: (r) => r.id, complete: (s) => ({ enabled: true, ...s }) },
  hosts: {
    key: (r) => r.name,
    complete: (s, f) => ({
      id: f.count('hosts') + 1,
      display_name: s.name,
      state: 'up',
      hypervisor_state: 'operating',
      maintenance_status: 'ok',
      cpus: 40,
      proc_units: 40,
      memory_mb: 1024 * 1024,
      memory_reserved_mb: 16_384,
      cpu_model: 'POWER10',
      cpu_mhz: 3500,
      threads: 8,
      access_ip: '10.0.0.10',
      lmb_mb: 256,
      service_status: 'enabled',
      disabled_reason: null,
      ...s,
    }),
  },
  hostGroups: {
    key: (r) => String(r.id),
    complete: (s, f) => ({
      id: f.count('hostGroups') + 1,
      metadata: { availability_zone: s.name },
      created_at: EPOCH,
      ...s,
    }),
  },
  flavors: {
    key: (r) => r.id,
    complete: (s) => ({
      ram: 4096,
      vcpus: 2,
      disk: 20,
      extra_specs: {},
      description: null,
      is_public: true,
      access: [],
      ...s,
    }),
  },
  serverGroups: {
    key: (r) => r.id,
    complete: (s, f) => ({ policies: ['anti-affinity'], members: [], project_id: f.projectId, user_id: null, ...s }),
  },
  storageConnectivityGroups: {
    key: (r) => r.id,
    complete: (s) => ({
      enabled: true,
      auto_defined: true,
      auto_add_vios: true,
      fc_storage_access: true,
      created_at: EPOCH,
      hosts: [],
      ...s,
    }),
  },
  storageProviders: {
    key: (r) => r.storage_hostname,
    complete: (s, f) => ({
      id: f.count('storageProviders') + 1,
      display_name: s.storage_hostname,
      backend_type: 'svc',
      pool: 'Pool0',
      total_capacity_gb: 102_400,
      free_capacity_gb: 81_920,
      health: 'OK',
      backend_state: 'running',
      ...s,
    }),
  },
  luns: { key: (r) => r.id, complete: (s) => ({ wwn: s.id, serial: s.id.slice(-12), ...s }) },
  volumeTypes: { key: (r) => r.id, complete: (s) => ({ description: null, is_public: true, extra_specs: {}, ...s }) },
  images: {
    key: (r) => r.id,
    complete: (s, f) => ({
      status: 'active',
      visibility: 'public',
      owner: f.projectId,
      disk_format: 'raw',
      container_format: 'bare',
      size: 0,
      min_ram: 0,
      min_disk: 0,
      protected: false,
      tags: [],
      checksum: null,
      created_at: EPOCH,
      updated_at: EPOCH,
      properties: {},
      members: [],
      data: null,
      ...s,
      volumes: (s.volumes ?? []).map((one) => ({ volume_id: null, snapshot_id: null, volume_type: null, ...one })),
    }),
  },
  networks: {
    key: (r) => r.id,
    complete: (s, f) => ({
      description: '',
      project_id: f.projectId,
      shared: true,
      admin_state_up: true,
      status: 'ACTIVE',
      mtu: 1500,
      network_type: 'vlan',
      physical_network: 'default',
      segmentation_id: f.count('networks') + 1,
      tags: [],
      created_at: EPOCH,
      updated_at: EPOCH,
      revision_number: 2,
      ...s,
    }),
  },
  subnets: {
    key: (r) => r.id,
    complete: (s, f) => {
      const stem = s.cidr.replace(/\.\d+\/\d+$/, '');
      return {
        name: '',
        gateway_ip: `${stem}.1`,
        enable_dhcp: false,
        allocation_pools: [{ start: `${stem}.2`, end: `${stem}.254` }],
        dns_nameservers: [],
        host_routes: [],
        description: '',
        project_id: f.projectId,
        created_at: EPOCH,
        updated_at: EPOCH,
        revision_number: 0,
        ...s,
      };
    },
  },
  servers: { key: (r) => r.id, complete: server },
  securityGroups: {
    key: (r) => r.id,
    complete: (s) => ({
      description: '',
      stateful: true,
      tags: [],
      rules: [],
      created_at: EPOCH,
      updated_at: EPOCH,
      revision_number: 1,
      ...s,
    }),
  },
  keypairs: {
    key: (r) => `${r.user_id}/${r.name}`,
    complete: (s) => ({ fingerprint: '', type: 'ssh', created_at: EPOCH, ...s }),
  },
  ports: {
    key: (r) => r.id,
    complete: (s, f) => ({
      name: '',
      description: '',
      project_id: f.projectId,
      mac_address: f.mac(),
      admin_state_up: true,
      device_id: '',
      device_owner: s.device_id ? 'compute:nova' : '',
      host_id: f.servers.get(s.device_id ?? '')?.host ?? '',
      vnic_type: 'normal',
      profile: {},
      fixed_ips: [],
      security_groups: [stableUuid('security group', s.project_id ?? f.projectId)],
      tags: [],
      created_at: EPOCH,
      updated_at: EPOCH,
      revision_number: 1,
      made_by_nova: Boolean(s.device_id),
      ...s,
    }),
  },
  volumes: { key: (r) => r.id, complete: volume },
  groupTypes: { key: (r) => r.id, complete: (s) => ({ description: null, is_public: true, group_specs: {}, ...s }) },
  groups: {
    key: (r) => r.id,
    complete: (s, f) => ({
      description: null,
      status: 'available',
      volume_types: [],
      project_id: f.projectId,
      created_at: EPOCH,
      ...s,
    }),
  },
  groupSnapshots: {
    key: (r) => r.id,
    complete: (s, f) => ({
      name: null,
      description: null,
      status: 'available',
      project_id: f.projectId,
      created_at: EPOCH,
      ...s,
    }),
  },
  snapshots: {
    key: (r) => r.id,
    complete: (s, f) => ({
      name: null,
      description: null,
      status: 'available',
      metadata: {},
      project_id: f.projectId,
      created_at: EPOCH,
      updated_at: EPOCH,
      group_snapshot_id: null,
      data: null,
      ...s,
    }),
  },
  instanceSnapshots: {
    key: (r) => r.id,
    complete: (s, f) => ({
      description: '',
      status: 'available',
      server_name: f.servers.get(s.server_id)?.name ?? '',
      project_id: f.projectId,
      created_at: EPOCH,
      updated_at: EPOCH,
      task_id: null,
      ...s,
    }),
  },
  pmemVolumes: {
    key: (r) => r.uuid,
    complete: (s, f) => ({
      affinity: false,
      type: 'DRAM',
      status: 'ACTIVE',
      volume_uuid: f.uuid().toUpperCase(),
      created_at: EPOCH,
      project_id: f.projectId,
      aggregated: false,
      ...s,
    }),
  },
};
