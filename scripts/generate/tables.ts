import type { Schema } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';
import { bodyType, bodyTypes } from './bodies.js';
import { banner, camel, doc, type Output } from './output.js';

/** The tables of schemas/model that are read as they are: a constant each, with the type of its meta-schema. */
const TABLES = ['custom-properties', 'events', 'operating-systems', 'permits', 'roles'] as const;

const definitionName = (ref: string): string => ref.replace(/^.*#\/\$defs\//, '');

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The types of a meta-schema: those of its definitions, then that of the whole table, without its description. */
async function typesOf(meta: Schema, name: string): Promise<string> {
  const { $defs = {}, type, additionalProperties, description, required = [], properties: all = {} } = meta;
  const { description: _, ...properties } = all;
  const whole = {
    type,
    additionalProperties,
    description,
    required: required.filter((property) => property !== 'description'),
    properties,
  };
  return `${await bodyTypes($defs, definitionName)}\n${await bodyType(name, whole, definitionName)}`;
}

/** A table without what is said to its readers only. */
function data(table: unknown): string {
  const { description: _, ...rest } = table as Record<string, unknown>;
  return JSON.stringify(rest, null, 2);
}

const described = (table: unknown): string => doc((table as Schema).description);

/** model/<table>.ts for each table of the model, and engines.ts with what engines are configured with. */
export async function tableFiles(schemas: Schemas): Promise<Output> {
  const output: Output = new Map();
  for (const name of TABLES) {
    const file = `model/${name}.json`;
    const [table, meta] = [schemas.documents.get(file), schemas.documents.get(`meta/${name}.json`)];
    if (table === undefined || meta === undefined) continue;
    const type = capital(camel(name));
    output.set(
      file.replace(/json$/, 'ts'),
      [
        `${banner(`schemas/${file}`)}\n`,
        `${await typesOf(meta as Schema, type)}\n`,
        `${described(table)}export const ${camel(name)}: ${type} = ${data(table)};\n`,
      ].join(''),
    );
  }
  const engines = await enginesFile(schemas);
  if (engines !== undefined) output.set('engines.ts', engines);
  return output;
}

async function enginesFile(schemas: Schemas): Promise<string | undefined> {
  const meta = schemas.documents.get('meta/engine.json') as Schema | undefined;
  const files = schemas.files('engines');
  if (meta === undefined || files.length === 0) return undefined;
  const entries = files.map((file) => {
    const [name] = file.replace('engines/', '').split('.json');
    return `${JSON.stringify(name)}: ${data(schemas.documents.get(file))},\n`;
  });
  return `${banner('schemas/engines')}
${await typesOf(meta, 'EngineTables')}
/** By the engine's release. */
export const engines: Readonly<Record<string, EngineTables>> = {
${entries.join('')}};
`;
}
