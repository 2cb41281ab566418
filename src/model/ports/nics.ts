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
   * The NICs attached to the VM, and the unplugged ones whose notes name it (`vm`). One call: Neutron gives the ports
   * of the VM and those of nobody for `device_id=<vm>&device_id=`; the notes are read here, so they may hold any key.
   */
  list(vmId: string): Promise<Nic[]>;
  /** Those of all VMs of the project, where one list tells them: `attachedTo`, or the note `vm`, says whose each is. */
  listAll?(): Promise<Nic[]>;
  get(id: string): Promise<Nic>;
  /** NICs of the project that bear notes of the gateway, attached or not. */
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
  /** Attached already counts as attached. */
  plug(vmId: string, nicId: string): Promise<void>;
  /** Not attached counts as unplugged; the port stays. */
  unplug(vmId: string, nicId: string): Promise<void>;
  metrics(vmId: string, nicId: string, mac: string): Promise<Metrics>;
}
