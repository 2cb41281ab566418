import { Fault } from '../../model/index.js';

/** One page, and whether another follows. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

/**
 * Pages by `marker`, the id of the last item, as in every OpenStack service. The service's link to the next page only
 * shows that there is one: a proxy may have changed its address. Throws `backend.answer` if a page ends with the same
 * item as the one before.
 */
export async function* pages<T extends { readonly id: string }>(
  fetch: (marker: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  let marker: string | undefined;
  for (;;) {
    const { items, more }: Page<T> = await fetch(marker);
    yield items;
    const last = items.at(-1)?.id;
    if (!more || last === undefined) return;
    if (last === marker) throw endless(last);
    marker = last;
  }
}

/** How a page that comes in parts ends. */
export interface PageEnd {
  /** The id of its last item; undefined if it has none. */
  readonly last: string | undefined;
  /** Whether another page follows. */
  readonly more: boolean;
}

export interface PageInParts<T> {
  readonly parts: AsyncGenerator<T, PageEnd, undefined>;
  /** The id of its last item as far as the service tells it ahead of the items, if another page follows. */
  readonly next: string | undefined;
}

/**
 * The same of pages that come in parts. Whoever reads beyond the first part of a page is about to read all: the next
 * one is fetched while they do, no more than one ahead.
 */
export async function* partsOfPages<T>(
  fetch: (marker: string | undefined) => Promise<PageInParts<T>>,
): AsyncGenerator<T> {
  let page = await fetch(undefined);
  for (let marker: string | undefined; ;) {
    let ahead: Ahead<PageInParts<T>> | undefined;
    let step = await page.parts.next();
    for (; !step.done; step = await page.parts.next()) {
      yield step.value;
      if (page.next !== undefined) ahead ??= new Ahead(page.next, fetch);
    }
    const { last, more } = step.value;
    if (!more || last === undefined) return;
    if (last === marker) throw endless(last);
    marker = last;
    page = await (ahead?.marker === marker ? ahead.page() : fetch(marker));
  }
}

/** What is fetched before it is known to be needed; its failure counts only if it is. */
class Ahead<T> {
  readonly #result: Promise<{ readonly value: T } | { readonly error: unknown }>;

  constructor(
    readonly marker: string,
    fetch: (marker: string) => Promise<T>,
  ) {
    this.#result = fetch(marker).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  }

  async page(): Promise<T> {
    const result = await this.#result;
    if ('error' in result) throw result.error;
    return result.value;
  }
}

/**
 * The marker in the link to the next page, as far as the end of an answer has one: `"href": "…?limit=1000&marker=…"`.
 */
export function markerIn(end: string): string | undefined {
  const [, marker] = /[?&]marker=([\w.-]+)["&]/.exec(end) ?? [];
  return marker;
}

const endless = (last: string): Fault =>
  new Fault('backend.answer', { service: 'OpenStack', text: `a list does not continue after ${last}` });

/** All items of all pages. */
export async function all<T>(of: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of of) items.push(...page);
  return items;
}

/** Whether a list's links have a next page. */
export const hasNext = (links: readonly { readonly rel: string }[] | null | undefined): boolean =>
  links?.some(({ rel }) => rel === 'next') ?? false;
