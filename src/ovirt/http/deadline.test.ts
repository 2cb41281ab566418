import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is over once its time is, and time that does not count is left out', async () => {
  const over = vi.fn();
  const deadline = new Deadline(100, over);
  vi.advanceTimersByTime(60);
  const [first, second] = [deadline.pause(), deadline.pause()];
  vi.advanceTimersByTime(1000);
  first();
  first();
  vi.advanceTimersByTime(1000);
  second();
  vi.advanceTimersByTime(39);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledTimes(1);
  expect(await deadline.without(Promise.resolve('x'))).toBe('x');
  vi.advanceTimersByTime(1000);
  expect(over).toHaveBeenCalledTimes(1);
});

it('ends with the answer, and none is none', () => {
  const over = vi.fn();
  const deadline = new Deadline(100, over);
  deadline.end();
  deadline.pause()();
  new Deadline(0, over).pause()();
  vi.advanceTimersByTime(1000);
  expect(over).not.toHaveBeenCalled();
});

it('is given again to a request that gets on, up to ten times as long in all', () => {
  const over = vi.fn();
  const deadline = new Deadline(100, over);
  for (let step = 0; step < 11; step += 1) {
    vi.advanceTimersByTime(90);
    deadline.renew();
  }
  vi.advanceTimersByTime(9);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledExactlyOnceWith(1000);
  deadline.renew();
  vi.advanceTimersByTime(1000);
  expect(over).toHaveBeenCalledTimes(1);
});

it('counts no pause as time that is given again', () => {
  const over = vi.fn();
  const deadline = new Deadline(100, over);
  vi.advanceTimersByTime(60);
  const resume = deadline.pause();
  deadline.renew();
  vi.advanceTimersByTime(1000);
  expect(over).not.toHaveBeenCalled();
  resume();
  vi.advanceTimersByTime(99);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledExactlyOnceWith(160);
});
