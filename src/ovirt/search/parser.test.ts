import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, isFault } from '../../model/index.js';
import { type Condition, type Criteria, KEYWORDS, print, type Query, type Relation } from './ast.js';
import { collectionWords } from './objects.js';
import { parse } from './parser.js';
import { query } from '../../../test/support/fuzz/pieces.js';

const VM = new Set(['vm', 'vms']);
const read = (text: string): Query => parse(text, VM, collectionWords, ({ field }) => field === 'template');

/** Without the places, which only faults need. */
function bare(criteria: Criteria): object {
  if (criteria.kind !== 'condition') return { [criteria.kind]: criteria.items.map(bare) };
  const { object, field, relation, value } = criteria;
  return { ...(object !== undefined && { object }), ...(field !== undefined && { field }), relation, value };
}
const where = (text: string): object | undefined => {
  const { where: found } = read(text);
  return found && bare(found);
};
const is = (field: string, value: string, relation: Relation = '='): object => ({ field, relation, value });

function faultOf(text: string): Fault {
  try {
    read(text);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('searches that clients send (docs/reference/ovirt.md, section 6)', () => {
  it.each<[string, string, object | undefined, Partial<Query>?]>([
    ['rbovirt, all', '', undefined],
    ['rbovirt, blanks', '   ', undefined],
    ['rbovirt, clusters of a data center', 'datacenter="DC1"', is('datacenter', 'DC1')],
    [
      'rbovirt, VMs',
      'name=vm1 datacenter="DC1" page 1',
      { and: [is('name', 'vm1'), is('datacenter', 'DC1')] },
      { page: 1 },
    ],
    ['fence_rhevm', 'name=vm1', is('name', 'vm1')],
    ['ManageIQ', 'sortby name asc page 3', undefined, { sort: { field: 'name', descending: false, at: 7 }, page: 3 }],
    ['rhevm-utils', 'page 12', undefined, { page: 12 }],
    ['spaces around =', 'cluster = Default', is('cluster', 'Default')],
    [
      'the web application',
      'Vms: status=Up or status=PoweringUp sortby cpu_usage desc',
      { or: [is('status', 'Up'), is('status', 'PoweringUp')] },
      { sort: { field: 'cpu_usage', descending: true, at: 43 } },
    ],
    ['a prefix with a blank', 'VMs :name=a', is('name', 'a')],
    ['the prefix alone', 'vms:', undefined],
    ['another object', 'Host.name = h1', { object: 'host', ...is('name', 'h1') }],
    ['its plural, blanks at the dot', 'Users . usrname="a@b"', { object: 'users', ...is('usrname', 'a@b') }],
    [
      'Ansible, a name with blanks and without quotes',
      'template=RHEL 9.4 and datacenter=x',
      {
        and: [
          { or: [{ and: [is('template', 'RHEL'), { relation: '=', value: '9.4' }] }, is('template', 'RHEL 9.4')] },
          is('datacenter', 'x'),
        ],
      },
    ],
    [
      'what stands before or is no name',
      'template=a b or c',
      {
        and: [
          is('template', 'a'),
          {
            or: [
              { relation: '=', value: 'b' },
              { relation: '=', value: 'c' },
            ],
          },
        ],
      },
    ],
    ['nor are words that are a comparison', 'template=a status=up', { and: [is('template', 'a'), is('status', 'up')] }],
    ['free text', 'web', { relation: '=', value: 'web' }],
    ['quoted free text', '"my web"', { relation: '=', value: 'my web' }],
    ['an address is no field of an object', '10.0.0.1', { relation: '=', value: '10.0.0.1' }],
    ['a MAC address is no prefix', 'aa:bb:cc', { relation: '=', value: 'aa:bb:cc' }],
    ['a name with a dot', 'name=a.example.com', is('name', 'a.example.com')],
    ['an unquoted value ends at the blank', 'name=my vm', { and: [is('name', 'my'), { relation: '=', value: 'vm' }] }],
    [
      'keywords in any case',
      'name=a AND name=b Or name=c SORTBY Name DESC Page 2',
      { or: [{ and: [is('name', 'a'), is('name', 'b')] }, is('name', 'c')] },
      { sort: { field: 'name', descending: true, at: 35 }, page: 2 },
    ],
    ['a keyword as a value', 'name=page page 1', is('name', 'page'), { page: 1 }],
    [
      'every relation',
      'a=1 b!=2 c<3 d<=4 e>5 f>=6',
      {
        and: [
          is('a', '1'),
          is('b', '2', '!='),
          is('c', '3', '<'),
          is('d', '4', '<='),
          is('e', '5', '>'),
          is('f', '6', '>='),
        ],
      },
    ],
    ['empty quotes', 'comment=""', is('comment', '')],
    [
      'parentheses',
      '(name=a or name=b) and status=up',
      { and: [{ or: [is('name', 'a'), is('name', 'b')] }, is('status', 'up')] },
    ],
    ['parentheses in a value', '(name=vm(1))', is('name', 'vm(1)')],
    ['a closing one without an opening belongs to the value', 'name=vm)', is('name', 'vm)')],
    ['apostrophes are letters', "name=o'brien", is('name', "o'brien")],
  ])('%s: %s', (_, text, expected, rest = {}) => {
    const { where: found, text: __, ...others } = read(text);
    expect(found && bare(found)).toEqual(expected);
    expect(others).toEqual(rest);
  });

  it('binds and tighter than or, and both tighter than side by side, as engines do', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((value) => ({ relation: '=', value }));
    expect(where('a or b and c')).toEqual({ or: [a, { and: [b, c] }] });
    expect(where('a or b c')).toEqual({ and: [{ or: [a, b] }, c] });
    expect(where('a b or c')).toEqual({ and: [a, { or: [b, c] }] });
    expect(where('a and b c')).toEqual({ and: [a, b, c] });
  });
});

describe('a search that cannot be read', () => {
  it.each([
    ['name=', 'A value is missing: name= ^ here'],
    ['name=a and', 'A condition is missing: name=a and ^ here'],
    ['or name=a', 'A condition is missing: ^ here or name=a'],
    ['=a', 'A field is missing: ^ here =a'],
    ['(name=a', 'The parenthesis at character 1 is not closed: (name=a ^ here'],
    ['()', 'A condition is missing: ( ^ here )'],
    ['name=a )', 'This closes nothing that was opened: name=a ^ here )'],
    ['name="a', 'The quote is not closed: name= ^ here "a'],
    ['name=a"b"', 'A quote is only allowed at the beginning and at the end of a value: name=a ^ here "b"'],
    ['sortby', 'The field to sort by is missing: sortby ^ here'],
    ['sortby page 1', 'The field to sort by is missing: sortby ^ here page 1'],
    ['page', 'The page number is missing: page ^ here'],
    ['page one', 'The page number is missing: page ^ here one'],
    ['page 0', 'Pages count from 1: page ^ here 0'],
    ['page 1 name=a', 'Nothing may follow the page number: page 1 ^ here name=a'],
    ['sortby name desc name=a', 'A condition, sortby or page is expected: sortby name desc ^ here name=a'],
    ['Hosts: name=a', 'A search for hosts does not belong to this collection: ^ here Hosts: name=a'],
  ])('%s', (text, detail) => {
    const fault = faultOf(text);
    expect([fault.code, fault.status, fault.detail]).toEqual(['search.syntax', 400, `[${detail}]`]);
  });

  it('shows the place, not the whole of a long text', () => {
    const { detail } = faultOf(`${'name=a '.repeat(200)}name= ${'  '.repeat(200)}`);
    expect(detail.length).toBeLessThan(250);
    expect(detail).toContain('name= ');
  });

  it('is bounded in length and depth', () => {
    expect(faultOf('a'.repeat(8001)).detail).toContain('at most 8000 characters');
    expect(faultOf(`${'('.repeat(51)}a${')'.repeat(51)}`).detail).toContain('at most 50 deep');
  });
});

const name = fc
  .stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)
  .filter((text) => !KEYWORDS.has(text) && !collectionWords.has(text));
const value = fc.string({ maxLength: 12 }).filter((text) => !text.includes('"'));
const relation = fc.constantFrom<Relation>('=', '!=', '<', '<=', '>', '>=');
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant('condition' as const),
    field: name,
    relation,
    value,
    at: fc.constant(0),
    valueAt: fc.constant(0),
  }),
  fc.record({
    kind: fc.constant('condition' as const),
    object: name,
    field: name,
    relation,
    value,
    at: fc.constant(0),
    valueAt: fc.constant(0),
  }),
  fc.record({
    kind: fc.constant('condition' as const),
    relation: fc.constant<Relation>('='),
    value,
    at: fc.constant(0),
    valueAt: fc.constant(0),
  }),
);
/** Groups of the same kind never stand directly in each other: they are one. */
const { criteria } = fc.letrec<{ criteria: Criteria; and: Criteria; or: Criteria }>((tie) => ({
  criteria: fc.oneof({ maxDepth: 4 }, condition, tie('and'), tie('or')),
  and: fc.record({
    kind: fc.constant('and' as const),
    items: fc.array(fc.oneof({ maxDepth: 4 }, condition, tie('or')), { minLength: 2, maxLength: 4 }),
  }),
  or: fc.record({
    kind: fc.constant('or' as const),
    items: fc.array(fc.oneof({ maxDepth: 4 }, condition, tie('and')), { minLength: 2, maxLength: 4 }),
  }),
}));

it('reads what it prints as itself', () => {
  fc.assert(
    fc.property(
      fc.option(criteria, { nil: undefined }),
      fc.option(fc.record({ field: name, descending: fc.boolean(), at: fc.constant(0) }), { nil: undefined }),
      fc.option(fc.integer({ min: 1, max: 10 ** 9 }), { nil: undefined }),
      (given, sort, page) => {
        const found = read(
          print({ ...(given && { where: given }), ...(sort && { sort }), ...(page !== undefined && { page }) }),
        );
        expect(found.where && bare(found.where)).toEqual(given && bare(given));
        expect(found.sort && [found.sort.field, found.sort.descending]).toEqual(sort && [sort.field, sort.descending]);
        expect(found.page).toBe(page);
      },
    ),
  );
});

it('reads anything, or refuses it with a fault, quickly', () => {
  fc.assert(
    fc.property(query, (text) => {
      try {
        read(text);
      } catch (error) {
        expect(isFault(error, 'search.syntax')).toBe(true);
      }
    }),
    { interruptAfterTimeLimit: 5000 },
  );
});
