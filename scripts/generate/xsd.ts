import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import type { Field, TypeKind, Type } from './fields.js';
import { banner } from './output.js';

/**
 * Closed sets of words are plain strings, as in the engine's own schema: a client is not to stumble over a word that a
 * later version adds.
 */
const SCALARS = {
  text: 'xs:string',
  word: 'xs:string',
  int32: 'xs:int',
  int64: 'xs:long',
  number: 'xs:decimal',
  boolean: 'xs:boolean',
  instant: 'xs:dateTime',
} as const;

const typeOf = (kind: TypeKind): string => (kind.is === 'object' ? kind.type : SCALARS[kind.is]);

function addElement(sequence: XMLBuilder, { name, kind, list, item }: Field): void {
  if (list !== 'wrapped') {
    sequence.ele('xs:element', {
      name,
      type: typeOf(kind),
      minOccurs: '0',
      ...(list === 'repeated' && { maxOccurs: 'unbounded' }),
    });
    return;
  }
  sequence
    .ele('xs:element', { name, minOccurs: '0' })
    .ele('xs:complexType')
    .ele('xs:sequence')
    .ele('xs:element', { name: item, type: typeOf(kind), minOccurs: '0', maxOccurs: 'unbounded' });
}

function addType(schema: XMLBuilder, type: Type): void {
  const made = schema.ele('xs:complexType', { name: type.name });
  const text = type.all.find((field) => field.text);
  const holder = text
    ? made.ele('xs:simpleContent').ele('xs:extension', { base: typeOf(text.kind) })
    : type.base === undefined
      ? made
      : made.ele('xs:complexContent').ele('xs:extension', { base: type.base });
  const elements = type.own.filter(({ attribute, text: isText }) => !attribute && !isText);
  if (!text) {
    const sequence = holder.ele('xs:sequence');
    for (const field of elements) addElement(sequence, field);
  }
  for (const { name, kind } of (text ? type.all : type.own).filter(({ attribute }) => attribute))
    holder.ele('xs:attribute', { name, type: typeOf(kind) });
}

/**
 * schema.ts: the XML schema of every document, for `?schema`. Names, order and types are those of the representations.
 */
export function schemaFile(types: readonly Type[], source: string): string {
  const schema = create({ version: '1.0', encoding: 'UTF-8' }).ele('xs:schema', {
    'xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
    version: '1.0',
    elementFormDefault: 'qualified',
  });
  for (const { root, element, name } of types) if (root) schema.ele('xs:element', { name: element, type: name });
  for (const type of types) addType(schema, type);
  const text = schema.doc().end({ prettyPrint: true });
  return `${banner(source)}\n/** The XML schema of every document that the gateway reads and answers. */\nexport const schema = [\n${text
    .split('\n')
    .map((line) => `  ${JSON.stringify(line)},\n`)
    .join('')}].join('\\n');\n`;
}
