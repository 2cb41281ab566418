import { describe, expect, it, test } from 'vitest';
import { FakeWorld } from '../../../test/support/fake-world.js';
import { scopeOn } from '../../../test/support/scope.js';
import { Fault } from '../../model/index.js';
import { insistent, undone, until } from './wait.js';

const scope = scopeOn(new FakeWorld());
const busy = new Fault('backend.busy', { text: 'later' });
const refused = new Fault('backend.refused', { text: 'never' });

/** Fails with these, one after the other, then gives the value. */
function failing<T>(faults: readonly Fault[], value: T): () => Promise<T> {
  const left = [...faults];
  return async () => {
    const fault = left.shift();
    if (fault) throw fault;
    return value;
  };
}

describe('until', () => {
  it('tolerates reads that fail temporarily', async () => {
    expect(
      await until(scope, 'it', failing([busy, new Fault('backend.conflict', { text: '' })], 7), (seen) => seen),
    ).toBe(7);
  });
  it('ends with a read that is refused', async () => {
    await expect(until(scope, 'it', failing([refused], 7), (seen) => seen)).rejects.toBe(refused);
  });
  it('reads again after an outage during a step, and ends with any other fault', async () => {
    expect(
      await until(
        scope,
        'it',
        async () => 1,
        failing([busy, new Fault('backend.unreachable', { service: 'Nova', text: '' })], 'done'),
      ),
    ).toBe('done');
    await expect(
      until(scope, 'it', async () => 1, failing([new Fault('backend.failed', { text: '' })], 'done')),
    ).rejects.toMatchObject({ code: 'backend.failed' });
  });
  it('gives up after its time, and says what it waited for', async () => {
    await expect(
      until(
        scopeOn(new FakeWorld(), { timeoutMs: 60 }),
        'Building VM x',
        async () => 1,
        () => undefined,
      ),
    ).rejects.toMatchObject({
      code: 'backend.timeout',
      detail: expect.stringContaining('Building VM x is not complete after 60 ms') as string,
    });
  });
});

test('work that waits for an event goes on when it is seen, and looks often from then on', async () => {
  const slow = scopeOn(new FakeWorld(), { pollMs: 60_000, pollMaxMs: 60_000, timeoutMs: 600_000 });
  let value = 0;
  const ends = until(
    slow,
    'it',
    async () => (value += 1),
    (seen) => (seen > 2 ? seen : undefined),
    () => 'event',
  );
  slow.work.wake('another event');
  const woken = setInterval(() => slow.work.wake('event'), 1);
  expect(await ends).toBe(3);
  clearInterval(woken);
});

describe('insistent', () => {
  const tries = async (attempt: ReturnType<typeof insistent>, fault: Fault | undefined): Promise<number> => {
    for (let count = 1; count < 20; count += 1) {
      try {
        await attempt(async () => {
          if (fault) throw fault;
        });
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
        return count;
      }
    }
    return Infinity;
  };

  it.each([
    ['a refusal', 2, refused],
    ['a conflict, which may pass', 3, new Fault('backend.conflict', { text: '' })],
    ['an act that is accepted without effect', 6, undefined],
    ['an outage, which `until` looks past', 1, busy],
  ])('gives up on %s at try %i', async (_, count, fault) => {
    expect(await tries(insistent('it'), fault)).toBe(count);
  });

  it('waits for accepted work that a read does not show', async () => {
    let acts = 0;
    const attempt = insistent('it', 10_000);
    for (let look = 0; look < 10; look += 1)
      await attempt(async () => {
        acts += 1;
      });
    expect(acts).toBe(1);
  });
});

describe('undone', () => {
  it('keeps the code and the words of a fault that has words, and adds what was undone', () => {
    const fault = undone(
      new Fault('backend.quota', { text: 'VolumeLimitExceeded' }),
      'Disk 1',
      'The new disk was removed again.',
    );
    expect(fault).toMatchObject({
      code: 'backend.quota',
      detail: '[VolumeLimitExceeded. The new disk was removed again.]',
      cause: { code: 'backend.quota' },
    });
  });
  it('says what failed otherwise', () => {
    const fault = undone(new Fault('not-found', { what: 'VM', id: '7' }), 'Disk 1', 'The new disk was removed again.');
    expect(fault).toMatchObject({
      code: 'interrupted',
      detail: '[Disk 1 failed: VM 7 was not found. What was undone: The new disk was removed again.]',
    });
  });
});
