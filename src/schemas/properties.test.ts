import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { checkProperties, checkSuccessors } from './properties.js';
import type { Schema } from './schema.js';
import { readSchemas, Schemas } from './store.js';

const text = { type: 'string' };
const row = (model: string, direction?: string) => ({
  model,
  other: `/${model}`,
  ...(direction !== undefined && { direction }),
});
const table = (rows: object[], more: object = {}) => ({
  name: 'disk',
  model: 'Disk',
  other: 'disk.json#/$defs/Disk',
  rows,
  ...more,
});

describe('a property', () => {
  const problems = (rows: object[], properties: object, entity: object = {}): string[] =>
    checkProperties(
      new Schemas(
        new Map<string, unknown>([
          ['model/entities.json', { $defs: { Disk: { type: 'object', properties, ...entity } } }],
          ['ovirt/v3/mapping/disk.json', table(rows)],
        ]),
      ),
    ).map(({ field, message }) => `${field} ${message.split(':')[0]}`);

  test.each([
    ['rows both ways', [row('id')], { id: text }, []],
    ['no row that sets it', [row('id', 'out')], { id: text }, ['Disk.id nothing sets it']],
    ['no row that reads it', [row('id', 'in')], { id: text }, ['Disk.id nothing reads it']],
    ['no row', [], { id: text }, ['Disk.id nothing sets it', 'Disk.id nothing reads it']],
    ['code that does both', [], { id: { ...text, 'x-set-by': 'services', 'x-read-by': 'backends' } }, []],
    ['a reason to be empty', [row('id', 'out')], { id: { ...text, 'x-unset': 'No cloud reports it' } }, []],
    ['an address that names it', [{ other: '/href', href: '/disks/{id}' }], { id: text }, ['Disk.id nothing sets it']],
  ])('with %s', (_, rows, properties, expected) => {
    expect(problems(rows, properties)).toEqual(expected);
  });
  it('may be described by its entity', () => {
    expect(problems([row('id', 'in')], { id: text }, { 'x-read-by': 'services' })).toEqual([]);
  });
});

describe('a version', () => {
  const problems = (before: object[], after: object[], more: object = {}): string[] =>
    checkSuccessors(
      new Schemas(
        new Map<string, unknown>([
          ['ovirt/v3/mapping/disk.json', table(before)],
          ['ovirt/v4/mapping/disk.json', table(after, more)],
        ]),
      ),
    ).map(({ message }) => message.split(',')[0] ?? '');

  it('maps all that its predecessor maps, or says why not', () => {
    expect(problems([row('id'), row('size')], [row('id'), row('size', 'in')])).toEqual(['no row takes out size']);
    expect(problems([row('size')], [row('size', 'in')], { without: { size: 'No such element' } })).toEqual([]);
    expect(problems([row('hosts.0')], [row('hosts')])).toEqual([]);
  });
  it('declares nothing as missing that it has', () => {
    expect(problems([row('id')], [row('id')], { without: { id: 'x' } })).toEqual(['"without" names id']);
  });
  it('has every table', () => {
    const documents = new Map<string, unknown>([
      ['ovirt/v3/mapping/disk.json', table([])],
      ['ovirt/v4/protocol.json', {}],
    ]);
    expect(checkSuccessors(new Schemas(documents))).toEqual([
      { file: 'ovirt/v4', message: 'there is no table disk, which v3 has' },
    ]);
  });
});

describe('what the schema says of code', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const sources = new Map<string, string>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('generated')) {
      const layer = file.split('/')[0] ?? '';
      sources.set(layer, `${sources.get(layer) ?? ''}\n${readFileSync(root + file, 'utf8')}`);
    }
  const { schemas } = readSchemas(fileURLToPath(new URL('../../schemas', import.meta.url)));
  const claims = schemas.definitions('model').flatMap(({ name = '', schema }) =>
    Object.entries(schema.properties ?? {}).flatMap(([property, held]) =>
      (['x-set-by', 'x-read-by'] as const).flatMap((key) => {
        const layers: Schema['x-set-by'] = held[key];
        return (layers?.split(', ') ?? []).map((layer) => ({ at: `${name}.${property}`, property, layer }));
      }),
    ),
  );

  it('is true: the layers that it names use the property', () => {
    expect(claims.length).toBeGreaterThan(100);
    const wrong = claims.filter(
      ({ property, layer }) => !new RegExp(`\\b${property}\\b`).test(sources.get(layer) ?? ''),
    );
    expect(wrong).toEqual([]);
  });
});
