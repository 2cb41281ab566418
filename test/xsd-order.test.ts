import { describe, expect, test } from 'vitest';
import { schemaTypes, type Property } from './support/schema-types.js';
import { validateV3 } from './support/xsd.js';
import { v3Types, type Shape } from './support/v3-types.js';

const { types, names, wrongs } = schemaTypes('v3');

const named = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

function flattened(name: string): Record<string, Property> {
  const type = types.get(name);
  if (!type) throw new Error(`No file defines ${name}`);
  return { ...(type.$ref ? flattened(named(type.$ref)) : {}), ...type.properties };
}

const kind = (property: Property): string =>
  property.$ref ? named(property.$ref) : (property.format ?? property.type ?? '');

/** Our type in the XSD's words. An enumeration stands for the string that the XSD has, unless the XSD closes it too. */
function shape(name: string, xsd: typeof v3Types): Shape {
  const reported = { attributes: [] as string[], elements: [] as string[] };
  for (const [key, property] of Object.entries(flattened(name))) {
    const of = property.items ?? property;
    const closed =
      of.enum && xsd.scalar(of['x-enum'] ?? '').startsWith('enum ') ? `enum ${of.enum.join(' ')}` : kind(of);
    if (property.xml?.attribute) reported.attributes.push(`${key}: ${closed}`);
    else if (property['x-text']) reported.elements.push(`#text: ${closed}`);
    else if (property.xml?.wrapped) reported.elements.push(`${key}: wraps ${of.xml?.name ?? '?'}: ${closed}*`);
    else reported.elements.push(`${key}: ${closed}${property.items ? '*' : ''}`);
  }
  return reported;
}

/** The XSD's type, with a wrapper told as one where ours is one. */
function expected(name: string, xsd: typeof v3Types, ours: Shape): Shape {
  const { attributes, elements } = xsd.shape(name);
  const wrapped = new Set(ours.elements.filter((line) => line.includes(': wraps ')).map((line) => line.split(':')[0]));
  return {
    attributes,
    elements: elements.map((line) => {
      const [key = '', type = ''] = line.split(': ');
      if (!wrapped.has(key)) return line;
      return `${key}: wraps ${xsd
        .shape(type)
        .elements.filter((inner) => inner.endsWith('*'))
        .join(', ')}`;
    }),
  };
}

describe('schemas/ovirt/v3', () => {
  test('has each type once, and every reference leads to a type', () => {
    expect(wrongs()).toEqual([]);
  });

  test('closes every enumeration with a name, one set of values a name', () => {
    const sets = new Map<string, string>();
    for (const name of types.keys()) {
      for (const [key, property] of Object.entries(flattened(name))) {
        expect(property.enum === undefined, `${name}.${key}`).toBe(property['x-enum'] === undefined);
        if (!property['x-enum']) continue;
        const values = property.enum!.join(' ');
        expect(sets.get(property['x-enum']) ?? values, property['x-enum']).toBe(values);
        sets.set(property['x-enum'], values);
      }
    }
    expect(sets.size).toBeGreaterThan(20);
  });

  const xsd = v3Types;

  test.each(names)('%s has the names, order and types of the XSD', (name) => {
    const ours = shape(name, xsd);
    expect(ours).toEqual(expected(name, xsd, ours));
  });

  test.each(names.filter((name) => types.get(name)?.xml))('%s is the document that the XSD says', (name) => {
    expect(xsd.documents.get(types.get(name)!.xml!.name!)).toBe(name);
  });

  test('the oracle accepts what engines write and finds what is wrong', async () => {
    expect(await validateV3('<vm href="/api/vms/1" id="1"><name>a</name><type>server</type></vm>')).toEqual([]);
    expect(await validateV3('<cdrom><file id="x.iso"/></cdrom>')).toEqual([]);
    expect(await validateV3('<pmem_volume id="1"><name>a</name><size>1</size></pmem_volume>')).toEqual([]);
    const [order, type, broken] = await Promise.all(
      ['<vm><type>server</type><name>a</name></vm>', '<pmem_volume><size>x</size></pmem_volume>', '<vms>'].map(
        validateV3,
      ),
    );
    expect(order?.[0]).toMatch(/Element 'name': This element is not expected|<name> is not expected after <type>/);
    expect(type?.[0]).toMatch(/xs:long|'x' is no int64/);
    expect(broken?.length).toBeGreaterThan(0);
  });
});
