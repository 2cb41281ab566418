import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Top } from './top.js';

it('keeps what sorting and cutting would keep', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 0, max: 8 }), (numbers, limit) => {
      const top = new Top<number>(limit, (a, b) => a - b);
      for (const number of numbers) {
        top.add(number);
        expect(top.size).toBeLessThanOrEqual(limit);
      }
      expect(top.sorted()).toEqual([...numbers].sort((a, b) => a - b).slice(0, limit));
    }),
  );
});
