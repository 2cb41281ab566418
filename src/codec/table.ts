/**
 * The types of one version of a protocol as a compact table, which `npm run generate` writes from
 * schemas/ovirt/<version>/types.
 *
 * The fields of a type stand in one text, separated by blanks, in the order of the elements: `name:kind`.
 *
 * | kind | |
 * |---|---|
 * | `text`, `int32`, `int64`, `number`, `boolean`, `instant` | a scalar |
 * | `#FenceType` | a word of the closed set of that id |
 * | `Disk` | an object of that type |
 * | `@…` before it | an attribute in XML |
 * | `.…` before it | the element's own text |
 * | `…*` behind it | the element repeats: `<link/><link/>` |
 * | `…[disk]` behind it | a wrapped list: `<disks><disk/></disks>` |
 */
export interface TypeTable {
  /** Closed sets of words by id, as the protocol names them. */
  readonly sets: Readonly<Record<string, { readonly name: string; readonly words: readonly string[] }>>;
  readonly types: Readonly<Record<string, TypeRow>>;
}

export interface TypeRow {
  /** Name of its element. */
  readonly element: string;
  /** Whether it is a document of its own. */
  readonly root?: true;
  /** The type whose fields come before its own. */
  readonly base?: string;
  /** Its own fields. */
  readonly fields: string;
}

export type ScalarKind = 'text' | 'int32' | 'int64' | 'number' | 'boolean' | 'instant';

/** One field as the table has it. */
export interface TableField {
  readonly name: string;
  readonly kind:
    | { readonly is: ScalarKind }
    | { readonly is: 'word'; readonly set: string }
    | { readonly is: 'object'; readonly type: string };
  readonly list?: 'repeated' | 'wrapped';
  /** Element of a wrapped list's items; else the field's own name. */
  readonly item: string;
  readonly attribute: boolean;
  readonly text: boolean;
}

const FIELD = /^([^:]+):([@.]?)(#?)([A-Za-z0-9_.]+)(?:(\*)|\[([^\]]+)\])?$/;
const SCALARS: ReadonlySet<string> = new Set(['text', 'int32', 'int64', 'number', 'boolean', 'instant']);

/** Reads the fields of a row. Throws for a malformed text. */
export function fieldsOf(row: TypeRow): TableField[] {
  return row.fields === '' ? [] : row.fields.split(' ').map(fieldOf);
}

function fieldOf(text: string): TableField {
  const [, name, place, word, kind, repeated, item] = FIELD.exec(text) ?? [];
  if (name === undefined || kind === undefined) throw new Error(`not a field of a type table: ${text}`);
  return {
    name,
    kind:
      word === '#'
        ? { is: 'word', set: kind }
        : SCALARS.has(kind)
          ? { is: kind as ScalarKind }
          : { is: 'object', type: kind },
    ...(repeated && { list: 'repeated' }),
    ...(item !== undefined && { list: 'wrapped' }),
    item: item ?? name,
    attribute: place === '@',
    text: place === '.',
  };
}
