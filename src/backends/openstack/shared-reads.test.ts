import { describe, expect, it } from 'vitest';
import { Fault } from '../../model/index.js';
import { SharedReads } from './shared-reads.js';

/** A read that ends when it is told to. */
function slow() {
  let calls = 0;
  const ends: { resolve: (text: string) => void; reject: (error: unknown) => void }[] = [];
  const act = (): Promise<string> => {
    calls += 1;
    return new Promise((resolve, reject) => ends.push({ resolve, reject }));
  };
  return { act, ends, calls: () => calls };
}

describe('reads of the same thing', () => {
  it('at the same time are one', async () => {
    const reads = new SharedReads();
    const { act, ends, calls } = slow();
    const all = Array.from({ length: 100 }, () => reads.read('vm', undefined, act));
    ends[0]!.resolve('answer');
    expect(new Set(await Promise.all(all))).toEqual(new Set(['answer']));
    expect(calls()).toBe(1);
    const next = reads.read('vm', undefined, act);
    ends[1]!.resolve('newer');
    expect(await next).toBe('newer');
  });

  it('are not shared with a read that was begun before a change was, or ended', async () => {
    const reads = new SharedReads();
    const { act, ends, calls } = slow();
    const before = reads.read('vm', undefined, act);
    let finish = (): void => undefined;
    const change = SharedReads.changing(() => new Promise<void>((resolve) => (finish = resolve)));
    const during = reads.read('vm', undefined, act);
    finish();
    await change;
    const after = reads.read('vm', undefined, act);
    expect(calls()).toBe(3);
    ends.forEach(({ resolve }, n) => resolve(String(n)));
    expect(await Promise.all([before, during, after])).toEqual(['0', '1', '2']);
  });

  it('of a client that has left start again for those that remain', async () => {
    const reads = new SharedReads();
    const { act, ends, calls } = slow();
    const first = reads.read('vm', undefined, act);
    const second = reads.read('vm', undefined, act);
    ends[0]!.reject(new Fault('request.gone'));
    await expect(first).rejects.toThrow();
    await expect.poll(calls).toBe(2);
    ends[1]!.resolve('answer');
    expect(await second).toBe('answer');
  });

  it('fail together', async () => {
    const reads = new SharedReads();
    const { act, ends, calls } = slow();
    const both = Promise.allSettled([reads.read('vm', undefined, act), reads.read('vm', undefined, act)]);
    ends[0]!.reject(new Error('no'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls()).toBe(1);
  });
});
