import type { Disk, Snapshot } from '../../generated/entities.js';

export interface SnapshotSpec {
  readonly name: string;
  readonly description: string;
  /** Absent: all volumes of the VM. */
  readonly volumeIds?: readonly string[];
  /** Those volumes, as they were just looked at. */
  readonly disks?: readonly Pick<Disk, 'id' | 'bootable'>[];
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
