import { CodecError, type Unknown } from './representation.js';
import type { XmlElement } from './xml.js';

/** Readers of scalars: one function per kind, for texts of XML and values of JSON. */

const wrong = (path: string, value: unknown, what: string): never => {
  const shown =
    typeof value === 'string'
      ? JSON.stringify(value.slice(0, 100))
      : Array.isArray(value)
        ? 'a list'
        : value !== null && typeof value === 'object'
          ? 'an object'
          : String(value);
  throw new CodecError('value', path, `${path}: ${shown} is not ${what}`);
};

/**
 * A closed set of words. Read in any case, as v3 engines do (docs/reference/ovirt.md, section 7); a miss is reported in
 * their words.
 */
export interface Enumeration<V extends string> {
  readonly name: string;
  readonly words: ReadonlyMap<string, V>;
  /** The fault's text for any other word; `{value}`, `{set}`, `{words}` are filled in. */
  readonly message: string;
}

export const enumeration = <const V extends string>(
  name: string,
  words: readonly V[],
  message: string,
): Enumeration<V> => ({ name, words: new Map(words.map((word) => [word.toLowerCase(), word])), message });

export const asText = (value: string): string => value;

export function asInt32(value: string, path: string): number {
  const number = asInt64(value, path);
  return number >= -2147483648 && number <= 2147483647 ? number : wrong(path, value, 'an integer of 32 bits');
}

/** xs:long, as far as a JavaScript number is exact: within ±2^53. */
export function asInt64(value: string, path: string): number {
  const text = value.trim();
  if (!/^[+-]?[0-9]+$/.test(text)) return wrong(path, value, 'an integer');
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : wrong(path, value, 'an integer within 2^53');
}

export function asNumber(value: string, path: string): number {
  const text = value.trim();
  if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return wrong(path, value, 'a number');
  const number = Number(text);
  return Number.isFinite(number) ? number : wrong(path, value, 'a number in range');
}

/**
 * Makes the reader of booleans: `true` and `false` in any case, and the further spellings of a version. XML Schema has
 * `1` and `0`, too; engines of version 3 refuse them (api.xjb, BooleanParser), those of version 4 take them.
 */
export function booleanReader(
  spellings: { readonly true: readonly string[]; readonly false: readonly string[] },
  message = '{path}: {quoted} is not a boolean (true or false)',
): (value: string, path: string) => boolean {
  const yes = new Set(['true', ...spellings.true]);
  const no = new Set(['false', ...spellings.false]);
  return function asBoolean(value, path) {
    const text = value.trim().toLowerCase();
    if (yes.has(text)) return true;
    if (no.has(text)) return false;
    throw new CodecError('value', path, filled(message, { path, value, quoted: JSON.stringify(value.slice(0, 100)) }));
  };
}

const filled = (message: string, values: Readonly<Record<string, string>>): string =>
  message.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** xs:dateTime to ISO 8601 in UTC with milliseconds. Without a zone it is UTC. */
export function asInstant(value: string, path: string): string {
  const text = value.trim();
  const [, year, month, day, zone] = INSTANT.exec(text) ?? [];
  const time = year === undefined ? Number.NaN : Date.parse(zone === undefined ? `${text}Z` : text);
  // Date.parse rolls 30 February over into March.
  const real = Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number.isNaN(time) || !real
    ? wrong(path, value, 'a date and time (2026-11-21T00:00:00.000Z)')
    : new Date(time).toISOString();
}

export function asWord<V extends string>(set: Enumeration<V>, value: string, path: string): V {
  const word = set.words.get(value.trim().toLowerCase());
  if (word !== undefined) return word;
  const words = [...set.words.values()].map((one) => `'${one}'`).join(', ');
  throw new CodecError('value', path, filled(set.message, { value, set: set.name, words }));
}

/** The text of an element that holds nothing else; what else it holds goes to `unknown`. */
export function leaf(element: XmlElement, path: string, unknown: Unknown): string {
  for (const name of element.attributes.keys()) unknown.add(`${path}.@${name}`);
  for (const child of element.children) unknown.add(`${path}.${child.name}`);
  return element.text;
}

/** Text between the elements of an element that has no text of its own. */
export function noText(element: XmlElement, path: string, unknown: Unknown): void {
  if (/[^ \t\r\n]/.test(element.text)) unknown.add(`${path}.#text`);
}

/** The items of a wrapped list: the children of that name. */
export function wrapped(element: XmlElement, item: string, path: string, unknown: Unknown): XmlElement[] {
  for (const name of element.attributes.keys()) unknown.add(`${path}.@${name}`);
  noText(element, path, unknown);
  return element.children.filter((child) => child.name === item || unknown.add(`${path}.${child.name}`));
}

/** Jackson takes a number or boolean for a string, and a string for either. */
export const jsonText = (value: unknown, path: string): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : wrong(path, value, 'a string');

/** Epoch milliseconds, as the engine's Jackson writes dates, or text. */
export function jsonInstant(value: unknown, path: string): string {
  const milliseconds =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^-?[0-9]+$/.test(value)
        ? Number(value)
        : undefined;
  if (milliseconds === undefined) return asInstant(jsonText(value, path), path);
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? wrong(path, value, 'an instant in epoch milliseconds') : date.toISOString();
}

/** The own keys with values; null counts as absent, as in Jackson. */
export function jsonObject(value: unknown, path: string): [string, unknown][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return wrong(path, value, 'an object');
  return Object.entries(value).filter(([, held]) => held !== null && held !== undefined);
}

export const jsonArray = (value: unknown, path: string): unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : wrong(path, value, 'a list');

/** The items of a wrapped list: `{"storage_domain": [...]}`, or `{}` when it is empty. */
export function jsonWrapped(value: unknown, item: string, path: string, unknown: Unknown): unknown[] {
  let items: unknown[] = [];
  for (const [key, held] of jsonObject(value, path)) {
    if (key === item) items = jsonArray(held, `${path}.${key}`);
    else unknown.add(`${path}.${key}`);
  }
  return items;
}
