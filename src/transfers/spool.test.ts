import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TransferRecord } from '../services/transfers/store.js';
import { follow, newest } from './files.js';
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

  test('is zeroed beyond its end, and takes no blocks for parts that were not written', async () => {
    await spool.add(recordOf(id(3)));
    await spool.write(id(3), 0, parts('x'.repeat(3000)), MIB);
    await spool.zero(id(3), 1000, 512 * MIB);
    expect(await textOf(id(3), 998, 1002)).toBe('xx\0\0');
    const { size, blocks } = await stat(join(folder, 'made', id(3), 'bytes'));
    expect(size).toBe(1000 + 512 * MIB);
    expect(blocks * 512).toBeLessThan(MIB);
  });

  test('is not cut short by zeros that end before what another connection wrote meanwhile', async () => {
    await spool.add(recordOf(id(7)));
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0 ? spool.zero(id(7), n * 10, 10) : spool.write(id(7), n * 10, parts('x'.repeat(10)), 10),
      ),
    );
    expect(await textOf(id(7), 0, 400)).toBe(('\0'.repeat(10) + 'x'.repeat(10)).repeat(20));
  });

  test('does not reappear after its removal', async () => {
    await spool.add(recordOf(id(4)));
    await spool.remove(id(4));
    await expect(spool.write(id(4), 0, parts('a'), 1)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await spool.get(id(4))).toBeUndefined();
  });
});

describe('a record', () => {
  test('is changed by one writer at a time, across processes', async () => {
    await spool.add(recordOf(id(5)));
    const others = [0, 1, 2].map(() => new Spool(join(folder, 'made'), spool.limits, () => undefined));
    const changes = [spool, ...others].flatMap((one) =>
      Array.from({ length: 10 }, () => one.change(id(5), (record) => ({ ...record, sizeBytes: record.sizeBytes - 1 }))),
    );
    await Promise.all(changes);
    expect((await spool.get(id(5)))?.sizeBytes).toBe(1024 * MIB - 40);
    expect((await readdir(join(folder, 'made', id(5)))).sort()).toEqual(['41.json', 'bytes']);
  });

  test('that was changed twice meanwhile is not changed as it was before', async () => {
    const created = join(folder, 'made', id(8));
    await spool.add(recordOf(id(8)));
    expect(await follow(created, 1, 'second')).toBe(true);
    expect(await follow(created, 2, 'third')).toBe(true);
    expect(await follow(created, 1, 'late')).toBe(false);
    expect(await newest(created)).toEqual({ number: 3, text: 'third' });
  });

  test('that is incomplete is removed after an hour', async () => {
    const left = join(folder, 'made', `.${id(9)}`);
    await mkdir(left);
    await spool.sweep(Date.now());
    await expect(stat(left)).resolves.toBeDefined();
    await spool.sweep(Date.now() + 3_600_001);
    await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('a record that cannot be read is skipped with a warning', async () => {
  await spool.add({ ...recordOf(id(6)), phase: 'nonsense' as never });
  expect(await spool.get(id(6))).toBeUndefined();
  expect((await spool.list()).length).toBeGreaterThan(0);
  expect(warned).toContainEqual({ id: id(6), why: expect.stringContaining('TransferRecord') as unknown });
});
