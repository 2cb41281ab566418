import type { Disk, Metrics, UnmanagedLun } from '../../generated/entities.js';
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

/** What stands on a disk, and keeps it from being removed. */
export interface Holder {
  readonly what: 'template' | 'snapshot';
  readonly id: string;
  readonly name: string;
}

export interface DiskPort {
  /** The step in which sizes grow, bytes: 1 GiB where volumes are counted in GiB. */
  readonly grainBytes: number;
  /** Every volume of the project, or those that bear the note, pages with their notes. One call a page. */
  list(query?: { readonly note: readonly [key: string, value: string] }): AsyncIterable<Disk[]>;
  /**
   * Those that a VM has or that note it, by calls that its volumes alone cost; undefined where one call lists all of
   * the project. Absent where there is no such way.
   */
  readonly ofVm?: (vm: { readonly id: string; readonly volumeIds: readonly string[] }) => Promise<Disk[] | undefined>;
  /**
   * What stands on these disks of the VM and keeps them from being removed, its own snapshots apart. Absent where
   * nothing can.
   */
  readonly heldBy?: (vmId: string, diskIds: readonly string[]) => Promise<readonly Holder[]>;
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
