import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A property of a type as either side tells it: `vm: VM`, `link: Link*`, `tags: wraps tag: Tag*`, `memory: int64`. */
export interface Shape {
  readonly attributes: readonly string[];
  readonly elements: readonly string[];
}

/**
 * fixtures/ovirt/v3/types.json: names, order and types of what each type of engine 3.6's schema holds, inherited ones
 * first.
 */
interface Table {
  readonly documents: Readonly<Record<string, string>>;
  readonly enums: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, Shape>>;
}

const table = JSON.parse(readFileSync(new URL('../../fixtures/ovirt/v3/types.json', import.meta.url), 'utf8')) as Table;

/** Our own documents, in their own terms. */
const base = table.types['BaseResource']!;
const own: Table['types'] = {
  PmemVolume: {
    attributes: base.attributes,
    elements: [
      ...base.elements,
      'size: int64',
      'affinity: boolean',
      'device: string',
      'volume_uuid: string',
      'aggregated_memory: boolean',
      'status: Status',
      'vm: VM',
    ],
  },
  PmemVolumes: {
    attributes: table.types['BaseResources']!.attributes,
    elements: [...table.types['BaseResources']!.elements, 'pmem_volume: PmemVolume*'],
  },
};
const types: Table['types'] = { ...table.types, ...own };
const documents: Readonly<Record<string, string>> = {
  ...table.documents,
  pmem_volume: 'PmemVolume',
  pmem_volumes: 'PmemVolumes',
};

export const v3Types = {
  /** Type of each element that can be a document of its own. */
  documents: new Map(Object.entries(table.documents)),
  /** @throws Error for a type that version 3 has not. */
  shape(name: string): Shape {
    const found = table.types[name];
    if (!found) throw new Error(`Version 3 has no type ${name}`);
    const { attributes, elements } = found;
    return { attributes, elements };
  },
  scalar: (type: string): string => table.enums[type] ?? type,
};

const PATTERNS: Readonly<Record<string, RegExp>> = {
  boolean: /^(true|false|0|1)$/,
  int32: /^[+-]?\d+$/,
  int64: /^[+-]?\d+$/,
  number: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
};

type Node = Record<string, Node[] | string | Record<string, string>>;

/** The text of a text node; undefined for an element. */
const textOf = (node: Node): string | undefined => {
  const text = node['#text'];
  return typeof text === 'string' ? text : undefined;
};
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
});

/** What is wrong with a scalar of that type; undefined when nothing is. */
function wrongScalar(type: string, text: string): string | undefined {
  if (type.startsWith('enum ')) return type.split(' ').includes(text) ? undefined : `'${text}' is none of ${type}`;
  return PATTERNS[type]?.test(text.trim()) === false ? `'${text}' is no ${type}` : undefined;
}

const split = (reported: string): { name: string; type: string; many: boolean } => {
  const [name = '', type = ''] = reported.split(': ', 2);
  return { name, type: type.replace(/\*$/, ''), many: type.endsWith('*') };
};

function wrongs(node: Node, name: string, type: string, path: string): string[] {
  const given = (node[':@'] ?? {}) as Record<string, string>;
  const children = (node[name] as Node[]).filter((child) => textOf(child)?.trim() !== '');
  const text = children.map((child) => textOf(child) ?? '').join('');
  const shape = types[type];
  if (!shape) {
    const wrong = wrongScalar(type, text);
    const inside = children.filter((child) => !('#text' in child)).map((child) => Object.keys(child)[0]!);
    return [
      ...(wrong === undefined ? [] : [`${path}: ${wrong}`]),
      ...inside.map((one) => `${path}: <${one}> is not expected in a ${type}`),
    ];
  }
  const found: string[] = [];
  const attributes = shape.attributes.map(split);
  for (const [key, value] of Object.entries(given)) {
    const attribute = attributes.find((one) => one.name === key);
    const wrong = attribute ? wrongScalar(attribute.type, value) : 'is not expected';
    if (wrong !== undefined) found.push(`${path}/@${key}: ${wrong}`);
  }
  const elements = shape.elements.map(split);
  let last = -1;
  for (const child of children) {
    const key = Object.keys(child).find((one) => one !== ':@')!;
    const index = elements.findIndex((one) => one.name === key);
    const element = elements[index];
    if (!element) found.push(`${path}: <${key}> is not expected`);
    else if (key === '#text') continue;
    else {
      if (index < last || (index === last && !element.many))
        found.push(`${path}: <${key}> is not expected after <${elements[last]!.name}>`);
      last = index;
      found.push(...wrongs(child, key, element.type, `${path}/${key}`));
    }
  }
  return found;
}

/**
 * What the tables have against an XML document of version 3: names, order, repetition and scalars of its elements. What
 * a type requires is not among it.
 */
export function validateByTables(xml: string): string[] {
  const malformed = XMLValidator.validate(xml);
  if (malformed !== true) return [malformed.err.msg];
  const root = (parser.parse(xml) as Node[])[0]!;
  const name = Object.keys(root).find((key) => key !== ':@')!;
  const type = documents[name];
  return type === undefined ? [`<${name}> is no document of version 3`] : wrongs(root, name, type, name);
}
