import { expect, it } from 'vitest';
import { matcher } from './pattern.js';

it.each<[string, string, boolean]>([
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*b*', 'abc', true],
  ['a.c', 'abc', false],
  ['', '', true],
  ['*', '', true],
  ['**', 'x', true],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c', false],
  ['ab*ba', 'aba', false],
  ['VM_1', 'vm_1', true],
])('%s fits %s: %s', (text, candidate, expected) => {
  expect(matcher({ text, caseSensitive: false })(candidate)).toBe(expected);
});

it('is case-sensitive on request', () => {
  expect(matcher({ text: 'Vm*', caseSensitive: true })('vm1')).toBe(false);
  expect(matcher({ text: 'Vm*', caseSensitive: true })('Vm1')).toBe(true);
});

it('is not slow on any pattern', () => {
  const began = performance.now();
  expect(matcher({ text: `${'*a'.repeat(120)}*b`, caseSensitive: false })('a'.repeat(255))).toBe(false);
  expect(performance.now() - began).toBeLessThan(100);
});
