import type {
  AffinityGroup,
  Cluster,
  Console,
  Disk,
  Host,
  InstanceType,
  Metrics,
  Network,
  Nic,
  Permission,
  PmemVolume,
  PmemVolumeInput,
  Ref,
  Snapshot,
  SshPublicKey,
  StorageDomain,
  Template,
  UnmanagedLun,
  Vm,
  VmInput,
  VmAction,
} from '../generated/entities.js';
import type { Asker } from './asker.js';
import type { ServiceLoad } from './load.js';
import type { Words } from './words.js';

/**
 * The port between the verbs (src/services) and a backend. A backend speaks in entities and knows neither oVirt's
 * protocol
 * nor
 * what a composed operation is: each method is one act that the backend either did or refused with a Fault. Methods
 * that start
 * work return when the backend has accepted it; whoever called looks again to see it done.
 *
 * Every method may throw: `not-found` (the id is unknown), `backend.*` and `forbidden` as the catalogue tells; others
 * are named below.
 */

/** What a client logs in with: oVirt's user and profile, or a service account's. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly profile: string;
}

/**
 * An act that a backend may be unable to do. The reason, when it is, is a sentence for the fault and for the support
 * matrix.
 */
export type Capability =
  | 'vm.create'
  | 'vm.create.blank'
  | 'vm.create.fromSnapshot'
  | 'vm.create.fromDisks'
  | 'vm.resize'
  | 'vm.bounds'
  | 'vm.ha'
  | 'vm.placement'
  | 'vm.pin'
  | 'vm.suspend'
  | 'vm.notes'
  | 'vm.migrate'
  | 'vm.migrate.cancel'
  | 'vm.capture'
  | 'vm.clone'
  | 'vm.console'
  | 'disk.create'
  | 'disk.extend'
  | 'disk.shareable'
  | 'disk.move'
  | 'disk.manageLun'
  | 'disk.notes'
  | 'disk.media'
  | 'disk.upload'
  | 'disk.download'
  | 'nic.mac'
  | 'nic.linked'
  | 'nic.unplugged'
  | 'nic.notes'
  | 'snapshot'
  | 'snapshot.restore'
  | 'pmem'
  | 'pmem.aggregated'
  | 'template.update'
  | 'metrics';

/**
 * Keys of notes that only work under way needs, by what bears them: they go with `pending`, or stand for a work of
 * their own (`restoring`, `task`).
 */
export const WORKING_NOTES = {
  vm: ['pending', 'blank', 'start', 'wanted', 'restoring', 'snapshotting', 'task', 'cloned'],
  disk: ['pending', 'vm', 'boot', 'instead'],
  nic: ['pending', 'vm', 'nic', 'old', 'mac'],
} as const;

/** `true`, or why not. */
export type Capabilities = Readonly<Record<Capability, true | string>>;

export interface Backend {
  /** The name that faults and the support matrix give it: `powervc`. */
  readonly name: string;
  readonly words: Words;
  readonly capabilities: Capabilities;
  /** Logs in. Throws `auth.refused` for wrong credentials. */
  login(credentials: Credentials): Promise<BackendSession>;
  /**
   * The login that `BackendSession.export` told of, here or in another process. No call is made. With credentials it
   * can be renewed, as one of
   * `login`; without them it ends with its token. Throws `auth.refused` for a text that is none of this backend's, and
   * for a login that has ended.
   */
  resume(exported: string, credentials?: Credentials): BackendSession;
  /**
   * Asks each service for what it tells without a login, one call each: the one that logs in, and those whose addresses
   * are known since the first login. Never throws for a service that does not answer.
   */
  probe(): Promise<readonly ServiceAnswer[]>;
  /** How each service of the cloud fares that was asked so far. */
  load(): readonly ServiceLoad[];
  close(): Promise<void>;
}

/** One login: a user in a project. */
export interface BackendSession {
  /** What the backend can do: for verbs, which see nothing of it but its sessions. */
  readonly capabilities: Capabilities;
  readonly user: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
  /** When the login ends, epoch milliseconds. */
  readonly expiresAt: number;
  readonly vms: VmPort;
  readonly disks: DiskPort;
  readonly images: ImagePort;
  readonly nics: NicPort;
  readonly snapshots: SnapshotPort;
  readonly pmem: PmemPort;
  readonly inventory: InventoryPort;
  readonly access: AccessPort;
  readonly shared: SharedNotes;
  /** The same login, whose calls carry this correlation id to the backend and are counted by `onCall`. */
  with(options: CallOptions): BackendSession;
  /**
   * The login as a text, for `Backend.resume`. It is as good as the login itself: to be sealed before it leaves the
   * process.
   */
  export(): string;
  /** Something goes on in this login after its answer: a logout does not end that, until the function is called. */
  hold(): () => void;
  /** Whether the cloud still takes the login. True where that cannot be told. Never throws for a cloud that is away. */
  check(): Promise<boolean>;
  /** Ends the client's login at once. */
  logout(): Promise<void>;
}

export interface CallOptions {
  readonly correlationId?: string;
  /** Who waits for it; absent for what goes on whoever waits. */
  readonly asker?: Asker;
  /** Told of each call that went out, after its answer: for budgets, metrics, `translate`. */
  readonly onCall?: (call: BackendCall) => void;
  /** Told when a call is sent again because it found no connection or a 503. */
  readonly onRetry?: (service: string) => void;
  /** Asked before a call goes out: headers to send with it, and what is told of its status; 0: no answer. */
  readonly trace?: (call: Pick<BackendCall, 'service' | 'method' | 'path'>) => TracedCall;
}

/** A call that somebody follows across processes (W3C Trace Context). */
export interface TracedCall {
  readonly headers: Readonly<Record<string, string>>;
  ended(status: number): void;
}

/** How a service of the cloud answers somebody who is not logged in. */
export interface ServiceAnswer {
  /** As calls name it: `compute`. */
  readonly service: string;
  readonly url: string;
  /** 0: no answer. */
  readonly status: number;
  /** The newest (micro)version that it tells. */
  readonly version?: string;
  /** Why there was no answer. */
  readonly detail?: string;
}

/** One call on the backend, as it was on the wire. `body` and `answer` are parsed JSON; secrets are already hidden. */
export interface BackendCall {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer?: unknown;
  /** The beginning of the answer as text, at most so many characters: a page of a thousand servers is more than anybody reads. */
  readonly answerText?: (most: number) => string | undefined;
  readonly milliseconds: number;
  /** The correlation id in the form that the backend takes and logs. */
  readonly requestId?: string;
}

/**
 * Changes to notes: a text sets, null removes. Merged, never replaced whole. Keys without the `ovirt.` prefix.
 *
 * A backend that can write nothing down beside a thing (capabilities `vm.notes`, `disk.notes`, `nic.notes`) keeps those
 * of `WORKING_NOTES` in its own
 * process until the work is done, and throws `unsupported` for any other: verbs ask for the capability first. Its
 * composed operations then work and are
 * undone as elsewhere; one that is cut off by a crash is not taken up: what it had made by then is left as it stands, a
 * new disk as a floating one.
 * Each act should do as much as the backend does at once (`VmPort.remove` with its disks), so that there is little to
 * be cut off.
 */
export type NotesPatch = Readonly<Record<string, string | null>>;

export interface VmQuery {
  /** Exact name. */
  readonly name?: string;
  readonly hasPmem?: boolean;
  /** What follows are hints: a backend that cannot filter so gives more. `*` in the text is any characters. */
  readonly like?: { readonly text: string; readonly caseSensitive: boolean };
  /** Words of VmStatus, of which any fits; with one that the backend knows nothing of it does not filter. */
  readonly statuses?: readonly string[];
  /** Ids of hosts, of which any fits. */
  readonly hostIds?: readonly string[];
  /** No more than so many are wanted: a page need not be longer. */
  readonly first?: number;
  /** One of the port's `orders`: then the pages come in this order. */
  readonly order?: { readonly by: string; readonly descending: boolean };
}

export interface VmSpec extends Omit<VmInput, 'id' | 'status'> {
  readonly name: string;
  /** Boot from copies of these volume snapshots instead of a template; the first is the boot disk. */
  readonly volumeSnapshots?: readonly { readonly id: string; readonly sizeBytes: number }[];
  /** Boot from these disks, which are there, instead of a template; the first is the boot disk. They outlive the VM. */
  readonly volumes?: readonly string[];
}

/** What a resize changes; what is absent stays. `extraSpecs`: keys of the form `powervm:…`. */
export interface VmSize {
  readonly memoryBytes?: number;
  readonly processors?: number;
  /** Of the processors, as the client asked for them: `sockets x cores x threads`. Of no matter to a backend. */
  readonly topology?: string;
  /** Whether it may be moved to another host; only where `vm.pin` can be. */
  readonly affinity?: NonNullable<Vm['affinity']>;
  readonly extraSpecs?: Readonly<Record<string, string>>;
}

export interface VmPort {
  /** The step in which memory is sized, bytes; 1 MiB when absent. */
  readonly memoryGrainBytes?: number;
  /** The properties by which a list can come sorted; absent means none. */
  readonly orders?: readonly ('name' | 'createdAt' | 'updatedAt')[];
  /** Pages of VMs with their notes, in the backend's order. One call a page. */
  list(query?: VmQuery): AsyncIterable<Vm[]>;
  /** One call. */
  get(id: string): Promise<Vm>;
  /** Returns the id of a VM that is being built; its notes are those of the spec. */
  create(spec: VmSpec): Promise<string>;
  rename(id: string, name: string): Promise<void>;
  resize(vm: Vm, size: VmSize): Promise<void>;
  /**
   * The part of the size that the VM takes as it is now, without going down; the rest waits for its next start. Absent:
   * it takes all of it, or the backend refuses. A VM that is down takes anything.
   */
  takes?(vm: Vm, size: VmSize): VmSize | undefined;
  /**
   * Disks and ports that came before the VM outlive it. `withDisks`: they are to go anyway, and a backend that can
   * removes them in the same act.
   */
  remove(id: string, options?: { readonly withDisks?: boolean }): Promise<void>;
  start(id: string): Promise<void>;
  /** Power off at once. */
  stop(id: string): Promise<void>;
  /** Shut down the guest. */
  shutdown(id: string): Promise<void>;
  reboot(id: string): Promise<void>;
  /** Restarts it without asking the guest. */
  reset(id: string): Promise<void>;
  suspend(id: string): Promise<void>;
  /** Lets a VM that was suspended, or paused, run again. */
  resume(id: string, from?: 'suspended' | 'paused'): Promise<void>;
  /**
   * Moves a running VM to this host, or to one that the backend chooses. Throws `not-found.reference` for an unknown
   * host.
   */
  migrate(id: string, host?: Ref): Promise<void>;
  /**
   * Ends a migration that is under way (capability `vm.migrate.cancel`). Throws `backend.conflict` when there is none.
   */
  cancelMigration(id: string): Promise<void>;
  /**
   * Makes an image of the VM's volumes. Returns the id of the image, which is not ready yet; undefined when it is found
   * by its name, once it is there.
   */
  capture(
    id: string,
    name: string,
    told?: { readonly description?: string; readonly exported?: string },
  ): Promise<string | undefined>;
  /** Copies the VM with its volumes. The copy is found by its name. */
  clone(
    id: string,
    spec: { readonly name: string; readonly networkIds: readonly string[]; readonly cluster?: Ref },
  ): Promise<void>;
  /** Opens a console (capability `vm.console`). */
  console(id: string, protocol: 'vnc' | 'spice'): Promise<Console>;
  note(id: string, patch: NotesPatch): Promise<void>;
  metrics(id: string): Promise<Metrics>;
  /** What the backend remembers of its acts on the VM. One call. */
  actions(id: string): Promise<VmAction[]>;
}

export interface DiskSpec {
  readonly name: string;
  readonly description?: string;
  /** Bytes; the backend rounds up to its own grain. */
  readonly sizeBytes: number;
  /** Id of the storage domain; absent means the backend's default. */
  readonly storageDomainId?: string;
  readonly shareable?: boolean;
  readonly bootable?: boolean;
  readonly notes?: Readonly<Record<string, string>>;
  /** Fill the disk from this image. */
  readonly imageId?: string;
  /** Fill the disk from this disk, attached or not, or from this snapshot of one. */
  readonly copyOf?: { readonly diskId: string } | { readonly snapshotId: string };
}

export interface DiskPort {
  /** The step in which sizes grow, bytes: 1 GiB where volumes are counted in GiB. */
  readonly grainBytes: number;
  /** Every volume of the project, or those that bear the note, pages with their notes. One call a page. */
  list(query?: { readonly note: readonly [key: string, value: string] }): AsyncIterable<Disk[]>;
  /**
   * Those that a VM has or that note it, by calls that its volumes alone cost; undefined where one call lists all of the
   * project. Absent where there is no such way.
   */
  readonly ofVm?: (vm: { readonly id: string; readonly volumeIds: readonly string[] }) => Promise<Disk[] | undefined>;
  get(id: string): Promise<Disk>;
  /** Returns the disk as the backend accepted it, with the size that it will have. */
  create(spec: DiskSpec): Promise<Disk>;
  update(
    id: string,
    change: {
      readonly name?: string;
      readonly description?: string;
      readonly shareable?: boolean;
      readonly readOnly?: boolean;
      readonly bootable?: boolean;
    },
  ): Promise<void>;
  /** Grow. Never shrinks: throws `backend.refused`. */
  extend(id: string, sizeBytes: number): Promise<void>;
  move(id: string, storageDomainId: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** A disk that is attached there already counts as attached. `boot`: the first disk of a VM that has none. */
  attach(vmId: string, diskId: string, options?: { readonly boot?: boolean }): Promise<void>;
  /**
   * The disk outlives the VM, whatever it was deployed with: Nova deletes with a VM the volumes that its deployment
   * made.
   */
  keep(vmId: string, diskId: string): Promise<void>;
  /** A disk that is not attached there counts as detached. */
  detach(vmId: string, diskId: string): Promise<void>;
  note(id: string, patch: NotesPatch): Promise<void>;
  /** LUNs that a storage provider knows and the backend does not manage. One call a provider. */
  unmanagedLuns(): Promise<UnmanagedLun[]>;
  /** Bring a LUN under management. Returns the id of its disk; one that is managed already counts as taken. */
  manage(lun: UnmanagedLun, name: string): Promise<string>;
  metrics(vmId: string, diskId: string): Promise<Metrics>;
}

export type ImageFormat = 'raw' | 'qcow2';

/** Images as carriers of a disk's bytes (capabilities `disk.upload`, `disk.download`). */
export interface ImagePort {
  /** A new image that has no bytes yet. Returns its id. */
  create(name: string, format: ImageFormat): Promise<string>;
  /** Sends the bytes, `length` of them. `parts` is called anew should they have to be sent again. */
  write(id: string, length: number, parts: () => AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes from `start` to before `end`. Throws `not-found` when the image is gone. */
  read(id: string, start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
  /** How far the image has come; undefined when there is none. `sizeBytes` once it is ready. */
  look(
    id: string,
  ): Promise<{ readonly state: 'pending' | 'ready' | 'failed'; readonly sizeBytes?: number } | undefined>;
  /** Ids of the images of that name. */
  named(name: string): Promise<readonly string[]>;
  /** Begins to copy a disk that is attached nowhere into a new image. Returns the image's id. */
  ofDisk(diskId: string, name: string, format: ImageFormat): Promise<string>;
  /** Begins to overwrite a disk that is attached nowhere with an image, which the backend converts. */
  intoDisk(id: string, diskId: string): Promise<void>;
  /** One that is gone counts as removed. */
  remove(id: string): Promise<void>;
}

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
   * of the
   * VM and those of nobody for `device_id=<vm>&device_id=`; the notes are read here, so they may hold any key.
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

export interface SnapshotSpec {
  readonly name: string;
  readonly description: string;
  /** Absent: all volumes of the VM. */
  readonly volumeIds?: readonly string[];
  /** Written with the snapshot where the port has `notesAtOnce`, else ignored. */
  readonly notes?: Readonly<Record<string, string>>;
}

export interface SnapshotPort {
  /** A snapshot can be made with its notes, so that it is never without them. */
  readonly notesAtOnce?: boolean;
  /** `notes`: with their notes, for one call more where the backend keeps these apart; without, they may lack. */
  list(vmId: string, options?: { readonly notes?: boolean }): Promise<Snapshot[]>;
  /** Those of all VMs of the project, where one list tells them: `vm` says whose each is. Notes may lack. */
  listAll?(): Promise<Snapshot[]>;
  /** `notes` as for `list`. */
  get(id: string, options?: { readonly notes?: boolean }): Promise<Snapshot>;
  /** Takes a snapshot of all volumes, or of these. Returns when accepted; the snapshot is found by its name. */
  create(vmId: string, spec: SnapshotSpec): Promise<void>;
  /**
   * Sets notes of a snapshot that is made (capability `vm.notes`). They stay as long as it does, and cost the VM
   * nothing.
   */
  note(vmId: string, snapshot: Snapshot, notes: Readonly<Record<string, string>>): Promise<void>;
  restore(vmId: string, snapshotId: string): Promise<void>;
  /**
   * Ends a restore that failed: the volumes are again what they were before. Where the backend cannot take it back,
   * gives a sentence that tells how they are.
   */
  rollback(vmId: string, snapshotId: string): Promise<string | void>;
  remove(id: string): Promise<void>;
}

export interface PmemSpec {
  readonly name: string;
  readonly sizeBytes: number;
  readonly affinity: boolean;
  readonly device: string;
}

export interface PmemPort {
  /** Every pmem volume of the project, or of all projects; `vm` is set where the backend tells it. */
  list(options?: { readonly allTenants?: boolean }): Promise<PmemVolume[]>;
  add(vmId: string, volumes: readonly PmemSpec[], aggregated: boolean): Promise<PmemVolume[]>;
  remove(vmId: string, volume: Pick<PmemVolumeInput, 'id' | 'volumeUuid'>, aggregated: boolean): Promise<void>;
  /** `vmId`: the VM that has it. */
  rename(id: string, name: string, vmId: string): Promise<PmemVolume>;
}

/** Who may do what. */
export interface AccessPort {
  /**
   * The roles that users and groups have in the project; where the login may not see them, those that it has itself.
   * One call.
   */
  permissions(): Promise<Permission[]>;
  /** The public keys of the user who is logged in, where the backend keeps keys by users. One call. */
  keys(): Promise<SshPublicKey[]>;
  /** Throws `backend.conflict` for a name that is taken, `unsupported` where keys are not a user's own. */
  addKey(key: { readonly name: string; readonly content: string }): Promise<SshPublicKey>;
  removeKey(name: string): Promise<void>;
}

/** Notes that belong to no resource, and that every project and every replica sees: oVirt's tags are global. */
export interface SharedNotes {
  /**
   * One call. Empty for a user who may not look; with `required`, as something is to be changed by it, that throws
   * `backend.forbidden`.
   */
  read(options?: { readonly required?: boolean }): Promise<Readonly<Record<string, string>>>;
  /** Merged, as all notes are. Throws `backend.forbidden` for a user who may look but not write. */
  note(patch: NotesPatch): Promise<void>;
}

export interface InventoryPort {
  clusters(): Promise<Cluster[]>;
  /** May be some seconds old, unless `fresh` asks for their state now. */
  hosts(options?: { readonly fresh?: boolean }): Promise<Host[]>;
  /** Images, ISO images too; with the disks that a deployment makes where the backend tells them. */
  templates(): Promise<Template[]>;
  template(id: string): Promise<Template>;
  storageDomains(): Promise<StorageDomain[]>;
  networks(): Promise<Network[]>;
  /** Sizes that the backend has names for. */
  instanceTypes(): Promise<InstanceType[]>;
  /** The image's name or description. Throws `backend.forbidden` for an image of somebody else's. */
  updateTemplate(id: string, change: { readonly name?: string; readonly description?: string }): Promise<void>;
  removeTemplate(id: string): Promise<void>;
  /**
   * Groups of VMs that are kept together or apart. Their cluster is not told: such a group holds wherever its VMs are.
   */
  affinityGroups(): Promise<AffinityGroup[]>;
  addAffinityGroup(spec: {
    readonly name: string;
    readonly positive: boolean;
    readonly enforcing: boolean;
  }): Promise<AffinityGroup>;
  removeAffinityGroup(id: string): Promise<void>;
  /** Takes a host out of work, its running VMs moved to other hosts, or back into it. Throws `not-found.reference`. */
  maintain(host: Ref, maintenance: boolean): Promise<void>;
  /**
   * The load average of five minutes, where the cloud tells it of this host; absent where it tells that of none. Throws
   * `not-found.reference`.
   */
  loadAverage?(host: Ref): Promise<number | undefined>;
}
