import { required } from '../../invariant.js';
import type { Scope } from '../../services/context.js';
import type { Condition, Criteria } from './ast.js';
import { hintsOf } from './hints.js';
import { kinds, type HeldValue, type Positive } from './kinds.js';
import type { Prepared, PlanOptions, Plan, Test } from './planned.js';
import { syntaxFault } from './syntax-fault.js';
import { type Field, type Relationship, type SearchTable, singular, type Values } from './table.js';

/** One condition on related entities: `index` is its place in Found.keys. */
interface Join {
  readonly index: number;
  collect(scope: Scope): Promise<void>;
  readonly keys: Set<string>;
}

/**
 * Resolves criteria with a table. Adjacent conditions on the same other object must hold for one and the same object,
 * as in an engine's join: `Vms.name=a and Vms.status=up` is a host with a VM of that name that is up. Throws
 * `search.syntax` for a field, relation or value that the table does not have.
 */
export function plan<N>(
  text: string,
  criteria: Criteria | undefined,
  table: SearchTable<N>,
  options: PlanOptions,
): Plan<N> {
  const joins: Join[] = [];
  const viaOf = new Map<Condition, number>();
  const relations = table.related?.() ?? {};
  const relationTo = (object: string) => required(relations[object], `what relates ${table.object} to ${object}`);
  const test: Test<N> = criteria ? compile(criteria) : () => true;
  return { test, viaOf, prepare };

  async function prepare(scope: Scope): Promise<Prepared> {
    await Promise.all(joins.map((join) => join.collect(scope)));
    const { project, user } = scope.session;
    const { engine, profile } = scope;
    return {
      known: { project, user, engine, ...(profile !== undefined && { profile }) },
      keys: joins.map(({ keys }) => keys),
    };
  }

  function compile(one: Criteria): Test<N> {
    const object = objectOf(one);
    if (object !== undefined) return joined(relationTo(object), withoutObject(one));
    if (one.kind === 'condition') return own(one);
    const tests = gathered(one.items).map(compile);
    return one.kind === 'and'
      ? (entity, found) => tests.every((fits) => fits(entity, found))
      : (entity, found) => tests.some((fits) => fits(entity, found));

    function gathered(items: readonly Criteria[]): Criteria[] {
      const byObject = new Map<string, Criteria[]>();
      const rest: Criteria[] = [];
      for (const item of items) {
        const named = objectOf(item);
        if (named === undefined) rest.push(item);
        else byObject.set(named, [...(byObject.get(named) ?? []), item]);
      }
      const groups = [...byObject.values()].map((same): Criteria => {
        const [first, ...more] = same;
        return first && more.length === 0 ? first : { kind: one.kind as 'and' | 'or', items: same };
      });
      return [...rest, ...groups];
    }
  }

  /** The other object that all of the criteria are about. */
  function objectOf(one: Criteria): string | undefined {
    if (one.kind === 'condition') return otherObject(one);
    const [first, ...others] = one.items.map(objectOf);
    return others.every((object) => object === first) ? first : undefined;
  }

  /**
   * `Vms.name=a` on VMs is a condition on the VM itself; `Host=a`, where there is no such field, searches a host's
   * texts for a.
   */
  function otherObject({ object, field, at }: Condition): string | undefined {
    const word = object ?? (field !== undefined && !Object.hasOwn(table.fields, field) ? field : undefined);
    if (word === undefined || (object !== undefined && table.words.includes(singular(object)))) return undefined;
    if (Object.hasOwn(relations, singular(word))) return singular(word);
    if (object === undefined) return undefined;
    throw syntaxFault(
      text,
      at,
      `A search for a ${table.object} has no object '${word}'; known: ${Object.keys(relations).join(', ') || 'none'}`,
    );
  }

  function joined(relation: Relationship<N>, about: Criteria): Test<N> {
    const index = joins.length;
    const keys = new Set<string>();
    const collect = relation.open((other, read) => {
      const inner = plan(text, about, other, options);
      return async (scope: Scope) => {
        const found = await inner.prepare(scope);
        for await (const page of read(scope, hintsOf(about, other, inner, found, options))) {
          for (const row of page) if (inner.test(row.entity, found)) for (const key of row.keys) keys.add(key);
        }
      };
    });
    joins.push({ index, collect, keys });
    return (entity) => relation.own(entity).some((key) => keys.has(key));
  }

  function own(condition: Condition): Test<N> {
    const { field, relation, at } = condition;
    if (field === undefined) return anywhere(condition);
    const held = fieldOf(table, field, text, at);
    if (!kinds[held.kind].ordered && relation !== '=' && relation !== '!=')
      throw syntaxFault(text, at, `The field '${field}' can only be compared with = and !=`);
    if (held.via && !isAbsence(condition)) return via(held, condition);
    if (held.via && held.knownByOther) {
      const any = via(held, { ...condition, relation: '=', value: '*' });
      return condition.relation === '=' ? (entity, found) => !any(entity, found) : any;
    }
    const fits = valueTest(held, condition);
    return (entity, { known }) => fits(held.of(entity, known));
  }

  function via({ via: [object, field] = ['', ''] }: Field<N>, condition: Condition): Test<N> {
    const { relation } = condition;
    viaOf.set(condition, joins.length);
    const test = joined(relationTo(object), { ...condition, field, relation: relation === '!=' ? '=' : relation });
    return relation === '!=' ? (entity, found) => !test(entity, found) : test;
  }

  function valueTest({ kind, words = [], unit = 1 }: Field<N>, condition: Condition): (values: Values) => boolean {
    const { relation, value, field = '', valueAt } = condition;
    const { test: reader, takes } = kinds[kind];
    if (isAbsence(condition)) return relation === '=' ? isEmpty : (values) => !isEmpty(values);
    const positive: Positive = relation === '!=' ? '=' : relation;
    const fits = reader(positive, value, { ...options, words, unit });
    if (!fits)
      throw syntaxFault(
        text,
        valueAt,
        `The field '${field}' takes ${words.length > 0 ? `one of ${words.join(', ')}` : takes}, ` +
          `not '${value.slice(0, 100)}'`,
      );
    return relation === '!=' ? (values) => !some(values, fits) : (values) => some(values, fits);
  }

  /** Free text: anywhere in any of the object's texts. */
  function anywhere({ relation, value, at }: Condition): Test<N> {
    if (relation !== '=' && relation !== '!=')
      throw syntaxFault(text, at, 'A whole object can only be compared with = and !=');
    const fits = required(
      kinds.text.test('=', `*${value}*`, { ...options, words: [], unit: 1 }),
      'the test of a free text',
    );
    const fields = Object.values<Field<N>>(table.fields).filter(
      ({ kind, free = kind === 'text' || kind === 'ip' }) => free,
    );
    const test: Test<N> = (entity, { known }) => fields.some(({ of }) => some(of(entity, known), fits));
    return relation === '=' ? test : (entity, found) => !test(entity, found);
  }
}

/** Throws `search.syntax` with the names of all fields. */
export function fieldOf<N>(table: SearchTable<N>, name: string, text: string, at: number): Field<N> {
  const found = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
  if (found) return found;
  throw syntaxFault(
    text,
    at,
    `${/^[aeio]/.test(table.object) ? 'An' : 'A'} ${table.object} has no field '${name}' to search by; ` +
      `known: ${Object.keys(table.fields).join(', ')}`,
  );
}

/** `cluster=null` and `comment=""` ask for those that have none. */
const isAbsence = ({ relation, value }: Condition): boolean =>
  (relation === '=' || relation === '!=') && (value === '' || value.toLowerCase() === 'null');

const listed = (values: Values): readonly HeldValue[] =>
  Array.isArray(values)
    ? (values as readonly HeldValue[])
    : values === undefined || values === null
      ? []
      : [values as HeldValue];
const some = (values: Values, fits: (held: HeldValue) => boolean): boolean => listed(values).some(fits);
const isEmpty = (values: Values): boolean => listed(values).every((held) => held === '');

/** The first value, by which results are sorted. */
export const firstOf = (values: Values): HeldValue | undefined => listed(values)[0];

const withoutObject = (one: Criteria): Criteria => {
  if (one.kind !== 'condition') return { ...one, items: one.items.map(withoutObject) };
  const { object, ...rest } = one;
  if (object !== undefined) return rest;
  const { field: _, ...anywhere } = rest;
  return anywhere;
};
