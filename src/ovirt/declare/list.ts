import { jsonListWriter, xmlListWriter } from '../../codec/index.js';
import { isFault } from '../../model/index.js';
import type { Format } from '../http/negotiation.js';
import type { Call } from './operation.js';
import { type Reply, write } from '../http/reply.js';
import { yamlListWriter } from '../http/yaml.js';
import type { Resource } from './resource.js';
import { emptyWhenUnable } from './unable.js';
import type { Document } from '../version/document.js';
import { commonSearch, type Pages, readSearch, type Search } from '../search/index.js';

/** Characters gathered before a piece goes out: docs/reference/performance.md, section 7. */
const PIECE = 32 * 1024;

/**
 * The answer of a list: read page by page, filtered, sorted and cut as `search` and `;max` say, and written as it
 * arrives. A malformed search is refused before the backend is called. `detail=-main+size`: their number alone.
 */
export function listReply<N extends object>(
  resource: Resource<N>,
  call: Call,
  document: (entity: N) => Document,
  list: (search: Search) => Pages<N>,
  fill?: (document: Document) => Promise<void>,
): Reply {
  const search = readSearch<N>(resource.search ?? commonSearch(resource.entity), call.parameters, call.sortLimit);
  if (call.details.has('size') && call.details.has('-main')) return { status: 200, pieces: sizeAlone };
  return { status: 200, pieces };

  async function* sizeAlone(format: Format): AsyncGenerator<string, void, undefined> {
    let size = 0;
    for await (const entities of pagesOf(call, search.found(call.scope, list))) size += entities.length;
    yield write(call.version.document<object>(resource.list), { size }, format);
  }

  async function* pieces(format: Format): AsyncGenerator<string, void, undefined> {
    const writer = listWriters[format](
      call.version.document<object>(resource.list),
      call.version.binding(resource.table).representation,
    );
    let text = writer.head();
    for await (const entities of pagesOf(call, search.found(call.scope, list))) {
      if (fill) call.expect?.(entities.length);
      // A few at a time: one by one would take long, all at once would overload the backend.
      for (let at = 0; at < entities.length; at += AT_ONCE) {
        const items = entities.slice(at, at + AT_ONCE).map(document);
        if (fill) await Promise.all(items.map(fill));
        for (const item of items) {
          text += writer.item(item);
          if (text.length < PIECE) continue;
          yield text;
          text = '';
        }
      }
    }
    yield text + writer.tail();
  }
}

/** The whole collection as a value, for a document that embeds it. */
export async function collectedList<N extends object>(
  resource: Resource<N>,
  call: Call,
  document: (entity: N) => Document,
  list: (search: Search) => Pages<N>,
): Promise<object> {
  const search = readSearch<N>(resource.search ?? commonSearch(resource.entity), call.parameters, call.sortLimit);
  const items: Document[] = [];
  for await (const entities of pagesOf(call, search.found(call.scope, list))) items.push(...entities.map(document));
  return items.length > 0 ? { [call.version.binding(resource.table).representation.element]: items } : {};
}

const AT_ONCE = 8;

const listWriters: Readonly<Record<Format, typeof jsonListWriter>> = {
  xml: xmlListWriter,
  json: jsonListWriter,
  yaml: yamlListWriter,
};

/** The pages of a list; none if the cloud does not support it and the collection is empty then. */
async function* pagesOf<N>(
  { version, operation }: Call,
  pages: AsyncIterable<readonly N[]>,
): AsyncGenerator<readonly N[]> {
  try {
    yield* pages;
  } catch (error) {
    if (!emptyWhenUnable(version, operation) || !isFault(error, 'unsupported')) throw error;
  }
}
