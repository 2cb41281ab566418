import { required } from '../invariant.js';
import { create } from './builder.js';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { fieldsOf, type TableField, type TypeTable } from './table.js';

/**
 * Enumerations are plain strings, as in the engine's own schema: a word that a later version adds must not make a
 * client's validation fail.
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

const typeOf = (kind: TableField['kind']): string => (kind.is === 'object' ? kind.type : SCALARS[kind.is]);

function addElement(sequence: XMLBuilder, { name, kind, list, item }: TableField): void {
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

const rowOf = (table: TypeTable, name: string): TypeTable['types'][string] =>
  required(table.types[name], `the type ${name}`);

function addType(schema: XMLBuilder, table: TypeTable, name: string): void {
  const row = rowOf(table, name);
  const own = fieldsOf(row);
  const all = allFields(table, name);
  const complexType = schema.ele('xs:complexType', { name });
  const text = all.find((field) => field.text);
  const holder = text
    ? complexType.ele('xs:simpleContent').ele('xs:extension', { base: typeOf(text.kind) })
    : row.base === undefined
      ? complexType
      : complexType.ele('xs:complexContent').ele('xs:extension', { base: row.base });
  if (!text) {
    const sequence = holder.ele('xs:sequence');
    for (const field of own) if (!field.attribute) addElement(sequence, field);
  }
  for (const field of text ? all : own)
    if (field.attribute) holder.ele('xs:attribute', { name: field.name, type: typeOf(field.kind) });
}

function allFields(table: TypeTable, name: string): TableField[] {
  const row = rowOf(table, name);
  return [...(row.base === undefined ? [] : allFields(table, row.base)), ...fieldsOf(row)];
}

/** The XML schema of every document of a version, for `?schema`. Names, order and types are those of the table. */
export function xsdOf(table: TypeTable): string {
  const schema = create({ version: '1.0', encoding: 'UTF-8' }).ele('xs:schema', {
    'xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
    version: '1.0',
    elementFormDefault: 'qualified',
  });
  const types = Object.entries(table.types);
  for (const [type, { root, element }] of types) if (root) schema.ele('xs:element', { name: element, type });
  for (const [type] of types) addType(schema, table, type);
  return schema.doc().end({ prettyPrint: true });
}
