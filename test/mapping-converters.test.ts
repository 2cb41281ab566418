import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { converters, factories } from '../src/mapping/converters.js';
import { MappingError } from '../src/mapping/index.js';
import { GIB } from './support/units.js';

describe('sizes', () => {
  test('what is asked for fits: rounded up, by less than one unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
        for (const [name, unit] of [
          ['mib', 2 ** 20],
          ['gib-ceil', GIB],
        ] as const) {
          const back = converters[name].in(converters[name].out(bytes));
          expect(back).toBeGreaterThanOrEqual(bytes);
          expect(back - bytes).toBeLessThan(unit);
          expect(Number.isInteger(converters[name].out(bytes))).toBe(true);
        }
      }),
    );
  });
  test('digits are read as numbers', () =>
    expect([converters.mib.in('2'), converters['gib-ceil'].in(' 2 ')]).toEqual([2 ** 21, 2 * GIB]));
});

describe('there and back', () => {
  test('a secret is shown as stars', () => {
    expect([converters.hidden.out('geheim'), converters.hidden.in('geheim')]).toEqual(['******', 'geheim']);
  });
  test('numbers and booleans', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
        fc.boolean(),
        (whole, real, flag) => {
          expect(converters['string-int'].in(converters['string-int'].out(whole))).toBe(whole);
          expect(converters['string-number'].in(converters['string-number'].out(real))).toBe(real);
          expect(converters['string-bool'].in(converters['string-bool'].out(flag))).toBe(flag);
        },
      ),
    );
  });
  test('texts', () => {
    expect(converters.lower.in(' FA:16 ')).toBe('fa:16');
    expect(converters.upper.in(converters.upper.out('3f1c'))).toBe('3f1c');
    expect(converters.upper.out('3f1c')).toBe('3F1C');
  });
  test('prefixed keys', () => {
    const notes = factories.prefixed({ prefix: 'ovirt.' });
    expect(notes.out({ alias: 'x' })).toEqual({ 'ovirt.alias': 'x' });
    expect(notes.in({ 'ovirt.alias': 'x', other: 'y' })).toEqual({ alias: 'x' });
  });
  test('a named value that is always there, beside others', () => {
    const [none, own, other] = ['0', '2048', '1'].map((value, i) => ({ name: i === 2 ? 'other' : 'pages', value }));
    const always = factories['named-always'](none!);
    expect([[], [other!], [own!]].map((values) => always.out(values))).toEqual([[], [other, none], [own]]);
    expect(always.in([other!, none!, own!])).toEqual([other, own]);
  });
});

describe('instants', () => {
  test.each([
    ['2026-11-21T01:02:03', '2026-11-21T01:02:03.000Z'],
    ['2026-11-21T01:02:03.123456', '2026-11-21T01:02:03.123Z'],
    ['2026-11-21 01:02:03', '2026-11-21T01:02:03.000Z'],
    ['2026-11-21T01:02:03Z', '2026-11-21T01:02:03.000Z'],
    ['2026-11-21T01:02:03+02:00', '2026-11-20T23:02:03.000Z'],
    ['2026-02-28T23:59:59Z', '2026-02-28T23:59:59.000Z'],
    ['2026-01-31T01:02:03.5', '2026-01-31T01:02:03.500Z'],
  ])('%s', (text, iso) => expect(converters['iso-utc'].in(text)).toBe(iso));

  test('of any day are those of a Date, with any ending', () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }),
        fc.constantFrom('', 'Z', '.1', '.123456', '.999999Z', '+05:30'),
        (date, ending) => {
          const text = date.toISOString().slice(0, 19) + ending;
          const zoned = /Z|\+/.test(ending) ? text : `${text}Z`;
          expect(converters['iso-utc'].in(text)).toBe(new Date(zoned).toISOString());
        },
      ),
    ));
  test.each(['2026-02-30T01:02:03Z', '2026-13-01T01:02:03Z', '2026-01-01T24:00:01Z', '2026-01-01T01:60:00Z'])(
    '%s is read as a Date reads it, or refused',
    (text) => {
      const date = new Date(text);
      const read = (): string => converters['iso-utc'].in(text);
      if (Number.isNaN(date.getTime())) expect(read).toThrow(MappingError);
      else expect(read()).toBe(date.toISOString());
    },
  );
});

describe('what cannot be read', () => {
  test.each<[string, () => unknown]>([
    ['"x" is not a number', () => converters.mib.in('x')],
    ['"" is not a number', () => converters['string-number'].in('')],
    ['"1.5" is not an integer', () => converters['string-int'].in('1.5')],
    ['"yes" is not a boolean', () => converters['string-bool'].in('yes')],
    ['"soon" is not an instant', () => converters['iso-utc'].in('soon')],
  ])('%s', (message, read) => expect(read).toThrow(new MappingError(message)));
});
