import { expect, it, vi } from 'vitest';
import { isLasting } from '../../model/index.js';
import { ItemMemory } from './item-memory.js';

/** The value of the text after it was parsed, as a reader of lists does it. */
function read(memory: ItemMemory, id: string, text: string): unknown {
  const bytes = Buffer.from(text);
  const known = memory.get(id, bytes);
  if (known !== undefined) return known;
  const value: unknown = JSON.parse(text);
  memory.add(id, bytes, value);
  return value;
}

const A = '{"id":"a","size":1}';
const CHANGED = '{"id":"a","size":2}';

it('uses an item again from the fourth time on, if it has not changed', () => {
  const memory = new ItemMemory();
  const values = [1, 2, 3, 4, 5].map(() => read(memory, 'a', A));
  expect(new Set(values).size).toBe(3);
  expect(values[3]).toBe(values[2]);
  expect(values[4]).toBe(values[2]);
  expect(values.map((value) => isLasting(value as object))).toEqual([false, false, true, true, true]);
});

it('never uses an item for another text, of whatever id', () => {
  const memory = new ItemMemory();
  for (let n = 0; n < 4; n += 1) read(memory, 'a', A);
  expect(read(memory, 'a', CHANGED)).toEqual({ id: 'a', size: 2 });
  expect(read(memory, 'a', A)).toEqual({ id: 'a', size: 1 });
  expect(read(memory, 'b', A)).not.toBe(read(memory, 'a', A));
});

it('keeps nothing of items that change each time', () => {
  const memory = new ItemMemory();
  const values = [A, CHANGED, A, CHANGED, A, CHANGED].map((text) => read(memory, 'a', text));
  expect(values.some((value) => isLasting(value as object))).toBe(false);
});

it('keeps an item that changes at once if it was used again before, but not if it changes each time', () => {
  const memory = new ItemMemory();
  for (let n = 0; n < 4; n += 1) read(memory, 'a', A);
  expect(read(memory, 'a', CHANGED)).toBe(read(memory, 'a', CHANGED));
  read(memory, 'a', A);
  const other = read(memory, 'a', CHANGED);
  expect(read(memory, 'a', CHANGED)).not.toBe(other);
});

it('keeps nothing of a walk through more items than it remembers', () => {
  const memory = new ItemMemory();
  const walk = (): unknown[] => Array.from({ length: 2500 }, (_, n) => read(memory, `vm-${n}`, `{"id":"vm-${n}"}`));
  const walks = [walk(), walk(), walk(), walk()];
  expect(walks.flat().some((value) => isLasting(value as object))).toBe(false);
});

it('forgets a minute after the last answer', () => {
  vi.useFakeTimers();
  try {
    const memory = new ItemMemory().used();
    for (let n = 0; n < 3; n += 1) read(memory, 'a', A);
    vi.advanceTimersByTime(50_000);
    memory.used();
    vi.advanceTimersByTime(59_000);
    const before = read(memory, 'a', A);
    expect(read(memory, 'a', A)).toBe(before);
    vi.advanceTimersByTime(1_000);
    expect(read(memory, 'a', A)).not.toBe(before);
  } finally {
    vi.useRealTimers();
  }
});
