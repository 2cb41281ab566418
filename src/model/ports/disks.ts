import type { Disk, Metrics, Snapshot, UnmanagedLun } from '../../generated/entities.js';
import type { NotesPatch } from './vms.js';

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

/** Something that is based on a disk, and prevents its removal. */
export interface Holder {
  readonly what: 'template' | 'snapshot';
  readonly id: string;
  readonly name: string;
}

/** What one look shows of the snapshots around the disks of a VM. */
export interface Held {
  readonly holders: readonly Holder[];
  /** The VM's own snapshots, where the same look shows all of them. */
  readonly snapshots?: readonly Snapshot[];
}

export interface DiskPort {
  /** The step in which sizes grow, bytes: 1 GiB where volumes are counted in GiB. */
  readonly grainBytes: number;
  /** Every volume of the project, or those that have the note, in pages, with their notes. One call a page. */
  list(query?: { readonly note: readonly [key: string, value: string] }): AsyncIterable<Disk[]>;
  /**
   * The disks that a VM has or that name it in their notes, by calls whose number depends on its volumes alone;
   * undefined where one call lists the whole project. Absent where the cloud has no such calls.
   */
  readonly ofVm?: (vm: { readonly id: string; readonly volumeIds: readonly string[] }) => Promise<Disk[] | undefined>;
  /** What is based on these disks of the VM and prevents their removal. Absent where only its own snapshots can be. */
  readonly heldBy?: (vmId: string, diskIds: readonly string[]) => Promise<Held>;
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
  /** Succeeds for a disk that is already attached to the VM. `boot`: the first disk of a VM that has none. */
  attach(vmId: string, diskId: string, options?: { readonly boot?: boolean }): Promise<void>;
  /**
   * Makes the disk outlive the VM: Nova deletes the volumes that a deployment made together with the VM. Throws
   * `unsupported` for such a volume where the cloud lacks `vm.keepDisks`; one that stays anyway is left as it is.
   */
  keep(vmId: string, diskId: string): Promise<void>;
  /** Succeeds for a disk that is not attached to the VM. */
  detach(vmId: string, diskId: string): Promise<void>;
  note(id: string, patch: NotesPatch): Promise<void>;
  /** LUNs that a storage provider knows and the backend does not manage. One call a provider. */
  unmanagedLuns(): Promise<UnmanagedLun[]>;
  /** Brings a LUN under management. Returns the id of its disk. Succeeds for a LUN that is managed already. */
  manage(lun: UnmanagedLun, name: string): Promise<string>;
  metrics(vmId: string, diskId: string): Promise<Metrics>;
}
