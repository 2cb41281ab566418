import { refuse } from './refusal.js';
import type { SimulatedCall } from './router.js';

/** How a service pages: its refusals of a bad limit or marker, and its links. */
export interface Paging<T> {
  readonly id: (item: T) => string;
  readonly max: number;
  /** Whether `offset` leaves out that many, as in Cinder. */
  readonly offset?: boolean;
  /** Whether `limit=0` is no limit, as in Neutron, and not an empty page. */
  readonly zeroIsAll?: boolean;
  readonly badMarker: (marker: string) => Error;
}

export interface Page<T> {
  readonly items: T[];
  readonly full: boolean;
}

/**
 * The page that `limit` and `marker` name. A page is full when it holds as many as were asked for: only then is there a
 * next link.
 */
export function page<T>(all: readonly T[], query: URLSearchParams, paging: Paging<T>): Page<T> {
  const requested = query.get('limit');
  if (requested !== null && !/^\d+$/.test(requested))
    throw refuse.bad(
      `Invalid input for query parameters limit. Value: ${requested}. '${requested}' does not match '^[0-9]*$'`,
    );
  if (paging.zeroIsAll !== true && requested !== null && Number(requested) === 0) return { items: [], full: false };
  const limit = Math.min(Number(requested ?? paging.max) || paging.max, paging.max);
  const marker = query.get('marker');
  let start = 0;
  if (marker !== null && marker !== '') {
    const at = all.findIndex((item) => paging.id(item) === marker);
    if (at < 0) throw paging.badMarker(marker);
    start = at + 1;
  }
  if (paging.offset === true) start += Number(query.get('offset') ?? 0) || 0;
  const items = all.slice(start, start + limit);
  return { items, full: items.length === limit };
}

/** The query with its marker replaced, as the services write it into their next links. */
export function nextQuery(query: URLSearchParams, marker: string): string {
  const next = new URLSearchParams(query);
  next.delete('marker');
  next.append('marker', marker);
  return next.toString();
}

/** `<name>_links` of Nova and Cinder, when the page is full. */
export function nextLink<T>(
  call: SimulatedCall,
  name: string,
  found: Page<T>,
  paging: Paging<T>,
): Record<string, unknown> {
  const last = found.items.at(-1);
  if (!found.full || last === undefined) return {};
  return {
    [`${name}_links`]: [
      { rel: 'next', href: `${call.endpoint}${call.path}?${nextQuery(call.query, paging.id(last))}` },
    ],
  };
}

/** Newest first, as Nova and Cinder list; among equals the greater id. */
export const newestFirst =
  <T extends { id: string }>(time: (item: T) => string) =>
  (a: T, b: T): number =>
    descending(time(a), time(b)) || descending(a.id, b.id);

/** Of texts that need no rules of a language, such as times and ids. */
const descending = (a: string, b: string): number => (a === b ? 0 : a < b ? 1 : -1);

/** `sort_key`/`sort_dir`, or `sort=name:asc,…`; without them the given order. */
export function sorted<T>(
  items: T[],
  query: URLSearchParams,
  value: (item: T, key: string) => unknown,
  fallback: (a: T, b: T) => number,
): T[] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  const pairs =
    keys.length > 0
      ? keys.map((key, index) => [key, directions[index] ?? 'desc'] as const)
      : (query.get('sort') ?? '')
          .split(',')
          .filter(Boolean)
          .map((part) => {
            const [key = '', direction = 'desc'] = part.split(':');
            return [key, direction] as const;
          });
  if (pairs.length === 0) return items.sort(fallback);
  const text = (item: T, key: string): string => {
    const held = value(item, key);
    return typeof held === 'number'
      ? String(held).padStart(20, '0')
      : typeof held === 'string' || typeof held === 'boolean'
        ? String(held)
        : '';
  };
  // the texts are made once: of 10,000 servers, 140,000 pairs are compared
  const texts = new Map(items.map((item) => [item, pairs.map(([key]) => text(item, key))]));
  return items.sort((a, b) => {
    const [left = [], right = []] = [texts.get(a), texts.get(b)];
    for (const [index, [, direction]] of pairs.entries()) {
      const [one = '', other = ''] = [left[index], right[index]];
      // most are equal where a fleet was made at once
      const order = one === other ? 0 : collator.compare(one, other);
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return fallback(a, b);
  });
}

const collator = new Intl.Collator();
