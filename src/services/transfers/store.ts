import type { TransferRecord } from '../../generated/notes/notes.js';

export type { TransferRecord } from '../../generated/notes/notes.js';

/**
 * Where transfers are remembered and uploads wait for the cloud: the one thing that the gateway keeps itself, as no
 * cloud takes ranges of a volume. Replicas that share the folder share the transfers.
 */
export interface TransferStore {
  /** Bounds that the operator set. */
  readonly limits: TransferLimits;
  list(): Promise<TransferRecord[]>;
  get(id: string): Promise<TransferRecord | undefined>;
  /** Bytes that the folder has room for. */
  room(): Promise<number>;
  add(record: TransferRecord): Promise<void>;
  /**
   * Replaces the record by what `change` makes of it; `undefined` leaves it. Nobody else changes it between the two:
   * `change` is called anew when somebody did. Gives the record as it is then; undefined when there is none.
   */
  change(
    id: string,
    change: (record: TransferRecord) => TransferRecord | undefined,
  ): Promise<TransferRecord | undefined>;
  /** Forgets the bytes, then the record. */
  remove(id: string): Promise<void>;
  /** Forgets the bytes alone. */
  drop(id: string): Promise<void>;
  /** Forgets what a crash left half made or half removed. `now`: epoch milliseconds. */
  sweep(now: number): Promise<void>;
  /** End of the last byte that was written, or reached. */
  written(id: string): Promise<number>;
  /** The bytes of a download were asked for up to `end`. */
  reached(id: string, end: number): Promise<void>;
  /** What was written, from `start` to before `end`; what nobody wrote is zero. */
  read(id: string, start: number, end: number): AsyncIterable<Uint8Array>;
  /** When it was last used, epoch milliseconds. */
  usedAt(id: string): Promise<number>;
  /** It is used now. */
  use(id: string): Promise<void>;
}

export interface TransferLimits {
  /** Largest upload, bytes. */
  readonly maxBytes: number;
  /** Transfers that may be under way at once. */
  readonly maxTransfers: number;
  /** How long a transfer that has ended is told of, milliseconds. */
  readonly keepMs: number;
  /** Scheme and authority that clients reach the bytes at; absent: those of the request that began the transfer. */
  readonly url?: string;
}
