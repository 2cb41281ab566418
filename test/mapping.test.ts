import { describe, expect, test } from 'vitest';
import { mappersFile } from '../scripts/generate/mappers.js';
import { MappingError } from '../src/mapping/index.js';
import type { Table } from '../src/schemas/schema.js';
import { schemas, body, back, context, m, plain, useMappers } from './mapping-tables.js';

useMappers();

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
