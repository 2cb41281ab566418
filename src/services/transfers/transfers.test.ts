import { describe, expect, test } from 'vitest';
import { Transfers } from './transfers.js';
import type { TransferRecord, TransferStore } from './store.js';

/** What time does to transfers: docs/reference/v4-wire.md, section 9 (inactivity_timeout, timeout_policy). */

const record: TransferRecord = {
  id: 'a',
  ticket: 't',
  project: 'p',
  disk: 'd',
  direction: 'upload',
  format: 'raw',
  sizeBytes: 1,
  inactivityMs: 60_000,
  timeoutPolicy: 'legacy',
  phase: 'transferring',
  at: 0,
  origin: 'http://gateway',
};

/** A store of one record, last used at 0. */
function storeOf(first: TransferRecord): {
  readonly store: TransferStore;
  readonly now: () => TransferRecord | undefined;
} {
  let one: TransferRecord | undefined = first;
  const unused = (): never => {
    throw new Error('not expected');
  };
  return {
    now: () => one,
    store: {
      limits: { maxBytes: 1, maxTransfers: 1, keepMs: 1000 },
      list: async () => (one ? [one] : []),
      get: async () => one,
      room: unused,
      add: unused,
      change: async (_, change) => (one &&= change(one) ?? one),
      remove: async () => {
        one = undefined;
      },
      drop: async () => undefined,
      sweep: async () => undefined,
      reached: unused,
      written: async () => 0,
      read: unused,
      usedAt: async () => 0,
      use: async () => undefined,
    },
  };
}

const after = async (change: Partial<TransferRecord>, now: number): Promise<TransferRecord['phase'] | undefined> => {
  const held = storeOf({ ...record, ...change });
  await new Transfers(held.store).tick(now);
  return held.now()?.phase;
};

describe('a transfer that nobody uses', () => {
  test.each([
    ['legacy', 'upload', 'paused_system'],
    ['legacy', 'download', 'cancelled_system'],
    ['pause', 'download', 'paused_system'],
    ['cancel', 'upload', 'cancelled_system'],
  ] as const)('policy %s, %s: %s', async (timeoutPolicy, direction, phase) => {
    expect(await after({ timeoutPolicy, direction }, 60_001)).toBe(phase);
    expect(await after({ timeoutPolicy, direction }, 60_000)).toBe('transferring');
  });

  test('that its client paused stays so', async () => {
    expect(await after({ phase: 'paused_user' }, 1e9)).toBe('paused_user');
  });
});

test('one that filled its folder fails and frees the space, although there is no room for its record before', async () => {
  const { store, now } = storeOf(record);
  let isFull = true;
  const full: TransferStore = {
    ...store,
    async drop() {
      isFull = false;
    },
    async change(id, change) {
      if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      return store.change(id, change);
    },
  };
  await new Transfers(full).fail('a', 'The spool folder of the gateway is full.');
  expect([isFull, now()?.phase, now()?.why]).toEqual([
    false,
    'finalizing_failure',
    'The spool folder of the gateway is full.',
  ]);
});

test('one that has ended is remembered for a day, for events, then forgotten', async () => {
  const day = 86_400_000;
  expect(await after({ phase: 'finished_success', endedAt: 500 }, day + 500)).toBe('finished_success');
  expect(await after({ phase: 'finished_success', endedAt: 500 }, day + 501)).toBeUndefined();
});
