import type { MappingKind, Used } from './mapping.js';
import type { EndpointRecord } from '../inventory/record.js';

/**
 * Whether a VM can move: `blocked`, the gateway refuses to create it until somebody decides what to leave out;
 * `unmapped`, the mapping file must say where it goes; `losses`, it can move, but some of its properties have no
 * counterpart; `ready`.
 */
export type Verdict = 'ready' | 'losses' | 'unmapped' | 'blocked';

export const verdicts: readonly Verdict[] = ['ready', 'losses', 'unmapped', 'blocked'];

/** A property that has no counterpart on the new side, and how many VMs have it. */
export interface Reason {
  /** Path in the engine's document, without indexes: `vm.usb.enabled`. */
  readonly path: string;
  readonly why: string;
  readonly refused: boolean;
  readonly vms: number;
}

/** A name on the old side, and its counterpart on the new side, if known. */
export interface PlanPlace {
  readonly from: string;
  readonly to?: string;
}

export interface PlannedVm {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly verdict: Verdict;
  readonly shape: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly cluster?: PlanPlace;
  readonly disks: readonly PlannedDisk[];
  readonly nics: readonly PlannedNic[];
  readonly tags: readonly string[];
  /** Such as `UserRole for admin`. */
  readonly permissions: readonly string[];
  readonly snapshots: number;
  readonly numaNodes: number;
  /** Whether the engine passes cloud-init data to the VM. */
  readonly cloudInit: boolean;
  /** Indexes into the plan's reasons. */
  readonly reasons: readonly number[];
}

export interface PlannedDisk {
  readonly name: string;
  readonly sizeBytes: number;
  readonly actualBytes?: number;
  readonly bootable: boolean;
  readonly storage?: PlanPlace;
}

export interface PlannedNic {
  readonly name: string;
  readonly mac?: string;
  readonly network?: PlanPlace;
}

export interface Totals {
  readonly vms: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly disks: number;
  readonly diskBytes: number;
  readonly actualBytes: number;
  readonly nics: number;
  readonly snapshots: number;
  /** Disks that are attached to no VM. */
  readonly floatingDisks: number;
}

export interface Plan {
  readonly backend: string;
  readonly cloud: string;
  readonly source: Pick<EndpointRecord, 'url' | 'product' | 'api' | 'at'>;
  readonly totals: Totals;
  /** Shapes, the most frequent first. */
  readonly shapes: readonly { readonly text: string; readonly vms: number }[];
  readonly places: Readonly<Record<MappingKind, readonly Used[]>>;
  /** What has no counterpart: refusals first, then by number of VMs, descending. */
  readonly reasons: readonly Reason[];
  /** How tags, permissions and the like are supported, from the support matrix. */
  readonly belongings: readonly Belonging[];
  readonly problems: number;
  readonly vms: readonly PlannedVm[];
}

export interface Belonging {
  readonly what: string;
  readonly count: number;
  readonly support: string;
  readonly how: string;
}
