import type { XmlElement } from './element.js';
import { CodecError } from './error.js';
import * as grammar from './grammar.js';
import { decode, decodeAttribute, lineEnds } from './references.js';

export interface XmlLimits {
  /** Most characters (or bytes) of a document. */
  readonly maxLength: number;
  /** Deepest nesting of elements. */
  readonly maxDepth: number;
}

/** An element while its document is read. */
interface Building extends XmlElement {
  readonly children: Building[];
  text: string;
}

/** Most elements have none: one map for them all. */
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/**
 * A tag without attributes, in the letters that every name of oVirt is written in. Anything else is read by the whole
 * grammar, whose patterns for names are some five times slower: a `<disk>` is read 1.7 times as fast.
 */
const plainOpening = /<([A-Za-z_][A-Za-z0-9_.-]*)(\/?)>/y;

const refuse = (text: string, at: number, message: string): never => {
  const line = text.slice(0, at).split('\n').length;
  throw new CodecError('syntax', '', `Line ${line}: ${message}`);
};

/**
 * Reads a document to a tree, strictly: well-formed and nothing else, no DOCTYPE. One pass, linear, no backtracking
 * across tokens. A library that accepts malformed documents would need the same checks before it, and a second pass
 * (docs/reference/performance.md, section 1). Throws CodecError (`syntax`).
 */
export function scan(document: string, limits: XmlLimits): XmlElement {
  if (document.length > limits.maxLength)
    throw new CodecError('syntax', '', `The document is longer than ${limits.maxLength} characters.`);
  const text = document.startsWith('\uFEFF') ? document.slice(1) : document;
  const bad = grammar.NOT_A_CHARACTER.exec(text);
  if (bad) refuse(text, bad.index, 'A control character is not allowed in XML.');

  const prolog = grammar.declaration.exec(text);
  if (prolog?.[3] && !/^(utf-8|us-ascii|ascii)$/i.test(prolog[3]))
    refuse(text, 0, `The encoding ${prolog[3]} is not UTF-8.`);
  const open: Building[] = [];
  let root: Building | undefined;
  let at = prolog ? prolog[0].length : 0;

  function match(pattern: RegExp, from: number): RegExpExecArray | null {
    pattern.lastIndex = from;
    return pattern.exec(text);
  }
  function until(end: string, from: number, what: string): number {
    const found = text.indexOf(end, from);
    return found < 0 ? refuse(text, at, `${what} is not closed.`) : found + end.length;
  }
  function checkReferences(piece: string): void {
    if (!piece.includes('&')) return;
    const unknown = grammar.BAD_REFERENCE.exec(piece);
    if (unknown) refuse(text, at, `"${piece.slice(unknown.index, unknown.index + 20)}" is not a known entity.`);
  }
  function readText(): number {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    const piece = text.slice(at, end);
    const holder = open.at(-1);
    if (holder === undefined) {
      if (/[^ \t\r\n]/.test(piece)) refuse(text, at, 'Text is not allowed outside the root element.');
      return end;
    }
    if (piece.includes(']]>')) refuse(text, at, '"]]>" is not allowed in text.');
    checkReferences(piece);
    holder.text += decode(piece);
    return end;
  }
  function begin(name: string, attributes: ReadonlyMap<string, string>, closed: boolean): void {
    const element: Building = { name, attributes, children: [], text: '' };
    const holder = open.at(-1);
    if (holder) holder.children.push(element);
    else root = element;
    if (!closed) open.push(element);
  }
  function checkPlace(): void {
    if (open.length === 0 && root) refuse(text, at, 'A document has one root element.');
    if (open.length >= limits.maxDepth) refuse(text, at, `Elements are nested deeper than ${limits.maxDepth}.`);
  }
  /** Returns where the tag ends. */
  function readOpening(): number {
    const plain = match(plainOpening, at);
    if (plain) {
      checkPlace();
      const [whole, name = '', end] = plain;
      begin(name, NO_ATTRIBUTES, end !== '');
      return at + whole.length;
    }
    const [tag, element = ''] = match(grammar.opening, at) ?? refuse(text, at, '"<" does not begin an element.');
    checkPlace();
    const attributes = new Map<string, string>();
    let end = at + tag.length;
    for (let found = match(grammar.attribute, end); found; found = match(grammar.attribute, end)) {
      const [whole, name = '', value = ''] = found;
      if (attributes.has(name)) refuse(text, at, `The attribute ${name} is there twice.`);
      checkReferences(value);
      attributes.set(name, decodeAttribute(value.slice(1, -1)));
      end += whole.length;
    }
    const last = match(grammar.openingEnd, end) ?? refuse(text, at, `The tag <${element}> is malformed.`);
    begin(element, attributes, last[1] !== '');
    return end + last[0].length;
  }
  function readClosing(): number {
    const expected = open.pop()?.name;
    // the usual form: the same name and no space
    if (expected !== undefined && text.startsWith(`${expected}>`, at + 2)) return at + expected.length + 3;
    const tag = match(grammar.closing, at) ?? refuse(text, at, 'A closing tag is malformed.');
    if (tag[1] !== expected)
      refuse(
        text,
        at,
        expected === undefined
          ? `</${tag[1]}> closes nothing.`
          : `</${tag[1]}> stands where </${expected}> is expected.`,
      );
    return at + tag[0].length;
  }
  function skipComment(): number {
    const end = until('-->', at + 4, 'A comment');
    if (text.slice(at + 4, end - 2).includes('--')) refuse(text, at, '"--" is not allowed in a comment.');
    return end;
  }
  function skipInstruction(): number {
    const target = match(grammar.instruction, at)?.[1] ?? refuse(text, at, 'A processing instruction is malformed.');
    if (/^xml$/i.test(target)) refuse(text, at, 'The XML declaration is malformed or not at the start.');
    return until('?>', at + 2 + target.length, 'A processing instruction');
  }
  function readData(): number {
    const holder = open.at(-1) ?? refuse(text, at, 'CDATA is not allowed outside the root element.');
    const end = until(']]>', at + 9, 'CDATA');
    holder.text += lineEnds(text.slice(at + 9, end - 3));
    return end;
  }
  function readMarkup(): number {
    if (text.startsWith('</', at)) return readClosing();
    if (text.startsWith('<?', at)) return skipInstruction();
    if (!text.startsWith('<!', at)) return readOpening();
    if (text.startsWith('<!--', at)) return skipComment();
    if (text.startsWith('<![CDATA[', at)) return readData();
    return refuse(text, at, 'DOCTYPE is not allowed.');
  }

  while (at < text.length) at = text.charCodeAt(at) === 60 ? readMarkup() : readText();
  const unclosed = open.at(-1);
  if (unclosed) refuse(text, at, `<${unclosed.name}> is not closed.`);
  return root ?? refuse(text, at, 'The document has no root element.');
}
