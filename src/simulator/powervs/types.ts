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
export interface Image {
  imageID: string;
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
  systems: System;
  tiers: Tier;
  storagePools: StoragePool;
}

export interface Settings {
  /** The workspace. */
  readonly crn: string;
  readonly name: string;
  readonly region: string;
  /** Life of a token, seconds. */
  readonly tokenSeconds: number;
  readonly limits: {
    readonly instances: number;
    readonly memory: number;
    readonly processors: number;
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
  systems: System;
  tiers: Partial<Tier> & Pick<Tier, 'name'>;
  storagePools: StoragePool;
};

export type Inventory = { readonly [K in keyof Seeds]?: readonly Seeds[K][] } & {
  readonly settings?: Partial<Settings>;
  readonly faults?: readonly (FaultRule & JsonObject)[];
  /** Work under way; `due` in milliseconds from the load. */
  readonly work?: readonly Task[];
  readonly random?: number;
};
