import { banner, doc, key } from './output.js';
import type { Field, TypeKind, Type } from './fields.js';

/** The TypeScript type of one value of a kind. */
function typeOf(kind: TypeKind): string {
  switch (kind.is) {
    case 'text':
    case 'instant':
      return 'string';
    case 'int32':
    case 'int64':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'word':
      return kind.words.map((word) => JSON.stringify(word)).join(' | ');
    case 'object':
      return kind.type;
  }
}

function declared({ kind, list }: Field): string {
  const one = typeOf(kind);
  return list ? (one.includes(' ') ? `(${one})[]` : `${one}[]`) : one;
}

/** types.ts: an interface per type. */
export function typesFile(types: readonly Type[], source: string): string {
  const parts = types.map((type) => {
    const fields = type.own
      .map((field) => `${doc(field.description, '  ')}  ${key(field.name)}?: ${declared(field)};\n`)
      .join('');
    const above = type.base === undefined ? '' : ` extends ${type.base}`;
    return `${doc(type.description)}export interface ${type.name}${above} {\n${fields}}\n`;
  });
  return `${banner(source)}\n${parts.join('\n')}`;
}

/** Every closed set of words, once: sets of one name and different words are numbered. */
class Sets {
  readonly #ids = new Map<string, string>();
  readonly lines: string[] = [];
  readonly #count = new Map<string, number>();

  id({ set, words }: TypeKind & { is: 'word' }): string {
    const known = this.#ids.get(`${set} ${JSON.stringify(words)}`);
    if (known !== undefined) return known;
    const count = (this.#count.get(set) ?? 0) + 1;
    this.#count.set(set, count);
    const id = count === 1 ? set : `${set}_${count}`;
    this.#ids.set(`${set} ${JSON.stringify(words)}`, id);
    this.lines.push(`    ${key(id)}: { name: ${JSON.stringify(set)}, words: ${JSON.stringify(words)} },\n`);
    return id;
  }
}

/** A field as src/codec/table.ts reads it. */
function fieldText({ name, kind, list, item, attribute, text }: Field, sets: Sets): string {
  const of = kind.is === 'word' ? `#${sets.id(kind)}` : kind.is === 'object' ? kind.type : kind.is;
  const place = attribute ? '@' : text ? '.' : '';
  return `${name}:${place}${of}${list === 'repeated' ? '*' : list === 'wrapped' ? `[${item}]` : ''}`;
}

function typeRow({ name, element, root, base, own }: Type, sets: Sets): string {
  const parts = [
    `element: ${JSON.stringify(element)}`,
    ...(root ? ['root: true'] : []),
    ...(base === undefined ? [] : [`base: ${JSON.stringify(base)}`]),
    `fields: ${JSON.stringify(own.map((field) => fieldText(field, sets)).join(' '))}`,
  ];
  return `    ${key(name)}: { ${parts.join(', ')} },\n`;
}

/** table.ts: the types as the engine of src/codec takes them, one a line. */
export function tableFile(types: readonly Type[], source: string): string {
  const sets = new Sets();
  const rows = types.map((type) => typeRow(type, sets)).join('');
  return `${banner(source)}import type { TypeTable } from '../../../codec/table.js';

export const table: TypeTable = {
  sets: {
${sets.lines.join('')}  },
  types: {
${rows}  },
};
`;
}

/** representations.ts: the Representation of each type, by its name. */
export function representationsFile(types: readonly Type[], source: string): string {
  const exported = types.map(
    ({ name, description }) =>
      `${doc(description)}export const ${name} = representations.get<t.${name}>(${JSON.stringify(name)});\n`,
  );
  return `${banner(source)}import { createRepresentations } from '../../../codec/engine.js';
import { protocol } from './protocol.js';
import { table } from './table.js';
import type * as t from './types.js';

/** Every type of this version, by name and by element. */
export const representations = createRepresentations(table, protocol.dialect);

${exported.join('')}`;
}

/** protocol.ts: the protocol table as it stands. */
export const protocolFile = (protocol: unknown, source: string): string =>
  `${banner(source)}import type { Protocol } from '../../../codec/protocol.js';

export const protocol: Protocol = ${JSON.stringify(protocol, null, 2)};
`;

/** versions.ts: every version that has a folder. */
export const versionsFile = (versions: readonly string[]): string =>
  `${banner('schemas/ovirt')}${versions
    .map(
      (version) => `import * as ${version}Mapping from './${version}/mapping.js';
import { protocol as ${version}Protocol } from './${version}/protocol.js';
import { representations as ${version}Representations } from './${version}/representations.js';
import { table as ${version}Table } from './${version}/table.js';
`,
    )
    .join('')}
/** The tables of every version of the protocol. */
export const versions = [
${versions
  .map((version) => {
    const parts = ['protocol', 'table', 'representations', 'mapping'].map(
      (part) => `${part}: ${version}${part.charAt(0).toUpperCase()}${part.slice(1)}`,
    );
    return `  { id: ${JSON.stringify(version)}, ${parts.join(', ')} },\n`;
  })
  .join('')}];
`;
