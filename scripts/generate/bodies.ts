import { compile, type JSONSchema } from 'json-schema-to-typescript';
import type { Schema } from '../../src/schemas/schema.js';

const OPTIONS = {
  bannerComment: '',
  additionalProperties: false,
  declareExternallyReferenced: false,
  format: true,
} as const;

/** The type that a reference stands for, in TypeScript. */
type Naming = (ref: string) => string;

/** References become names, so that every definition compiles by itself and is never repeated under a number. */
function named(schema: unknown, naming: Naming): unknown {
  if (Array.isArray(schema)) return schema.map((item) => named(item, naming));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = schema as Schema & Record<string, unknown>;
  if (typeof $ref === 'string') return { description: rest.description, tsType: naming($ref) };
  // A title would rename the type.
  return Object.fromEntries(
    Object.entries(rest)
      .filter(([word]) => word !== 'title')
      .map(([word, value]) => [word, named(value, naming)]),
  );
}

/** The TypeScript of one definition: an interface or a type alias. */
export async function bodyType(name: string, schema: Schema, naming: Naming): Promise<string> {
  if (schema.$ref !== undefined) return `export type ${name} = ${naming(schema.$ref)};\n`;
  return compile(named(schema, naming) as JSONSchema, name, OPTIONS);
}

/** The TypeScript of all definitions of a file, in their order. */
export async function bodyTypes(definitions: Readonly<Record<string, Schema>>, naming: Naming): Promise<string> {
  const parts: string[] = [];
  for (const [name, schema] of Object.entries(definitions)) parts.push(await bodyType(name, schema, naming));
  return parts.join('\n');
}
