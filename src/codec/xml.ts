import { XMLParser } from 'fast-xml-parser';
import { guard, type XmlLimits } from './guard.js';
import { CodecError } from './error.js';

/** An element as it stood in the document: names with their prefix, values decoded and never converted. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text and CDATA, joined; white space kept. */
  readonly text: string;
}

export const XML_LIMITS: XmlLimits = { maxLength: 4 * 1024 * 1024, maxDepth: 64 };

/**
 * The only place that knows fast-xml-parser. Names get a hyphen in front, which no XML name begins with: so `__proto__`
 * and `constructor`,
 * which the parser refuses, are names like others (its transform may run twice on one name, so it must be idempotent).
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '-',
  textNodeName: '#text',
  cdataPropName: '#cdata',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  maxNestedTags: 1000,
  transformTagName: (name) => (name.startsWith('-') ? name : `-${name}`),
});

type Node = Readonly<Record<string, unknown>>;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function isCharacter(code: number): boolean {
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

function reference(whole: string, name: string): string {
  const named = NAMED[name];
  if (named !== undefined) return named;
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  if (!isCharacter(code)) throw new CodecError('syntax', '', `${whole} is not a character of XML.`);
  return String.fromCodePoint(code);
}

const decode = (text: string): string => (text.includes('&') ? text.replace(/&([^;]+);/g, reference) : text);

/** XML 1.0, section 3.3.3: white space in an attribute's value becomes spaces, unless it was written as a reference. */
const decodeAttribute = (text: string): string => decode(/[\t\n\r]/.test(text) ? text.replace(/[\t\n\r]/g, ' ') : text);

function toElement(node: Node): XmlElement {
  const key = Object.keys(node).find((name) => name !== ':@') ?? '';
  const attributes = new Map<string, string>();
  for (const [name, value] of Object.entries((node[':@'] ?? {}) as Record<string, string>))
    attributes.set(name.slice(1), decodeAttribute(value));
  const children: XmlElement[] = [];
  let text = '';
  for (const child of node[key] as Node[]) {
    if ('#text' in child) text += decode(child['#text'] as string);
    else if ('#cdata' in child) text += (child['#cdata'] as { '#text': string }[])[0]?.['#text'] ?? '';
    else children.push(toElement(child));
  }
  return { name: key.slice(1), attributes, children, text };
}

function toText(document: string | Uint8Array, limits: XmlLimits): string {
  if (typeof document === 'string') return document;
  if (document.byteLength > limits.maxLength)
    throw new CodecError('syntax', '', `The document is longer than ${limits.maxLength} bytes.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(document);
  } catch (cause) {
    throw new CodecError('syntax', '', 'The document is not UTF-8.', { cause });
  }
}

/**
 * Reads a document. Throws CodecError (`syntax`) for what is not well-formed, has a DOCTYPE, is longer or deeper than
 * the limits, or is not UTF-8.
 */
export function parseXml(document: string | Uint8Array, limits: XmlLimits = XML_LIMITS): XmlElement {
  const clean = guard(toText(document, limits), limits);
  let nodes: Node[];
  try {
    nodes = parser.parse(clean) as Node[];
  } catch (cause) {
    throw new CodecError('syntax', '', 'The document cannot be parsed.', { cause });
  }
  const [root, second] = nodes;
  if (!root || second) throw new CodecError('syntax', '', 'A document has one root element.');
  return toElement(root);
}
