import type { DiskInput, NicInput, VmInput } from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';
import type { Standing } from '../../support/index.js';

/** What a VM's size becomes on the cloud: one line of text, and numbers. */
export interface Shape {
  /**
   * Such as `flavor ovirt-4096-2` or `partition of 2 virtual processors`. VMs with the same text are counted together.
   */
  readonly text: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** A backend as the planner sees it. Its rules are those that apply when a client creates the VM. */
export interface PlannedBackend {
  readonly name: string;
  /** The cloud's name, such as `PowerVC`. */
  readonly cloud: string;
  /** What `{cloud}` and `{hypervisor}` in a reason stand for. */
  worded(text: string): string;
  shapeOf(vm: VmInput): Shape;
  /** The properties of an entity that this backend cannot store. */
  lacking(kind: 'vm' | 'disk' | 'nic', entity: VmInput | DiskInput | NicInput): readonly Lost[];
  /** The operation's entry in the support matrix; undefined if it has none. */
  standing(operation: string): Standing | undefined;
}
