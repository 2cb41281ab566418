import type { Protocol } from '../../codec/protocol.js';
import type { Representation } from '../../codec/index.js';
import type { Representations } from '../../codec/engine.js';
import { fieldsOf, type TableField, type TypeRow, type TypeTable } from '../../codec/table.js';
import type { Mapped, MappingContext } from '../../mapping/index.js';
import type { Places } from '../../mapping/places.js';
import type { DocumentWords } from '../../model/index.js';
import { type WordsQuery, documentWords } from './document-words.js';
import type { Declaration } from './declaration.js';
import { relationsOf, type Relations } from './relations.js';
import type { Document } from './document.js';
import { rootCollections } from './links.js';
import { servedBy } from './served.js';

/** What `npm run generate` makes of schemas/ovirt/<version>. */
export interface VersionTables {
  /** Name of the folder: `v3`. */
  readonly id: string;
  readonly protocol: Protocol;
  readonly table: TypeTable;
  readonly representations: Representations;
  /** The mappers: `diskOut`, `diskIn` … */
  readonly mapping: Readonly<Record<string, unknown>>;
}

/** How an entity is a document of a version, and back. */
export interface Binding {
  readonly representation: Representation<Document>;
  readonly out: (entity: object, context: MappingContext) => Document;
  readonly in: (document: Document, context: MappingContext) => Mapped<object>;
}

/**
 * A version of the protocol, as a value: it holds everything that differs between versions. A request's entry point,
 * path or header chooses it, and the exchange carries it.
 */
export interface Version<O extends Declaration = Declaration> {
  readonly id: string;
  /** As the path (`/v3`) and the header `Version` have it. */
  readonly number: string;
  readonly protocol: Protocol;
  readonly table: TypeTable;
  /** The operations that this version has, at its own paths. */
  readonly operations: readonly O[];
  readonly relations: (path: string) => Relations<O>;
  /** The collections that the root document links to, in its order. */
  readonly rootCollections: readonly Declaration[];
  /** By a mapping table's name: `disk`. Throws for a table that the version lacks. */
  binding(table: string): Binding;
  /** By the element of a document. Throws for one that the version lacks. */
  document<T = object>(element: string): Representation<T>;
  hasDocument(element: string): boolean;
  /** The members that a document of this element can have; none for an unknown element. */
  members(element: string): readonly string[];
  /** Those that refer to other documents, one or a list, and the elements of these; none for an unknown element. */
  references(element: string): ReadonlyMap<string, string>;
  /** The words of its documents for the properties of entities. */
  words(requested: WordsQuery): DocumentWords;
  /** A state in the form of this version's documents. */
  state(word: string): unknown;
}

/** Creates a version from its tables and the declarations of all versions. */
export function createVersion<O extends Declaration>(tables: VersionTables, declared: readonly O[]): Version<O> {
  const { id, protocol, table, representations, mapping } = tables;
  const bindings = new Map<string, Binding>();
  const operations = servedBy(protocol, declared);

  const named = (element: string): string => protocol.elements?.[element] ?? element;
  const document = <T>(element: string): Representation<T> => own<T>(named(element));

  function own<T>(element: string): Representation<T> {
    const found = representations.byElement<T>(element);
    if (!found) throw new Error(`version ${protocol.number} has no document <${element}>`);
    return found;
  }

  function binding(name: string): Binding {
    const known = bindings.get(name);
    if (known) return known;
    const [out, into, element] = [mapping[`${name}Out`], mapping[`${name}In`], elementOf(name)];
    if (!isOut(out) || !isIn(into) || element === undefined)
      throw new Error(`version ${protocol.number} has no mapping table ${name}`);
    const created = { representation: own<Document>(element), out, in: into };
    bindings.set(name, created);
    return created;
  }
  const elements = mapping['elements'] as Readonly<Record<string, string>>;
  const elementOf = (name: string): string | undefined => elements[name];

  return {
    id,
    number: protocol.number,
    protocol,
    table,
    operations,
    relations: relationsOf(operations),
    rootCollections: rootCollections(operations, protocol.rootLinks),
    binding,
    document,
    members: (element) => fieldsAt(table, named(element)).map(({ name }) => name),
    references: (element) => referencesOf(table, named(element)),
    words: ({ element, ...requested }) =>
      documentWords(
        mapping['places'] as Places,
        (root) => representations.byElement(root)?.name ?? root,
        element === undefined ? requested : { ...requested, element: named(element) },
      ),
    state: (word) => (protocol.states === 'element' ? { state: word } : word),
    hasDocument: (element) => representations.byElement(named(element)) !== undefined,
  };
}

/** The fields of a type, including those of its bases. */
const fieldsWithBases = (table: TypeTable, row: TypeRow | undefined): TableField[] =>
  row ? [...fieldsWithBases(table, row.base === undefined ? undefined : table.types[row.base]), ...fieldsOf(row)] : [];

const fieldsAt = (table: TypeTable, element: string): TableField[] =>
  fieldsWithBases(
    table,
    Object.values(table.types).find((row) => row.root && row.element === element),
  );

function referencesOf(table: TypeTable, element: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const field of fieldsAt(table, element)) {
    const row = typeOf(table, field);
    // a list of references may be a type of its own
    const [listed] = (row && fieldsWithBases(table, row).filter(({ list }) => list)) ?? [];
    const referred = [row, listed && typeOf(table, listed)].find((one) => one && hasAddress(table, one));
    if (referred && field.name !== 'link') found.set(field.name, referred.element);
  }
  return found;
}

const typeOf = (table: TypeTable, { kind }: TableField): TypeRow | undefined =>
  kind.is === 'object' ? table.types[kind.type] : undefined;

const hasAddress = (table: TypeTable, row: TypeRow): boolean =>
  fieldsWithBases(table, row).some(({ name }) => name === 'href');

const isOut = (value: unknown): value is Binding['out'] => typeof value === 'function';
const isIn = (value: unknown): value is Binding['in'] => typeof value === 'function';
