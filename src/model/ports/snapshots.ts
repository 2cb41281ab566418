import type { Disk, Snapshot } from '../../generated/entities.js';

export interface SnapshotSpec {
  readonly name: string;
  readonly description: string;
  /** Absent: all volumes of the VM. */
  readonly volumeIds?: readonly string[];
  /** Those volumes, as they were just read. */
  readonly disks?: readonly Pick<Disk, 'id' | 'bootable'>[];
  /** Written with the snapshot where the port has `notesAtOnce`, else ignored. */
  readonly notes?: Readonly<Record<string, string>>;
}

export interface SnapshotPort {
  /** Whether notes are written in the call that makes the snapshot, so that it is never without them. */
  readonly notesAtOnce?: boolean;
  /**
   * `notes`: with their notes, which costs one more call where the backend keeps them apart; otherwise they may be
   * missing.
   */
  list(vmId: string, options?: { readonly notes?: boolean }): Promise<Snapshot[]>;
  /** Those of all VMs of the project, where one list has them: `vm` names the VM. Notes may be missing. */
  listAll?(): Promise<Snapshot[]>;
  /** `notes` as for `list`. */
  get(id: string, options?: { readonly notes?: boolean }): Promise<Snapshot>;
  /** Takes a snapshot of all volumes, or of these. Returns when accepted; the snapshot is found by its name. */
  create(vmId: string, spec: SnapshotSpec): Promise<void>;
  /**
   * Sets notes of an existing snapshot (capability `vm.notes`). They live as long as it does, and take none of the VM's
   * metadata.
   */
  note(vmId: string, snapshot: Snapshot, notes: Readonly<Record<string, string>>): Promise<void>;
  restore(vmId: string, snapshotId: string): Promise<void>;
  /**
   * Undoes a restore that failed: the volumes are as they were before. Where the backend cannot undo it, returns a
   * sentence that says in what state they are.
   */
  rollback(vmId: string, snapshotId: string): Promise<string | void>;
  remove(id: string): Promise<void>;
}
