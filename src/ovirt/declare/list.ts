import { jsonListWriter, type ListWriter, xmlListWriter } from '../../codec/index.js';
import { Derived, isFault, isLasting } from '../../model/index.js';
import type { Format } from '../http/negotiation.js';
import type { Call } from './operation.js';
import { type Piece, type Reply, write } from '../http/reply.js';
import { yamlListWriter } from '../http/yaml.js';
import { type Resource, stampOf } from './resource.js';
import type { Document } from '../version/document.js';
import { commonSearch, type Pages, readSearch, type Search } from '../search/index.js';

/** Characters gathered before a piece goes out: docs/reference/performance.md, section 7. */
const PIECE = 32 * 1024;

/** Of items of lists. */
const texts = new Derived<Buffer>();

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

  async function* sizeAlone(format: Format): AsyncGenerator<Piece, void, undefined> {
    let size = 0;
    for await (const entities of pagesOf(search.found(call.scope, list))) size += entities.length;
    yield write(call.version.document<object>(resource.list), { size }, format);
  }

  async function* pieces(format: Format): AsyncGenerator<Piece, void, undefined> {
    const writer = listWriters[format](
      call.version.document<object>(resource.list),
      call.version.binding(resource.table).representation,
    );
    const stamp = stampOf(resource, call, format);
    const written = (entity: N): string => writer.textOf(document(entity));
    const textOf = stamp === undefined ? written : (entity: N): string | Buffer => keptText(entity, stamp, written);
    const gathered = new Gathered();
    gathered.add(writer.head());
    for await (const entities of pagesOf(search.found(call.scope, list))) {
      if (fill) call.expect?.(entities.length);
      // A few at a time: one by one would take long, all at once would overload the backend.
      for (let at = 0; at < entities.length; at += AT_ONCE) {
        const few = entities.slice(at, at + AT_ONCE);
        for (const item of fill ? await filled(few.map(document), fill, writer) : few.map(textOf)) {
          gathered.add(writer.lead());
          gathered.add(item);
          if (gathered.length >= PIECE) yield gathered.take();
        }
      }
    }
    gathered.add(writer.tail());
    yield gathered.take();
  }
}

/** The text of an entity that lasts is kept as bytes, which can be sent again as they are. */
const keptText = <N extends object>(entity: N, stamp: string, written: (entity: N) => string): string | Buffer =>
  isLasting(entity) ? texts.of(entity, stamp, (lasting) => Buffer.from(written(lasting))) : written(entity);

/** Gathers what is sent in one piece. */
class Gathered {
  #parts: Buffer[] = [];
  /** What follows the parts. */
  #text = '';
  #length = 0;

  /** Bytes or characters. */
  get length(): number {
    return this.#length;
  }

  add(text: string | Buffer): void {
    this.#length += text.length;
    if (typeof text === 'string') this.#text += text;
    else {
      this.#endText();
      this.#parts.push(text);
    }
  }

  take(): Piece {
    if (this.#parts.length > 0) this.#endText();
    const piece = this.#parts.length > 0 ? this.#parts : this.#text;
    this.#parts = [];
    this.#text = '';
    this.#length = 0;
    return piece;
  }

  #endText(): void {
    if (this.#text !== '') this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

async function filled(
  documents: readonly Document[],
  fill: (document: Document) => Promise<void>,
  writer: ListWriter<object, Document>,
): Promise<string[]> {
  await Promise.all(documents.map(fill));
  return documents.map((document) => writer.textOf(document));
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
  for await (const entities of pagesOf(search.found(call.scope, list))) items.push(...entities.map(document));
  return items.length > 0 ? { [call.version.binding(resource.table).representation.element]: items } : {};
}

const AT_ONCE = 8;

const listWriters: Readonly<Record<Format, typeof jsonListWriter>> = {
  xml: xmlListWriter,
  json: jsonListWriter,
  yaml: yamlListWriter,
};

/** The pages of a list; none if the cloud does not support it: the collection is empty then. */
async function* pagesOf<N>(pages: AsyncIterable<readonly N[]>): AsyncGenerator<readonly N[]> {
  let hasBegun = false;
  try {
    for await (const page of pages) {
      hasBegun = true;
      yield page;
    }
  } catch (error) {
    // a list that ends in the middle must not look complete
    if (hasBegun || !isFault(error, 'unsupported')) throw error;
  }
}
