import type { DiskInput, NicInput, VmInput } from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';
import type { Standing } from '../../support/index.js';

/** The form that a VM's size takes: what it is on the cloud, in one line, and in numbers. */
export interface Shape {
  /** `flavor ovirt-4096-2`, `partition of 2 virtual processors`. VMs of the same text are counted together. */
  readonly text: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** A backend as a plan sees it: what becomes of things there, by the same rules as when a client makes them. */
export interface PlannedBackend {
  readonly name: string;
  /** The cloud's name: `PowerVC`. */
  readonly cloud: string;
  /** What the words `{cloud}` and `{hypervisor}` of a reason are here. */
  worded(text: string): string;
  shapeOf(vm: VmInput): Shape;
  /** What of an entity this backend can keep nowhere. */
  lacking(kind: 'vm' | 'disk' | 'nic', entity: VmInput | DiskInput | NicInput): readonly Lost[];
  /** How an operation stands in the support matrix; undefined for one that there is not. */
  standing(operation: string): Standing | undefined;
}
