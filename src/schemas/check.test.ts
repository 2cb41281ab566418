import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSchemas, describeProblem } from './index.js';

const real = fileURLToPath(new URL('../../schemas', import.meta.url));
let folder: string;

function put(file: string, content: unknown): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
}

const problems = (): string[] => checkSchemas(folder).map(describeProblem);

const table = (...rows: unknown[]): void =>
  put('ovirt/v3/mapping/disk.json', { name: 'disk', model: 'Disk', other: 'disk.json#/$defs/Disk', rows });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  for (const meta of ['mapping', 'representation', 'protocol', 'calls', 'engine'])
    put(`meta/${meta}.json`, readFileSync(join(real, `meta/${meta}.json`), 'utf8'));
  put('model/entities.json', {
    $defs: {
      Ref: { type: 'object', 'x-set-by': 'services', 'x-read-by': 'services', properties: { id: { type: 'string' } } },
      Disk: {
        type: 'object',
        'x-set-by': 'services',
        'x-read-by': 'services',
        properties: { id: { type: 'string' }, size: { type: 'integer' }, home: { $ref: '#/$defs/Ref' } },
      },
    },
  });
  put('engines/3.6.json', { description: '', levels: ['3.6'], cpuTypes: [] });
  put('ovirt/v3/protocol.json', readFileSync(join(real, 'ovirt/v3/protocol.json'), 'utf8'));
  put('ovirt/v3/types/disk.json', {
    $defs: {
      Disk: {
        type: 'object',
        xml: { name: 'disk' },
        properties: {
          id: { type: 'string', xml: { attribute: true } },
          size: { type: 'integer', format: 'int64' },
          home: { $ref: '#/$defs/Disk' },
        },
      },
    },
  });
  table({ model: 'id', other: '/id' });
  put('powervc/body.json', { $defs: { Volume: { type: 'object', properties: { id: { type: 'string' } } } } });
  put('powervc/calls.json', {
    calls: [{ id: 'a.b', service: 's', method: 'GET', path: '/x', answers: { 200: 'body.json#/$defs/Volume' } }],
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('checkSchemas', () => {
  test('valid schemas have no problems', () => {
    table({ model: 'id', other: '/id' }, { model: 'home', other: '/home', convert: 'ref', href: '/disks/{id}' });
    expect(problems()).toEqual([]);
  });

  test.each(['protocol.json', 'types/disk.json', 'mapping/disk.json'])('a version without its %s', (file) => {
    rmSync(join(folder, 'ovirt/v3', file));
    expect(problems()).toEqual([`schemas/ovirt/v3: the version has no ${file.split('/')[0]}`]);
  });

  test('a version whose engine has no table, and a table with an unknown key', () => {
    put('engines/3.6.json', { description: '', levels: ['3.6'], cpuTypes: [], option: {} });
    expect(problems()).toEqual(['schemas/engines/3.6.json: must NOT have additional properties: option']);
    rmSync(join(folder, 'engines/3.6.json'));
    expect(problems()).toEqual(['schemas/ovirt/v3/protocol.json, engine: there is no schemas/engines/3.6.json']);
  });

  test('a version is found by its folder: a row that is broken there is an error', () => {
    for (const file of ['protocol.json', 'types/disk.json', 'mapping/disk.json'])
      put(`ovirt/v9/${file}`, readFileSync(join(folder, 'ovirt/v3', file), 'utf8'));
    expect(problems()).toEqual(
      ['v3', 'v9'].map((name) => `schemas/ovirt/${name}/protocol.json, number: another version has the number 3, too`),
    );
    const protocol = JSON.parse(readFileSync(join(folder, 'ovirt/v9/protocol.json'), 'utf8')) as object;
    put('ovirt/v9/protocol.json', { ...protocol, number: '9', base: '8' });
    expect(problems()).toEqual(['schemas/ovirt/v9/protocol.json, base: there is no version 8']);
    put('ovirt/v9/protocol.json', { ...protocol, number: '9', base: '3' });
    expect(problems()).toEqual([]);
    put('ovirt/v9/mapping/disk.json', {
      name: 'disk',
      model: 'Disk',
      other: 'disk.json#/$defs/Disk',
      rows: [{ model: 'sizes', other: '/size' }],
    });
    expect(problems()).toEqual(['schemas/ovirt/v9/mapping/disk.json, row 1, model: Disk has no sizes']);
  });

  test('what is no JSON', () => {
    put('ovirt/v3/types/bad.json', '{"a": }');
    expect(problems()).toEqual([expect.stringMatching(/^schemas\/ovirt\/v3\/types\/bad\.json: Not JSON: /)]);
  });

  const rows: [string, unknown, string][] = [
    [
      'a converter that nobody has',
      { model: 'size', other: '/size', convert: 'mibb' },
      'row 1, convert: there is no converter "mibb"',
    ],
    [
      'a converter that takes args, without',
      { model: 'size', other: '/size', convert: 'prefixed' },
      'row 1, convert: there is no converter "prefixed" without args',
    ],
    ['a property that the entity has not', { model: 'sizes', other: '/size' }, 'row 1, model: Disk has no sizes'],
    ['a pointer that leads nowhere', { model: 'size', other: '/size/bytes' }, 'row 1, other: Disk has no /size/bytes'],
    [
      'a table that nobody has',
      { model: 'home', other: '/home', table: 'nics' },
      'row 1, table: there is no table "nics" in this folder',
    ],
    [
      "a reference's href with a name that nobody has",
      { model: 'home', other: '/home', convert: 'ref', href: '/x/{uuid}' },
      'row 1, href: there is no {uuid}',
    ],
    [
      'cases of the wrong width',
      { model: 'id', direction: 'in', other: ['/id'], cases: [['a', 'b', 'c']] },
      'row 1, cases/0: has 3 values; 2 are needed',
    ],
    [
      'a key that no row has',
      { model: 'id', other: '/id', modle: 'x' },
      'row 1: must NOT have additional properties: modle',
    ],
    ['a pointer without its slash', { model: 'id', other: 'id' }, 'row 1, other: must match pattern'],
    [
      'a direction that is none',
      { model: 'id', other: '/id', direction: 'back' },
      'row 1, direction: must be equal to one of the allowed values',
    ],
    ['a row without a pointer', { model: 'id' }, "row 1: must have required property 'other'"],
    [
      'args without a converter',
      { model: 'id', other: '/id', args: {} },
      'row 1: must have property convert when property args is present',
    ],
  ];
  test.each(rows)('%s', (_, row, message) => {
    table(row);
    expect(problems()).toEqual([expect.stringContaining(`schemas/ovirt/v3/mapping/disk.json, ${message}`)]);
  });

  test('a property cannot be written where another row always writes a constant', () => {
    table({ model: 'id', other: '/id', direction: 'out' }, { other: '/id', constant: 'x' });
    expect(problems()).toEqual([
      'schemas/ovirt/v3/mapping/disk.json, row 1, other: row 2 always writes a constant there',
    ]);
    table({ model: 'id', other: '/id', direction: 'in' }, { other: '/id', constant: 'x' });
    expect(problems()).toEqual([]);
  });

  test('a row without effect is refused', () => {
    table({ other: '/id' });
    expect(problems()).toHaveLength(1);
  });

  test('a duplicate row, a name that is taken, sides that do not exist', () => {
    table({ model: 'id', other: '/id' }, { model: 'size', other: '/size' }, { model: 'id', other: '/id' });
    put('ovirt/v3/mapping/other.json', { name: 'disk', model: 'Dusk', other: 'disk.json#/$defs/Disk', rows: [] });
    put('mapping/powervc/x.json', { name: 'x', model: 'Disk', other: 'disk.json#/$defs/Disk', rows: [] });
    expect(problems()).toEqual([
      'schemas/ovirt/v3/mapping/disk.json, row 3, other: row 1 is the same',
      'schemas/ovirt/v3/mapping/other.json, name: ovirt/v3/mapping/disk.json has this name, too',
      'schemas/ovirt/v3/mapping/other.json, model: there is no entity Dusk',
      'schemas/mapping/powervc/x.json, other: there is no disk.json#/$defs/Disk',
    ]);
  });

  test("a nested table without rows for the row's direction", () => {
    table({ model: 'home', other: '/home', table: 'inner' });
    put('ovirt/v3/mapping/inner.json', {
      name: 'inner',
      model: 'Ref',
      other: 'disk.json#/$defs/Disk',
      rows: [{ model: 'id', other: '/id', direction: 'in' }],
    });
    expect(problems()).toEqual([
      'schemas/ovirt/v3/mapping/disk.json, row 1, table: table "inner" has no row in direction out',
    ]);
  });

  test('representations: forms', () => {
    put('ovirt/v3/types/bad.json', {
      $defs: {
        Bad: {
          type: 'object',
          properties: {
            a: { type: 'integer' },
            b: { type: 'array', items: { type: 'string' }, xml: { wrapped: true } },
            c: { type: 'text' },
          },
        },
      },
    });
    expect(problems()).toEqual([
      "schemas/ovirt/v3/types/bad.json, /$defs/Bad/properties/a: must have required property 'format'",
      "schemas/ovirt/v3/types/bad.json, /$defs/Bad/properties/b/items: must have required property 'xml'",
      'schemas/ovirt/v3/types/bad.json, /$defs/Bad/properties/c/type: must be equal to one of the allowed values',
    ]);
  });

  test('representations: references, duplicates, cycles', () => {
    put('ovirt/v3/types/bad.json', {
      $defs: {
        Disk: { type: 'object', xml: { name: 'disk' } },
        Lost: { type: 'object', $ref: 'nowhere.json#/$defs/X' },
        A: { type: 'object', $ref: '#/$defs/B' },
        B: { type: 'object', $ref: '#/$defs/A' },
      },
    });
    expect(problems()).toEqual([
      'schemas/ovirt/v3/types/bad.json, /$defs/Lost: there is no nowhere.json#/$defs/X',
      'schemas/ovirt/v3/types/bad.json, /$defs/A: A extends itself',
      'schemas/ovirt/v3/types/bad.json, /$defs/B: B extends itself',
      'schemas/ovirt/v3/types/disk.json, /$defs/Disk: ovirt/v3/types/bad.json has a Disk, too',
      "schemas/ovirt/v3/types/disk.json, /$defs/Disk: <disk> is Disk's, too",
    ]);
  });

  test('forms that are missing', () => {
    rmSync(join(folder, 'meta/calls.json'));
    expect(problems()).toEqual(['schemas/powervc/calls.json: cannot be checked: there is no schemas/meta/calls.json']);
  });

  test('calls: forms, bodies that do not exist, a duplicate id', () => {
    const call = { id: 'a.b', service: 's', method: 'GET', path: '/x', answers: { 200: null } };
    put('powervc/calls.json', { calls: [{ ...call, method: 'FETCH' }] });
    expect(problems()).toEqual([
      'schemas/powervc/calls.json, /calls/0/method: must be equal to one of the allowed values',
    ]);
    put('powervc/calls.json', { calls: [call, { ...call, request: 'body.json#/$defs/Nothing' }] });
    expect(problems()).toEqual([
      'schemas/powervc/calls.json, /calls/1 (a.b): another call has this id',
      'schemas/powervc/calls.json, /calls/1 (a.b): there is no body.json#/$defs/Nothing',
    ]);
  });

  test('a body that is not a JSON Schema', () => {
    put('powervc/body.json', { $defs: { Volume: { type: 'objekt' } } });
    expect(problems().join('\n')).toContain('schemas/powervc/body.json, /$defs/Volume/type: must be');
  });
});
