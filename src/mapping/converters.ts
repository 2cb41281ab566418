import { MappingError } from './mapped.js';
import { HIDDEN } from '../text.js';
import { GIB, MIB } from '../units.js';

/**
 * The pairs of functions that a row of a mapping table names. `out`: model → other; `in`: other → model. Pure: no
 * clock, no state. A value that cannot be read throws MappingError.
 */
export interface Converter<M, O, I = O> {
  out(model: M): O;
  in(other: I): M;
}

function toNumber(value: number | string): number {
  const number = typeof value === 'number' ? value : Number(value.trim() === '' ? Number.NaN : value);
  if (!Number.isFinite(number)) throw new MappingError(`"${value}" is not a number`);
  return number;
}

function toInteger(value: number | string): number {
  const number = toNumber(value);
  if (!Number.isSafeInteger(number)) throw new MappingError(`"${value}" is not an integer`);
  return number;
}

/** Bytes ⇄ MiB, an integer; rounded up, so that what was asked for fits. */
const mib: Converter<number, number, number | string> = {
  out: (bytes) => Math.ceil(bytes / MIB),
  in: (size) => toNumber(size) * MIB,
};

/** Bytes ⇄ GiB, an integer; rounded up: Cinder knows no smaller grain (docs/reference/power.md, 4.5). */
const gibCeil: Converter<number, number, number | string> = {
  out: (bytes) => Math.ceil(bytes / GIB),
  in: (size) => toNumber(size) * GIB,
};

/** The two forms that OpenStack writes, of days that every month has. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3}\d*)?Z?$/;

/**
 * ISO 8601 in UTC with milliseconds ⇄ an instant with a zone or without; without, it is UTC (docs/reference/power.md,
 * 1.8).
 */
const isoUtc: Converter<string, string> = {
  out: (instant) => instant,
  in(instant) {
    // A usual one only changes its ending. By way of a Date it took three times as long, 4 % of a list of VMs.
    if (USUAL.test(instant)) return `${instant.slice(0, 19)}${instant[19] === '.' ? instant.slice(19, 23) : '.000'}Z`;
    const text = instant.trim().replace(' ', 'T');
    const date = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
    if (Number.isNaN(date.getTime())) throw new MappingError(`"${instant}" is not an instant`);
    return date.toISOString();
  },
};

/** An integer ⇄ its digits; read from a number too. */
const stringInt: Converter<number, string, number | string> = { out: String, in: toInteger };

/** The digits of an integer ⇄ the integer. */
const digits: Converter<string, number> = { out: Number, in: String };

/** A number ⇄ its digits; read from a number too. */
const stringNumber: Converter<number, string, number | string> = { out: String, in: toNumber };

function toBoolean(value: boolean | string): boolean {
  if (typeof value === 'boolean') return value;
  const text = value.trim().toLowerCase();
  if (text !== 'true' && text !== 'false') throw new MappingError(`"${value}" is not a boolean`);
  return text === 'true';
}

/**
 * A boolean ⇄ `"True"`, `"False"`; read from true, false and these words in any case (docs/reference/power.md, 1.8).
 */
const stringBool: Converter<boolean, 'True' | 'False', boolean | string> = {
  out: (value) => (value ? 'True' : 'False'),
  in: toBoolean,
};

/** Lower case in the model. */
const lower: Converter<string, string> = { out: (text) => text, in: (text) => text.trim().toLowerCase() };

/** Lower case in the model, upper case on the other side. */
const upper: Converter<string, string> = {
  out: (text) => text.toUpperCase(),
  in: (text) => text.trim().toLowerCase(),
};

/** A secret, which is shown as stars ⇄ as it was sent. */
const hidden: Converter<string, string> = { out: () => HIDDEN, in: (text) => text };

/** Keys of a record that begin with a prefix ⇄ the same without it: `{"ovirt.alias": "x"}` ⇄ `{"alias": "x"}`. */
const prefixed = ({
  prefix,
}: {
  readonly prefix: string;
}): Converter<Record<string, string>, Record<string, string>, Readonly<Record<string, string>>> => ({
  out: (record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value])),
  in: (record) =>
    Object.fromEntries(
      Object.entries(record)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value]),
    ),
});

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Named values, if there are any with one more, unless it is among them ⇄ without it. */
const namedAlways = (one: NamedValue): Converter<readonly NamedValue[], NamedValue[]> => ({
  out: (values) =>
    values.length === 0 || values.some(({ name }) => name === one.name) ? [...values] : [...values, { ...one }],
  in: (values) => values.filter(({ name, value }) => name !== one.name || value !== one.value),
});

/**
 * By the name that rows use. `ref` is not here: it needs the context and the row's href, so the generator writes it
 * out.
 */
export const converters = {
  mib,
  'gib-ceil': gibCeil,
  'iso-utc': isoUtc,
  'string-int': stringInt,
  digits,
  'string-number': stringNumber,
  'string-bool': stringBool,
  lower,
  upper,
  hidden,
} as const;

/** Those that take `args`. */
export const factories = { prefixed, 'named-always': namedAlways } as const;
