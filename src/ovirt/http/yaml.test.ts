import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodecError } from '../../codec/index.js';
import { Fault } from '../../model/index.js';
import { parseYaml } from './yaml.js';
import { yamlPiece } from '../../../test/support/fuzz/pieces.js';

const read = (text: string): unknown => parseYaml(Buffer.from(text));

/** Documents that brought a process down, or made everybody wait: each is one of a kind. */
const bombs: Record<string, string> = {
  'open brackets': '['.repeat(1000),
  'open braces': '{a: '.repeat(1000),
  brackets: '['.repeat(1000) + ']'.repeat(1000),
  'brackets and commas': '[,'.repeat(30_000),
  'items in items': '- '.repeat(1000),
  'keys in keys': '? '.repeat(1000),
  'keys in brackets': `[${'? '.repeat(1000)}`,
  'keys in brackets over lines': `[${'?\n'.repeat(1000)}`,
  'values in values': `a${': a'.repeat(1000)}`,
  indentation: Array.from({ length: 340 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  'indentation with items': Array.from(
    { length: 240 },
    (_, depth) => `${' '.repeat(depth)}a:\n${' '.repeat(depth)}-\n`,
  ).join(''),
  'tags on one value': '!a '.repeat(20_000),
  'anchors on one value': '&a '.repeat(20_000),
  'items without end': '- a\n'.repeat(15_000),
  'lines without anything': '\n'.repeat(60_000),
  aliases: `a: &a 1\nb: [${'*a,'.repeat(1000)}]`,
};

describe('a YAML body', () => {
  it.each(Object.entries(bombs))('of %s is refused, and cheaply', (_, bomb) => {
    expect(() => read(bomb)).toThrow(CodecError);
  });

  it('of half a character is refused: no address of the cloud can hold it', () => {
    expect(() => read('template:\n  id: "\\ud800"')).toThrow('half a character');
    expect(read('name: "\\ud83d\\ude00"')).toEqual({ name: '😀' });
  });

  it('may be as deep as one of ours ever is', () => {
    const depth = 100;
    const text = Array.from({ length: depth }, (_, level) => `${'  '.repeat(level)}a:`).join('\n');
    let value = read(`${text} x`);
    for (let level = 0; level < depth; level += 1) value = (value as { a: unknown }).a;
    expect(value).toBe('x');
  });

  it('holds brackets in texts', () => {
    expect(read(`a: "${'['.repeat(500)}"\nb: |\n  ${'- '.repeat(500)}\nc: '${'{'.repeat(500)}'`)).toMatchObject({
      a: '['.repeat(500),
      c: '{'.repeat(500),
    });
  });

  it('of a thousand keys is read, and the last of the same counts', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(Object.keys(read(keys) as object)).toHaveLength(1000);
    expect(read('a: 1\na: 2')).toEqual({ a: 2 });
  });

  it('ends as a value or as a fault, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(yamlPiece, { maxLength: 400 }), (pieces) => {
        try {
          read(pieces.join(''));
        } catch (error) {
          if (!(error instanceof CodecError) && !(error instanceof Fault)) throw error;
        }
      }),
      { numRuns: 300, examples: [[['[', '?', '\n', '-']]] },
    );
  });
});
