import type { Metrics, Nic } from '../../generated/entities.js';

export interface NicSpec {
  readonly name: string;
  readonly networkId: string;
  readonly mac?: string;
  readonly linked?: boolean;
  readonly notes?: Readonly<Record<string, string>>;
}

export interface NicPort {
  /**
   * The NICs attached to the VM, and the unplugged ones whose notes name it (`vm`). One call: Neutron lists the ports
   * of the VM and the unattached ones for `device_id=<vm>&device_id=`; the notes are filtered here.
   */
  list(vmId: string): Promise<Nic[]>;
  /** Those of all VMs of the project, where one list has them: `attachedTo`, or the note `vm`, names the VM. */
  listAll?(): Promise<Nic[]>;
  get(id: string): Promise<Nic>;
  /** NICs of the project that have notes of the gateway, attached or not. */
  noted(): Promise<Nic[]>;
  create(spec: NicSpec): Promise<Nic>;
  update(
    id: string,
    change: {
      readonly name?: string;
      readonly linked?: boolean;
      readonly mac?: string;
      readonly notes?: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
  remove(id: string): Promise<void>;
  /** Succeeds for a NIC that is already attached. */
  plug(vmId: string, nicId: string): Promise<void>;
  /** Succeeds for a NIC that is not attached; the port stays. */
  unplug(vmId: string, nicId: string): Promise<void>;
  metrics(vmId: string, nicId: string, mac: string): Promise<Metrics>;
}
