import { expect, test } from 'vitest';
import { onceForAlike } from './kinds.js';

const written: unknown[] = [];
function writer(): ReturnType<typeof onceForAlike> {
  written.length = 0;
  return onceForAlike(function write(value, depth) {
    written.push(structuredClone(value));
    return `${depth} ${JSON.stringify(value)}`;
  });
}

test('an object of the same plain values as the one before is written once', () => {
  const write = writer();
  expect([write({ a: 1, b: undefined }, 2), write({ a: 1, b: undefined }, 2)]).toEqual(['2 {"a":1}', '2 {"a":1}']);
  expect(written).toHaveLength(1);
});

test.each<[string, object, object]>([
  ['a value differs', { a: 1 }, { a: '1' }],
  ['one has more', { a: 1 }, { a: 1, b: 2 }],
  ['one has less', { a: 1, b: 2 }, { a: 1 }],
  ['another name', { a: undefined, b: 1 }, { b: 1, c: undefined }],
  ['it holds an object', { a: { b: 1 } }, { a: { b: 2 } }],
  ['it holds a list', { a: ['x'] }, { a: ['y'] }],
])('it is written anew where %s', (_why, first, second) => {
  const write = writer();
  write(first, 1);
  expect(write(second, 1)).toBe(`1 ${JSON.stringify(second)}`);
});

test('it is written anew at another depth, and where it was changed since', () => {
  const write = writer();
  const value = { a: 1 };
  write(value, 1);
  expect(write({ a: 1 }, 2)).toBe('2 {"a":1}');
  expect(write(value, 2)).toBe('2 {"a":1}');
  value.a = 2;
  expect([write(value, 2), write({ a: 1 }, 2), write({ a: 2 }, 2)]).toEqual(['2 {"a":2}', '2 {"a":1}', '2 {"a":2}']);
});

test('a frozen object is written once, whatever it holds', () => {
  const write = writer();
  const fixed = Object.freeze({ a: Object.freeze({ b: 1 }) });
  expect(write(fixed, 1)).toBe(write(fixed, 1));
  expect(written).toHaveLength(1);
});
