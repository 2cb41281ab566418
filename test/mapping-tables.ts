import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { mappersFile } from '../scripts/generate/mappers.js';
import { type Mapped, type MappingContext } from '../src/mapping/index.js';
import type { Side } from '../src/schemas/rows.js';
import type { Schema, Table } from '../src/schemas/schema.js';
import { Schemas } from '../src/schemas/store.js';

/** A small model of its own: two entities, a document type that refers to another, a body. */
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

export const schemas = new Schemas(documents);

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

export const body: Table = {
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

export const back: Side = { name: 'powervc', tables: 'mapping/powervc', types: 'powervc' };

export const context = { base: '/api' };

const folder = mkdtempSync(fileURLToPath(new URL('.mapping-', import.meta.url)));

export let m: Mappers;

/** As JSON has it: without the keys that are undefined. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Builds the mappers of the tables in a folder of its own, for the tests of a file. */
export function useMappers(): void {
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
}
