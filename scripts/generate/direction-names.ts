import type { Table, Located } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';

/** Names that a mapper's own constants must not take. */
export const TAKEN = new Set([
  'entity',
  'doc',
  'context',
  'lost',
  'value',
  'at',
  'n',
  'o',
  'v',
  'converters',
  'factories',
  'x',
]);

export const RESERVED = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield await'.split(
    ' ',
  ),
);

/** A table and its two sides. */
export interface Sides {
  readonly schemas: Schemas;
  /** Folder of the tables. */
  readonly folder: string;
  readonly table: Table;
  readonly entity: Located;
  readonly other: Located;
  /** Whether the other side is a document of the protocol. */
  readonly front: boolean;
  /** Element of the document, or name of the table: what paths begin with. */
  readonly at: string;
}

/** An expression and the schema of its value. */
export interface Expression {
  readonly code: string;
  readonly of: Located;
}
