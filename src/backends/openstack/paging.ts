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
    if (last === marker)
      throw new Fault('backend.answer', { service: 'OpenStack', text: `a list does not go on behind ${last}` });
    marker = last;
  }
}

/** All items of all pages. */
export async function all<T>(of: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of of) items.push(...page);
  return items;
}

/** Whether a list's links have a next page. */
export const hasNext = (links: readonly { readonly rel: string }[] | null | undefined): boolean =>
  links?.some(({ rel }) => rel === 'next') ?? false;
