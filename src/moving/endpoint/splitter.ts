import { CodecError } from '../../codec/index.js';

/** A tag, a comment, CDATA, or an instruction; what begins with `<` and is not whole yet matches none. */
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>!?]+)((?:"[^"]*"|'[^']*'|[^>"'])*)>/y;

/** Characters that one item may have: what a VM with all its parts has is far below. */
const LONGEST = 8 * 1024 * 1024;

/**
 * Cuts a collection (`<vms><vm/>…</vms>`) into its items while it arrives, so that one of any length needs the memory
 * of one item. Whether an item is well-formed, its reader says.
 */
export class ItemSplitter {
  #text = '';
  #at = 0;
  #depth = 0;
  #start = 0;
  #root: string | undefined;

  /** The element of the collection, once it came. */
  get root(): string | undefined {
    return this.#root;
  }

  /** Whether the collection's end came. */
  get ended(): boolean {
    return this.#root !== undefined && this.#depth === 0;
  }

  /** The items that this piece completes, as text. @throws CodecError for an item beyond all bounds. */
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

  /** The next token, once all of it is there: what it seems to hold while it is not may be text of a comment. */
  #token(): RegExpExecArray | null {
    const begin = this.#text.indexOf('<', this.#at);
    if (begin < 0) return null;
    TOKEN.lastIndex = begin;
    return TOKEN.exec(this.#text);
  }

  /** Drops what was cut; an item under way stays. */
  #forget(): void {
    const from = this.#depth > 1 ? this.#start : this.#at;
    this.#text = this.#text.slice(from);
    this.#at -= from;
    this.#start = 0;
    if (this.#text.length > LONGEST)
      throw new CodecError('syntax', '', `An item is longer than ${LONGEST} characters.`);
  }
}
