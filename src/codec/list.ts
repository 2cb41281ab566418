import type { Representation } from './representation.js';
import { XML_DECLARATION } from './document.js';

/**
 * Writes a collection piece by piece, so that a list of any length needs the memory of one page. Call head once, item
 * for each, tail once; what they return, joined, is the document. An empty collection is `<disks/>`, in JSON `{}`.
 */
export interface ListWriter<C, I> {
  /** `extra`: what the collection holds beside its items (they come after it). */
  head(extra?: C): string;
  item(value: I): string;
  /** The same in two parts: what comes before the next item, and its text, which depends on nothing but its value. */
  lead(): string;
  textOf(value: I): string;
  tail(): string;
}

/** A writer that adds `item`. */
export const withItem = <C, I>(writer: Omit<ListWriter<C, I>, 'item'>): ListWriter<C, I> => ({
  ...writer,
  item: (value) => writer.lead() + writer.textOf(value),
});

/** A streamed XML collection. */
export function xmlListWriter<C extends object, I>(
  collection: Representation<C>,
  item: Representation<I>,
): ListWriter<C, I> {
  const close = `</${collection.element}>\n`;
  let empty = '';
  let open = '';
  let any = false;
  return withItem({
    head(extra = {} as C) {
      empty = collection.toXml(extra);
      open = empty.endsWith(close) ? empty.slice(0, -close.length) : empty.replace(/\/>\n$/, '>\n');
      any = false;
      return XML_DECLARATION;
    },
    textOf: (value) => item.toXml(value, 1),
    lead() {
      const lead = any ? '' : open;
      any = true;
      return lead;
    },
    tail: () => (any ? close : empty),
  });
}

/** A streamed JSON collection: `{"disk": [...]}`. */
export function jsonListWriter<C extends object, I>(
  collection: Representation<C>,
  item: Representation<I>,
): ListWriter<C, I> {
  let extras: [string, unknown][] = [];
  let any = false;
  return withItem({
    head(extra = {} as C) {
      extras = Object.entries(collection.toJson(extra) as Record<string, unknown>).filter(
        ([, value]) => value !== undefined,
      );
      any = false;
      return `{${extras.map(([key, value]) => `\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',')}`;
    },
    textOf: (value) => JSON.stringify(item.toJson(value)),
    lead() {
      const lead = any ? ',' : `${extras.length > 0 ? ',' : ''}\n  ${JSON.stringify(item.element)}: [`;
      any = true;
      return `${lead}\n    `;
    },
    tail: () => (any ? '\n  ]\n}\n' : '}\n'),
  });
}
