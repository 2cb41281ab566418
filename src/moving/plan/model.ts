import type { MappingKind, Used } from './mapping.js';
import type { EndpointRecord } from '../inventory/record.js';

/**
 * What stands between a VM and its move: `blocked`, the gateway refuses to make it as it is, until somebody decides what
 * is left out; `unmapped`, the mapping file has to say where it goes; `losses`, it moves, but parts of it have no
 * counterpart; `ready`.
 */
export type Verdict = 'ready' | 'losses' | 'unmapped' | 'blocked';

export const verdicts: readonly Verdict[] = ['ready', 'losses', 'unmapped', 'blocked'];

/** Something of VMs that has no place on the other side, and how many VMs it concerns. */
export interface Reason {
  /** In the engine's document, without indexes: `vm.usb.enabled`. */
  readonly path: string;
  readonly why: string;
  readonly refused: boolean;
  readonly vms: number;
}

/** A name of the old side, and of the new one where it is known. */
export interface Place {
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
  readonly cluster?: Place;
  readonly disks: readonly PlannedDisk[];
  readonly nics: readonly PlannedNic[];
  readonly tags: readonly string[];
  /** `UserRole for admin`. */
  readonly permissions: readonly string[];
  readonly snapshots: number;
  readonly numaNodes: number;
  /** Whether the engine gives the VM data for cloud-init. */
  readonly cloudInit: boolean;
  /** Indexes into the plan's reasons. */
  readonly reasons: readonly number[];
}

export interface PlannedDisk {
  readonly name: string;
  readonly sizeBytes: number;
  readonly actualBytes?: number;
  readonly bootable: boolean;
  readonly storage?: Place;
}

export interface PlannedNic {
  readonly name: string;
  readonly mac?: string;
  readonly network?: Place;
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
  /** Disks that no VM has. */
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
  /** What has no place, refusals first, then by the number of VMs. */
  readonly reasons: readonly Reason[];
  /** What becomes of tags, permissions and the like, by the support matrix. */
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
