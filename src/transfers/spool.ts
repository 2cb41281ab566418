import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNote } from '../services/notes.js';
import type { TransferLimits, TransferRecord, TransferStore } from '../services/transfers/store.js';

const RECORD = '.json';
const BYTES = '.bytes';
const BLOCK = 1024 * 1024;

/** What can be done with the bytes of an upload. Offsets and sizes are bytes. */
export interface SpooledBytes {
  /** Writes what comes, from `offset` on. Gives how many bytes came. Throws what the file system throws (ENOSPC). */
  write(id: string, offset: number, parts: AsyncIterable<Uint8Array>, most: number): Promise<number>;
  zero(id: string, offset: number, size: number): Promise<void>;
  /** What was written is on the disk when it returns. */
  flush(id: string): Promise<void>;
}

/**
 * Transfers as files of one folder: `<id>.json` is the record, `<id>.bytes` a sparse file with the bytes of an upload,
 * as long as what was written. The record's time of change is when the transfer was last used.
 */
export class Spool implements TransferStore, SpooledBytes {
  readonly #changing = new Map<string, Promise<unknown>>();

  constructor(
    private readonly folder: string,
    readonly limits: TransferLimits,
    private readonly warn: (message: string, fields: Record<string, unknown>) => void,
  ) {}

  async list(): Promise<TransferRecord[]> {
    const names = await readdir(this.folder).catch(unlessMissing([]));
    const ids = names.filter((name) => name.endsWith(RECORD)).map((name) => name.slice(0, -RECORD.length));
    const records = await Promise.all(ids.map((id) => this.get(id)));
    return records.filter((record) => record !== undefined).sort((a, b) => a.at - b.at);
  }

  async get(id: string): Promise<TransferRecord | undefined> {
    const text = await readFile(this.#file(id, RECORD), 'utf8').catch(unlessMissing(undefined));
    return readNote('TransferRecord', text, (why) => this.warn('transfer cannot be read', { id, why }));
  }

  async room(): Promise<number> {
    await this.#folder();
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  async add(record: TransferRecord): Promise<void> {
    await this.#folder();
    if (record.direction === 'upload') await (await open(this.#file(record.id, BYTES), 'wx', 0o600)).close();
    await this.#save(record);
  }

  async change(
    id: string,
    change: (record: TransferRecord) => TransferRecord | undefined,
  ): Promise<TransferRecord | undefined> {
    const before = this.#changing.get(id) ?? Promise.resolve();
    const act = async (): Promise<TransferRecord | undefined> => {
      const record = await this.get(id);
      const changed = record && change(record);
      if (changed) await this.#save(changed);
      return changed ?? record;
    };
    const promise = before.then(act, act);
    const kept = promise.catch(() => undefined);
    this.#changing.set(id, kept);
    try {
      return await promise;
    } finally {
      if (this.#changing.get(id) === kept) this.#changing.delete(id);
    }
  }

  async remove(id: string): Promise<void> {
    await this.drop(id);
    await rm(this.#file(id, RECORD), { force: true });
  }

  async drop(id: string): Promise<void> {
    await rm(this.#file(id, BYTES), { force: true });
  }

  async written(id: string): Promise<number> {
    return (await stat(this.#file(id, BYTES)).catch(unlessMissing(undefined)))?.size ?? 0;
  }

  async *read(id: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    const file = await open(this.#file(id, BYTES));
    try {
      for (let at = start; at < end;) {
        const size = Math.min(BLOCK, end - at);
        const block = Buffer.alloc(size);
        // what is short is behind the last byte that was written: zero, as all that nobody wrote
        await file.read(block, 0, size, at);
        yield block;
        at += size;
      }
    } finally {
      await file.close();
    }
  }

  async usedAt(id: string): Promise<number> {
    return (await stat(this.#file(id, RECORD)).catch(unlessMissing(undefined)))?.mtimeMs ?? 0;
  }

  async use(id: string): Promise<void> {
    const now = new Date();
    await utimes(this.#file(id, RECORD), now, now).catch(unlessMissing(undefined));
  }

  async write(id: string, offset: number, parts: AsyncIterable<Uint8Array>, most: number): Promise<number> {
    // not O_CREAT: bytes that are gone, with a transfer that has ended, do not come again
    const file = await open(this.#file(id, BYTES), constants.O_WRONLY);
    let count = 0;
    try {
      for await (const part of parts) {
        const room = part.subarray(0, most - count);
        for (let done = 0; done < room.length;)
          done += (await file.write(room, done, room.length - done, offset + count + done)).bytesWritten;
        count += part.length;
        if (count > most) break;
      }
    } finally {
      await file.close();
    }
    return count;
  }

  /** What nobody wrote is zero already, and a file grows with zeros: only what was written is written over. */
  async zero(id: string, offset: number, size: number): Promise<void> {
    const file = await open(this.#file(id, BYTES), constants.O_RDWR);
    try {
      const { size: length } = await file.stat();
      const end = offset + size;
      const block = Buffer.alloc(BLOCK);
      const zeros = Buffer.alloc(BLOCK);
      for (let at = offset; at < Math.min(end, length); at += BLOCK) {
        const count = Math.min(BLOCK, Math.min(end, length) - at);
        const { bytesRead } = await file.read(block, 0, count, at);
        if (!block.subarray(0, bytesRead).equals(zeros.subarray(0, bytesRead))) await file.write(zeros, 0, count, at);
      }
      if (end > length) await file.truncate(end);
    } finally {
      await file.close();
    }
  }

  async flush(id: string): Promise<void> {
    const file = await open(this.#file(id, BYTES), constants.O_RDWR);
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  /** Written beside and put in its place, so that a crash leaves the old one or the new one. */
  async #save(record: TransferRecord): Promise<void> {
    const file = this.#file(record.id, RECORD);
    const beside = `${file}.${process.pid}.new`;
    await writeFile(beside, JSON.stringify(record), { mode: 0o600 });
    await rename(beside, file);
  }

  async #folder(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Ids come from paths of requests, too: they are UUIDs by then. */
  #file(id: string, kind: typeof RECORD | typeof BYTES): string {
    return join(this.folder, `${id}${kind}`);
  }
}

const unlessMissing =
  <T>(value: T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
    throw error;
  };
