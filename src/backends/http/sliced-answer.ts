import { Fault } from '../../model/index.js';
import { parse } from './answers.js';
import type { WholeAnswer } from './messages.js';
import { countIn, type KnownItems, slicesOf } from './slices.js';

/** The slices from one reader's place on; parsed by whoever needs them first. */
interface Node {
  readonly items: readonly unknown[];
  next?: Node | End;
}

interface End {
  /** The object without the items of its list. */
  readonly rest: unknown;
}

/** Of one character in UTF-8. */
const MOST_BYTES = 4;

const END_BYTES = 1024;

/**
 * An answer whose list is read a slice at a time: an answer of 1000 servers takes 10 ms to parse as a whole, and its
 * objects outlive V8's young generation. Readers that share the answer share its slices, each of which is kept until
 * the slowest of them has read it.
 */
export class SlicedAnswer implements WholeAnswer {
  readonly #parts: readonly Buffer[];
  readonly #service: string;
  /** Where everybody begins who got the answer when it came; later the answer must not keep all slices. */
  #begin: Node | undefined;
  #parsing: Generator<unknown[], unknown, undefined>;
  #body: unknown;

  constructor(
    readonly status: number,
    readonly headers: WholeAnswer['headers'],
    parts: readonly Buffer[],
    /** The list's name in the object. */
    private readonly list: string,
    service: string,
    private readonly known: KnownItems,
  ) {
    this.#parts = parts;
    this.#service = service;
    this.#begin = { items: [] };
    this.#parsing = slicesOf(parts, list, known);
    setImmediate(() => (this.#begin = undefined));
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }

  get body(): unknown {
    return (this.#body ??= parse(this.text, this.headers['content-type'], this.status, this.#service));
  }

  /** At least so many characters, and not much more, from the beginning of the text; all of a shorter one. */
  beginning(characters: number): string {
    const bytes: Buffer[] = [];
    let length = 0;
    for (const part of this.#parts) {
      if (length >= characters * MOST_BYTES) break;
      bytes.push(part);
      length += part.length;
    }
    return Buffer.concat(bytes)
      .subarray(0, characters * MOST_BYTES)
      .toString('utf8');
  }

  /** The last characters of the text, which hold what follows the list, if that is not long. */
  get end(): string {
    return Buffer.concat(this.#parts.slice(-2)).subarray(-END_BYTES).toString('utf8');
  }

  /** The number of items, and the object with the last one alone. Throws `backend.answer` if the text is broken. */
  get counted(): { readonly count: number; readonly object: unknown } {
    try {
      return countIn(Buffer.concat(this.#parts), this.list);
    } catch (cause) {
      throw this.#broken(cause);
    }
  }

  /** Yields the items; returns the object without them. Throws `backend.answer` if the text is broken. */
  *slices(): Generator<readonly unknown[], unknown, undefined> {
    let node = this.#begin;
    if (!node) {
      // nobody else reads it any more
      this.#parsing = slicesOf(this.#parts, this.list, this.known);
      node = { items: [] };
    }
    const parsing = this.#parsing;
    for (;;) {
      const next: Node | End = (node.next ??= this.#after(parsing));
      if (!('items' in next)) return next.rest;
      yield next.items;
      node = next;
    }
  }

  #after(parsing: Generator<unknown[], unknown, undefined>): Node | End {
    try {
      const { done, value } = parsing.next();
      return done ? { rest: value } : { items: value };
    } catch (cause) {
      throw this.#broken(cause);
    }
  }

  #broken(cause: unknown): Fault {
    return new Fault('backend.answer', { service: this.#service, text: 'broken JSON' }, { cause });
  }
}
