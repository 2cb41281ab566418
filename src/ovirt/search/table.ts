import type { Scope } from '../../services/context.js';
import type { Hints } from './hints.js';
import type { Held, KindName } from './kinds.js';

/** What a backend may be told, so that it sends less: see hints.ts. */
export type HintName = 'name' | 'status' | 'host' | 'pmem';

/** What fields may look at beside their entity; no call is made for it. */
export type Known = Pick<Scope['session'], 'project' | 'user'>;

/** The values of a field: none, one, or several, of which any may fit. */
export type Values = Held | null | undefined | readonly Held[];

/** One searchable field. */
export interface Field<N> {
  readonly kind: KindName;
  /** One line, for documents. */
  readonly about: string;
  readonly of: (entity: N, known: Known) => Values;
  /** Of a closed set: every word that a client may write, whether or not the backend can have it. */
  readonly words?: readonly string[];
  /** What a plain number of a size counts, bytes. Default 1. */
  readonly unit?: number;
  /** Whether a bare word is looked for in it. Default: texts and addresses are. */
  readonly free?: boolean;
  /**
   * The value is that of a field of another object, which the entity only refers to by id: `of` then serves sorting and
   * emptiness.
   */
  readonly via?: readonly [object: string, field: string];
  readonly hint?: HintName;
  /** The name under which the source can sort by it. */
  readonly order?: string;
}

/** A related entity, and the keys of those that it is related to. */
export interface Row<R> {
  readonly entity: R;
  readonly keys: readonly string[];
}

export type Rows<R> = AsyncIterable<readonly Row<R>[]>;

/**
 * Reads related entities in pages; may leave out what the hints exclude. What it costs does not depend on how many
 * entities
 * are searched.
 */
export type Read<R> = (scope: Scope, hints: Hints) => Rows<R>;

/**
 * How an entity is related to those of another object: both have keys, and are related when they share one. Its type
 * hides
 * the other entity's.
 */
export interface Relationship<N> {
  readonly own: (entity: N) => readonly string[];
  open<T>(use: <R>(table: SearchTable<R>, read: Read<R>) => T): T;
}

/** What a search of one collection can name. */
export interface SearchTable<N> {
  /** As faults and documents name the object: `VM`. */
  readonly object: string;
  /** Words before the colon or the dot, lower case, without the plural's s. */
  readonly words: readonly string[];
  readonly fields: Readonly<Record<string, Field<N>>>;
  /** Other objects that conditions may name, by their word: a function, since tables refer to each other. */
  readonly related?: () => Readonly<Record<string, Relationship<N>>>;
  /** The orders that the source can give by itself (`Field.order`); the others are sorted here. */
  readonly orders?: (scope: Scope) => readonly string[];
}

type Extra<N> = Partial<Omit<Field<N>, 'kind' | 'about' | 'of'>>;

/** Declares a field; the types of its entity come from the table that it stands in. */
export const field = <N>(kind: KindName, about: string, of: Field<N>['of'], extra: Extra<N> = {}): Field<N> => ({
  kind,
  about,
  of,
  ...extra,
});

/** Declares a relation. */
export const related = <N, R>(
  table: () => SearchTable<R>,
  own: (entity: N) => readonly (string | undefined)[],
  read: Read<R>,
): Relationship<N> => ({
  own: (entity) => own(entity).filter((key) => key !== undefined),
  open: (use) => use(table(), read),
});

/** Rows of a list that comes as a whole. */
export async function* rowsOf<R>(
  list: Promise<readonly R[]>,
  keys: (entity: R) => readonly (string | undefined)[],
): Rows<R> {
  yield (await list).map((entity) => ({ entity, keys: keys(entity).filter((key) => key !== undefined) }));
}

/** Rows of a list that comes in pages. */
export async function* rowsOfPages<R>(
  pages: AsyncIterable<readonly R[]>,
  keys: (entity: R) => readonly (string | undefined)[],
): Rows<R> {
  for await (const page of pages)
    yield page.map((entity) => ({ entity, keys: keys(entity).filter((key) => key !== undefined) }));
}

/** The singular of a word: `Vms` and `vm` are the same object. */
export const singular = (word: string): string => word.replace(/s$/, '');
