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

const READERS = {
  text: 'asText',
  int32: 'asInt32',
  int64: 'asInt64',
  number: 'asNumber',
  boolean: 'asBoolean',
  instant: 'asInstant',
} as const;

/** Every closed set of words, once: sets of one name and different words are numbered. */
class Sets {
  readonly #names = new Map<string, string>();
  readonly lines: string[] = [];
  name(kind: TypeKind & { is: 'word' }): string {
    const words = `${kind.set} ${JSON.stringify(kind.words)}`;
    let name = this.#names.get(words);
    if (name === undefined) {
      name = `words${this.lines.length}`;
      this.#names.set(words, name);
      this.lines.push(`const ${name} = r.enumeration(${JSON.stringify(kind.set)}, ${JSON.stringify(kind.words)});`);
    }
    return name;
  }
}

const read = (kind: TypeKind, text: string, path: string, sets: Sets): string => {
  if (kind.is === 'word') return `r.asWord(${sets.name(kind)}, ${text}, ${path})`;
  if (kind.is === 'object') throw new Error('an object is no text');
  return kind.is === 'text' ? text : `r.${READERS[kind.is]}(${text}, ${path})`;
};

const fromElement = (kind: TypeKind, element: string, path: string, sets: Sets): string =>
  kind.is === 'object'
    ? `read${kind.type}Xml(${element}, ${path}, u)`
    : read(kind, `r.leaf(${element}, ${path}, u)`, path, sets);

function fromJson(kind: TypeKind, json: string, path: string, sets: Sets): string {
  if (kind.is === 'object') return `read${kind.type}Json(${json}, ${path}, u)`;
  return kind.is === 'instant'
    ? `r.jsonInstant(${json}, ${path})`
    : read(kind, `r.jsonText(${json}, ${path})`, path, sets);
}

function xmlCase({ name, kind, list, item }: Field, sets: Sets): string {
  const path = `\`\${at}.${name}\``;
  if (list === 'repeated') return `(v.${name} ??= []).push(${fromElement(kind, 'c', path, sets)});`;
  const inner = `\`\${at}.${name}.${item}\``;
  const value =
    list === 'wrapped'
      ? `r.wrapped(c, ${JSON.stringify(item)}, ${path}, u).map((i) => ${fromElement(kind, 'i', inner, sets)})`
      : fromElement(kind, 'c', path, sets);
  return `u.once(v.${name}, ${path}); v.${name} = ${value};`;
}

function jsonCase({ name, kind, list, item }: Field, sets: Sets): string {
  const path = `\`\${at}.${name}\``;
  if (list === 'repeated') return `v.${name} = r.jsonArray(j, ${path}).map((i) => ${fromJson(kind, 'i', path, sets)});`;
  const inner = `\`\${at}.${name}.${item}\``;
  if (list === 'wrapped')
    return `v.${name} = r.jsonWrapped(j, ${JSON.stringify(item)}, ${path}, u).map((i) => ${fromJson(kind, 'i', inner, sets)});`;
  return `v.${name} = ${fromJson(kind, 'j', path, sets)};`;
}

/** What stands between the tags, or the quotes. */
function shown(kind: TypeKind, value: string, escape: 'text' | 'attribute'): string {
  if (kind.is === 'text' || kind.is === 'instant') return `w.${escape}(${value})`;
  return kind.is === 'number' ? `w.decimal(${value})` : value;
}

const written = (kind: TypeKind, value: string, element: string, depth: string): string =>
  kind.is === 'object'
    ? `write${kind.type}Xml(${value}, ${JSON.stringify(element)}, ${depth})`
    : `\`\${p}<${element}>\${${shown(kind, value, 'text')}}</${element}>\\n\``;

function writeElement({ name, kind, list, item }: Field): string {
  const value = `v.${name}`;
  if (list === 'repeated') return `for (const i of ${value} ?? []) s += ${written(kind, 'i', name, 'd')};`;
  if (list === 'wrapped') {
    const items =
      kind.is === 'object'
        ? written(kind, 'i', item, 'd + 1')
        : `\`\${w.pad(d + 1)}<${item}>\${${shown(kind, 'i', 'text')}}</${item}>\\n\``;
    return `if (${value} !== undefined) s += w.element(${JSON.stringify(name)}, '', ${value}.map((i) => ${items}).join(''), d);`;
  }
  return `if (${value} !== undefined) s += ${written(kind, value, name, 'd')};`;
}

function json(kind: TypeKind, value: string): string {
  switch (kind.is) {
    case 'object':
      return `write${kind.type}Json(${value})`;
    case 'int32':
    case 'boolean':
      return `String(${value})`;
    case 'instant':
      return `w.epoch(${value})`;
    default:
      return value;
  }
}

function writeKey({ name, kind, list, item }: Field): string {
  const value = `v.${name}`;
  const each = json(kind, 'i') === 'i' ? value : `${value}.map((i) => ${json(kind, 'i')})`;
  if (list === 'repeated') return `if (${value} !== undefined && ${value}.length > 0) o.${name} = ${each};`;
  if (list === 'wrapped')
    return `if (${value} !== undefined) o.${name} = ${value}.length > 0 ? { ${item}: ${each} } : {};`;
  return `if (${value} !== undefined) o.${name} = ${json(kind, value)};`;
}

/** href, id, rel, then as declared (docs/reference/ovirt.md, section 7: fence_rhevm needs something before `id`). */
const ATTRIBUTE_ORDER = ['href', 'id', 'rel'];
function attributesOf(type: Type): Field[] {
  const rank = ({ name }: Field): number =>
    ATTRIBUTE_ORDER.includes(name) ? ATTRIBUTE_ORDER.indexOf(name) : ATTRIBUTE_ORDER.length;
  return type.all.filter((field) => field.attribute).sort((a, b) => rank(a) - rank(b));
}

const lines = (indent: string, all: readonly string[]): string => all.map((line) => `${indent}${line}\n`).join('');

function readers(type: Type, sets: Sets): string {
  const { name, base, own } = type;
  const fallback = (what: string, given: string, miss: string): string =>
    base === undefined ? miss : `take${base}${what}(v, ${given}, at, u);`;
  const attributes = own.filter((field) => field.attribute);
  const cases = own
    .filter((field) => !field.text)
    .map((field) => `case ${JSON.stringify(field.name)}: ${xmlCase(field, sets)} break;`);
  const text = type.all.find((field) => field.text);
  const content =
    text === undefined
      ? 'r.noText(e, at, u);'
      : `if (/\\S/.test(e.text)) v.${text.name} = ${read(text.kind, 'e.text', 'at', sets)};`;
  return `function take${name}Attribute(v: t.${name}, n: string, x: string, at: string, u: Unknown): void {
  switch (n) {
${lines(
  '    ',
  attributes.map(
    (field) =>
      `case ${JSON.stringify(field.name)}: v.${field.name} = ${read(field.kind, 'x', `\`\${at}.@${field.name}\``, sets)}; break;`,
  ),
)}    default: ${fallback('Attribute', 'n, x', 'u.add(`${at}.@${n}`);')}
  }
}
function take${name}Child(v: t.${name}, c: XmlElement, at: string, u: Unknown): void {
  switch (c.name) {
${lines('    ', cases)}    default: ${fallback('Child', 'c', 'u.add(`${at}.${c.name}`);')}
  }
}
function take${name}Key(v: t.${name}, k: string, j: unknown, at: string, u: Unknown): void {
  switch (k) {
${lines(
  '    ',
  own.map((field) => `case ${JSON.stringify(field.name)}: ${jsonCase(field, sets)} break;`),
)}    default: ${fallback('Key', 'k, j', 'u.add(`${at}.${k}`);')}
  }
}
function read${name}Xml(e: XmlElement, at: string, u: Unknown): t.${name} {
  const v: t.${name} = {};
  for (const [n, x] of e.attributes) take${name}Attribute(v, n, x, at, u);
  for (const c of e.children) take${name}Child(v, c, at, u);
  ${content}
  return v;
}
function read${name}Json(j: unknown, at: string, u: Unknown): t.${name} {
  const v: t.${name} = {};
  for (const [k, x] of r.jsonObject(j, at)) take${name}Key(v, k, x, at, u);
  return v;
}
`;
}

function writers(type: Type): string {
  const { name, base, own } = type;
  const attributes = attributesOf(type).map(
    (field) =>
      `if (v.${field.name} !== undefined) a += \` ${field.name}="\${${shown(field.kind, `v.${field.name}`, 'attribute')}}"\`;`,
  );
  const elements = own.filter((field) => !field.attribute && !field.text);
  const indented = elements.some((field) => field.kind.is !== 'object' && field.list !== 'wrapped');
  const text = type.all.find((field) => field.text);
  const end =
    text === undefined
      ? `return w.element(n, ${attributes.length > 0 ? 'a' : "''"}, put${name}Content(v, d + 1), d);`
      : `return v.${text.name} === undefined ? w.element(n, a, '', d) : \`\${w.pad(d)}<\${n}\${a}>\${${shown(text.kind, `v.${text.name}`, 'text')}}</\${n}>\\n\`;`;
  return `function put${name}Content(v: t.${name}, d: number): string {
${indented ? '  const p = w.pad(d);\n' : ''}  let s = ${base === undefined ? "''" : `put${base}Content(v, d)`};
${lines('  ', elements.map(writeElement))}  return s;
}
function write${name}Xml(v: t.${name}, n: string, d: number): string {
${attributes.length > 0 ? `  let a = '';\n${lines('  ', attributes)}` : ''}  ${end}
}
function put${name}Keys(v: t.${name}, o: Record<string, unknown>): void {
${base === undefined ? '' : `  put${base}Keys(v, o);\n`}${lines('  ', own.map(writeKey))}}
function write${name}Json(v: t.${name}): Record<string, unknown> {
  const o: Record<string, unknown> = {};
  put${name}Keys(v, o);
  return o;
}
`;
}

/** representations.ts: readers, writers and the Representation of each type. */
export function representationsFile(types: readonly Type[], source: string): string {
  const sets = new Sets();
  const functions = types.map((type) => `${readers(type, sets)}${writers(type)}`).join('\n');
  const exported = types.map(
    ({ name, element, description }) =>
      `${doc(description)}export const ${name}: Representation<t.${name}> = represent(${JSON.stringify(name)}, ${JSON.stringify(element)}, { readXml: read${name}Xml, readJson: read${name}Json, writeXml: write${name}Xml, writeJson: write${name}Json });`,
  );
  const roots = types.filter((type) => type.root).map(({ name, element }) => `  ${key(element)}: ${name},`);
  return `${banner(source)}import * as r from '../../../codec/read.js';
import * as w from '../../../codec/write.js';
import { represent, type Representation, type Unknown } from '../../../codec/representation.js';
import type { XmlElement } from '../../../codec/xml.js';
import type * as t from './types.js';

${sets.lines.join('\n')}

${functions}
${exported.join('\n')}

/** The types that are documents of their own, by their element. */
export const byElement = {
${roots.join('\n')}
} as const;
`;
}
