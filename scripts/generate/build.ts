import type { Schema, Table } from '../../src/schemas/schema.js';
import { sides } from '../../src/schemas/rows.js';
import type { Schemas } from '../../src/schemas/store.js';
import { bodyType, bodyTypes } from './bodies.js';
import { callsFile } from './calls.js';
import { notesFiles } from './notes.js';
import { hasInput } from './inputs.js';
import { readTypes } from './fields.js';
import { mappersFile } from './mappers.js';
import { banner, doc, type Output } from './output.js';
import { protocolFile, representationsFile, versionsFile, tableFile, typesFile } from './representations.js';
import { settingsCheckFile } from './settings.js';
import { tableFiles } from './tables.js';
import { validatorsFiles } from './validators.js';

const definitionName = (ref: string): string => ref.replace(/^.*#\/\$defs\//, '');

/** The mapping tables of a folder, by file. */
const tablesOf = (schemas: Schemas, folder: string): Table[] =>
  schemas.files(folder).map((file) => schemas.documents.get(file) as Table);

async function entities(schemas: Schemas): Promise<string> {
  const { description, $defs = {} } = schemas.documents.get('model/entities.json') as Schema;
  return `${banner('schemas/model/entities.json')}\n${doc(description)}\n${await bodyTypes($defs, definitionName)}\n${await inputs($defs)}\n${byName($defs)}`;
}

/** What clients send: entities without what must be there of one that is read, `DiskInput`. */
async function inputs($defs: NonNullable<Schema['$defs']>): Promise<string> {
  const own = new Set(Object.keys($defs).filter((name) => hasInput($defs[name])));
  const changed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(changed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => [
        key,
        key === '$ref' && own.has(definitionName(String(held))) ? `${String(held)}Input` : changed(held),
      ]),
    );
  };
  return bodyTypes(
    Object.fromEntries(
      [...own].map((name) => {
        const { required: _, description: __, ...schema } = $defs[name] ?? {};
        return [
          `${name}Input`,
          { ...(changed(schema) as Schema), description: `What a client asks for of a ${name}.` },
        ];
      }),
    ),
    definitionName,
  );
}

/** The entities by their names, for what speaks of any of them. */
const byName = ($defs: NonNullable<Schema['$defs']>): string =>
  `/** By name. */\nexport interface Entities {\n${Object.entries($defs)
    .filter(([, { type, properties }]) => type === 'object' && properties)
    .map(([name]) => `  ${name}: ${name};\n`)
    .join('')}}\n`;

async function settings(schemas: Schemas): Promise<string> {
  return `${banner('schemas/settings.json')}\n${await bodyType('Settings', schemas.documents.get('settings.json') as Schema, definitionName)}`;
}

/** Which operation is allowed in which state, without what is said to readers only. */
function rules(schemas: Schemas): string {
  const {
    $id: _,
    title: __,
    description,
    ...data
  } = schemas.documents.get('model/rules.json') as Record<string, unknown>;
  const text = JSON.stringify(data, (key, value: unknown) => (key === 'why' ? undefined : value), 2);
  return `${banner('schemas/model/rules.json')}\n${doc(String(description))}export const rules = ${text} as const;\n`;
}

/** A module of types per file of bodies: names are their own in each file only. */
async function bodies(schemas: Schemas, backend: string, output: Output): Promise<void> {
  const files = schemas.files(backend).filter((file) => file !== `${backend}/calls.json`);
  const moduleOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.json$/, '');
  for (const file of files) {
    const used = new Set<string>();
    const naming = (ref: string): string => {
      const other = ref.split('#')[0]!;
      if (other === '') return definitionName(ref);
      used.add(other);
      return `${moduleOf(other)}.${definitionName(ref)}`;
    };
    const { description, $defs = {} } = schemas.documents.get(file) as Schema;
    const types = await bodyTypes($defs, naming);
    const imports = [...used]
      .sort()
      .map(
        (other) =>
          `import type * as ${moduleOf(other)} from '${/^\./.test(other) ? '' : './'}${other.replace(/\.json$/, '.js')}';\n`,
      )
      .join('');
    output.set(
      `${backend}/${moduleOf(file)}.ts`,
      `${banner(`schemas/${file}`)}${imports}\n${doc(description)}\n${types}`,
    );
  }
  output.set(
    `${backend}/types.ts`,
    `${banner(`schemas/${backend}`)}\n${files.map((file) => `export type * as ${moduleOf(file)} from './${moduleOf(file)}.js';\n`).join('')}`,
  );
}

/** Everything that `npm run generate` writes, from the schemas that are there. */
export async function build(schemas: Schemas): Promise<Output> {
  const output: Output = new Map();
  if (schemas.documents.has('model/entities.json')) output.set('entities.ts', await entities(schemas));
  if (schemas.documents.has('model/rules.json')) output.set('rules.ts', rules(schemas));
  if (schemas.documents.has('settings.json')) {
    output.set('settings.ts', await settings(schemas));
    output.set('settings-check.js', settingsCheckFile(schemas.documents.get('settings.json') as Schema));
  }
  for (const files of [await notesFiles(schemas), await tableFiles(schemas)])
    for (const [path, content] of files) output.set(path, content);
  for (const version of schemas.versions()) {
    const folder = `ovirt/${version}`;
    const types = readTypes(schemas, `${folder}/types`);
    const source = `schemas/${folder}`;
    output.set(`${folder}/types.ts`, typesFile(types, source));
    output.set(`${folder}/table.ts`, tableFile(types, source));
    output.set(`${folder}/representations.ts`, representationsFile(types, source));
    output.set(`${folder}/protocol.ts`, protocolFile(schemas.documents.get(`${folder}/protocol.json`), source));
  }
  if (schemas.versions().length > 0) output.set('ovirt/versions.ts', versionsFile(schemas.versions()));
  for (const backend of schemas.backends()) {
    await bodies(schemas, backend, output);
    output.set(`${backend}/calls.ts`, callsFile(schemas, backend));
    for (const [path, content] of validatorsFiles(schemas, backend)) output.set(path, content);
  }
  for (const side of sides(schemas)) {
    const tables = tablesOf(schemas, side.tables);
    const file = side.version === undefined ? `mapping/${side.name}.ts` : `${side.name}/mapping.ts`;
    if (tables.length > 0) output.set(file, mappersFile(schemas, side, tables));
  }
  return output;
}
