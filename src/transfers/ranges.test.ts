import { describe, expect, test } from 'vitest';
import { contentRange, range } from './ranges.js';

describe('Range (RFC 9110, 14.1.2), of 100 bytes', () => {
  test.each([
    [undefined, 0, 100, false],
    ['bytes=0-9', 0, 10, true],
    ['bytes=90-', 90, 100, true],
    ['bytes=90-500', 90, 100, true],
    ['bytes=-10', 90, 100, true],
    ['bytes=-500', 0, 100, true],
    ['lines=0-1', 0, 100, false],
  ])('%s', (header, start, end, isPart) => {
    expect(range(header, 100)).toEqual({ start, end, isPart });
  });
  test.each(['bytes=100-', 'bytes=9-5', 'bytes=0-1,5-6'])('%s is refused', (header) => {
    expect(() => range(header, 100)).toThrow(
      expect.objectContaining({ status: 416, headers: { 'content-range': 'bytes */100' } }),
    );
  });
});

describe('Content-Range of a body of 10 bytes, to 100', () => {
  test.each([
    [undefined, 0],
    ['bytes 0-9/*', 0],
    ['bytes 90-99/100', 90],
    ['bytes 50-*/*', 50],
    ['bytes 50-', 50],
    ['bytes 50-52/*', 50],
  ])('%s', (header, start) => {
    expect(contentRange(header, '10', 100)).toBe(start);
  });
  test.each([
    ['lines 0-9/*', 400],
    ['bytes -5/*', 400],
    ['bytes 100-109/*', 416],
    ['bytes 95-104/*', 416],
  ])('%s is refused', (header, status) => {
    expect(() => contentRange(header, '10', 100)).toThrow(expect.objectContaining({ status }));
  });
});
