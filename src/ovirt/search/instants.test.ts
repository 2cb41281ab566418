import { describe, expect, it } from 'vitest';
import { DAY, readInstant, readSpan } from './instants.js';

/** A Saturday. */
const NOW = Date.parse('2026-11-21T13:05:30Z');
const seen = (text: string): string | undefined => {
  const found = readInstant(text, NOW);
  return found && `${new Date(found.from).toISOString()} +${(found.until - found.from) / 1000}`;
};

describe('times', () => {
  it.each<[string, string | undefined]>([
    ['2026-11-20', '2026-11-20T00:00:00.000Z +86400'],
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z +1'],
    ['2026-11-20T10:00:00+02:00', '2026-11-20T08:00:00.000Z +1'],
    ['2026-11-20T10:00:00', '2026-11-20T10:00:00.000Z +1'],
    ['2026-11-20 10:00', '2026-11-20T10:00:00.000Z +60'],
    ['11/20/2026', '2026-11-20T00:00:00.000Z +86400'],
    ['11/20/26', '2026-11-20T00:00:00.000Z +86400'],
    ['11/20/26 1:05 PM', '2026-11-20T13:05:00.000Z +60'],
    ['Nov 20, 2026', '2026-11-20T00:00:00.000Z +86400'],
    ['Nov 20, 2026 1:05:02 PM', '2026-11-20T13:05:02.000Z +1'],
    ['Friday, November 20, 2026', '2026-11-20T00:00:00.000Z +86400'],
    ['20 November 2026', '2026-11-20T00:00:00.000Z +86400'],
    ['Today', '2026-11-21T00:00:00.000Z +86400'],
    ['YESTERDAY', '2026-11-20T00:00:00.000Z +86400'],
    ['monday', '2026-11-16T00:00:00.000Z +86400'],
    ['Saturday', '2026-11-14T00:00:00.000Z +86400'],
    ['vm 1', undefined],
    ['1', undefined],
    ['soon', undefined],
    ['2026-13-40', undefined],
    ['Nov 2026', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(seen(text)).toBe(expected);
  });
});

describe('spans', () => {
  it.each<[string, number | undefined]>([
    ['5', 5 * 60_000],
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['3d', 3 * DAY],
    ['01:30', 5_400_000],
    ['2.01:00:05', 2 * DAY + 3_605_000],
    ['1:2', undefined],
    ['soon', undefined],
    ['-5', undefined],
  ])('%s', (text, expected) => {
    expect(readSpan(text)).toBe(expected);
  });
});
