import type { Located, Schema } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';

/** What a property of a representation is on the wire. */
export type TypeKind =
  | { readonly is: 'text' | 'int32' | 'int64' | 'number' | 'boolean' | 'instant' }
  | { readonly is: 'word'; readonly set: string; readonly words: readonly string[] }
  | { readonly is: 'object'; readonly type: string };

export interface Field {
  readonly name: string;
  readonly kind: TypeKind;
  /** `repeated`: `<link/><link/>`; `wrapped`: `<disks><disk/></disks>`. */
  readonly list?: 'repeated' | 'wrapped';
  /** Element of a wrapped list's items. */
  readonly item: string;
  readonly attribute: boolean;
  readonly text: boolean;
  readonly readOnly: boolean;
  readonly description?: string;
}

export interface Type {
  readonly name: string;
  readonly element: string;
  /** Whether it is a document of its own. */
  readonly root: boolean;
  readonly description?: string;
  readonly base?: string;
  /** Its own fields, without the base's. */
  readonly own: readonly Field[];
  /** All fields, the base's first. */
  readonly all: readonly Field[];
}

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();

function kindOf(schemas: Schemas, at: Located, owner: string, property: string): TypeKind {
  const { schema } = schemas.target(at);
  const target = schemas.target(at);
  if (schema.enum)
    return {
      is: 'word',
      set: schema['x-enum'] ?? target.name ?? `${owner}.${property}`,
      words: schema.enum as string[],
    };
  switch (schema.type) {
    case 'string':
      return { is: schema.format === 'date-time' ? 'instant' : 'text' };
    case 'integer':
      return { is: schema.format === 'int64' ? 'int64' : 'int32' };
    case 'number':
      return { is: 'number' };
    case 'boolean':
      return { is: 'boolean' };
    default:
      if (target.name === undefined)
        throw new Error(`${at.file}: ${owner}.${property} is neither a scalar nor a reference`);
      return { is: 'object', type: target.name };
  }
}

function fieldOf(schemas: Schemas, file: string, owner: string, name: string, schema: Schema): Field {
  const common = {
    name,
    attribute: schema.xml?.attribute ?? false,
    text: schema['x-text'] ?? false,
    readOnly: schema['x-read-only'] ?? false,
    description: schema.description,
  };
  if (schema.type !== 'array') return { ...common, item: name, kind: kindOf(schemas, { file, schema }, owner, name) };
  const items: Located = { file, schema: schema.items ?? {} };
  return {
    ...common,
    kind: kindOf(schemas, items, owner, name),
    list: schema.xml?.wrapped ? 'wrapped' : 'repeated',
    item: items.schema.xml?.name ?? schemas.target(items).schema.xml?.name ?? name,
  };
}

/**
 * The types of a folder of representations, scalars apart. Throws for what schemas/README.md, "Representations", does
 * not know.
 */
export function readTypes(schemas: Schemas, folder: string): Type[] {
  const created = new Map<string, Type>();
  function make(at: Located): Type {
    const name = at.name ?? '';
    const known = created.get(name);
    if (known) return known;
    const above = schemas.base(at);
    const base = above ? make(above) : undefined;
    const own = Object.entries(at.schema.properties ?? {}).map(([property, schema]) =>
      fieldOf(schemas, at.file, name, property, schema),
    );
    // A type that narrows what it inherits is written out whole: nothing may be read or written twice.
    const overrides = own.some((field) => base?.all.some((inherited) => inherited.name === field.name));
    const all = new Map([...(base?.all ?? []), ...own].map((field) => [field.name, field]));
    const type: Type = {
      name,
      element: at.schema.xml?.name ?? snake(name),
      root: at.schema.xml?.name !== undefined,
      description: at.schema.description,
      base: overrides ? undefined : base?.name,
      own: overrides ? [...all.values()] : own,
      all: [...all.values()],
    };
    created.set(name, type);
    return type;
  }
  return schemas
    .definitions(folder)
    .filter(({ schema }) => schema.type === 'object')
    .map(make);
}
