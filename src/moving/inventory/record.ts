import type {
  Cdrom,
  Cluster,
  DataCenter,
  Disk,
  Host,
  InstanceType,
  Network,
  Nic,
  NumaNode,
  Permission,
  Role,
  Snapshot,
  StorageDomain,
  Tag,
  Template,
  User,
  Vm,
  VnicProfile,
} from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';

/**
 * An inventory is a file of lines, each a JSON object (NDJSON): the endpoint, what VMs refer to, the VMs, and last a line
 * that says that nothing is missing. Entities are those of schemas/model/entities.json.
 */
export type InventoryRecord = EndpointRecord | ThingRecord | VmRecord | ProblemRecord | EndRecord;

/** The first line: where the inventory comes from. */
export interface EndpointRecord {
  readonly record: 'endpoint';
  readonly format: typeof FORMAT;
  readonly url: string;
  /** Version of the protocol: `4`. */
  readonly api: string;
  readonly product: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The form of these lines; another number is another form. */
export const FORMAT = 1;

/** What is read besides VMs: the kinds, and the entity of each. */
export interface Things {
  readonly dataCenter: DataCenter;
  readonly cluster: Cluster;
  readonly host: Host;
  readonly network: Network;
  readonly vnicProfile: VnicProfile;
  readonly storageDomain: StorageDomain;
  readonly template: Template;
  readonly instanceType: InstanceType;
  readonly tag: Tag;
  readonly role: Role;
  readonly user: User;
  /** Disks that no VM has. */
  readonly disk: Disk;
}
export type ThingKind = keyof Things;

export interface ThingRecord<K extends ThingKind = ThingKind> {
  readonly record: K;
  readonly entity: Things[K];
}

/** An entity as the gateway reads it, and what of the document it has no place for. */
export interface Part<T> {
  readonly entity: T;
  readonly lost?: readonly Lost[];
}

export interface VmRecord extends Part<Vm> {
  readonly record: 'vm';
  readonly disks: readonly Part<Disk>[];
  readonly nics: readonly Part<Nic>[];
  readonly snapshots: readonly Part<Snapshot>[];
  readonly cdroms: readonly Part<Cdrom>[];
  readonly numaNodes: readonly Part<NumaNode>[];
  readonly tags: readonly Part<Tag>[];
  readonly permissions: readonly Part<Permission>[];
}

/** Something that could not be read. */
export interface ProblemRecord {
  readonly record: 'problem';
  readonly at: string;
  readonly why: string;
}

/** The last line. A file without it was cut off. */
export interface EndRecord {
  readonly record: 'end';
  readonly vms: number;
  readonly problems: number;
}
