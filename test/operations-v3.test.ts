import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { versions } from '../src/ovirt/index.js';

/** Those that version 3 has. */
const operations = versions.find(({ number }) => number === '3')!.operations;

/** The VM operations of engine 3.6 as its RSDL had them, one a line: `path|rel=name …` (fixtures/ovirt/v3). */
const file = new URL('../fixtures/ovirt/v3/vm-operations.txt', import.meta.url);
const METHODS: Readonly<Record<string, string>> = { get: 'GET', add: 'POST', update: 'PUT', delete: 'DELETE' };

/** Names of ids differ: the RSDL's are ours to choose. */
const shape = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

describe('every VM operation of engine 3.6 is declared', () => {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const declared = new Map(
    operations.map((operation) => [`${operation.method} ${shape(operation.path)} ${operation.rel}`, operation]),
  );

  test('there are 92', () => expect(lines).toHaveLength(92));

  test.each(lines.map((line) => line.split(/[ #]/, 1)[0]!))('%s', (line) => {
    const [path = '', rel = ''] = line.split('|rel=');
    const operation = declared.get(`${METHODS[rel] ?? 'POST'} ${shape(path)} ${rel}`);
    expect(operation).toBeDefined();
    expect(operation!.how.length).toBeGreaterThan(10);
    // A refusal that nobody can understand is none
    if (operation!.support === 'refused') expect(operation!.faults).toContain('unsupported');
  });
});
