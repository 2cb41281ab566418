/**
 * A slice has the items of about this much text: parsed, they die in V8's young generation, and other requests run
 * between slices.
 */
export const SLICE_BYTES = 100 * 1024;

/** The longest item that is looked for. */
const MOST_ITEM_BYTES = 1024 * 1024;

/** How many times an end of one item is guessed wrong before the rest of the list is parsed at once. */
const MOST_TRIES = 20;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Items that were parsed before: the same text has the same value, so that it need not be parsed again. */
export interface KnownItems {
  /** The value of that text, if it is known. `id` names the item, in any answer. */
  get(id: string, text: Buffer): unknown;
  add(id: string, text: Buffer, value: unknown): void;
}

/** The quote that ends the string that begins before `from`; -1 if it is not there. */
function endOfString(bytes: Buffer, from: number): number {
  for (let end = bytes.indexOf(QUOTE, from); ; end = bytes.indexOf(QUOTE, end + 1)) {
    if (end < 0) return -1;
    let before = end - 1;
    while (before >= from && bytes[before] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}

/** Where the list of that name begins in a JSON object, behind its bracket; -1 if it has not begun yet. */
function beginOf(bytes: Buffer, name: string): number {
  let depth = 0;
  let key = '';
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at];
    if (code === QUOTE) {
      const end = endOfString(bytes, at + 1);
      if (end < 0) return -1;
      // at this depth a key is the last string before a bracket
      if (depth === 1) key = bytes.toString('utf8', at + 1, end);
      at = end;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (code === OPEN_LIST && depth === 1 && key === name) return at + 1;
      depth += 1;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
  }
  return -1;
}

/** How items begin, as far as they are alike: `{"id": "`, a text, and `", "name":`. */
interface Beginning {
  readonly before: Buffer;
  readonly after: Buffer;
}

const BEGINNING = /^\s*(\{\s*"[^"\\]*"\s*:\s*")[^"\\]*("\s*,\s*"[^"\\]*"\s*:)/;

/** The longest beginning. */
const BEGINNING_BYTES = 1024;

function beginningAt(bytes: Buffer, at: number): Beginning | undefined {
  const [, before, after] = BEGINNING.exec(bytes.toString('latin1', at, at + BEGINNING_BYTES)) ?? [];
  return before === undefined || after === undefined
    ? undefined
    : { before: Buffer.from(before, 'latin1'), after: Buffer.from(after, 'latin1') };
}

/** The next place from `from` on where something begins as items do; -1 if there is none yet. */
function nextBeginning(bytes: Buffer, from: number, { before, after }: Beginning): number {
  for (let at = bytes.indexOf(before, from); at >= 0; at = bytes.indexOf(before, at + 1)) {
    const behind = bytes.indexOf(QUOTE, at + before.length);
    if (behind >= 0 && after.equals(bytes.subarray(behind, behind + after.length))) return at;
  }
  return -1;
}

/** The end of an item that is followed by a comma, white space and the place `to`; -1 if there is no comma. */
function endBefore(bytes: Buffer, to: number): number {
  let at = to - 1;
  while (isSpace(bytes[at])) at -= 1;
  return bytes[at] === COMMA ? at : -1;
}

/** RFC 8259, section 2. */
const isSpace = (code: number | undefined): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** The values of a text; undefined if it does not consist of whole values with commas between them. */
function parsed(text: Buffer): unknown[] | undefined {
  try {
    return JSON.parse(`[${text.toString('utf8')}]`) as unknown[];
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Takes items one by one out of a JSON list, as far as it has them. An item ends where the next one seems to begin, if
 * JSON.parse agrees: a text that begins at an item, and consists of whole values with commas between them, has just
 * these items.
 */
class Items {
  /** Where the next item begins in `bytes`. */
  #start: number;
  /** Up to where its end was looked for. */
  #from: number;
  #tries = 0;
  #room: Buffer = Buffer.alloc(0);

  constructor(
    private bytes: Buffer,
    begin: number,
    private readonly beginning: Beginning,
    private readonly known: KnownItems | undefined,
  ) {
    this.#start = this.#from = begin;
  }

  /** What has not been taken. */
  get rest(): Buffer {
    return this.bytes.subarray(this.#start);
  }

  /** Whether it makes sense to go on. */
  get isRegular(): boolean {
    return this.#tries < MOST_TRIES && this.bytes.length - this.#start <= MOST_ITEM_BYTES;
  }

  /** Copies into one buffer again and again: V8 collects its whole heap for each 32 MiB of new ones. */
  add(parts: readonly Buffer[]): void {
    const { rest } = this;
    const length = parts.reduce((sum, part) => sum + part.length, rest.length);
    if (this.#room.length < length) this.#room = Buffer.allocUnsafe(length + SLICE_BYTES);
    let end = rest.copy(this.#room);
    for (const part of parts) end += part.copy(this.#room, end);
    this.bytes = this.#room.subarray(0, end);
    this.#from -= this.#start;
    this.#start = 0;
  }

  /** The next items, of SLICE_BYTES at most, or all that are here. */
  take(): unknown[] {
    const items: unknown[] = [];
    const begin = this.#start;
    while (this.#start - begin < SLICE_BYTES && this.#tries < MOST_TRIES) {
      const next = nextBeginning(this.bytes, this.#from + 1, this.beginning);
      if (next < 0) break;
      const end = endBefore(this.bytes, next);
      const values = end < 0 ? undefined : this.#valuesOf(this.bytes.subarray(this.#start, end));
      this.#from = next;
      this.#tries = values ? 0 : this.#tries + 1;
      if (!values) continue;
      items.push(...values);
      this.#start = next;
    }
    return items;
  }

  /** One value, usually: several if items between do not begin alike. */
  #valuesOf(text: Buffer): unknown[] | undefined {
    if (!this.known) return parsed(text);
    const { before } = this.beginning;
    const at = text.indexOf(before) + before.length;
    const id = text.toString('latin1', at, text.indexOf(QUOTE, at));
    const known = this.known.get(id, text);
    if (known !== undefined) return [known];
    const values = parsed(text);
    if (values?.length === 1) this.known.add(id, text, values[0]);
    return values;
  }
}

/**
 * Takes the list of that name out of the text of a JSON object, which comes in parts. Yields lists of its items, of
 * about SLICE_BYTES where items begin alike, as those of OpenStack do; returns the object with an empty list. Throws
 * SyntaxError.
 */
export function* slicesOf(
  parts: readonly Buffer[],
  name: string,
  known?: KnownItems,
): Generator<unknown[], unknown, undefined> {
  let next = 0;
  /** The next parts; none at the end. */
  function more(): Buffer[] {
    const added: Buffer[] = [];
    for (let length = 0, part = parts[next]; part && length < SLICE_BYTES; part = parts[next]) {
      added.push(part);
      length += part.length;
      next += 1;
    }
    return added;
  }

  let bytes: Buffer = Buffer.concat(more());
  let begin = beginOf(bytes, name);
  while (begin < 0 && next < parts.length) {
    bytes = Buffer.concat([bytes, ...more()]);
    begin = beginOf(bytes, name);
  }
  // no such list: the caller tells what is wrong with the object
  if (begin < 0) return JSON.parse(bytes.toString('utf8')) as unknown;

  let rest: Buffer = bytes.subarray(begin);
  const beginning = beginningAt(bytes, begin);
  if (beginning) {
    const items = new Items(bytes, begin, beginning, known);
    for (;;) {
      const slice = items.take();
      if (slice.length > 0) yield slice;
      else if (items.isRegular && next < parts.length) items.add(more());
      else break;
    }
    rest = items.rest;
  }
  const tail = Buffer.concat([bytes.subarray(0, begin), rest, ...parts.slice(next)]).toString('utf8');
  const object = JSON.parse(tail) as Record<string, unknown[]>;
  const last = object[name] ?? [];
  if (last.length > 0) yield last;
  return { ...object, [name]: [] };
}

/**
 * How many items the list of that name has in the text of a JSON object, and the object with the last of them alone.
 * The others are not parsed: they end at the commas that are in none of them. Throws SyntaxError for what is parsed.
 */
export function countIn(bytes: Buffer, name: string): { readonly count: number; readonly object: unknown } {
  const begin = beginOf(bytes, name);
  // no such list: the caller tells what is wrong with the object
  if (begin < 0) return { count: 0, object: JSON.parse(bytes.toString('utf8')) as unknown };
  let commas = 0;
  let last = begin;
  let depth = 0;
  for (let at = begin; at < bytes.length && depth >= 0; at += 1) {
    const code = bytes[at];
    if (code === QUOTE) {
      const end = endOfString(bytes, at + 1);
      if (end < 0) break;
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth -= 1;
    else if (code === COMMA && depth === 0) {
      commas += 1;
      last = at + 1;
    }
  }
  const text = Buffer.concat([bytes.subarray(0, begin), bytes.subarray(last)]).toString('utf8');
  const object = JSON.parse(text) as Record<string, unknown[]>;
  return { count: commas + (object[name]?.length ?? 0), object };
}
