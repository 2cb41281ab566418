import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './packed.js';

describe('packed text', () => {
  it('is unpacked to what was packed', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => unpack(pack(text)) === text));
  });

  it('takes less than half as many characters as prose', () => {
    const prose =
      'Application server of the accounting department. Runs WebSphere 9 and the nightly batch; do not restart it ' +
      'before six in the morning. In case of trouble call the operators of the computing centre, who know what to do.';
    expect(pack(prose).length).toBeLessThan(prose.length / 2);
  });

  it('has only letters that Nova and MySQL accept in a description', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => /^[\u4e00-\u8dff]+$/.test(pack(text))));
  });

  it('is nothing if it would be longer than any note', () => {
    expect(unpack(pack(' '.repeat(70_000)))).toBeUndefined();
  });

  it('is nothing in what somebody else has written', () => {
    for (const text of ['{"a":"b"}', '\u4e00', '一二三', 'ä', '']) expect(unpack(text)).toBeUndefined();
  });
});
