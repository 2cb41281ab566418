import { readdirSync, readFileSync } from 'node:fs';

/** A property of a type in schemas/ovirt. */
export interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: string[];
  readonly $ref?: string;
  readonly items?: Property;
  readonly xml?: { readonly name?: string; readonly attribute?: boolean; readonly wrapped?: boolean };
  readonly 'x-text'?: boolean;
  readonly 'x-enum'?: string;
}

/** A type of schemas/ovirt. */
export interface Type {
  readonly $ref?: string;
  readonly xml?: { readonly name?: string };
  readonly properties?: Readonly<Record<string, Property>>;
}

/** What is ours: types that no oVirt has. */
const EXTENSION = new Set(['PmemVolume', 'PmemVolumes']);

/** The types of a version. */
export function schemaTypes(version: 'v3' | 'v4'): {
  readonly types: ReadonlyMap<string, Type>;
  /** Names of those that are oVirt's. */
  readonly names: readonly string[];
  /** Whether each is there once, and every reference leads to one: what is wrong, else []. */
  readonly wrongs: () => string[];
} {
  const folder = new URL(`../../schemas/ovirt/${version}/types/`, import.meta.url);
  const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const defined = texts.flatMap((text) =>
    Object.entries((JSON.parse(text) as { readonly $defs: Record<string, Type> }).$defs),
  );
  const types = new Map(defined);
  return {
    types,
    names: [...types.keys()].filter((name) => !EXTENSION.has(name)),
    wrongs() {
      const referred = texts.flatMap((text) => [...text.matchAll(/#\/\$defs\/(\w+)"/g)].map(([, name]) => name ?? ''));
      const names = defined.map(([name]) => name);
      return [
        ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`),
        ...[...new Set(referred)].filter((name) => !types.has(name)).map((name) => `there is no ${name}`),
      ];
    },
  };
}
