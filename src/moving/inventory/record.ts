import type {
  CdromInput,
  ClusterInput,
  DataCenterInput,
  DiskInput,
  HostInput,
  InstanceTypeInput,
  NetworkInput,
  NicInput,
  NumaNodeInput,
  PermissionInput,
  RoleInput,
  SnapshotInput,
  StorageDomainInput,
  TagInput,
  TemplateInput,
  UserInput,
  VmInput,
  VnicProfileInput,
} from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';

/**
 * An inventory is a file of JSON lines (NDJSON): the endpoint, what VMs refer to, the VMs, and an end record that shows
 * that the file is complete. Entities are those of schemas/model/entities.json.
 */
export type InventoryRecord = EndpointRecord | ThingRecord | VmRecord | ProblemRecord | EndRecord;

/** The first record: where the inventory comes from. */
export interface EndpointRecord {
  readonly record: 'endpoint';
  readonly format: typeof FORMAT;
  readonly url: string;
  /** Version of the protocol, such as `4`. */
  readonly api: string;
  readonly product: string;
  /** When it was read, ISO 8601. */
  readonly at: string;
}

/** The format of the records. A change that older readers cannot take gets another number. */
export const FORMAT = 1;

/** What is read besides VMs: the entity of each kind. */
export interface Things {
  readonly dataCenter: DataCenterInput;
  readonly cluster: ClusterInput;
  readonly host: HostInput;
  readonly network: NetworkInput;
  readonly vnicProfile: VnicProfileInput;
  readonly storageDomain: StorageDomainInput;
  readonly template: TemplateInput;
  readonly instanceType: InstanceTypeInput;
  readonly tag: TagInput;
  readonly role: RoleInput;
  readonly user: UserInput;
  /** A disk that is attached to no VM. */
  readonly disk: DiskInput;
}
export type ThingKind = keyof Things;

export interface ThingRecord<K extends ThingKind = ThingKind> {
  readonly record: K;
  readonly entity: Things[K];
}

/**
 * A value that the model cannot hold. An inventory does not tell to which cloud the VMs will move: `why` holds for any,
 * and `pattern` is the same with `{cloud}`, `{hypervisor}` … in place of its names, if it has any.
 */
export interface LostValue extends Lost {
  readonly pattern?: string;
}

/** An entity as the gateway reads it, and what of its document the model cannot hold. */
export interface VmPart<T> {
  readonly entity: T;
  readonly lost?: readonly LostValue[];
}

export interface VmRecord extends VmPart<VmInput> {
  readonly record: 'vm';
  readonly disks: readonly VmPart<DiskInput>[];
  readonly nics: readonly VmPart<NicInput>[];
  readonly snapshots: readonly VmPart<SnapshotInput>[];
  readonly cdroms: readonly VmPart<CdromInput>[];
  readonly numaNodes: readonly VmPart<NumaNodeInput>[];
  readonly tags: readonly VmPart<TagInput>[];
  readonly permissions: readonly VmPart<PermissionInput>[];
}

/** Something that could not be read. */
export interface ProblemRecord {
  readonly record: 'problem';
  readonly at: string;
  readonly why: string;
}

/** The last record. A file without it is incomplete. */
export interface EndRecord {
  readonly record: 'end';
  readonly vms: number;
  readonly problems: number;
}
