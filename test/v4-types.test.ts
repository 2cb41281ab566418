import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { schemaTypes, type Property } from './support/schema-types.js';

const { types, names, wrongs } = schemaTypes('v4');

const fixture = (name: string): string[] =>
  readFileSync(new URL(`../fixtures/ovirt/v4/${name}`, import.meta.url), 'utf8').split('\n');

/** Enumerations of the engine's schema that its model does not list. */
const UNLISTED = ['HttpMethod', 'GlusterBrickStatus', 'GlusterHookStatus', 'GlusterVolumeStatus'];

const named = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** `Type < Base @attributes: name:type ...`, as the table of a real engine's schema has it. */
const table = new Map(
  fixture('element-order.txt')
    .filter((line) => /^[A-Z]\w*( < \w+)?( @[\w,]+)?: ?/.test(line))
    .map((line) => [/^\w+/.exec(line)![0], line.trimEnd()]),
);

const scalars: Readonly<Record<string, string>> = {
  'integer int32': 'int',
  'integer int64': 'long',
  'string date-time': 'dateTime',
  number: 'decimal',
};
const scalarOf = ({ type = '', format, 'x-enum': named }: Property): string =>
  named ?? scalars[format === undefined ? type : `${type} ${format}`] ?? type;

/** A property as the table tells it. The table names no type where an element is one that stands on its own. */
function reported(name: string, property: Property): string {
  const { items } = property;
  if (items && property.xml?.wrapped)
    return `${name}:[${items.xml?.name ?? '?'}:${items.$ref ? named(items.$ref) : scalarOf(items)}]`;
  if (items) return `${name}:${items.$ref ? 'ref' : scalarOf(items)}*`;
  return `${name}:${property.$ref ? named(property.$ref) : scalarOf(property)}`;
}

function lineOf(name: string): string {
  const { $ref, properties = {} } = types.get(name)!;
  const all = Object.entries(properties);
  const attributes = all.filter(([, { xml }]) => xml?.attribute).map(([key]) => key);
  const elements = all.filter(([, { xml }]) => !xml?.attribute).map(([key, property]) => reported(key, property));
  return [
    `${name}${$ref ? ` < ${named($ref)}` : ''}${attributes.length > 0 ? ` @${attributes.join(',')}` : ''}:`,
    ...elements,
  ].join(' ');
}

/** The table's lines with what it leaves open closed in the same way as ours are told. */
const alike = (line: string): string =>
  line
    .replaceAll(':unsignedInt', ':int')
    .replaceAll(':double', ':decimal')
    .replaceAll(/:([A-Z]\w*)\*/g, ':ref*')
    .trimEnd();

/** The numbers of events are instants of 16 digits here (docs/protocol.md). */
const WIDE = new Set(['Event index:long index:int']);

/** Where the table says `ref` for one element, ours names its type. */
function sameShape(ours: string, theirs: string): boolean {
  const [a, b] = [ours.split(' '), theirs.split(' ')];
  const isWide = (part: string, theirs: string | undefined): boolean => WIDE.has(`${a[0]} ${part} ${theirs}`);
  return (
    a.length === b.length &&
    a.every((part, i) => part === b[i] || b[i] === `${part.slice(0, part.indexOf(':'))}:ref` || isWide(part, b[i]))
  );
}

describe('schemas/ovirt/v4/types', () => {
  test('has each type once, and every reference leads to a type', () => {
    expect(wrongs()).toEqual([]);
  });

  test.each(names)("%s has the names, order and types of the engine's schema", (name) => {
    const [ours, theirs] = [alike(lineOf(name)), alike(table.get(name) ?? '')];
    if (!sameShape(ours, theirs)) expect(ours).toBe(theirs);
  });

  test('every type of a document has its element, and no two share one', () => {
    const roots = new Map(
      fixture('element-order.txt')
        .filter((line) => /^\w+=\w+ /.test(line))
        .flatMap((line) => line.split(' '))
        .map((pair) => pair.split('=') as [string, string]),
    );
    const ours = [...types].flatMap(([name, { xml }]) =>
      xml?.name && names.includes(name) ? [[xml.name, name] as const] : [],
    );
    for (const [element, name] of ours) expect(roots.get(element), element).toBe(name);
    expect(new Set(ours.map(([element]) => element)).size).toBe(ours.length);
  });

  test('has every value of every enumeration', () => {
    const sets = new Map<string, string[]>();
    for (const { properties = {} } of types.values())
      for (const { items, ...own } of Object.values(properties))
        for (const { 'x-enum': name, enum: values } of [own, items ?? {}] as Property[])
          if (name && values) sets.set(name, [...values].sort());
    const lines = fixture('links-and-enums.txt');
    const theirs = new Map(
      lines
        .slice(lines.findIndex((line) => line.startsWith('# enumerations')) + 1)
        .filter((line) => line.includes(': '))
        .map((line) => [
          line.slice(0, line.indexOf(':')),
          line
            .slice(line.indexOf(':') + 2)
            .trim()
            .split(' ')
            .sort(),
        ]),
    );
    expect(sets.size).toBeGreaterThan(80);
    for (const [name, values] of sets) if (theirs.has(name)) expect(values, name).toEqual(theirs.get(name));
    expect([...sets.keys()].filter((name) => !theirs.has(name)).sort()).toEqual([...UNLISTED].sort());
  });
});
