/**
 * A search as written (docs/reference/ovirt.md, section 6). Names of fields and objects are lower case; a table
 * (table.ts) defines what they mean.
 */
export type Relation = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * One comparison. Without `field` the value is searched for in every text of the object; `object` is an object other
 * than the searched one.
 */
export interface Condition {
  readonly kind: 'condition';
  readonly object?: string;
  readonly field?: string;
  readonly relation: Relation;
  readonly value: string;
  /** Where the object or field, and the value, stand in the text: for faults. */
  readonly at: number;
  readonly valueAt: number;
}

export interface Group {
  readonly kind: 'and' | 'or';
  readonly items: readonly Criteria[];
}

export type Criteria = Condition | Group;

export interface Sort {
  readonly field: string;
  readonly descending: boolean;
  readonly at: number;
}

export interface Query {
  readonly text: string;
  readonly where?: Criteria;
  readonly sort?: Sort;
  /** Counts from 1. */
  readonly page?: number;
}

/** Keywords where a condition may begin: as free text they are quoted. */
export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'sortby', 'page']);

const PLAIN = /^[^\s"()=<>!:.]+$/;

/** The query as text that reads back as itself. A value holds no double quote: the language has no way to write one. */
export function print({ where, sort, page }: Omit<Query, 'text'>): string {
  return [
    where && printed(where),
    sort && `sortby ${sort.field} ${sort.descending ? 'desc' : 'asc'}`,
    page !== undefined && `page ${page}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function printed(criteria: Criteria): string {
  if (criteria.kind !== 'condition')
    return criteria.items
      .map((item) => (item.kind === 'condition' ? printed(item) : `(${printed(item)})`))
      .join(` ${criteria.kind} `);
  const { object, field, relation, value } = criteria;
  const text = PLAIN.test(value) && !KEYWORDS.has(value.toLowerCase()) ? value : `"${value}"`;
  if (object === undefined && field === undefined) return text;
  return `${[object, field].filter(Boolean).join('.')}${relation}${text}`;
}
