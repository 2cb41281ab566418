import { expect, it } from 'vitest';
import { BrokenInvariant, firstOf, required } from './invariant.js';

it('gives what is there, falsy or not', () => {
  expect(required(0, 'a number')).toBe(0);
  expect(firstOf([''], 'the texts')).toBe('');
});

it('names what is missing', () => {
  expect(() => required(undefined, 'the VM of the snapshot')).toThrow(
    new BrokenInvariant('the VM of the snapshot is missing'),
  );
  expect(() => firstOf(new Set(), 'the disks')).toThrow(new BrokenInvariant('the disks: none'));
});
