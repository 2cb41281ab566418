import { isIP } from 'node:net';
import type { Relation } from './ast.js';
import { readInstant, readSpan } from './instants.js';
import { matcher } from './pattern.js';

/** What a field holds. Sizes are bytes, dates ISO 8601, spans milliseconds. */
export type HeldValue = string | number | boolean;

/** The context in which a value is read. */
export interface Reading {
  readonly caseSensitive: boolean;
  /** Epoch milliseconds: `today`, `yesterday`. */
  readonly now: number;
  /** The words of a closed set. */
  readonly words: readonly string[];
  /** What a plain number of a size counts, bytes. */
  readonly unit: number;
}

/** A relation other than `!=`, which is the opposite of `=`. */
export type Positive = Exclude<Relation, '!='>;

/** How values of one type are written in a search, compared, and put in order. */
export interface FieldKind {
  /** For faults and documents. */
  readonly takes: string;
  readonly ordered: boolean;
  /** The test that a held value must pass; undefined for a value that cannot be read. */
  readonly test: (relation: Positive, value: string, reading: Reading) => ((held: HeldValue) => boolean) | undefined;
  /** What `sortby` compares: all numbers or all texts. */
  readonly order: (held: HeldValue, words: readonly string[]) => number | string;
}

const compares: Readonly<Record<Positive, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const text: FieldKind = {
  takes: 'text, * for any characters',
  ordered: false,
  test(_relation, value, { caseSensitive }) {
    const fits = matcher({ text: value, caseSensitive });
    return (held) => fits(String(held));
  },
  order: (held) => String(held).toLowerCase(),
};

/** Engines write `PoweringUp` in a search and `powering_up` in a document. */
const plain = (word: string): string => word.toLowerCase().replaceAll(/[_\s-]/g, '');

const rank = (word: HeldValue, words: readonly string[]): number =>
  words.findIndex((one) => plain(one) === plain(String(word)));

const word = (ordered: boolean): FieldKind => ({
  takes: 'one of a set of words',
  ordered,
  test(relation, value, { words }) {
    if (relation === '=' && value.includes('*')) {
      const fits = matcher({ text: plain(value), caseSensitive: true });
      return words.some((one) => fits(plain(one))) ? (held) => fits(plain(String(held))) : undefined;
    }
    const requested = rank(value, words);
    if (requested < 0) return undefined;
    return relation === '='
      ? (held) => plain(String(held)) === plain(value)
      : (held) => compares[relation](rank(held, words) - requested);
  },
  order: (held, words) => (ordered ? rank(held, words) : plain(String(held))),
});

const numeric = (takes: string, read: (value: string, reading: Reading) => number | undefined): FieldKind => ({
  takes,
  ordered: true,
  test(relation, value, reading) {
    const requested = read(value, reading);
    return requested === undefined ? undefined : (held) => compares[relation](Number(held) - requested);
  },
  order: Number,
});

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const SIZE = /^(\d+(?:\.\d+)?)(?:([kmgtp])?i?b)?$/i;
const POWERS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

function readSize(value: string, { unit }: Reading): number | undefined {
  const [, number, letter] = SIZE.exec(value) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (/b$/i.test(value) ? 1024 ** (POWERS[letter?.toLowerCase() ?? ''] ?? 0) : unit);
}

const date: FieldKind = {
  takes:
    'a date (2026-11-21, 2026-11-21T13:05:00Z, 11/21/2026, "Nov 21, 2026 1:05 PM", today, yesterday, monday …; UTC)',
  ordered: true,
  test(relation, value, { now }) {
    const requested = readInstant(value, now);
    if (!requested) return undefined;
    // As engines have it: = is the whole day, < and > compare with its beginning.
    if (relation === '=')
      return (held) => Date.parse(String(held)) >= requested.from && Date.parse(String(held)) < requested.until;
    return (held) => compares[relation](Date.parse(String(held)) - requested.from);
  },
  order: (held) => Date.parse(String(held)),
};

/** Version 4 before 6, then by value: fixed width makes the order of texts that of addresses. */
function addressOrder(address: string): string {
  if (isIP(address) === 4)
    return `4${address
      .split('.')
      .map((part) => part.padStart(3, '0'))
      .join('.')}`;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groupsOf = (part: string): string[] =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => group.padStart(4, '0'));
  const [front, back] = [groupsOf(head), groupsOf(tail ?? '')];
  const gap = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0000');
  return `6${[...front, ...gap, ...back].join(':')}`;
}

const ip: FieldKind = {
  takes: 'an address, * for any characters with =',
  ordered: true,
  test(relation, value, reading) {
    if (relation === '=')
      return isIP(value)
        ? (held) => addressOrder(String(held)) === addressOrder(value)
        : text.test(relation, value, reading);
    if (!isIP(value)) return undefined;
    const requested = addressOrder(value);
    return (held) =>
      compares[relation](addressOrder(String(held)) < requested ? -1 : Number(addressOrder(String(held)) > requested));
  },
  order: (held) => addressOrder(String(held)),
};

const flag: FieldKind = {
  takes: 'true or false',
  ordered: false,
  test(_relation, value) {
    const requested = /^(?:true|1)$/i.test(value) ? true : /^(?:false|0)$/i.test(value) ? false : undefined;
    return requested === undefined ? undefined : (held) => held === requested;
  },
  order: Number,
};

export const kinds = {
  text,
  /** GaugeSources for in any case. */
  id: {
    ...text,
    takes: 'an id, * for any characters',
    test: (relation, value, reading) => text.test(relation, value, { ...reading, caseSensitive: false }),
  },
  word: word(false),
  /** Words in an order, such as severities. */
  rank: { ...word(true), takes: 'one of a set of words, the least first' },
  number: numeric('a number', (value) => (NUMBER.test(value) ? Number(value) : undefined)),
  percent: numeric('a number of percent', (value) =>
    NUMBER.test(value.replace(/%$/, '')) ? Number(value.replace(/%$/, '')) : undefined,
  ),
  size: numeric('a number, or one with its unit (4GB, 512MiB: both are powers of 1024)', readSize),
  span: numeric('minutes, or 90s, 5m, 2h, 3d, or [days.]hours:minutes[:seconds]', readSpan),
  date,
  ip,
  flag,
} satisfies Record<string, FieldKind>;

export type KindName = keyof typeof kinds;
