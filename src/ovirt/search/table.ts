import type {
  Cluster,
  DataCenter,
  Disk,
  Event,
  Host,
  Network,
  StorageDomain,
  Tag,
  Template,
  User,
  Vm,
  VmQuery,
} from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import type { HeldValue, KindName } from './kinds.js';

/** What a backend may filter by: see hints.ts. */
export type HintName = 'name' | 'status' | 'host' | 'pmem';

/** What a source may filter by. It may return more: everything is compared again. */
export type Hints = Pick<VmQuery, 'like' | 'statuses' | 'hostIds' | 'hasPmem'>;

/** What fields may use beside their entity; no call is made for it. */
export type Known = Pick<Scope['session'], 'project' | 'user'> & Pick<Scope, 'engine' | 'profile'>;

/** The values of a field: none, one, or several, of which any may fit. */
export type Values = HeldValue | null | undefined | readonly HeldValue[];

/** One searchable field. */
export interface Field<N> {
  readonly kind: KindName;
  /** One line, for documents. */
  readonly about: string;
  readonly of: (entity: N, known: Known) => Values;
  /** Of an enumeration: every word that a client may write, whether or not the backend uses it. */
  readonly words?: readonly string[];
  /** The unit of a plain number of a size, bytes. Default 1. */
  readonly unit?: number;
  /** Whether free text searches it. Default: only texts and addresses. */
  readonly free?: boolean;
  /**
   * The value is a field of another object, of which the entity has only the id: `of` then serves for sorting, and to
   * tell whether there is one.
   */
  readonly via?: readonly [object: string, field: string];
  /** With `via`: only the other object has the reference, so that it decides whether there is one, too. */
  readonly knownByOther?: true;
  readonly hint?: HintName;
  /** The name under which the source can sort by it. */
  readonly order?: string;
}

/** A related entity, and the keys of the entities that it is related to. */
export interface RelatedRow<R> {
  readonly entity: R;
  readonly keys: readonly string[];
}

export type RelatedRows<R> = AsyncIterable<readonly RelatedRow<R>[]>;

/**
 * Reads related entities in pages; may leave out what the hints exclude. Its cost does not depend on the number of
 * searched entities.
 */
export type Read<R> = (scope: Scope, hints: Hints) => RelatedRows<R>;

/**
 * How an entity is related to those of another object: both have keys, and are related when they share one. Its type
 * hides the other entity's.
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
  /** Other objects that conditions may name, by their word. */
  readonly related?: () => Readonly<Record<string, Relationship<N>>>;
  /** The orders that the source supports (`Field.order`); the gateway sorts by others. */
  readonly orders?: (scope: Scope) => readonly string[];
}

type Extra<N> = Partial<Omit<Field<N>, 'kind' | 'about' | 'of'>>;

/** Declares a field; its entity's type is inferred from the table. */
export const field = <N>(kind: KindName, about: string, of: Field<N>['of'], extra: Extra<N> = {}): Field<N> => ({
  kind,
  about,
  of,
  ...extra,
});

/** The entities that others may be related to, by their word in conditions. */
export interface Searched {
  readonly cluster: Cluster;
  readonly datacenter: DataCenter;
  readonly disk: Disk;
  readonly event: Event;
  readonly host: Host;
  readonly network: Network;
  readonly storage: StorageDomain;
  readonly tag: Tag;
  readonly template: Template;
  readonly user: User;
  readonly vm: Vm;
}

const tables: { -readonly [Word in keyof Searched]?: SearchTable<Searched[Word]> } = {};

/** Declares the table of a word: others refer to it by the word, without importing it. */
export function searchTable<Word extends keyof Searched>(
  word: Word,
  table: SearchTable<Searched[Word]>,
): SearchTable<Searched[Word]> {
  Object.assign(tables, { [word]: table });
  return table;
}

function tableOf<Word extends keyof Searched>(word: Word): SearchTable<Searched[Word]> {
  const found = tables[word];
  if (!found) throw new Error(`no search table is declared for ${word}`);
  return found;
}

/** Declares a relation to the entities of a word. */
export const related = <N, Word extends keyof Searched>(
  word: Word,
  own: (entity: N) => readonly (string | undefined)[],
  read: Read<Searched[Word]>,
): Relationship<N> => ({
  own: (entity) => own(entity).filter((key) => key !== undefined),
  open: (use) => use(tableOf(word), read),
});

/** Rows of a complete list. */
export async function* rowsOf<R>(
  list: Promise<readonly R[]>,
  keys: (entity: R) => readonly (string | undefined)[],
): RelatedRows<R> {
  yield (await list).map((entity) => ({ entity, keys: keys(entity).filter((key) => key !== undefined) }));
}

/** Rows of a list in pages. */
export async function* rowsOfPages<R>(
  pages: AsyncIterable<readonly R[]>,
  keys: (entity: R) => readonly (string | undefined)[],
): RelatedRows<R> {
  for await (const page of pages)
    yield page.map((entity) => ({ entity, keys: keys(entity).filter((key) => key !== undefined) }));
}

/** The singular of a word: `Vms` and `vm` are the same object. */
export const singular = (word: string): string => word.replace(/s$/, '');
