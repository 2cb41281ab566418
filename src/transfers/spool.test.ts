import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TransferRecord } from '../services/transfers/store.js';
import { Spool } from './spool.js';

const MIB = 1024 * 1024;
let folder: string;
let spool: Spool;
const warned: unknown[] = [];

const recordOf = (id: string): TransferRecord => ({
  id,
  ticket: `ticket-${id}`,
  project: 'p',
  disk: 'd',
  direction: 'upload',
  format: 'raw',
  sizeBytes: 1024 * MIB,
  inactivityMs: 1,
  timeoutPolicy: 'legacy',
  phase: 'transferring',
  at: 1,
  origin: 'http://gateway',
});

const id = (last: number): string => `00000000-0000-4000-8000-00000000000${last}`;

async function* parts(...all: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of all) yield Buffer.from(part);
}

async function textOf(of: string, start: number, end: number): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const part of spool.read(of, start, end)) read.push(part);
  return Buffer.concat(read).toString('latin1');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
  spool = new Spool(join(folder, 'made'), { maxBytes: 1, maxTransfers: 1, keepMs: 1 }, (_, fields) =>
    warned.push(fields),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a spooled upload', () => {
  test('holds what was written where it was written, and zeros between', async () => {
    await spool.add(recordOf(id(1)));
    expect(await spool.write(id(1), 4, parts('ef', 'gh'), 100)).toBe(4);
    expect(await spool.write(id(1), 0, parts('ab'), 100)).toBe(2);
    expect(await textOf(id(1), 0, 10)).toBe('ab\0\0efgh\0\0');
    expect(await spool.written(id(1))).toBe(8);
  });

  test('takes no more than there is room for', async () => {
    await spool.add(recordOf(id(2)));
    expect(await spool.write(id(2), 0, parts('abc', 'def', 'ghi'), 4)).toBe(6);
    expect(await textOf(id(2), 0, 6)).toBe('abcd\0\0');
  });

  test('is zeroed over its end, and takes no blocks for what nobody wrote', async () => {
    await spool.add(recordOf(id(3)));
    await spool.write(id(3), 0, parts('x'.repeat(3000)), MIB);
    await spool.zero(id(3), 1000, 512 * MIB);
    expect(await textOf(id(3), 998, 1002)).toBe('xx\0\0');
    const { size, blocks } = await stat(join(folder, 'made', `${id(3)}.bytes`));
    expect(size).toBe(1000 + 512 * MIB);
    expect(blocks * 512).toBeLessThan(MIB);
  });

  test('does not come again when it is gone', async () => {
    await spool.add(recordOf(id(4)));
    await spool.remove(id(4));
    await expect(spool.write(id(4), 0, parts('a'), 1)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await spool.get(id(4))).toBeUndefined();
  });
});

test('changes of one record come one after the other', async () => {
  await spool.add(recordOf(id(5)));
  await Promise.all(
    Array.from({ length: 20 }, () => spool.change(id(5), (record) => ({ ...record, sizeBytes: record.sizeBytes - 1 }))),
  );
  expect((await spool.get(id(5)))?.sizeBytes).toBe(1024 * MIB - 20);
});

test('a record that cannot be read costs itself only, with a warning', async () => {
  await spool.add({ ...recordOf(id(6)), phase: 'nonsense' as never });
  expect(await spool.get(id(6))).toBeUndefined();
  expect((await spool.list()).length).toBeGreaterThan(0);
  expect(warned).toContainEqual({ id: id(6), why: expect.stringContaining('TransferRecord') as unknown });
});
