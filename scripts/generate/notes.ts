import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { ANNOTATIONS } from '../../src/schemas/annotations.js';
import type { Schema } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';
import { bodyTypes } from './bodies.js';
import { hasInput } from './inputs.js';
import { banner, doc, type Output } from './output.js';
import { withRequire } from './validators.js';

const FILE = 'model/notes.json';

/** Types and checks of notes: what the gateway keeps as JSON in metadata that others can write. */
export async function notesFiles(schemas: Schemas): Promise<Output> {
  const schema = schemas.documents.get(FILE) as Schema | undefined;
  if (!schema) return new Map();
  const ajv = new Ajv2020({
    code: { source: true, esm: true, lines: true },
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    keywords: [...ANNOTATIONS, 'x-kept', 'x-set-by', 'x-read-by', 'x-unset', 'x-unread', 'x-input'],
  });
  addFormats.default(ajv);
  const entities = schemas.documents.get('model/entities.json') as Schema;
  // a note holds a part of an entity, as a client may have sent it
  const parts = Object.entries(entities.$defs ?? {}).map(([name, schema]) => {
    const { required: _, ...part } = schema;
    return [name, hasInput(schema) ? part : schema];
  });
  ajv.addSchema({ ...entities, $defs: Object.fromEntries(parts) as Schema['$defs'] }, 'model/entities.json');
  ajv.addSchema(schema, FILE);
  const { description, $defs = {} } = schema;
  const names = Object.keys($defs);
  const compiled = standaloneCode.default(
    ajv,
    Object.fromEntries(names.map((name) => [name, `${FILE}#/$defs/${name}`])),
  );
  const types = await bodyTypes($defs, (ref) => {
    const name = ref.replace(/^.*#\/\$defs\//, '');
    if (ref.startsWith('#')) return name;
    return `entities.${name}${hasInput(entities.$defs?.[name]) ? 'Input' : ''}`;
  });
  const facade = `${banner(`schemas/${FILE}`)}import type * as entities from '../entities.js';
import * as compiled from './compiled.js';

${doc(description)}
${types}
export interface NoteTypes {
${names.map((name) => `  readonly ${name}: ${name};\n`).join('')}}

type Check<T> = (value: unknown) => value is T;

/** Whether a value is what a note of the kind holds. */
export const noteChecks = compiled as unknown as { readonly [Kind in keyof NoteTypes]: Check<NoteTypes[Kind]> };
`;
  return new Map([
    ['notes/compiled.js', `${banner(`schemas/${FILE}`)}${withRequire(compiled)}`],
    ['notes/notes.ts', facade],
  ]);
}
