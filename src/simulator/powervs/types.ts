import type { FaultRule } from '../faults.js';
import type { JsonObject } from '../json.js';
import type { Task } from '../world/types.js';

/** The records of the simulated Power Virtual Server. Names are those on the wire; sizes are GiB, times ISO 8601. */

/** `locked`: IAM refuses it. `workspaces`: whether it may use this workspace. */
export interface ApiKey {
  key: string;
  iam_id: string;
  email: string;
  workspaces: boolean;
  locked: boolean;
}

export interface Instance {
  pvmInstanceID: string;
  serverName: string;
  status: string;
  taskState: string;
  health: { status: string; reason: string };
  fault: { code: number; message: string; details: string } | null;
  memory: number;
  processors: number;
  procType: string;
  virtualCores: number;
  imageID: string;
  osType: string;
  operatingSystem: string;
  sysType: string;
  hostID: number;
  /**
   * Limits for resizing a running instance: one eighth and eight times the value at its last deployment or shutdown.
   */
  minmem: number;
  maxmem: number;
  minproc: number;
  maxproc: number;
  preferredProcessorCompatibilityMode: string;
  /** Language code of the console; empty: the default of the system. */
  consoleLanguage: string;
  /** Profile of an SAP instance; empty for any other. */
  sapProfile: string;
  pinPolicy: string;
  allowRemoteRestart: boolean;
  storageType: string;
  storagePool: string;
  storagePoolAffinity: boolean;
  creationDate: string;
  updatedDate: string;
  userData: string | null;
}

export interface Attachment {
  pvmInstanceID: string;
  boot: boolean;
  deleteOnTermination: boolean;
}

export interface Volume {
  volumeID: string;
  name: string;
  size: number;
  state: string;
  diskType: string;
  volumePool: string;
  bootable: boolean;
  shareable: boolean;
  wwn: string;
  creationDate: string;
  attachments: Attachment[];
}

export interface Network {
  networkID: string;
  name: string;
  type: string;
  vlanID: number;
  mtu: number;
  prefix: string;
  cidr: string;
  gateway: string;
  dnsServers: string[];
}
export interface Interface {
  id: string;
  networkID: string;
  name: string;
  macAddress: string;
  ipAddress: string;
  instanceID: string | null;
  status: string;
}
/** `stock`: one of the catalogue, which is in no workspace; its copy there has an id of its own. */
export interface Image {
  imageID: string;
  stock: boolean;
  /** `stock`, `stock-sap`, `captured` … */
  imageType: string;
  name: string;
  state: string;
  creationDate: string;
  storageType: string;
  storagePool: string;
  osType: string;
  operatingSystem: string;
  volumes: { volumeID: string; name: string; size: number; bootable: boolean }[];
}
export interface Snapshot {
  snapshotID: string;
  name: string;
  description: string;
  status: string;
  percentComplete: number;
  action: string;
  statusDetail: string;
  creationDate: string;
  pvmInstanceID: string;
  /** Volume's id → its snapshot's. */
  volumeSnapshots: Record<string, string>;
}
export interface VpmemVolume {
  uuid: string;
  name: string;
  size: number;
  status: string;
  reason: string;
  pvmInstanceID: string;
  creationDate: string;
}
export interface PlacementGroup {
  id: string;
  name: string;
  policy: string;
  members: string[];
  userTags?: string[];
}
/** Work that has a job: capture, import and export of an image. `targetID`: what it is about. */
export interface Job {
  id: string;
  action: string;
  target: string;
  targetID: string;
  state: string;
  message: string;
  createTimestamp: string;
}
export interface CloneTask {
  cloneTaskID: string;
  status: string;
  percentComplete: number;
  failedReason: string;
  clonedVolumes: { sourceVolumeID: string; clonedVolumeID: string }[];
}
export interface VolumeInfo {
  volumeID: string;
  name: string;
}
/** A request for clones in phases. `clones` are in the order of `sources`, once `execute` has begun. */
export interface VolumesClone {
  volumesCloneID: string;
  name: string;
  /** `prepare`, `start`, `execute` or `cancel`. */
  action: string;
  status: string;
  percentComplete: number;
  failureMessage: string;
  creationDate: string;
  lastUpdateDate: string;
  sources: VolumeInfo[];
  clones: VolumeInfo[];
  /** Whether an `execute` that fails ends the request, instead of leaving it for another try. */
  rollbackPrepare: boolean;
}
export interface Event {
  eventID: string;
  action: string;
  resource: string;
  message: string;
  time: string;
}
export interface SshKey {
  id: string;
  name: string;
  sshKey: string;
  description: string;
  creationDate: string;
}
export interface SapProfile {
  profileID: string;
  certified: boolean;
  type: string;
  cores: number;
  memory: number;
}
export interface System {
  type: string;
  id: number;
  hostMTMSName: string;
  totalCores: number;
  totalMemory: number;
}
export interface Tier {
  name: string;
  description: string;
  state: string;
}
export interface StoragePool {
  poolName: string;
  storageType: string;
  totalCapacity: number;
  availableCapacity: number;
}

/** Every collection by its name in the inventory, and what it holds. */
export interface Records {
  apiKeys: ApiKey;
  instances: Instance;
  volumes: Volume;
  networks: Network;
  interfaces: Interface;
  images: Image;
  snapshots: Snapshot;
  vpmemVolumes: VpmemVolume;
  placementGroups: PlacementGroup;
  jobs: Job;
  cloneTasks: CloneTask;
  volumesClones: VolumesClone;
  events: Event;
  sshKeys: SshKey;
  sapProfiles: SapProfile;
  systems: System;
  tiers: Tier;
  storagePools: StoragePool;
}

export interface Settings {
  /** The workspace. */
  readonly crn: string;
  readonly name: string;
  readonly region: string;
  /** Optional capabilities of the workspace; `custom-virtualcores`: the number of virtual cores can be chosen. */
  readonly capabilities: readonly string[];
  /** Lifetime of a token, seconds. */
  readonly tokenSeconds: number;
  readonly limits: {
    readonly instances: number;
    readonly memory: number;
    readonly processors: number;
    readonly procUnits: number;
    /** GiB; the API reports TiB. */
    readonly storage: number;
  };
}

/** What may stand in an inventory: records with what is left out filled in. */
export type Seeds = {
  apiKeys: Partial<ApiKey> & Pick<ApiKey, 'key'>;
  instances: Partial<Instance> & Pick<Instance, 'pvmInstanceID' | 'serverName'>;
  volumes: Partial<Omit<Volume, 'attachments'>> &
    Pick<Volume, 'volumeID' | 'name' | 'size'> & {
      attachments?: (Partial<Attachment> & Pick<Attachment, 'pvmInstanceID'>)[];
    };
  networks: Partial<Network> & Pick<Network, 'networkID' | 'name'>;
  interfaces: Partial<Interface> & Pick<Interface, 'id' | 'networkID'>;
  images: Partial<Image> & Pick<Image, 'imageID' | 'name'>;
  snapshots: Partial<Snapshot> & Pick<Snapshot, 'snapshotID' | 'name' | 'pvmInstanceID'>;
  vpmemVolumes: Partial<VpmemVolume> & Pick<VpmemVolume, 'uuid' | 'name' | 'size' | 'pvmInstanceID'>;
  placementGroups: Partial<PlacementGroup> & Pick<PlacementGroup, 'id' | 'name'>;
  jobs: Partial<Job> & Pick<Job, 'id' | 'action' | 'target'>;
  cloneTasks: Partial<CloneTask> & Pick<CloneTask, 'cloneTaskID'>;
  volumesClones: Partial<VolumesClone> & Pick<VolumesClone, 'volumesCloneID' | 'name' | 'sources'>;
  events: Event;
  sshKeys: Partial<SshKey> & Pick<SshKey, 'id' | 'name' | 'sshKey'>;
  sapProfiles: Partial<SapProfile> & Pick<SapProfile, 'profileID' | 'cores' | 'memory'>;
  systems: System;
  tiers: Partial<Tier> & Pick<Tier, 'name'>;
  storagePools: StoragePool;
};

export type Inventory = { readonly [K in keyof Seeds]?: readonly Seeds[K][] } & {
  readonly settings?: Partial<Omit<Settings, 'limits'>> & { readonly limits?: Partial<Settings['limits']> };
  readonly faults?: readonly (FaultRule & JsonObject)[];
  /** Running work; `due` is in milliseconds after loading. */
  readonly work?: readonly Task[];
  readonly random?: number;
};
