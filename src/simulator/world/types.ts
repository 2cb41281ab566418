/**
 * The records of the simulated PowerVC. Names are those on the wire; times are `2026-11-21T00:12:41Z`, which each
 * service prints in its own way; memory is MiB, disks are GiB.
 */
import type { JsonObject } from '../json.js';

export type RoleName = 'admin' | 'member' | 'reader';

export interface Project {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  /** What administrators allow it otherwise than `settings.quota` does. */
  quota: Partial<Quota>;
}

/** `roles`: project id to the strongest role there; who has none cannot log in to it. */
export interface User {
  id: string;
  name: string;
  password: string;
  roles: Record<string, RoleName>;
  enabled: boolean;
  email?: string;
  description?: string;
  /** Each stands for the user in one project. */
  applicationCredentials?: readonly { readonly id: string; readonly secret: string; readonly project: string }[];
}

/** A login. Tokens are not part of the saved state. */
export interface Token {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly roles: readonly RoleName[];
  readonly projectId: string;
  readonly projectName: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  expiresAt: number;
  readonly auditId: string;
}

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
}

export interface Flavor {
  id: string;
  name: string;
  ram: number;
  vcpus: number;
  disk: number;
  extra_specs: Record<string, string>;
  description: string | null;
  is_public: boolean;
  /** Projects that may use one that is not public. */
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

export interface StorageProvider {
  id: number;
  storage_hostname: string;
  display_name: string;
  backend_type: string;
  pool: string;
  total_capacity_gb: number;
  free_capacity_gb: number;
  health: string;
  backend_state: string;
}

/** A LUN that the storage has and PowerVC does not manage. */
export interface Lun {
  id: string;
  name: string;
  storage_hostname: string;
  size: number;
  wwn: string;
  serial: string;
}

/** A storage template. */
export interface VolumeType {
  id: string;
  name: string;
  description: string | null;
  is_public: boolean;
  extra_specs: Record<string, string>;
}

export type AttachState = 'attaching' | 'attached' | 'detaching';

/** One use of a volume by a server. The volume holds it; Nova's view is computed from it. */
export interface Attachment {
  id: string;
  server_id: string;
  device: string;
  attached_at: string;
  state: AttachState;
  boot_index: number | null;
  delete_on_termination: boolean;
}

export interface Volume {
  id: string;
  name: string | null;
  description: string | null;
  size: number;
  status: string;
  volume_type: string;
  metadata: Record<string, string>;
  bootable: boolean;
  multiattach: boolean;
  snapshot_id: string | null;
  source_volid: string | null;
  project_id: string;
  user_id: string;
  created_at: string;
  updated_at: string | null;
  storage_hostname: string | null;
  attachments: Attachment[];
  image_metadata: Record<string, string> | null;
  group_id: string | null;
  /** What was written to it, base64; behind that it is zero. */
  data: string | null;
}

export interface VolumeSnapshot {
  id: string;
  name: string | null;
  description: string | null;
  volume_id: string;
  status: string;
  size: number;
  metadata: Record<string, string>;
  project_id: string;
  created_at: string;
  updated_at: string | null;
  /** Taken with others of a group, and to go with them. */
  group_snapshot_id: string | null;
  /** What its volume held. */
  data: string | null;
}

/** How groups of volumes are; `group_specs` may promise snapshots in one instant. */
export interface GroupType {
  id: string;
  name: string;
  description: string | null;
  is_public: boolean;
  group_specs: Record<string, string>;
}

export interface VolumeGroup {
  id: string;
  name: string;
  description: string | null;
  status: string;
  group_type: string;
  volume_types: string[];
  project_id: string;
  created_at: string;
}

export interface GroupSnapshot {
  id: string;
  name: string | null;
  description: string | null;
  status: string;
  group_id: string;
  project_id: string;
  created_at: string;
}

/**
 * A VM snapshot. No document that could be read shows this resource (docs/reference/power.md, 1.5): the shape, here and
 * in
 * cinder/instance-snapshots.ts, is an assumption. A restore moves `available` to `restoring` and back, or to
 * `restore-error`,
 * from where only retry and rollback lead on.
 */
export interface InstanceSnapshot {
  id: string;
  name: string;
  description: string;
  status: string;
  server_id: string;
  server_name: string;
  project_id: string;
  created_at: string;
  updated_at: string | null;
  volumes: { volume_id: string; snapshot_id: string; size: number; bootable: boolean }[];
  task_id: string | null;
}

export interface Network {
  id: string;
  name: string;
  description: string;
  project_id: string;
  shared: boolean;
  admin_state_up: boolean;
  status: string;
  mtu: number;
  network_type: string;
  physical_network: string;
  segmentation_id: number;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface Subnet {
  id: string;
  name: string;
  network_id: string;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  allocation_pools: { start: string; end: string }[];
  dns_nameservers: string[];
  host_routes: { destination: string; nexthop: string }[];
  description: string;
  project_id: string;
  created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface Port {
  id: string;
  name: string;
  description: string;
  network_id: string;
  project_id: string;
  mac_address: string;
  admin_state_up: boolean;
  device_id: string;
  device_owner: string;
  host_id: string;
  vnic_type: string;
  profile: JsonObject;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  security_groups: string[];
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
  /** Nova made it, and removes it on detach; a port made in Neutron survives (recorded: 452, 472). */
  made_by_nova: boolean;
}

export interface SecurityGroupRule {
  id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  description: string | null;
  created_at: string;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  project_id: string;
  stateful: boolean;
  tags: string[];
  rules: SecurityGroupRule[];
  created_at: string;
  updated_at: string;
  revision_number: number;
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

/** A disk that a deployment of the image makes: a copy of a volume, on OpenStack of a snapshot. */
export interface ImageVolume {
  volume_id: string | null;
  snapshot_id: string | null;
  size: number;
  boot_index: number | null;
  volume_type: string | null;
}

export interface Image {
  id: string;
  name: string;
  status: string;
  visibility: string;
  owner: string;
  disk_format: string | null;
  container_format: string | null;
  size: number | null;
  min_ram: number;
  min_disk: number;
  protected: boolean;
  tags: string[];
  checksum: string | null;
  created_at: string;
  updated_at: string;
  properties: Record<string, string>;
  volumes: ImageVolume[];
  /** Projects that it is shared with. */
  members: { member_id: string; status: string; created_at: string; updated_at: string }[];
  /** Uploaded or copied from a volume, base64, behind which all is zero; null when it was never more than described. */
  data: string | null;
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
}

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
  /** What it was before a resize that waits for its confirmation: JSON of what changed. */
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
  /** RAM + pmem stays what it was (docs/reference/power.md, 2). */
  aggregated: boolean;
}

/** Nova's, Cinder's and Neutron's together; names are theirs, of Neutron's the plural. */
export interface Quota {
  instances: number;
  cores: number;
  ram: number;
  metadata_items: number;
  key_pairs: number;
  server_groups: number;
  server_group_members: number;
  volumes: number;
  gigabytes: number;
  snapshots: number;
  ports: number;
  networks: number;
  subnets: number;
  security_groups: number;
  security_group_rules: number;
}

export type CloudKind = 'powervc' | 'openstack';

export interface Settings {
  /** Which cloud this is: PowerVC, or OpenStack as upstream makes it, without IBM's extensions. */
  cloud: CloudKind;
  /** Life of a token. PowerVC: six hours (docs/reference/power.md, 1.1). */
  tokenSeconds: number;
  /** Most items that a page holds, whatever `limit` says (Nova's and Cinder's osapi_max_limit). */
  pageLimit: number;
  /** `vm`: no disk and network I/O, as before `powervc-config metering enable-meters`; `off`: Gnocchi knows nothing. */
  metrics: 'all' | 'vm' | 'off';
  /** Keys of the server actions that no document confirms. */
  actions: { snapshot: string; restore: string; retry: string; rollback: string };
  quota: Quota;
  region: string;
}

/** Work under way, to be finished at `due` (epoch milliseconds). */
export interface Task {
  kind: string;
  id: string;
  due: number;
  args: Record<string, string>;
}

/** Every collection by its name in the inventory, and what it holds. */
export interface Records {
  projects: Project;
  users: User;
  hosts: Host;
  hostGroups: HostGroup;
  flavors: Flavor;
  serverGroups: ServerGroup;
  storageConnectivityGroups: StorageConnectivityGroup;
  storageProviders: StorageProvider;
  luns: Lun;
  volumeTypes: VolumeType;
  volumes: Volume;
  snapshots: VolumeSnapshot;
  instanceSnapshots: InstanceSnapshot;
  groupTypes: GroupType;
  groups: VolumeGroup;
  groupSnapshots: GroupSnapshot;
  networks: Network;
  subnets: Subnet;
  securityGroups: SecurityGroup;
  ports: Port;
  images: Image;
  keypairs: Keypair;
  servers: Server;
  pmemVolumes: PmemVolume;
}

/** A record as an inventory may give it: what is left out is filled in. */
export type Seed<T, K extends keyof T> = Partial<T> & Pick<T, K>;

export interface Seeds {
  projects: Seed<Project, 'id' | 'name'>;
  users: Seed<User, 'id' | 'name' | 'password' | 'roles'>;
  hosts: Seed<Host, 'name'>;
  hostGroups: Seed<HostGroup, 'name' | 'hosts'>;
  flavors: Seed<Flavor, 'id' | 'name'>;
  serverGroups: Seed<ServerGroup, 'id' | 'name'>;
  storageConnectivityGroups: Seed<StorageConnectivityGroup, 'id' | 'display_name'>;
  storageProviders: Seed<StorageProvider, 'storage_hostname'>;
  luns: Seed<Lun, 'id' | 'name' | 'storage_hostname' | 'size'>;
  volumeTypes: Seed<VolumeType, 'id' | 'name'>;
  volumes: Omit<Seed<Volume, 'id' | 'size'>, 'attachments'> & { attachments?: Seed<Attachment, 'server_id'>[] };
  groupTypes: Seed<GroupType, 'id' | 'name'>;
  groups: Seed<VolumeGroup, 'id' | 'name' | 'group_type'>;
  groupSnapshots: Seed<GroupSnapshot, 'id' | 'group_id'>;
  snapshots: Seed<VolumeSnapshot, 'id' | 'volume_id' | 'size'>;
  instanceSnapshots: Seed<InstanceSnapshot, 'id' | 'name' | 'server_id' | 'volumes'>;
  networks: Seed<Network, 'id' | 'name'>;
  subnets: Seed<Subnet, 'id' | 'network_id' | 'cidr'>;
  securityGroups: Seed<SecurityGroup, 'id' | 'name' | 'project_id'>;
  keypairs: Seed<Keypair, 'name' | 'user_id' | 'public_key'>;
  ports: Seed<Port, 'id' | 'network_id'>;
  images: Omit<Seed<Image, 'id' | 'name'>, 'volumes'> & { volumes?: Seed<ImageVolume, 'size' | 'boot_index'>[] };
  servers: Seed<Server, 'id' | 'name'>;
  pmemVolumes: Seed<PmemVolume, 'uuid' | 'name' | 'size' | 'server_id'>;
}

/** What a file holds: any collection may be missing. */
export type Inventory = { readonly [K in keyof Seeds]?: readonly Seeds[K][] } & {
  readonly settings?: Partial<Omit<Settings, 'quota' | 'actions'>> & {
    readonly quota?: Partial<Quota>;
    readonly actions?: Partial<Settings['actions']>;
  };
  /** Fault rules, as `POST /simulator/faults` takes them. */
  readonly faults?: readonly JsonObject[];
  /** Work under way; `due` counts from the moment of loading. */
  readonly work?: readonly Task[];
  /** Where the random generator stood. */
  readonly random?: number;
};
