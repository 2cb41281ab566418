import { MappingError, type Lost, type Mapped } from './mapped.js';

/** What generated mappers call beside converters. */

/** A pair of a model's value and the other side's. */
export type Pairs = readonly (readonly [model: unknown, other: unknown])[];

/** model → other; undefined without a counterpart. */
export const forward = <const P extends Pairs>(pairs: P, model: unknown): P[number][1] | undefined =>
  pairs.find((pair) => pair[0] === model)?.[1];

/** other → model: the first that fits; undefined without a counterpart. */
export const backward = <const P extends Pairs>(pairs: P, other: unknown): P[number][0] | undefined =>
  pairs.find((pair) => pair[1] === other)?.[0];

/** The text where it is one of the words; undefined where it is not. */
export const word = <const W extends string>(words: readonly W[], text: string): W | undefined =>
  words.find((one) => one === text);

type Last<Row> = Row extends readonly [...unknown[], infer Result] ? Result : never;

/**
 * Makes a function that returns the result of the first case that fits all values: `*` fits anything, null fits an
 * absent value. Cases are indexed by their first value: of the 33 cases of a VM's status, two or three are tried.
 */
export function matcher<const C extends readonly (readonly unknown[])[]>(
  cases: C,
): (...values: readonly unknown[]) => Last<C[number]> | undefined {
  const others = cases.filter(([first]) => first === '*');
  const byFirst = new Map(
    cases.map(([first]) => [first, cases.filter(([one]) => one === '*' || one === first)] as const),
  );
  return function matching(...values) {
    for (const row of byFirst.get(values[0] ?? null) ?? others)
      if (fits(row, values)) return row.at(-1) as Last<C[number]>;
    return undefined;
  };
}

function fits(row: readonly unknown[], values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) if (row[i] !== '*' && row[i] !== (values[i] ?? null)) return false;
  return true;
}

/** The items that are there; undefined when there is no list. */
export const present = <T>(items: readonly (T | null | undefined)[] | undefined): T[] | undefined =>
  items?.filter((item): item is NonNullable<typeof item> => item !== undefined && item !== null);

/** One, or a list of them: backends answer either. */
export const many = <T>(value: T | readonly T[] | null | undefined): readonly T[] | undefined =>
  value === undefined || value === null ? undefined : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** A list of one; undefined when there is none. */
export const one = <T>(item: T | undefined): T[] | undefined => (item === undefined ? undefined : [item]);

/** The value as an object, where a backend may send a text instead (Nova's `image` is "" for none). */
export const object = <T>(value: T): Exclude<T, string | number | boolean | null | undefined> | undefined =>
  typeof value === 'object' && value !== null
    ? (value as Exclude<T, string | number | boolean | null | undefined>)
    : undefined;

/** A value that the other side's schema requires. Throws MappingError. */
export function required<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw new MappingError(`${path} is required`);
  return value;
}

/** A deep copy without undefined properties: an entity read from a client holds only what the client sent. */
export function defined<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => defined(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, held]) => held !== undefined)
      .map(([key, held]) => [key, defined(held as unknown)]),
  ) as T;
}

/** The value of a nested mapping, whose losses join the others. */
export function keep<T>(lost: Lost[], mapped: Mapped<T>): T {
  lost.push(...mapped.lost);
  return mapped.value;
}

/** A reference by id or name; undefined when it has neither. */
export const ref = (other: {
  readonly id?: string | null;
  readonly name?: string | null;
}): { id?: string; name?: string } | undefined =>
  other.id == null && other.name == null ? undefined : { id: other.id ?? undefined, name: other.name ?? undefined };
