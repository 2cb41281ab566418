import type { Condition, Criteria } from './ast.js';
import { kinds } from './kinds.js';
import type { Prepared, PlanOptions, Plan } from './planned.js';
import { type Field, type Hints, type SearchTable, singular } from './table.js';

/** What is true of everything that fits the criteria, as far as backends can filter by it. */
export function hintsOf<N>(
  criteria: Criteria | undefined,
  table: SearchTable<N>,
  plan: Plan<N>,
  found: Prepared,
  options: PlanOptions,
): Hints {
  return criteria ? of(criteria) : {};

  function of(one: Criteria): Hints {
    if (one.kind === 'condition') return ofCondition(one);
    return one.items.map(of).reduce(one.kind === 'and' ? both : either);
  }

  function ofCondition(condition: Condition): Hints {
    const { object, field = '', relation, value } = condition;
    if (relation !== '=' || value === '' || value.toLowerCase() === 'null') return {};
    if (object !== undefined && !table.words.includes(singular(object))) return {};
    const declared: Field<N> | undefined = Object.hasOwn(table.fields, field) ? table.fields[field] : undefined;
    if (!declared) return {};
    switch (declared.hint) {
      case 'name':
        return /^\**$/.test(value) ? {} : { like: { text: value, caseSensitive: options.caseSensitive } };
      case 'status':
        return { statuses: wordsOf(declared, value) };
      case 'pmem':
        return /^(?:true|1)$/i.test(value) ? { hasPmem: true } : { hasPmem: false };
      case 'host':
        return hostHint(condition);
      default:
        return {};
    }
  }

  function hostHint(condition: Condition): Hints {
    const index = plan.viaOf.get(condition);
    const ids = index === undefined ? undefined : found.keys[index];
    return ids ? { hostIds: [...ids] } : {};
  }

  function wordsOf({ kind, words = [] }: Field<N>, value: string): string[] {
    const fits = kinds[kind].test('=', value, { ...options, words, unit: 1 });
    return fits ? words.filter(fits) : [];
  }
}

const meet = (a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined =>
  a && b ? a.filter((one) => b.includes(one)) : (a ?? b);
const join = (a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined =>
  a && b && [...new Set([...a, ...b])];

function both(a: Hints, b: Hints): Hints {
  return tidy({
    like: a.like ?? b.like,
    statuses: meet(a.statuses, b.statuses),
    hostIds: meet(a.hostIds, b.hostIds),
    hasPmem: a.hasPmem ?? b.hasPmem,
  });
}

function either(a: Hints, b: Hints): Hints {
  return tidy({
    like: undefined,
    statuses: join(a.statuses, b.statuses),
    hostIds: join(a.hostIds, b.hostIds),
    hasPmem: a.hasPmem === b.hasPmem ? a.hasPmem : undefined,
  });
}

const tidy = (hints: Readonly<Record<keyof Hints, unknown>>): Hints =>
  Object.fromEntries(Object.entries(hints).filter(([, value]) => value !== undefined));
