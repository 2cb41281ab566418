import { expect, it } from 'vitest';
import { Derived, isLasting, LastingDerived, markLasting } from './lasting.js';

const make = ({ id }: { id: number }): object => ({ id });

it('makes something once of an object that lasts, for each stamp', () => {
  const derived = new Derived<object>();
  const lasting = markLasting({ id: 1 });
  const first = derived.of(lasting, 'a', make);
  expect(derived.of(lasting, 'a', make)).toBe(first);
  expect(derived.of(lasting, 'b', make)).not.toBe(first);
  expect(derived.of(lasting, 'a', make)).toBe(first);
});

it('makes it each time of others', () => {
  const derived = new Derived<object>();
  const passing = { id: 1 };
  expect(derived.of(passing, '', make)).not.toBe(derived.of(passing, '', make));
});

it('keeps results with the last four stamps', () => {
  const derived = new Derived<object>();
  const lasting = markLasting({ id: 1 });
  const [first, second] = ['1', '2', '3', '4', '5'].map((stamp) => derived.of(lasting, stamp, make));
  expect(derived.of(lasting, '2', make)).toBe(second);
  expect(derived.of(lasting, '1', make)).not.toBe(first);
});

it('passes on that an object lasts', () => {
  const derived = new LastingDerived<object>();
  expect(isLasting(derived.of(markLasting({ id: 1 }), '', make))).toBe(true);
  expect(isLasting(derived.of({ id: 1 }, '', make))).toBe(false);
});

it('freezes what lasts', () => {
  const lasting: { id: number } = markLasting({ id: 1 });
  expect(() => (lasting.id = 2)).toThrow(TypeError);
});
