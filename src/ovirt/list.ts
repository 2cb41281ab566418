import { jsonListWriter, xmlListWriter } from '../codec/index.js';
import type { Format } from './negotiation.js';
import type { Call } from './operation.js';
import type { Reply } from './reply.js';
import type { Addressed, Resource } from './resource.js';
import { parseSearch, type Search } from './search.js';

/** Characters gathered before a piece goes out: shared/facts/performance.md, section 7. */
const PIECE = 32 * 1024;

/**
 * The answer of a list: read page by page, searched, cut at `;max`, and written as it comes. A search that cannot be read is refused
 * before the backend is asked.
 */
export function listReply<N, D extends Addressed, C extends object>(
  resource: Resource<N, D, C>, call: Call, document: (noun: N) => D, pages: (search: Search) => AsyncIterable<readonly N[]> | Promise<readonly N[]>,
): Reply {
  const names = resource.names ?? { name: (noun: N) => (noun as { readonly name?: string }).name };
  const search = parseSearch(call.parameters, Object.keys(names));
  const max = call.parameters.integer('max') ?? -1;
  const getters = Object.values(names);
  return { status: 200, pieces };

  async function* pieces(format: Format): AsyncGenerator<string, void, undefined> {
    const writer = (format === 'json' ? jsonListWriter : xmlListWriter)(resource.collection, resource.representation);
    let text = writer.head();
    for await (const noun of found()) {
      text += writer.item(document(noun));
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
    yield text + writer.tail();
  }

  /** Negative is no limit (shared/facts/ovirt.md, section 5). */
  async function* found(): AsyncGenerator<N, void, undefined> {
    let left = max < 0 ? Infinity : max;
    if (left === 0) return;
    const source = pages(search);
    for await (const page of Symbol.asyncIterator in source ? source : [source]) {
      for (const noun of page) {
        if (!search.matches(getters.map((name) => name(noun)))) continue;
        yield noun;
        if (--left === 0) return;
      }
    }
  }
}
