export interface Host {
  id: number;
  name: string;
  display_name: string;
  state: 'up' | 'down';
  hypervisor_state: string;
  maintenance_status: 'ok' | 'entering' | 'on' | 'error';
  cpus: number;
  proc_units: number;
  memory_mb: number;
  memory_reserved_mb: number;
  /** libvirt's word for the architecture: ppc64, x86_64 … */
  cpu_arch: string;
  cpu_model: string;
  cpu_mhz: number;
  threads: number;
  access_ip: string;
  lmb_mb: number;
  service_status: 'enabled' | 'disabled';
  disabled_reason: string | null;
}

/** An aggregate; PowerVC calls it a host group. Its name is the availability zone. */
export interface HostGroup {
  id: number;
  name: string;
  hosts: string[];
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string | null;
}

export interface Flavor {
  id: string;
  name: string;
  ram: number;
  vcpus: number;
  disk: number;
  ephemeral: number;
  swap: number;
  rxtx_factor: number;
  extra_specs: Record<string, string>;
  description: string | null;
  is_public: boolean;
  /** Projects that may use a private flavor or type. */
  access: string[];
}

/** A collocation rule. */
export interface ServerGroup {
  id: string;
  name: string;
  policies: string[];
  members: string[];
  project_id: string;
  user_id: string | null;
}

export interface StorageConnectivityGroup {
  id: string;
  display_name: string;
  enabled: boolean;
  auto_defined: boolean;
  auto_add_vios: boolean;
  fc_storage_access: boolean;
  created_at: string;
  hosts: string[];
}

/** A user's public key, which Nova hands to new servers. */
export interface Keypair {
  name: string;
  user_id: string;
  public_key: string;
  fingerprint: string;
  type: string;
  created_at: string;
}

export interface ServerFault {
  code: number;
  created: string;
  message: string;
  details?: string;
}

export interface Action {
  action: string;
  request_id: string;
  user_id: string;
  start_time: string;
  /** Whether it is known to have ended well: then it has an event that says so. */
  finished?: boolean;
}

/** What is known of a server that is gone. */
export type DeletedServer = Pick<Server, 'id' | 'project_id' | 'actions'>;

export interface Server {
  id: string;
  name: string;
  project_id: string;
  user_id: string;
  vm_state: string;
  task_state: string | null;
  power_state: number;
  host: string | null;
  availability_zone: string;
  image_id: string | null;
  flavor_id: string;
  extra_specs: Record<string, string>;
  root_gb: number;
  /**
   * Virtual processors (`cpus` on the wire) and processing units (`vcpus` on the wire): docs/reference/power.md, 1.2.
   */
  cpus: number;
  min_cpus: number;
  max_cpus: number;
  proc_units: number;
  min_proc_units: number;
  max_proc_units: number;
  dedicated: boolean;
  uncapped: boolean;
  shared_weight: number;
  avail_priority: number;
  memory_mb: number;
  min_memory_mb: number;
  max_memory_mb: number;
  srr_capability: boolean;
  created: string;
  updated: string;
  launched_at: string | null;
  metadata: Record<string, string>;
  description: string | null;
  hostname: string | null;
  /** The same for all servers of one request. */
  reservation_id: string | null;
  access_ipv4: string;
  access_ipv6: string;
  disk_config: 'AUTO' | 'MANUAL';
  locked_reason: string | null;
  key_name: string | null;
  config_drive: boolean;
  user_data: string | null;
  fault: ServerFault | null;
  operating_system: string;
  os_distro: string;
  rmc_state: 'active' | 'inactive';
  cpu_utilization: number;
  instance_name: string;
  storage_connectivity_group_id: string | null;
  locked: boolean;
  actions: Action[];
  tags: string[];
  /** The values before a resize that waits for its confirmation, as JSON. */
  resized_from: string | null;
}

export interface PmemVolume {
  uuid: string;
  name: string;
  size: number;
  affinity: boolean;
  type: string;
  status: string;
  volume_uuid: string | null;
  created_at: string;
  server_id: string;
  project_id: string;
  /** Whether the volume is taken from the partition's memory (docs/reference/power.md, 2). */
  aggregated: boolean;
}
