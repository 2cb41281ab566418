import type {
  Cluster,
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
import type { Held, KindName } from './kinds.js';

/** What a backend may be told, so that it sends less: see hints.ts. */
export type HintName = 'name' | 'status' | 'host' | 'pmem';

/** What a source may leave out. It may always give more: everything that it gives is still compared. */
export type Hints = Pick<VmQuery, 'like' | 'statuses' | 'hostIds' | 'hasPmem'>;

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
  /** With `via`: the other side alone knows who refers to it, so that it tells emptiness, too. */
  readonly toldByOther?: true;
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
 * entities are searched.
 */
export type Read<R> = (scope: Scope, hints: Hints) => Rows<R>;

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

/** The entities that others may be related to, by the word that conditions name them with. */
export interface Searched {
  readonly cluster: Cluster;
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

/** Declares the table of a word: others refer to it by that, and need not know it. */
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
