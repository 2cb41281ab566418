import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from './log.js';

/** How many events are written at once, at most. */
const BATCH = 500;
/** The pause before a failed write is retried, milliseconds. */
const AGAIN_MS = 1000;
/** How long a request waits for room, milliseconds. */
const PATIENCE_MS = 5000;
/** How long the shutdown waits for events to be written, milliseconds. */
const CLOSE_MS = 5000;

/** Where events are appended: bytes in order, none left out. */
export interface AuditSink {
  /** Appends some of the bytes, at least one; returns how many. Throws if nothing can be written. */
  write(bytes: Buffer): Promise<number>;
  close(): Promise<void>;
}

/**
 * A stream of events, one JSON object a line. None is dropped: failed writes are retried, and while too many events
 * wait, `admit` lets nothing more begin.
 */
export class AuditTrail {
  #pending: string[] = [];
  #writing: Promise<void> | undefined;
  #failing = false;
  #closing = false;

  /** `maxPending`: events that may wait. */
  constructor(
    private readonly sink: AuditSink,
    private readonly maxPending: number,
    private readonly log: Pick<Log, 'error' | 'info'>,
  ) {}

  /** Takes an event; it is written soon. */
  add(event: object): void {
    this.#pending.push(`${JSON.stringify(event)}\n`);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Whether something that needs an event may begin: at once if there is room, else after a while. */
  async admit(): Promise<boolean> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.#pending.length >= this.maxPending) {
      if (this.#failing || Date.now() >= deadline) return false;
      await pause(10);
    }
    return true;
  }

  /** Whether there is room now: the quick form of `admit`. */
  get hasRoom(): boolean {
    return this.#pending.length < this.maxPending;
  }

  /** Events that wait to be written. */
  get waiting(): number {
    return this.#pending.length;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const late = pause(CLOSE_MS, undefined, { ref: false });
    await Promise.race([this.#writing ?? Promise.resolve(), late]);
    if (this.#pending.length > 0) this.log.error('audit events were not written', { count: this.#pending.length });
    await this.sink.close();
  }

  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      const count = Math.min(BATCH, this.#pending.length);
      if (!(await this.#append(Buffer.from(this.#pending.slice(0, count).join(''))))) return;
      this.#pending.splice(0, count);
    }
  }

  /** Whether all was appended; false if the shutdown cannot wait for it. */
  async #append(bytes: Buffer): Promise<boolean> {
    for (let rest = bytes; rest.length > 0;) {
      try {
        rest = rest.subarray(await this.sink.write(rest));
        if (this.#failing) this.log.info('the audit log is written again');
        this.#failing = false;
      } catch (error) {
        if (!this.#failing)
          this.log.error('the audit log cannot be written: requests that must be recorded are waiting', { error });
        this.#failing = true;
        if (this.#closing) return false;
        await pause(AGAIN_MS, undefined, { ref: false });
      }
    }
    return true;
  }
}

/**
 * A file that is appended to, readable by its owner alone. After `reopen`, one that was moved away is created again.
 */
export class AuditFile implements AuditSink {
  #handle: FileHandle | undefined;

  constructor(private readonly file: string) {}

  /** Throws when it cannot be written to. */
  async open(): Promise<FileHandle> {
    return (this.#handle ??= await open(this.file, 'a', 0o600));
  }

  async write(bytes: Buffer): Promise<number> {
    const handle = await this.open();
    return (await handle.write(bytes)).bytesWritten;
  }

  /** Closes the file; the next event opens it again. */
  async reopen(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  close(): Promise<void> {
    return this.reopen();
  }
}

/** Standard output, among other lines: `"typeURI"` marks the events. */
export const standardOutputSink: AuditSink = {
  write: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
    }),
  close: async () => undefined,
};
