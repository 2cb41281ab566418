import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mappersFile } from '../scripts/generate/mappers.js';
import { MappingError, type Mapped, type MappingContext } from '../src/mapping/index.js';
import type { Side } from '../src/schemas/rows.js';
import type { Schema, Table } from '../src/schemas/schema.js';
import { Schemas } from '../src/schemas/store.js';

/** A small house of its own: two entities, a document type that refers to another, a body. */
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const texts: Schema = { type: 'array', items: { type: 'string' } };
const documents = new Map<string, { $defs: Record<string, Schema> }>([
  [
    'model/entities.json',
    {
      $defs: {
        Ref: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } },
        Thing: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            size: { type: 'integer' },
            color: { enum: ['red', 'blue'] },
            hot: { type: 'boolean' },
            home: ref('Ref'),
            homes: { type: 'array', items: ref('Ref') },
            tags: texts,
            parts: { type: 'array', items: ref('Part') },
            main: ref('Part'),
            state: { enum: ['on', 'off'] },
            alias: { type: 'string' },
            owner: ref('Ref'),
            kind: { type: 'string' },
            notes: { type: 'object', additionalProperties: { type: 'string' } },
            made: { type: 'string' },
          },
        },
        Part: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, thing: ref('Ref') } },
      },
    },
  ],
  [
    'ovirt/v3/types/thing.json',
    {
      $defs: {
        Base: {
          type: 'object',
          properties: {
            href: { type: 'string', 'x-read-only': true },
            id: { type: 'string' },
            name: { type: 'string' },
          },
        },
        Link: { type: 'object', properties: { rel: { type: 'string' } } },
        Thing: {
          type: 'object',
          ...ref('Base'),
          xml: { name: 'thing' },
          properties: {
            size: { type: 'integer', format: 'int64' },
            older_size: { type: 'integer', format: 'int64' },
            color: { type: 'string' },
            hot: { type: 'string' },
            status: { $ref: '#/$defs/Status', 'x-read-only': true },
            homes: { type: 'array', items: ref('Thing'), xml: { wrapped: true } },
            all_homes: { type: 'array', items: ref('Thing') },
            tags: { type: 'array', items: ref('Tag') },
            kind: { type: 'string', enum: ['x', 'y'] },
            parts: ref('Parts'),
            main: ref('Part'),
            usb: ref('Usb'),
            link: { type: 'array', items: ref('Link'), 'x-read-only': true },
            display: ref('Display'),
            owner: ref('User'),
            mirror: { type: 'boolean' },
            alias: { type: 'string' },
            made: { type: 'string' },
            sort: { type: 'string' },
          },
        },
        Status: { type: 'object', properties: { state: { type: 'string' } } },
        Tag: { type: 'object', properties: { name: { type: 'string' } } },
        Parts: {
          type: 'object',
          properties: { part: { type: 'array', items: ref('Part') }, clone: { type: 'boolean' } },
        },
        Part: {
          type: 'object',
          ...ref('Base'),
          xml: { name: 'part' },
          properties: { thing: ref('Thing'), odd: { type: 'string' } },
        },
        Usb: { type: 'object', properties: { enabled: { type: 'boolean' } } },
        Display: {
          type: 'object',
          properties: { type: { type: 'string' }, screens: { type: 'array', items: ref('Tag') } },
        },
        User: { type: 'object', ...ref('Base'), properties: { user_name: { type: 'string' } } },
      },
    },
  ],
  [
    'powervc/body.json',
    {
      $defs: {
        Thing: {
          type: 'object',
          required: ['id'],
          properties: {
            id: { type: 'string' },
            size: { type: ['integer', 'string', 'null'] },
            image: { anyOf: [{ type: 'object', properties: { id: { type: 'string' } } }, { type: 'string' }] },
            hot: { type: ['boolean', 'string'] },
            'os:state': { type: ['string', 'null'] },
            task: { type: ['string', 'null'] },
            parts: { anyOf: [{ type: 'array', items: ref('Part') }, ref('Part')] },
            metadata: { type: 'object', additionalProperties: { type: 'string' } },
            made: { type: 'string' },
          },
        },
        Part: { type: 'object', properties: { name: { type: 'string' } } },
        New: {
          type: 'object',
          required: ['name', 'size'],
          properties: {
            name: { type: 'string' },
            size: { type: 'integer' },
            hot: { enum: ['True', 'False'] },
            server: { type: 'object', properties: { id: { type: 'string' } } },
          },
        },
      },
    },
  ],
]);
const schemas = new Schemas(documents);

const thing: Table = {
  name: 'thing',
  model: 'Thing',
  other: 'thing.json#/$defs/Thing',
  rows: [
    { model: 'id', other: '/id' },
    { other: '/href', href: '/things/{id}' },
    { model: 'size', other: '/older_size' },
    { model: 'size', other: '/size' },
    { model: 'color', other: '/color', values: { red: 'RED', blue: 'BLUE' }, default: 'RED' },
    { other: '/color', refuse: 'There is no such color', unless: ['RED', 'BLUE'] },
    { model: 'hot', other: '/hot', values: { true: 'very', false: 'not' } },
    { model: 'state', other: '/status/state', direction: 'out' },
    { model: 'home', other: '/homes/0', convert: 'ref', href: '/homes/{id}' },
    { model: 'homes', other: '/all_homes', convert: 'ref', href: '/things/{owner.id}/homes/{id}' },
    { model: 'tags', other: '/tags/*/name', default: ['none'] },
    { model: 'kind', other: '/kind' },
    { model: 'parts', other: '/parts/part', table: 'part' },
    { model: 'main', other: '/main', table: 'part' },
    { other: '/usb/enabled', constant: false, report: 'No USB' },
    { model: 'owner', other: '/owner', direction: 'out', convert: 'ref' },
    { model: 'owner.name', other: '/owner/user_name', direction: 'out' },
    { other: '/mirror', report: 'No mirrors', unless: [false] },
    { model: 'notes.alias', other: '/alias' },
    { other: '/sort', constant: 'plain' },
  ],
};
const part: Table = {
  name: 'part',
  model: 'Part',
  other: 'thing.json#/$defs/Part',
  rows: [
    { model: 'name', other: '/name' },
    { model: 'thing', other: '/thing', direction: 'out', convert: 'ref' },
  ],
};
const body: Table = {
  name: 'thing-body',
  model: 'Thing',
  other: 'body.json#/$defs/Thing',
  rows: [
    { model: 'id', other: '/id', direction: 'in' },
    { model: 'size', other: '/size', convert: 'mib', direction: 'in' },
    { model: 'home.id', other: '/image/id', direction: 'in' },
    { model: 'hot', other: '/hot', convert: 'string-bool', direction: 'in' },
    {
      model: 'state',
      direction: 'in',
      other: ['/os:state', '/task'],
      cases: [
        ['ACTIVE', 'stopping', 'off'],
        ['ACTIVE', null, 'on'],
        ['*', '*', 'off'],
      ],
    },
    { model: 'parts', other: '/parts', table: 'body-part', direction: 'in' },
    { model: 'alias', other: '/metadata/ovirt.alias', direction: 'in' },
    { model: 'notes', other: '/metadata', convert: 'prefixed', args: { prefix: 'ovirt.' }, direction: 'in' },
    { model: 'made', other: '/made', convert: 'iso-utc', direction: 'in' },
  ],
};
const bodyPart: Table = {
  name: 'body-part',
  model: 'Part',
  other: 'body.json#/$defs/Part',
  rows: [{ model: 'name', other: '/name', direction: 'in' }],
};
const created: Table = {
  name: 'new',
  model: 'Thing',
  other: 'body.json#/$defs/New',
  rows: [
    { model: 'alias', other: '/name', direction: 'out' },
    { model: 'size', other: '/size', convert: 'gib-ceil', direction: 'out' },
    { model: 'hot', other: '/hot', convert: 'string-bool', direction: 'out', default: 'False' },
    { model: 'home.id', other: '/server/id', direction: 'out' },
  ],
};

type Value = Record<string, unknown>;
interface Mappers {
  thingOut(entity: Value, context: MappingContext): Value;
  thingIn(doc: Value, context: MappingContext, at?: string): Mapped<Value>;
  partIn(doc: Value, context: MappingContext): Mapped<Value>;
  thingBodyIn(doc: Value, context: MappingContext): Mapped<Value>;
  newOut(entity: Value, context: MappingContext): Value;
}

const front: Side = { name: 'ovirt/v3', tables: 'ovirt/v3/mapping', types: 'ovirt/v3/types', version: 'v3' };
const back: Side = { name: 'powervc', tables: 'mapping/powervc', types: 'powervc' };
const context = { base: '/api' };
const folder = mkdtempSync(fileURLToPath(new URL('.mapping-', import.meta.url)));
let m: Mappers;

beforeAll(async () => {
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  for (const [name, side, tables] of [
    ['v3', front, [part, thing]],
    ['body', back, [bodyPart, body, created]],
  ] as const) {
    writeFileSync(
      join(folder, `a/b/${name}.ts`),
      mappersFile(schemas, side, tables).replaceAll(/'(?:\.\.\/)+mapping\//g, "'../../../../src/mapping/"),
    );
  }
  m = {
    ...((await import(join(folder, 'a/b/v3.ts'))) as Mappers),
    ...((await import(join(folder, 'a/b/body.ts'))) as Mappers),
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As JSON has it: without the keys that are undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('out: an entity becomes a document', () => {
  test('values, references, lists, nested tables, constants, defaults, hrefs', () => {
    const entity = {
      id: 't1',
      size: 5,
      color: 'blue',
      hot: true,
      state: 'on',
      home: { id: 'h1', name: 'left out: the id tells' },
      homes: [{ id: 'h2' }, { name: 'by name' }],
      tags: ['a', 'b'],
      kind: 'x',
      parts: [{ name: 'p1', thing: { id: 't1' } }],
      main: { name: 'p2' },
      owner: { id: 'u1', name: 'Una' },
      notes: { alias: 'al' },
    };
    expect(plain(m.thingOut(entity, context))).toEqual({
      id: 't1',
      href: '/api/things/t1',
      size: 5,
      older_size: 5,
      color: 'BLUE',
      hot: 'very',
      status: { state: 'on' },
      homes: [{ href: '/api/homes/h1', id: 'h1' }],
      all_homes: [{ href: '/api/things/u1/homes/h2', id: 'h2' }, { name: 'by name' }],
      tags: [{ name: 'a' }, { name: 'b' }],
      kind: 'x',
      parts: { part: [{ name: 'p1', thing: { id: 't1' } }] },
      main: { name: 'p2' },
      usb: { enabled: false },
      owner: { id: 'u1', user_name: 'Una' },
      alias: 'al',
      sort: 'plain',
    });
  });

  test('an entity that holds nothing gives constants and defaults alone', () => {
    expect(plain(m.thingOut({}, context))).toEqual({
      color: 'RED',
      tags: [{ name: 'none' }],
      usb: { enabled: false },
      sort: 'plain',
    });
  });

  test('a word outside of a closed set has no place; an empty list stays one; ids are escaped in hrefs', () => {
    expect(m.thingOut({ kind: 'z' }, context)['kind']).toBeUndefined();
    expect(plain(m.thingOut({ tags: [], parts: [], homes: [] }, context))).toMatchObject({
      tags: [],
      parts: { part: [] },
      all_homes: [],
    });
    expect(m.thingOut({ id: 'a/b' }, context)['href']).toBe('/api/things/a%2Fb');
  });

  test('a body: converters, and what it requires', () => {
    expect(plain(m.newOut({ alias: 'n', size: 2 ** 30 + 1, hot: true, home: { id: 's' } }, context))).toEqual({
      name: 'n',
      size: 2,
      hot: 'True',
      server: { id: 's' },
    });
    expect(plain(m.newOut({ alias: 'n', size: 1 }, context))).toEqual({ name: 'n', size: 1, hot: 'False' });
    expect(() => m.newOut({ alias: 'n' }, context)).toThrow(new MappingError('new.size is required'));
  });
});

describe('in: a document becomes an entity', () => {
  test('values, references, lists, nested tables; the later of two rows wins; nothing undefined', () => {
    const { value, lost } = m.thingIn(
      {
        id: 't1',
        href: '/api/things/t1',
        older_size: 1,
        size: 5,
        color: 'BLUE',
        hot: 'not',
        status: { state: 'on' },
        homes: [{ id: 'h1', href: 'x' }],
        all_homes: [{ id: 'h2' }, { name: 'n' }, {}],
        tags: [{ name: 'a' }, {}],
        kind: 'y',
        parts: { part: [{ name: 'p1', href: 'x' }] },
        main: { name: 'p2' },
        usb: { enabled: false },
        link: [{ rel: 'self' }],
        mirror: false,
        alias: 'al',
        sort: 'plain',
      },
      context,
    );
    expect(lost).toEqual([]);
    expect(value).toStrictEqual({
      id: 't1',
      size: 5,
      color: 'blue',
      hot: false,
      home: { id: 'h1' },
      homes: [{ id: 'h2' }, { name: 'n' }],
      tags: ['a'],
      kind: 'y',
      parts: [{ name: 'p1' }],
      main: { name: 'p2' },
      notes: { alias: 'al' },
    });
    expect(m.thingIn({ older_size: 1 }, context)).toStrictEqual({ value: { size: 1 }, lost: [] });
    expect(m.thingIn({}, context)).toStrictEqual({ value: {}, lost: [] });
  });

  test('nothing is dropped: the deepest paths that no row reads, with the reason of the row if there is one', () => {
    const { value, lost } = m.thingIn(
      {
        name: 'n',
        color: 'GREEN',
        hot: 'rather',
        homes: [{ id: 'h1', size: 3, status: { state: 'on' } }, { id: 'h2' }],
        usb: { enabled: true },
        display: { type: 'vnc', screens: [{ name: 's' }] },
        owner: { id: 'u', href: 'x' },
        mirror: true,
        parts: { clone: true, part: [{ name: 'p', odd: 'o', thing: { id: 'q', href: 'r' } }] },
        sort: 'fancy',
        link: [{ rel: 'x' }],
      },
      context,
    );
    expect(value).toStrictEqual({ home: { id: 'h1' }, parts: [{ name: 'p' }] });
    const none = { why: 'Not translated', refused: false };
    expect(lost).toEqual([
      { path: 'thing.name', ...none },
      { path: 'thing.color', why: 'There is no such color', refused: true },
      { path: 'thing.hot', why: 'Only very, not can be translated', refused: false },
      { path: 'thing.homes.0.size', ...none },
      { path: 'thing.homes.1.id', ...none },
      { path: 'thing.usb.enabled', why: 'No USB', refused: false },
      { path: 'thing.display.type', ...none },
      { path: 'thing.display.screens.0.name', ...none },
      { path: 'thing.owner.id', ...none },
      { path: 'thing.mirror', why: 'No mirrors', refused: false },
      { path: 'thing.parts.clone', ...none },
      { path: 'thing.sort', why: 'Always "plain"', refused: false },
      { path: 'thing.parts.part.odd', ...none },
      { path: 'thing.parts.part.thing.id', ...none },
    ]);
  });

  test('paths begin where the caller says', () =>
    expect(m.thingIn({ name: 'n' }, context, 'vm.thing').lost[0]?.path).toBe('vm.thing.name'));

  test('what an entity must have', () =>
    expect(() => m.partIn({}, context)).toThrow(new MappingError('part.name is required')));

  test('a body: loose numbers, texts for objects, cases, one or many, metadata, naive instants', () => {
    expect(
      plain(
        m.thingBodyIn(
          {
            id: 't',
            size: '3',
            image: { id: 'i' },
            hot: 'true',
            'os:state': 'ACTIVE',
            task: null,
            parts: { name: 'only' },
            metadata: { 'ovirt.alias': 'al', other: 'x' },
            made: '2026-11-21T00:00:00',
            unknown: 1,
          },
          context,
        ),
      ),
    ).toEqual({
      value: {
        id: 't',
        size: 3 * 2 ** 20,
        home: { id: 'i' },
        hot: true,
        state: 'on',
        parts: [{ name: 'only' }],
        alias: 'al',
        notes: { alias: 'al' },
        made: '2026-11-21T00:00:00.000Z',
      },
      lost: [],
    });
    expect(
      plain(
        m.thingBodyIn(
          {
            id: 't',
            size: null,
            image: '',
            parts: [{ name: 'a' }, { name: 'b' }],
            'os:state': 'ACTIVE',
            task: 'stopping',
          },
          context,
        ).value,
      ),
    ).toEqual({ id: 't', state: 'off', parts: [{ name: 'a' }, { name: 'b' }] });
    expect(() => m.thingBodyIn({ id: 't', size: 'big' }, context)).toThrow(new MappingError('"big" is not a number'));
  });
});

describe('a table that cannot be written', () => {
  const broken = (rows: Table['rows']) => () => mappersFile(schemas, back, [{ ...body, rows }]);
  test('a pointer that leads nowhere', () =>
    expect(broken([{ model: 'id', other: '/nowhere', direction: 'in' }])).toThrow('nothing at nowhere'));
  test("a value inside of another row's value", () =>
    expect(
      broken([
        { model: 'home', other: '/image', direction: 'in' },
        { model: 'home.id', other: '/id', direction: 'in' },
      ]),
    ).toThrow("lies inside of another row's value"));
});
