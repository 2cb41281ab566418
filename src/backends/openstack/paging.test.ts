import { expect, it } from 'vitest';
import { markerIn, partsOfPages, type PageEnd, type PageInParts } from './paging.js';

interface Given {
  readonly parts: readonly (readonly string[])[];
  readonly more: boolean;
  readonly next?: string;
}

/** Pages by their marker, and which were fetched, in that order. */
function service(pages: Readonly<Record<string, Given>>) {
  const requested: string[] = [];
  async function fetch(marker = ''): Promise<PageInParts<readonly string[]>> {
    requested.push(marker);
    const page = pages[marker];
    if (!page) throw new Error(`nothing behind ${marker}`);
    return { parts: partsOf(page), next: page.next };
  }
  async function* partsOf({ parts, more }: Given): AsyncGenerator<readonly string[], PageEnd, undefined> {
    yield* parts;
    return { last: parts.at(-1)?.at(-1), more };
  }
  return { asked: requested, fetch };
}

async function read(of: AsyncIterable<readonly string[]>): Promise<string[]> {
  const items: string[] = [];
  for await (const part of of) items.push(...part);
  return items;
}

const TWO = {
  '': { parts: [['a'], ['b'], ['c']], more: true, next: 'c' },
  c: { parts: [['d']], more: false },
};

it('fetches the next page once while the one before is read', async () => {
  const { asked: requested, fetch } = service(TWO);
  const parts = partsOfPages(fetch);
  await parts.next();
  expect(requested).toEqual(['']);
  await parts.next();
  expect(requested).toEqual(['', 'c']);
  expect(await read(parts)).toEqual(['c', 'd']);
  expect(requested).toEqual(['', 'c']);
});

it('fetches no other page for a reader who stops', async () => {
  const { asked: requested, fetch } = service(TWO);
  for await (const [first] of partsOfPages(fetch)) if (first === 'a') break;
  expect(requested).toEqual(['']);
});

it('continues after the last item, whatever was announced', async () => {
  const { asked: requested, fetch } = service({ ...TWO, '': { ...TWO[''], next: 'x' } });
  expect(await read(partsOfPages(fetch))).toEqual(['a', 'b', 'c', 'd']);
  expect(requested).toEqual(['', 'x', 'c']);
});

it('throws what the page that it needs throws', async () => {
  const { fetch } = service({ '': TWO[''] });
  await expect(read(partsOfPages(fetch))).rejects.toThrow('nothing behind c');
});

it('refuses a page that ends as the one before', async () => {
  const { fetch } = service({ '': TWO[''], c: { parts: [['c']], more: true } });
  await expect(read(partsOfPages(fetch))).rejects.toMatchObject({ code: 'backend.answer' });
});

it.each([
  ['"links":[{"rel":"next","href":"http://nova:8774/v2.1/servers/detail?limit=2&marker=ab-1"}]}', 'ab-1'],
  ['"links": [{"href": "/servers/detail?marker=ab-1&limit=2", "rel": "next"}]}', 'ab-1'],
  ['"name":"marker=ab-1"}]}', undefined],
  ['', undefined],
])('finds the marker in %s', (end, marker) => expect(markerIn(end)).toBe(marker));
