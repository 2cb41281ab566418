import type { Console, Metrics, Ref, Vm, VmInput, VmAction } from '../../generated/entities.js';

/**
 * Changes to notes: a text sets, null removes. Merged, never replaced whole. Keys without the `ovirt.` prefix.
 *
 * A backend that can write nothing down beside a thing (capabilities `vm.notes`, `disk.notes`, `nic.notes`) keeps those
 * of `WORKING_NOTES` in its own process until the work is done, and throws `unsupported` for any other: verbs ask for
 * the capability first. Its composed operations then work and are undone as elsewhere; one that is cut off by a crash
 * is not taken up: what it had created by then is left as it is, a new disk as a floating one. Each act should do as
 * much as the backend does at once (`VmPort.remove` with its disks), so that there is little to be cut off.
 */
export type NotesPatch = Readonly<Record<string, string | null>>;

export interface VmQuery {
  /** Exact name. */
  readonly name?: string;
  readonly hasPmem?: boolean;
  /**
   * This and what follows are hints: a backend that cannot filter by them returns more. `*` in the text is any
   * characters.
   */
  readonly like?: { readonly text: string; readonly caseSensitive: boolean };
  /** Statuses, of which any fits. The backend does not filter if it lacks one of them. */
  readonly statuses?: readonly string[];
  /** Ids of hosts, of which any fits. */
  readonly hostIds?: readonly string[];
  /** How many are needed at most: a page need not be longer. */
  readonly first?: number;
  /** One of the port's `orders`: the order of the pages. */
  readonly order?: { readonly by: string; readonly descending: boolean };
}

export interface VmSpec extends Omit<VmInput, 'id' | 'status'> {
  readonly name: string;
  /** Boot from copies of these volume snapshots instead of a template; the first is the boot disk. */
  readonly volumeSnapshots?: readonly { readonly id: string; readonly sizeBytes: number }[];
  /** Boot from these existing disks instead of a template; the first is the boot disk. They outlive the VM. */
  readonly volumes?: readonly string[];
}

/** What a resize changes; absent properties stay. `extraSpecs`: keys of the form `powervm:…`. */
export interface VmSize {
  readonly memoryBytes?: number;
  readonly processors?: number;
  /** The client's `sockets x cores x threads`. Backends ignore it. */
  readonly topology?: string;
  /** Whether it may be moved to another host; only where `vm.pin` can be. */
  readonly affinity?: NonNullable<Vm['affinity']>;
  readonly extraSpecs?: Readonly<Record<string, string>>;
}

export interface VmCount {
  readonly total: number;
  readonly active: number;
}

export interface VmPort {
  /** The step in which memory is sized, bytes; 1 MiB when absent. */
  readonly memoryGrainBytes?: number;
  /** The properties by which the backend can sort a list; absent means none. */
  readonly orders?: readonly ('name' | 'createdAt' | 'updatedAt')[];
  /** Pages of VMs with their notes, in the backend's order. One call a page. */
  list(query?: VmQuery): AsyncIterable<Vm[]>;
  /**
   * How many VMs a list without a query has, and how many of them run, for much less than the list. One that is about
   * to stop, to restart or to move counts as running. Absent where a list is the only way.
   */
  count?(): Promise<VmCount>;
  /** One call. */
  get(id: string): Promise<Vm>;
  /** Returns the id of a VM that is being built, with the notes of the spec. */
  create(spec: VmSpec): Promise<string>;
  rename(id: string, name: string): Promise<void>;
  /** `name`: its new name, in the same act (`resizesWithName`). */
  resize(vm: Vm, size: VmSize, name?: string): Promise<void>;
  readonly resizesWithName?: true;
  /**
   * The part of the size that the VM can take without a restart; the rest waits for its next start. Absent: it takes
   * all of it, or the backend refuses. A VM that is down takes anything.
   */
  takes?(vm: Vm, size: VmSize): VmSize | undefined;
  /**
   * Disks and ports that existed before the VM outlive it. `withDisks`: they are removed anyway, in the same call where
   * the backend can.
   */
  remove(id: string, options?: { readonly withDisks?: boolean }): Promise<void>;
  start(id: string): Promise<void>;
  /** Power off at once. */
  stop(id: string): Promise<void>;
  /** Shut down the guest. */
  shutdown(id: string): Promise<void>;
  reboot(id: string): Promise<void>;
  /** Restarts it hard, without the guest's cooperation. */
  reset(id: string): Promise<void>;
  suspend(id: string): Promise<void>;
  /** Resumes a suspended or paused VM. */
  resume(id: string, from?: 'suspended' | 'paused'): Promise<void>;
  /**
   * Moves a running VM to this host, or to one that the backend chooses. Throws `not-found.reference` for an unknown
   * host.
   */
  migrate(id: string, host?: Ref): Promise<void>;
  /** Cancels a running migration (capability `vm.migrate.cancel`). Throws `backend.conflict` when there is none. */
  cancelMigration(id: string): Promise<void>;
  /**
   * Makes an image of the VM's volumes. Returns the id of the image, which is not ready yet; undefined when it is found
   * by its name, once it is there. What the image is to tell is written with it; a cloud copies to it what the image of
   * the VM's template tells, which an empty text undoes.
   */
  capture(
    id: string,
    name: string,
    facts?: { readonly description?: string; readonly exported?: string; readonly factsNote?: string },
  ): Promise<string | undefined>;
  /** Copies the VM with its volumes. The copy is found by its name. */
  clone(
    id: string,
    spec: { readonly name: string; readonly networkIds: readonly string[]; readonly cluster?: Ref },
  ): Promise<void>;
  /**
   * Rebuilds a VM that is down from its template, with this user data for its guest's cloud-init, and sets these notes
   * in the same call (capability `vm.initialize`). Its boot disk is as it was deployed; its other disks and NICs stay.
   * Returns when accepted. Throws `unsupported` for a VM without a template.
   */
  initialize?(id: string, userData: string, notes: Readonly<Record<string, string>>): Promise<void>;
  /** Opens a console (capability `vm.console`). */
  console(id: string, protocol: 'vnc' | 'spice'): Promise<Console>;
  note(id: string, patch: NotesPatch): Promise<void>;
  /** Reads notes that other gateways have written since this process read them, where a look does not. */
  reread?(): Promise<void>;
  /** VMs with unfinished work, where neither a list nor a look would show that. */
  noted?(): Promise<Vm[]>;
  metrics(id: string): Promise<Metrics>;
  /**
   * The measurements of these VMs, by id, with one call at most; for a VM that is not in it, ask `metrics`. Undefined,
   * or no such function, where the cloud reports one VM at a time only.
   */
  metricsOf?(vms: readonly Vm[]): Promise<ReadonlyMap<string, Metrics> | undefined>;
  /** The backend's history of actions on the VM. One call. */
  actions(id: string): Promise<VmAction[]>;
}
