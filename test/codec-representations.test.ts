import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readTypes, type Field, type TypeKind, type Type } from '../scripts/generate/fields.js';
import { readJson, readXml, writeJson, writeXml, type Representation } from '../src/codec/index.js';
import * as v3 from '../src/generated/ovirt/v3/representations.js';
import { readSchemas } from '../src/schemas/store.js';

const { schemas } = readSchemas(fileURLToPath(new URL('../schemas', import.meta.url)));
const types = readTypes(schemas, 'ovirt/v3/types');
const byName = new Map(types.map((type) => [type.name, type]));
const representations = v3 as unknown as Readonly<Record<string, Representation<object>>>;

/** Any character that XML 1.0 can hold, the hostile ones often. */
const character = fc.oneof(
  fc.constantFrom(
    '&',
    '<',
    '>',
    '"',
    "'",
    '\t',
    '\n',
    '\r',
    ' ',
    ']]>',
    '--',
    '&amp;',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\ufffd',
    '😀',
  ),
  fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x10000, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
);
const text = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));

const MOST = Number.MAX_SAFE_INTEGER;
const positiveZero = (number: number): number => number + 0;

function scalar(kind: TypeKind): fc.Arbitrary<unknown> {
  switch (kind.is) {
    case 'text':
      return text;
    case 'int32':
      return fc.integer({ min: -2147483648, max: 2147483647 });
    case 'int64':
      return fc.integer({ min: -MOST, max: MOST });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero);
    case 'boolean':
      return fc.boolean();
    case 'instant':
      return fc
        .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
        .map((date) => date.toISOString());
    case 'word':
      return fc.constantFrom(...kind.words);
    case 'object':
      throw new Error('an object is no scalar');
  }
}

/** An unwrapped list that is empty leaves no trace in a document, so it has an item at least. */
function field({ kind, list }: Field, depth: number): fc.Arbitrary<unknown> {
  const one = kind.is === 'object' ? object(byName.get(kind.type)!, depth - 1) : scalar(kind);
  if (list === undefined) return one;
  return fc.array(one, { minLength: list === 'repeated' ? 1 : 0, maxLength: 2 });
}

/** Objects that hold about five of their properties. */
function object(type: Type, depth: number): fc.Arbitrary<object> {
  const fields = type.all.filter(({ kind }) => depth > 0 || kind.is !== 'object');
  if (fields.length === 0) return fc.constant({});
  return fc
    .subarray(fields, { maxLength: Math.min(fields.length, 5) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((one) => [one.name, field(one, depth)]))));
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('read(write(x)) = x, for every type and both formats', () => {
  test('there are types', () => expect(types.length).toBeGreaterThan(200));

  test.each(types.map((type) => [type.name, type] as const))('%s', (name, type) => {
    const representation = representations[name]!;
    fc.assert(
      fc.property(object(type, 3), (value) => {
        const expected = plain(value);
        const fromXml = readXml(representation, writeXml(representation, value));
        expect(fromXml.unknown).toEqual([]);
        expect(plain(fromXml.value)).toEqual(expected);
        const fromJson = readJson(representation, writeJson(representation, value));
        expect(fromJson.unknown).toEqual([]);
        expect(plain(fromJson.value)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  test('a whole virtual machine, many times', () => {
    fc.assert(
      fc.property(object(byName.get('VM')!, 5), (value) => {
        expect(plain(readXml(v3.VM, writeXml(v3.VM, value)).value)).toEqual(plain(value));
        expect(plain(readJson(v3.VM, writeJson(v3.VM, value)).value)).toEqual(plain(value));
      }),
      { numRuns: 300 },
    );
  });

  test('any text at all is written as a document that can be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const { value } = readXml(v3.VM, writeXml(v3.VM, { name, id: name }));
        expect(value.name).toBe(value.id);
      }),
      { numRuns: 1000 },
    );
  });
});
