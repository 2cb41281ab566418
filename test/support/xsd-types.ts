import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { xsdPath } from './xsd.js';

/** A property of a type as either side tells it: `vm: VM`, `link: Link*`, `tags: wraps tag: Tag*`, `memory: int64`. */
export interface Shape {
  readonly attributes: string[];
  readonly elements: string[];
}

type Node = Record<string, Node[] | Record<string, string>>;
interface Part {
  readonly kind: 'attribute' | 'element';
  readonly name: string;
  readonly type: string;
  readonly many: boolean;
}

const SCALARS: Readonly<Record<string, string>> = {
  'xs:string': 'string',
  'xs:boolean': 'boolean',
  'xs:int': 'int32',
  'xs:unsignedInt': 'int32',
  'xs:unsignedShort': 'int32',
  'xs:long': 'int64',
  'xs:decimal': 'number',
  'xs:double': 'number',
  'xs:dateTime': 'date-time',
};

const tag = (node: Node): string => Object.keys(node).find((key) => key !== ':@') ?? '';
const children = (node: Node): Node[] => node[tag(node)] as Node[];
const attributes = (node: Node): Record<string, string> => (node[':@'] ?? {}) as Record<string, string>;

/** The v3 XSD as types with all that they inherit. */
export class XsdTypes {
  readonly #types = new Map<string, Node>();
  readonly #groups = new Map<string, Node>();
  readonly #enums = new Map<string, string[]>();
  /** Type of each element that can be a document of its own. */
  readonly documents = new Map<string, string>();

  constructor() {
    const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '' });
    const root = (parser.parse(readFileSync(xsdPath, 'utf8')) as Node[]).find((node) => tag(node) === 'xs:schema')!;
    for (const node of children(root)) {
      const { name = '', type = '' } = attributes(node);
      if (tag(node) === 'xs:complexType') this.#types.set(name, node);
      if (tag(node) === 'xs:group') this.#groups.set(name, node);
      if (tag(node) === 'xs:element') this.documents.set(name, type);
      if (tag(node) === 'xs:simpleType')
        this.#enums.set(
          name,
          children(children(node)[0]!).map((value) => attributes(value)['value'] ?? ''),
        );
    }
  }

  has(name: string): boolean {
    return this.#types.has(name);
  }

  shape(name: string): Shape {
    const parts = this.#parts(name);
    const told = (kind: Part['kind']): string[] =>
      parts
        .filter((part) => part.kind === kind)
        .map((part) => `${part.name}: ${this.scalar(part.type)}${part.many ? '*' : ''}`);
    return { attributes: told('attribute'), elements: told('element') };
  }

  scalar(type: string): string {
    const values = this.#enums.get(type);
    return values ? `enum ${values.join(' ')}` : (SCALARS[type] ?? type);
  }

  #parts(name: string): Part[] {
    const type = this.#types.get(name);
    if (!type) throw new Error(`The XSD has no type ${name}`);
    return this.#within(children(type));
  }

  #within(nodes: readonly Node[], many = false): Part[] {
    return nodes.flatMap((node): Part[] => {
      const { name, ref, type, base, maxOccurs } = attributes(node);
      const repeats = many || maxOccurs === 'unbounded';
      switch (tag(node)) {
        case 'xs:element':
          return [
            {
              kind: 'element',
              name: name ?? ref ?? '',
              type: type ?? this.documents.get(ref ?? '') ?? '',
              many: repeats,
            },
          ];
        case 'xs:attribute':
          return [{ kind: 'attribute', name: name ?? '', type: type ?? '', many: false }];
        case 'xs:group':
          return this.#within(children(this.#groups.get(ref ?? '')!), repeats);
        case 'xs:extension':
          return [
            ...(base!.startsWith('xs:')
              ? [{ kind: 'element', name: '#text', type: base!, many: false } as const]
              : this.#parts(base!)),
            ...this.#within(children(node), many),
          ];
        case 'xs:annotation':
        case '#comment':
          return [];
        case 'xs:sequence':
        case 'xs:choice':
        case 'xs:complexContent':
        case 'xs:simpleContent':
          return this.#within(children(node), repeats);
        default:
          throw new Error(`Not expected in a type: ${tag(node)}`);
      }
    });
  }
}
