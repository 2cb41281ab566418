import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Admission } from './admission.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setImmediate'] }));
afterEach(() => void vi.useRealTimers());

const BUSY = 1000;

/** One turn of the event loop. */
const turn = (): void => void vi.advanceTimersToNextTimer();

it('starts requests as they arrive, as long as few are running', () => {
  const admission = new Admission();
  const started: number[] = [];
  for (let at = 1; at <= 64; at += 1) admission.enter(at, () => started.push(at));
  expect(started).toHaveLength(64);
  admission.enter(65, () => started.push(65));
  admission.enter(1, () => started.push(66));
  expect(started).toHaveLength(64);
});

it('starts those that wait in their order, one in a turn, once nothing arrives', () => {
  const admission = new Admission();
  const started: number[] = [];
  for (const at of [1, 2, 3]) admission.enter(BUSY, () => started.push(at));
  turn();
  expect(started).toEqual([]);
  turn();
  expect(started).toEqual([1]);
  turn();
  turn();
  expect(started).toEqual([1, 2, 3]);
  expect(vi.getTimerCount()).toBe(0);
});

it('starts one in nine turns while requests arrive in each', () => {
  const admission = new Admission();
  let started = 0;
  for (let at = 0; at < 10; at += 1) admission.enter(BUSY, () => (started += 1));
  for (let at = 0; at < 27; at += 1) {
    admission.arrived();
    turn();
  }
  expect(started).toBe(3);
});

it('goes on after a start that fails', () => {
  const admission = new Admission();
  let started = 0;
  admission.enter(BUSY, () => {
    throw new Error('on purpose');
  });
  admission.enter(BUSY, () => (started += 1));
  turn();
  expect(turn).toThrow('on purpose');
  turn();
  expect(started).toBe(1);
});

it('does what is left of refused requests at once when nothing arrives, and in every ninth turn otherwise', () => {
  const admission = new Admission();
  let done = 0;
  const refuse = (): void => {
    admission.arrived();
    admission.afterwards(() => (done += 1));
  };
  for (let at = 0; at < 5; at += 1) refuse();
  turn();
  expect(done).toBe(0);
  turn();
  expect(done).toBe(5);
  for (let at = 0; at < 9; at += 1) {
    refuse();
    turn();
  }
  expect(done).toBe(14);
  expect(vi.getTimerCount()).toBe(0);
});
