import { Fault } from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import type { Parameters } from '../http/parameters.js';
import type { Query, Sort } from './ast.js';
import { hintsOf } from './hints.js';
import type { Hints } from './table.js';
import { type HeldValue, kinds } from './kinds.js';
import { collectionWords } from './objects.js';
import { parse, type Subject } from './parser.js';
import { fieldOf, firstOf, plan } from './plan.js';
import { type Known, type SearchTable, singular } from './table.js';
import { Top } from './top.js';

/** What a list learns of the search: what it may leave out, and the order, if it can sort by it. */
export interface Search {
  readonly hints: Hints;
  readonly order?: { readonly by: string; readonly descending: boolean };
  /** How many results are read at most, if none of the list's results are filtered out. */
  readonly first?: number;
}

export type Pages<N> = AsyncIterable<readonly N[]> | Promise<readonly N[]>;

/** The parsed search of a request. */
export interface ReadSearch<N> {
  /** The results, in pages as they arrive, according to `sortby`, `page` and `;max`. Reads no more than needed. */
  found(scope: Scope, list: (search: Search) => Pages<N>): AsyncGenerator<readonly N[], void, undefined>;
}

/** Whether a value is a text: of a field of the table, or the name of another object (`cluster=`, `Clusters.name=`). */
function isText<N>({ fields, words, related }: SearchTable<N>, { object, field }: Subject): boolean {
  const own = object === undefined || words.includes(singular(object));
  if (own && Object.hasOwn(fields, field)) return fields[field]?.kind === 'text';
  return own ? Object.hasOwn(related?.() ?? {}, singular(field)) : field === 'name';
}

/** As in engines (SearchResultsLimit): applies only with `page`. */
const PAGE_SIZE = 100;

/**
 * Reads `?search=`, `;max` and `;case_sensitive` (docs/reference/ovirt.md, sections 5 and 6). A malformed search is
 * refused before the backend is called. Throws `search.syntax`, `request.value`; `found` throws `refused` if the
 * gateway would have to sort more than `sortLimit`.
 */
export function readSearch<N>(table: SearchTable<N>, parameters: Parameters, sortLimit: number): ReadSearch<N> {
  const text = parameters.text('search') ?? '';
  const options = { caseSensitive: parameters.flag('case_sensitive'), now: Date.now() };
  const query = parse(text, wordsOf(table), collectionWords, (subject) => isText(table, subject));
  const planned = plan(text, query.where, table, options);
  const sorting = query.sort && sorter(table, query.sort, text);
  const { skip, take } = sliceOf(query, parameters.integer('max'));
  return { found };

  async function* found(
    scope: Scope,
    list: (search: Search) => Pages<N>,
  ): AsyncGenerator<readonly N[], void, undefined> {
    if (take <= 0) return;
    const prepared = await planned.prepare(scope);
    const hints = hintsOf(query.where, table, planned, prepared, options);
    if (hints.hostIds?.length === 0 || hints.statuses?.length === 0) return;
    const order =
      query.sort && sorting?.order !== undefined && table.orders?.(scope).includes(sorting.order)
        ? { by: sorting.order, descending: query.sort.descending }
        : undefined;
    const needed = skip + take;
    const asItComes = query.where === undefined && (!sorting || order !== undefined) && Number.isFinite(needed);
    const fitting = filtered(list({ hints, ...(order && { order }), ...(asItComes && { first: needed }) }));
    yield* sliced(sorting && !order ? sorted(fitting, prepared.known, sorting.compare) : fitting);

    async function* filtered(pages: Pages<N>): AsyncGenerator<readonly N[], void, undefined> {
      for await (const page of Symbol.asyncIterator in pages ? pages : [pages])
        yield query.where ? page.filter((entity) => planned.test(entity, prepared)) : page;
    }
  }

  async function* sliced(pages: AsyncIterable<readonly N[]>): AsyncGenerator<readonly N[], void, undefined> {
    let seen = 0;
    for await (const page of pages) {
      yield page.slice(Math.max(0, skip - seen), skip + take - seen);
      seen += page.length;
      if (seen >= skip + take) return;
    }
  }

  /** A sorted search keeps only results that may be in the answer. */
  async function* sorted(
    pages: AsyncIterable<readonly N[]>,
    known: Known,
    compare: Comparison<N>,
  ): AsyncGenerator<readonly N[], void, undefined> {
    const top = new Top<Sortable<N>>(skip + take, (a, b) => compare(a, b) || a.index - b.index);
    let index = 0;
    for await (const page of pages) {
      for (const entity of page) {
        top.add({ entity, known, index });
        index += 1;
      }
      if (query.sort && top.size > sortLimit)
        throw new Fault('refused', {
          text: `Cannot sort more than ${sortLimit} results by ${query.sort.field}. Narrow the search, or set max.`,
        });
    }
    yield top.sorted().map(({ entity }) => entity);
  }
}

interface Sortable<N> {
  readonly entity: N;
  readonly known: Known;
  readonly index: number;
}
type Comparison<N> = (a: Sortable<N>, b: Sortable<N>) => number;

/** Words that may stand before the colon. */
const wordsOf = ({ words }: SearchTable<never>): ReadonlySet<string> =>
  new Set(words.flatMap((word) => [word, `${word}s`]));

/** A negative max is no limit (docs/reference/ovirt.md, section 5): then the first page holds all. */
function sliceOf({ page }: Query, max: number | undefined): { readonly skip: number; readonly take: number } {
  const size = max === undefined ? (page === undefined ? Infinity : PAGE_SIZE) : max < 0 ? Infinity : max;
  const before = (page ?? 1) - 1;
  if (before > 0 && size === Infinity) return { skip: 0, take: 0 };
  return { skip: before === 0 ? 0 : before * size, take: size };
}

/** Compares by the field, empty values first; then by the object's name. `order` is the source's name of the field. */
function sorter<N>(
  table: SearchTable<N>,
  { field, descending, at }: Sort,
  text: string,
): { readonly order?: string; readonly compare: Comparison<N> } {
  const by = fieldOf(table, field, text, at);
  const name = Object.values(table.fields).find(({ hint }) => hint === 'name');
  const keyOf =
    ({ kind, of, words = [] }: typeof by) =>
    ({ entity, known }: Sortable<N>): number | string | undefined => {
      const held: HeldValue | undefined = firstOf(of(entity, known));
      return held === undefined || held === '' ? undefined : kinds[kind].order(held, words);
    };
  const key = keyOf(by);
  const second = name && name !== by ? keyOf(name) : () => undefined;
  const sign = descending ? -1 : 1;
  return {
    ...(by.order !== undefined && { order: by.order }),
    compare: (a, b) => sign * ascending(key(a), key(b)) || ascending(second(a), second(b)),
  };
}

function ascending(a: number | string | undefined, b: number | string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}
