import { StringDecoder } from 'node:string_decoder';

/**
 * A slice has the items of about this much text: parsed, they die in V8's young generation, and other requests run
 * between slices.
 */
export const SLICE_BYTES = 100 * 1024;

const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;

/** The quote that ends the string that begins before `from`; -1 if it is not there. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); ; end = text.indexOf('"', end + 1)) {
    if (end < 0) return -1;
    let before = end - 1;
    while (before >= from && text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}

/** Where the list of that name begins in a JSON object, behind its bracket; -1 if it has not begun yet. */
function beginOf(text: string, name: string): number {
  let depth = 0;
  let key = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at + 1);
      if (end < 0) return -1;
      // at this depth a key is the last string before a bracket
      if (depth === 1) key = text.slice(at + 1, end);
      at = end;
    } else if (character === '[' || character === '{') {
      if (character === '[' && depth === 1 && key === name) return at + 1;
      depth += 1;
    } else if (character === ']' || character === '}') depth -= 1;
  }
  return -1;
}

/** Where a scan of the list is. */
interface Place {
  /** Outside of strings. */
  at: number;
  /** Of brackets within the list; -1 behind its end. */
  depth: number;
  /** Behind the last whole item, or behind the last of all. */
  whole: number;
}

/**
 * Goes on to the end of the list or of the text. A string that is cut is scanned again. From quote to quote by
 * `indexOf`, which is twice as fast as a loop over all characters.
 */
function scan(text: string, place: Place): void {
  let { at, depth, whole } = place;
  while (depth >= 0 && at < text.length) {
    const quote = text.indexOf('"', at);
    const until = quote < 0 ? text.length : quote;
    for (; at < until && depth >= 0; at += 1) {
      const code = text.charCodeAt(at);
      if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        depth -= 1;
        if (depth === 0) whole = at + 1;
      }
    }
    if (depth < 0 || quote < 0) break;
    const end = endOfString(text, quote + 1);
    if (end < 0) break;
    at = end + 1;
  }
  if (depth < 0) whole = at - 1;
  Object.assign(place, { at, depth, whole });
}

/** How an item begins, as far as items are alike: `{"id": "`, a text, and `", "name":`. */
interface Beginning {
  readonly before: string;
  readonly after: string;
}

const BEGINNING = /^\s*(\{\s*"[^"\\]*"\s*:\s*")[^"\\]*("\s*,\s*"[^"\\]*"\s*:)/;

/** How many places are tried before all brackets are looked at. */
const MOST_TRIES = 20;

/** The last place behind `from` where something begins as an item does; -1 if there is none. */
function lastBeginning(text: string, from: number, { before, after }: Beginning): number {
  let at = text.lastIndexOf(before);
  for (let tries = 0; at > from && tries < MOST_TRIES; tries += 1) {
    if (text.startsWith(after, text.indexOf('"', at + before.length))) return at;
    at = text.lastIndexOf(before, at - 1);
  }
  return -1;
}

/**
 * The items between two places. Undefined if that is not a sequence of whole items with a comma behind the last: a text
 * that begins at an item, and has a comma and whole values only, ends at one, too.
 */
function itemsBetween(text: string, from: number, to: number): unknown[] | undefined {
  const between = text.slice(from, to).trimEnd();
  if (!between.endsWith(',')) return undefined;
  try {
    return JSON.parse(`[${between.slice(0, -1)}]`) as unknown[];
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Cuts the list of that name out of the text of a JSON object, which comes in parts, into texts of whole items. Cuts
 * where an item seems to begin, if JSON.parse agrees; otherwise it looks at all brackets, which takes half as long as to
 * parse. Yields lists of items; returns the object with an empty list. Throws SyntaxError.
 */
export function* slicesOf(parts: readonly Buffer[], name: string): Generator<unknown[], unknown, undefined> {
  const decoder = new StringDecoder('utf8');
  let next = 0;
  /** The text of the next parts; undefined at the end. */
  function more(): string | undefined {
    let added = '';
    for (let length = 0, part = parts[next]; part && length < SLICE_BYTES; part = parts[next]) {
      added += decoder.write(part);
      length += part.length;
      next += 1;
    }
    return added === '' ? undefined : added;
  }

  let text = '';
  let begin = -1;
  for (let added = more(); begin < 0 && added !== undefined; added = begin < 0 ? more() : undefined) {
    text += added;
    begin = beginOf(text, name);
  }
  // no such list: the caller tells what is wrong with the object
  if (begin < 0) return JSON.parse(text + decoder.end()) as unknown;
  const head = text.slice(0, begin);
  const [, before = '', after = ''] = BEGINNING.exec(text.slice(begin)) ?? [];
  const beginning = before === '' ? undefined : { before, after };
  let place: Place = { at: begin, depth: 0, whole: begin };
  let start = begin;
  /** Whether a comma is expected at `start`. */
  let isBehindItem = false;
  for (;;) {
    const cut = beginning && !isBehindItem && place.at === start ? lastBeginning(text, start, beginning) : -1;
    const likely = cut < 0 ? undefined : itemsBetween(text, start, cut);
    if (likely) {
      yield likely;
      place = { at: cut, depth: 0, whole: cut };
    } else {
      scan(text, place);
      const items = place.whole > start ? itemsIn(text.slice(start, place.whole), isBehindItem) : [];
      if (items.length > 0) {
        isBehindItem = true;
        yield items;
      }
      if (place.depth < 0) break;
    }
    const added = more();
    if (added === undefined && !likely) throw new SyntaxError('the list does not end');
    start = 0;
    text = text.slice(place.whole) + (added ?? '');
    place.at -= place.whole;
    place.whole = 0;
  }
  let tail = text.slice(place.whole);
  for (let added = more(); added !== undefined; added = more()) tail += added;
  return JSON.parse(head + tail + decoder.end()) as unknown;
}

/** Throws SyntaxError. */
function itemsIn(text: string, isBehindItem: boolean): unknown[] {
  if (!isBehindItem) return JSON.parse(`[${text}]`) as unknown[];
  const [comma = ''] = /^\s*,?/.exec(text) ?? [];
  if (comma.length === text.length) {
    if (comma.endsWith(',')) throw new SyntaxError('no item after a comma');
    return [];
  }
  if (!comma.endsWith(',')) throw new SyntaxError('no comma between items');
  return JSON.parse(`[${text.slice(comma.length)}]`) as unknown[];
}
