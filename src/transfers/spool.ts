import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../folders.js';
import { readNote } from '../services/notes/notes.js';
import { isEnded } from '../services/transfers/phases.js';
import type { TransferLimits, TransferRecord, TransferStore } from '../services/transfers/store.js';
import { follow, newest, newestFile, unlessMissing } from './files.js';

const ID = /^[0-9a-f-]{36}$/;
const BYTES = 'bytes';
const BLOCK = 1024 * 1024;

/** The prefix of folders that are being made or removed. */
const PASSING = '.';
/** The age after which such a folder is a leftover of a crash, milliseconds. */
const PASSING_MS = 3_600_000;

/** The bytes of an upload. Offsets and sizes are bytes. */
export interface SpooledBytes {
  /** Writes the parts from `offset` on. Returns the number of bytes. Throws what the file system throws (ENOSPC). */
  write(id: string, offset: number, parts: AsyncIterable<Uint8Array>, most: number): Promise<number>;
  zero(id: string, offset: number, size: number): Promise<void>;
  /** Flushes written bytes to the disk. */
  flush(id: string): Promise<void>;
}

/** The bytes from `at` on, BLOCK at most, and none from `end` on. */
async function blockAt(file: FileHandle, at: number, end: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(Math.max(0, Math.min(BLOCK, end - at)));
  if (block.length === 0) return block;
  const { bytesRead } = await file.read(block, 0, block.length, at);
  // a short read is beyond the last written byte: unwritten bytes are zero
  return block.fill(0, bytesRead);
}

/** Writes all of the parts from `offset` on. Throws what the file system throws. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<void> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length === 0) return;
  const { bytesWritten } = await file.writev([...parts], offset);
  if (bytesWritten === length) return;
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  for (let done = 0; done < rest.length;)
    done += (await file.write(rest, done, rest.length - done, offset + bytesWritten + done)).bytesWritten;
}

/**
 * Transfers as folders of one folder, named by their ids: `<number>.json` is the record (src/transfers/files.ts),
 * `bytes` a sparse file, as long as what was written of an upload or read of a download. The record's time of change is
 * when the transfer was last used. Any number of processes may use the same folder.
 */
export class Spool implements TransferStore, SpooledBytes {
  /** Records of ended transfers, which do not change any more. */
  readonly #ended = new Map<string, TransferRecord>();

  constructor(
    private readonly folder: string,
    readonly limits: TransferLimits,
    private readonly warn: (message: string, fields: Record<string, unknown>) => void,
  ) {}

  async list(): Promise<TransferRecord[]> {
    const names = await readdir(this.folder).catch(unlessMissing<string[]>([]));
    const ids = new Set(names.filter((name) => ID.test(name)));
    for (const id of this.#ended.keys()) if (!ids.has(id)) this.#ended.delete(id);
    const records = await Promise.all([...ids].map(async (id) => this.#ended.get(id) ?? this.get(id)));
    return records.filter((record) => record !== undefined).sort((a, b) => a.at - b.at);
  }

  async get(id: string): Promise<TransferRecord | undefined> {
    return this.#read(id, (await newest(this.#path(id)))?.text);
  }

  async room(): Promise<number> {
    await this.#folder();
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  async add(record: TransferRecord): Promise<void> {
    await this.#folder();
    const making = join(this.folder, PASSING + record.id);
    await mkdir(making, { mode: 0o700 });
    await (await open(join(making, BYTES), 'wx', 0o600)).close();
    await writeFile(join(making, '1.json'), JSON.stringify(record), { mode: 0o600 });
    await rename(making, this.#path(record.id));
  }

  async change(
    id: string,
    change: (record: TransferRecord) => TransferRecord | undefined,
  ): Promise<TransferRecord | undefined> {
    for (;;) {
      const now = await newest(this.#path(id));
      const record = this.#read(id, now?.text);
      const changed = record && change(record);
      if (!now || !changed) return record;
      if (await follow(this.#path(id), now.number, JSON.stringify(changed))) return changed;
    }
  }

  async remove(id: string): Promise<void> {
    const leaving = join(this.folder, PASSING + id);
    await rename(this.#path(id), leaving).catch(unlessMissing(undefined));
    await rm(leaving, { recursive: true, force: true });
    this.#ended.delete(id);
  }

  async drop(id: string): Promise<void> {
    await rm(this.#path(id, BYTES), { force: true });
  }

  async sweep(now: number): Promise<void> {
    const names = await readdir(this.folder).catch(unlessMissing<string[]>([]));
    for (const name of names.filter((one) => one.startsWith(PASSING))) {
      const path = join(this.folder, name);
      const seen = await stat(path).catch(unlessMissing(undefined));
      if (seen && seen.mtimeMs + PASSING_MS < now) await rm(path, { recursive: true, force: true });
    }
  }

  async written(id: string): Promise<number> {
    return (await stat(this.#path(id, BYTES)).catch(unlessMissing(undefined)))?.size ?? 0;
  }

  async reached(id: string, end: number): Promise<void> {
    const file = await open(this.#path(id, BYTES), constants.O_RDWR).catch(unlessMissing(undefined));
    try {
      if (file && (await file.stat()).size < end) await grow(file, end);
    } finally {
      await file?.close();
    }
  }

  async *read(id: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    const file = await open(this.#path(id, BYTES));
    let ahead = blockAt(file, start, end);
    try {
      for (let at = start; at < end; at += BLOCK) {
        const block = await ahead;
        // the next one is read while this one is sent
        ahead = blockAt(file, at + BLOCK, end);
        yield block;
      }
    } finally {
      await ahead.catch(() => undefined);
      await file.close();
    }
  }

  async usedAt(id: string): Promise<number> {
    const file = await newestFile(this.#path(id));
    return (file === undefined ? undefined : await stat(file).catch(unlessMissing(undefined)))?.mtimeMs ?? 0;
  }

  /** A record that changes at the same time has the same effect. */
  async use(id: string): Promise<void> {
    const file = await newestFile(this.#path(id));
    const now = new Date();
    if (file !== undefined) await utimes(file, now, now).catch(unlessMissing(undefined));
  }

  async write(id: string, offset: number, parts: AsyncIterable<Uint8Array>, most: number): Promise<number> {
    // not O_CREAT: the bytes of an ended transfer must not be created again
    const file = await open(this.#path(id, BYTES), constants.O_WRONLY);
    let count = 0;
    let gathered: Uint8Array[] = [];
    let at = offset;
    let writing: Promise<void> = Promise.resolve();
    /** Writes while the next parts arrive: one call for many of them, as each call is a turn of a thread. */
    async function write(): Promise<void> {
      await writing;
      writing = writeAll(file, gathered, at);
      // whoever waits for it next reports the failure
      writing.catch(() => undefined);
      at = offset + Math.min(count, most);
      gathered = [];
    }
    try {
      for await (const part of parts) {
        gathered.push(part.subarray(0, most - count));
        count += part.length;
        if (count > most) break;
        if (offset + count - at >= BLOCK) await write();
      }
      await write();
      await writing;
    } finally {
      await writing.catch(() => undefined);
      await file.close();
    }
    return count;
  }

  /** Unwritten bytes are zero already, and a file grows with zeros: only written bytes are overwritten. */
  async zero(id: string, offset: number, size: number): Promise<void> {
    const file = await open(this.#path(id, BYTES), constants.O_RDWR);
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
      if (end > length) await grow(file, end);
    } finally {
      await file.close();
    }
  }

  async flush(id: string): Promise<void> {
    const file = await open(this.#path(id, BYTES), constants.O_RDWR);
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  #read(id: string, text: string | undefined): TransferRecord | undefined {
    const record = readNote('TransferRecord', text, (why) => this.warn('transfer cannot be read', { id, why }));
    if (record && isEnded(record.phase)) this.#ended.set(id, record);
    return record;
  }

  async #folder(): Promise<void> {
    await makeFolder(this.folder, 0o700);
  }

  /** Ids from paths of requests have been checked to be UUIDs. */
  #path(id: string, file = ''): string {
    return join(this.folder, id, file);
  }
}

/** Writes a byte at the new end instead of setting the length: others may have written beyond it since. */
async function grow(file: FileHandle, end: number): Promise<void> {
  await file.write(new Uint8Array(1), 0, 1, end - 1);
}
