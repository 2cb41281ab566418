/**
 * The records of the simulated PowerVC. Names are those on the wire; times are `2026-11-21T00:12:41Z`, which each
 * service prints in its own way; memory is MiB, disks are GiB.
 */

export type {
  ApplicationCredential,
  Domain,
  EndpointGroup,
  Grant,
  Kept,
  Project,
  Quota,
  Role,
  RoleInference,
  RoleName,
  Token,
  Trust,
  User,
  UserGroup,
} from './types/identity.js';
export type {
  Host,
  HostGroup,
  Flavor,
  ServerGroup,
  StorageConnectivityGroup,
  Keypair,
  DeletedServer,
  ServerFault,
  Action,
  Server,
  PmemVolume,
} from './types/compute.js';
export type {
  StorageProvider,
  Lun,
  VolumeType,
  AttachState,
  Attachment,
  Volume,
  VolumeSnapshot,
  VolumeTransfer,
  GroupType,
  VolumeGroup,
  GroupSnapshot,
  InstanceSnapshot,
} from './types/storage.js';
export type { FloatingIp, Network, Subnet, Port, Router, SecurityGroupRule, SecurityGroup } from './types/network.js';
export type { ImageVolume, Image } from './types/image.js';
export type { CloudKind, Settings, Task, Records, Seed, Seeds, Inventory } from './types/inventory.js';
