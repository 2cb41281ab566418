import type { JsonObject } from '../../json.js';
import type {
  ApplicationCredential,
  Domain,
  EndpointGroup,
  Grant,
  Kept,
  Project,
  Quota,
  Role,
  RoleInference,
  Trust,
  User,
  UserGroup,
} from './identity.js';
import type {
  DeletedServer,
  Host,
  HostGroup,
  Flavor,
  ServerGroup,
  StorageConnectivityGroup,
  Keypair,
  Server,
  PmemVolume,
} from './compute.js';
import type {
  StorageProvider,
  Lun,
  VolumeType,
  Attachment,
  Volume,
  VolumeSnapshot,
  VolumeTransfer,
  GroupType,
  VolumeGroup,
  GroupSnapshot,
  InstanceSnapshot,
} from './storage.js';
import type { FloatingIp, Network, Subnet, Port, Router, SecurityGroup } from './network.js';
import type { ImageVolume, Image } from './image.js';

export type CloudKind = 'powervc' | 'openstack';

export interface Settings {
  /** The simulated cloud: PowerVC, or upstream OpenStack without IBM's extensions. */
  cloud: CloudKind;
  /** Lifetime of a token, seconds. PowerVC: six hours (docs/reference/power.md, 1.1). */
  tokenSeconds: number;
  /** Maximum number of items of a page, whatever `limit` says (osapi_max_limit of Nova and Cinder). */
  pageLimit: number;
  /**
   * `vm`: no measures of disk and network I/O, as before `powervc-config metering enable-meters`; `off`: no measures.
   */
  metrics: 'all' | 'vm' | 'off';
  /** Keys of the server actions that no document confirms. */
  actions: { snapshot: string; restore: string; retry: string; rollback: string };
  quota: Quota;
  region: string;
  /** The newest microversions of Nova and Cinder, such as 2.79 and 3.59 of Train: newer ones are refused (406). */
  newest: { compute: string; volume: string };
}

/** Running work, which ends at `due` (epoch milliseconds). */
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
  domains: Domain;
  userGroups: UserGroup;
  roles: Role;
  roleInferences: RoleInference;
  grants: Grant;
  applicationCredentials: ApplicationCredential;
  trusts: Trust;
  credentials: Kept;
  regions: Kept;
  services: Kept;
  endpoints: Kept;
  policies: Kept;
  endpointGroups: EndpointGroup;
  migrations: Kept;
  deletedServers: DeletedServer;
  qosSpecs: Kept;
  messages: Kept;
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
  transfers: VolumeTransfer;
  instanceSnapshots: InstanceSnapshot;
  groupTypes: GroupType;
  groups: VolumeGroup;
  groupSnapshots: GroupSnapshot;
  networks: Network;
  subnets: Subnet;
  securityGroups: SecurityGroup;
  ports: Port;
  routers: Router;
  addressScopes: Kept;
  subnetPools: Kept;
  addressGroups: Kept;
  qosPolicies: Kept;
  rbacPolicies: Kept;
  floatingIps: FloatingIp;
  images: Image;
  metadefs: Kept;
  keypairs: Keypair;
  servers: Server;
  pmemVolumes: PmemVolume;
}

/** A record in an inventory; omitted properties get default values. */
export type Seed<T, K extends keyof T> = Partial<T> & Pick<T, K>;

export interface Seeds {
  projects: Seed<Project, 'id' | 'name'>;
  users: Seed<User, 'id' | 'name' | 'password' | 'roles'>;
  domains: Seed<Domain, 'id' | 'name'>;
  userGroups: Seed<UserGroup, 'id' | 'name'>;
  roles: Seed<Role, 'id' | 'name'>;
  roleInferences: RoleInference;
  grants: Grant;
  applicationCredentials: Seed<ApplicationCredential, 'id' | 'secret' | 'user_id' | 'project_id'>;
  trusts: Seed<Trust, 'id' | 'trustor_user_id' | 'trustee_user_id' | 'roles'>;
  credentials: Kept;
  regions: Kept;
  services: Kept;
  endpoints: Kept;
  policies: Kept;
  endpointGroups: Seed<EndpointGroup, 'id' | 'name' | 'filters'>;
  migrations: Kept;
  deletedServers: DeletedServer;
  qosSpecs: Kept;
  messages: Kept;
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
  transfers: Seed<VolumeTransfer, 'id' | 'volume_id' | 'project_id' | 'auth_key'>;
  instanceSnapshots: Seed<InstanceSnapshot, 'id' | 'name' | 'server_id' | 'volumes'>;
  networks: Seed<Network, 'id' | 'name'>;
  subnets: Seed<Subnet, 'id' | 'network_id' | 'cidr'>;
  securityGroups: Seed<SecurityGroup, 'id' | 'name' | 'project_id'>;
  keypairs: Seed<Keypair, 'name' | 'user_id' | 'public_key'>;
  ports: Seed<Port, 'id' | 'network_id'>;
  routers: Seed<Router, 'id' | 'name'>;
  addressScopes: Kept;
  subnetPools: Kept;
  addressGroups: Kept;
  qosPolicies: Kept;
  rbacPolicies: Kept;
  floatingIps: Seed<FloatingIp, 'id' | 'network_id' | 'address'>;
  metadefs: Kept;
  images: Omit<Seed<Image, 'id' | 'name'>, 'volumes'> & { volumes?: Seed<ImageVolume, 'size' | 'boot_index'>[] };
  servers: Seed<Server, 'id' | 'name'>;
  pmemVolumes: Seed<PmemVolume, 'uuid' | 'name' | 'size' | 'server_id'>;
}

/** The content of an inventory file; any collection can be omitted. */
export type Inventory = { readonly [K in keyof Seeds]?: readonly Seeds[K][] } & {
  readonly settings?: Partial<Omit<Settings, 'quota' | 'actions' | 'newest'>> & {
    readonly quota?: Partial<Quota>;
    readonly actions?: Partial<Settings['actions']>;
    readonly newest?: Partial<Settings['newest']>;
  };
  /** Fault rules, as `POST /simulator/faults` takes them. */
  readonly faults?: readonly JsonObject[];
  /** Running work; `due` counts from the time of loading. */
  readonly work?: readonly Task[];
  /** State of the random number generator. */
  readonly random?: number;
};
