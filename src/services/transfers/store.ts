import { Fault } from '../../model/index.js';
import type { TransferRecord } from '../../generated/notes/notes.js';

export type { TransferRecord } from '../../generated/notes/notes.js';

/**
 * The store of transfers, and of uploads that wait for the cloud: the only state that the gateway keeps itself, because
 * no cloud accepts ranges of a volume. Replicas that share the folder share the transfers.
 */
export interface TransferStore {
  /** The operator's limits. */
  readonly limits: TransferLimits;
  list(): Promise<TransferRecord[]>;
  get(id: string): Promise<TransferRecord | undefined>;
  /** Free space in the folder, bytes. */
  room(): Promise<number>;
  add(record: TransferRecord): Promise<void>;
  /**
   * Replaces the record by the result of `change`; `undefined` leaves it. Atomic: `change` is called again if another
   * process has changed the record. Returns the record as it is then; undefined if there is none.
   */
  change(
    id: string,
    change: (record: TransferRecord) => TransferRecord | undefined,
  ): Promise<TransferRecord | undefined>;
  /** Deletes the bytes, then the record. */
  remove(id: string): Promise<void>;
  /** Deletes only the bytes. */
  drop(id: string): Promise<void>;
  /** Deletes what a crash left incomplete. `now`: epoch milliseconds. */
  sweep(now: number): Promise<void>;
  /** The end of the bytes that were written, or reached. */
  written(id: string): Promise<number>;
  /** Records that a download was read up to `end`. */
  reached(id: string, end: number): Promise<void>;
  /** The bytes from `start` to before `end`; those that were not written are zero. */
  read(id: string, start: number, end: number): AsyncIterable<Uint8Array>;
  /** When it was last used, epoch milliseconds. */
  usedAt(id: string): Promise<number>;
  /** Records that it is used now. */
  use(id: string): Promise<void>;
}

/** Whether a store failed because its folder is full: the file system, or the share of it that it may use. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The fault of a request that the folder has no room for: it may be repeated once there is room. */
export const spoolFull = (cause?: unknown): Fault =>
  new Fault('backend.space', { text: 'The spool folder of the gateway is full.' }, { cause });

export interface TransferLimits {
  /** Largest upload, bytes. */
  readonly maxBytes: number;
  /** Transfers that may run at once. */
  readonly maxTransfers: number;
  /** How long an ended transfer is shown, milliseconds. */
  readonly keepMs: number;
  /** Scheme and authority of the addresses of the bytes; absent: those of the request that began the transfer. */
  readonly url?: string;
}
