import { CodecError } from '../../codec/index.js';

/** A tag, a comment, CDATA or a processing instruction. What begins with `<` and is incomplete does not match. */
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>!?]+)((?:"[^"]*"|'[^']*'|[^>"'])*)>/y;

/** Maximum length of an item, characters. A VM with all of its parts is far shorter. */
const LONGEST = 8 * 1024 * 1024;

/**
 * Splits a collection (`<vms><vm/>…</vms>`) into its items as it arrives, so that a collection of any length needs the
 * memory of one item. Whether an item is well-formed is left to its reader.
 */
export class ItemSplitter {
  #text = '';
  #at = 0;
  #depth = 0;
  #start = 0;
  #root: string | undefined;

  /** The name of the collection's element, once it has arrived. */
  get root(): string | undefined {
    return this.#root;
  }

  /** Whether the end tag of the collection has arrived. */
  get ended(): boolean {
    return this.#root !== undefined && this.#depth === 0;
  }

  /** The items that this chunk completes, as text. @throws CodecError if an item is too long. */
  push(piece: string): string[] {
    this.#text += piece;
    const items: string[] = [];
    for (let token = this.#token(); token; token = this.#token()) {
      this.#at = TOKEN.lastIndex;
      const [whole, closing, name, rest = ''] = token;
      if (name === undefined) continue;
      if (closing === '/') {
        this.#depth -= 1;
        if (this.#depth === 1) items.push(this.#text.slice(this.#start, this.#at));
        continue;
      }
      this.#root ??= name;
      if (this.#depth === 1) this.#start = token.index;
      if (!rest.endsWith('/')) this.#depth += 1;
      else if (this.#depth === 1) items.push(whole);
    }
    this.#forget();
    return items;
  }

  /** The next token, once it is complete: until then, what looks like a tag may be text in a comment. */
  #token(): RegExpExecArray | null {
    const begin = this.#text.indexOf('<', this.#at);
    if (begin < 0) return null;
    TOKEN.lastIndex = begin;
    return TOKEN.exec(this.#text);
  }

  /** Discards what has been split off; an incomplete item stays. */
  #forget(): void {
    const from = this.#depth > 1 ? this.#start : this.#at;
    this.#text = this.#text.slice(from);
    this.#at -= from;
    this.#start = 0;
    if (this.#text.length > LONGEST)
      throw new CodecError('syntax', '', `An item is longer than ${LONGEST} characters.`);
  }
}
