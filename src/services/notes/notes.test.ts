import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteChecks, type NoteTypes } from '../../generated/notes/notes.js';
import { readNote, readPackedNote } from './notes.js';
import { noteText } from '../../../test/support/fuzz/pieces.js';

const kinds = Object.keys(noteChecks) as (keyof NoteTypes)[];
const packed = (text: string): string => deflateRawSync(text).toString('base64');

/** Notes that somebody else may have written. Each once made a list fail for everybody who saw the VM. */
const bad: Record<string, string> = {
  'half an object': '{',
  nothing: '',
  'a word': 'yes',
  null: 'null',
  'a number': '7',
  'another shape': '{"vm":{"id":1},"names":"a","at":"now"}',
  'a list of lists': '['.repeat(30_000) + ']'.repeat(30_000),
  'more than Nova holds': `"${'x'.repeat(100_000)}"`,
};

/** Those that need no property: any object will do. */
const loose: ReadonlySet<string> = new Set([
  'LunDisk',
  'ConsoleSession',
  'VmSize',
  'VmSettings',
  'TemplateFacts',
  'KeptSetup',
]);

describe('a note of somebody else', () => {
  it.each(Object.entries(bad))('is ignored and reported: %s', (_, text) => {
    for (const kind of kinds.filter((one) => !loose.has(one))) {
      const reported: string[] = [];
      expect(readNote(kind, text, (why) => reported.push(why))).toBeUndefined();
      expect(reported).toHaveLength(1);
    }
  });

  it('is not unpacked beyond a limit', () => {
    const reported: string[] = [];
    const bomb = packed(`"${'x'.repeat(20 * 1024 * 1024)}"`);
    expect(readPackedNote('Configuration', bomb, (why) => reported.push(why))).toBeUndefined();
    expect(readPackedNote('Configuration', 'no base64 of ours', (why) => reported.push(why))).toBeUndefined();
    expect(readPackedNote('Configuration', packed('{'), (why) => reported.push(why))).toBeUndefined();
    expect(reported).toEqual([
      'it cannot be unpacked (ERR_BUFFER_TOO_LARGE)',
      expect.stringContaining('it cannot be unpacked'),
      'it is not JSON',
    ]);
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(noteText, fc.json(), fc.string().map(packed)), fc.constantFrom(...kinds), (text, kind) => {
        readNote(kind, text);
        readPackedNote(kind, text);
      }),
      { numRuns: 500 },
    );
  });
});

it('a note of ours is read as it was written', () => {
  const task = { vm: 'a', at: 1, kind: 'move', domain: 'b' } as const;
  expect(readNote('Task', JSON.stringify(task))).toEqual(task);
  expect(readNote('Task', undefined)).toBeUndefined();
  expect(readNote('Task', JSON.stringify({ ...task, kind: 'clone' }))).toBeUndefined();
});
