import type { Dialect } from './dialect.js';
import { represent, type Representation } from './representation.js';
import { fewValues, type Kind, onceForAlike, scalarKind, scalarKinds } from './kinds.js';
import * as r from './read.js';
import { fieldsOf, type TableField, type TypeTable } from './table.js';
import * as w from './write.js';
import { compileType, lazily, planOf, type Compiled, type Value } from './compile.js';

/** The representations of a version, made when they are first asked for. */
export interface Representations {
  /** By the type's name. Throws for a name that is not in the table. */
  get<T>(name: string): Representation<T>;
  /** By the element of a document; undefined when there is none. */
  byElement<T>(element: string): Representation<T> | undefined;
  /** The names of all types. */
  readonly names: readonly string[];
}

/**
 * Makes readers and writers from a table of types: closures, made once for each type. schemas/README.md,
 * "Representations", compares them with generated code.
 */
export function createRepresentations(table: TypeTable, dialect: Dialect): Representations {
  const byName = new Map<string, Representation<never>>();
  const compiled = new Map<string, Compiled>();
  const elements = new Map(
    Object.entries(table.types).flatMap(([name, { root, element }]) => (root ? [[element, name] as const] : [])),
  );
  const scalars = scalarKinds(dialect);
  const words = new Map<string, Kind>();

  function wordKind(id: string): Kind {
    const known = words.get(id);
    if (known) return known;
    const set = table.sets[id];
    if (!set) throw new Error(`the table has no set ${id}`);
    const enumeration = r.enumeration(set.name, set.words, dialect.messages.word);
    const kind = fewValues(
      scalarKind(
        (text, path) => r.asWord(enumeration, text, path),
        String,
        (value) => value,
      ),
    );
    words.set(id, kind);
    return kind;
  }

  /** Objects are looked up when they are first met: types refer to each other. */
  function objectKind(type: string): Kind {
    let of: Compiled | undefined;
    const get = (): Compiled => (of ??= compile(type));
    return {
      fromElement: (element, path, unknown) => get().readXml(element, path, unknown),
      fromText: () => undefined,
      fromJson: (json, path, unknown) => get().readJson(json, path, unknown),
      toElement(name) {
        const tag = w.tags(name);
        return onceForAlike((value, depth) => get().writeXml(value as Value, name, depth, tag(depth)));
      },
      toAttribute: () => '',
      toText: () => '',
      toJson: (value) => get().writeJson(value as Value),
    };
  }

  const kindOf = ({ kind }: TableField): Kind =>
    kind.is === 'object' ? objectKind(kind.type) : kind.is === 'word' ? wordKind(kind.set) : scalars[kind.is];

  function allFields(name: string): TableField[] {
    const row = table.types[name];
    if (!row) throw new Error(`the table has no type ${name}`);
    return [...(row.base === undefined ? [] : allFields(row.base)), ...fieldsOf(row)];
  }

  function compile(name: string): Compiled {
    const known = compiled.get(name);
    if (known) return known;
    const type = compileType(
      allFields(name).map((field, index) => planOf(field, index, kindOf(field))),
      kindOf,
    );
    compiled.set(name, type);
    return type;
  }

  function get<T>(name: string): Representation<T> {
    const known = byName.get(name) as Representation<T> | undefined;
    if (known) return known;
    const row = table.types[name];
    if (!row) throw new Error(`the table has no type ${name}`);
    const representation = represent(
      name,
      row.element,
      lazily(() => compile(name)),
    ) as Representation<unknown>;
    byName.set(name, representation as Representation<never>);
    return representation as Representation<T>;
  }

  return {
    get,
    byElement<T>(element: string) {
      const name = elements.get(element);
      return name === undefined ? undefined : get<T>(name);
    },
    names: Object.keys(table.types),
  };
}
