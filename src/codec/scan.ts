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

/**
 * Reads a document to a tree, strictly: well-formed and nothing else, no DOCTYPE. One pass, linear, no backtracking
 * across tokens. A library that accepts malformed documents would need the same checks before it, and a second pass
 * (docs/reference/performance.md, section 1). Throws CodecError (`syntax`).
 */
export const scan = (document: string, limits: XmlLimits): XmlElement => new Scanner(document, limits).read();

class Scanner {
  private readonly text: string;
  /** Elements that are not closed yet, the innermost last. */
  private readonly open: Building[] = [];
  private root: Building | undefined;
  /** Where the token at hand begins. */
  private at = 0;

  constructor(
    document: string,
    private readonly limits: XmlLimits,
  ) {
    if (document.length > limits.maxLength)
      throw new CodecError('syntax', '', `The document is longer than ${limits.maxLength} characters.`);
    this.text = document.startsWith('\uFEFF') ? document.slice(1) : document;
  }

  read(): XmlElement {
    const { text } = this;
    const bad = grammar.NOT_A_CHARACTER.exec(text);
    if (bad) this.refuse('A control character is not allowed in XML.', bad.index);
    const prolog = grammar.declaration.exec(text);
    if (prolog?.[3] && !/^(utf-8|us-ascii|ascii)$/i.test(prolog[3]))
      this.refuse(`The encoding ${prolog[3]} is not UTF-8.`);
    this.at = prolog ? prolog[0].length : 0;
    while (this.at < text.length) this.at = text.charCodeAt(this.at) === 60 ? this.readMarkup() : this.readText();
    const unclosed = this.open.at(-1);
    if (unclosed) this.refuse(`<${unclosed.name}> is not closed.`);
    return this.root ?? this.refuse('The document has no root element.');
  }

  private refuse(message: string, at = this.at): never {
    const line = this.text.slice(0, at).split('\n').length;
    throw new CodecError('syntax', '', `Line ${line}: ${message}`);
  }

  private match(pattern: RegExp, from: number): RegExpExecArray | null {
    pattern.lastIndex = from;
    return pattern.exec(this.text);
  }

  /** Where what ends with `end` ends. */
  private until(end: string, from: number, what: string): number {
    const found = this.text.indexOf(end, from);
    return found < 0 ? this.refuse(`${what} is not closed.`) : found + end.length;
  }

  // The following return where the token ends.

  private readMarkup(): number {
    const { text, at } = this;
    if (text.startsWith('</', at)) return this.readClosing();
    if (text.startsWith('<?', at)) return this.skipInstruction();
    if (!text.startsWith('<!', at)) return this.readOpening();
    if (text.startsWith('<!--', at)) return this.skipComment();
    if (text.startsWith('<![CDATA[', at)) return this.readData();
    return this.refuse('DOCTYPE is not allowed.');
  }

  private readText(): number {
    const next = this.text.indexOf('<', this.at);
    const end = next < 0 ? this.text.length : next;
    const piece = this.text.slice(this.at, end);
    const holder = this.open.at(-1);
    if (holder === undefined) {
      if (/[^ \t\r\n]/.test(piece)) this.refuse('Text is not allowed outside the root element.');
      return end;
    }
    if (piece.includes(']]>')) this.refuse('"]]>" is not allowed in text.');
    this.checkReferences(piece);
    holder.text += decode(piece);
    return end;
  }

  private readOpening(): number {
    const plain = this.match(plainOpening, this.at);
    if (!plain) return this.readAnyOpening();
    this.checkPlace();
    const [whole, name = '', end] = plain;
    this.begin(name, NO_ATTRIBUTES, end !== '');
    return this.at + whole.length;
  }

  private readAnyOpening(): number {
    const [tag, element = ''] = this.match(grammar.opening, this.at) ?? this.refuse('"<" does not begin an element.');
    this.checkPlace();
    const attributes = new Map<string, string>();
    let end = this.at + tag.length;
    for (let found = this.match(grammar.attribute, end); found; found = this.match(grammar.attribute, end)) {
      const [whole, name = '', value = ''] = found;
      if (attributes.has(name)) this.refuse(`The attribute ${name} appears twice.`);
      this.checkReferences(value);
      attributes.set(name, decodeAttribute(value.slice(1, -1)));
      end += whole.length;
    }
    const last = this.match(grammar.openingEnd, end) ?? this.refuse(`The tag <${element}> is malformed.`);
    this.begin(element, attributes, last[1] !== '');
    return end + last[0].length;
  }

  private readClosing(): number {
    const { at } = this;
    const expected = this.open.pop()?.name;
    // the usual form: the same name and no space
    if (expected !== undefined && this.text.startsWith(`${expected}>`, at + 2)) return at + expected.length + 3;
    const tag = this.match(grammar.closing, at) ?? this.refuse('A closing tag is malformed.');
    if (tag[1] !== expected)
      this.refuse(
        expected === undefined
          ? `</${tag[1]}> closes nothing.`
          : `</${tag[1]}> stands where </${expected}> is expected.`,
      );
    return at + tag[0].length;
  }

  private readData(): number {
    const holder = this.open.at(-1) ?? this.refuse('CDATA is not allowed outside the root element.');
    const end = this.until(']]>', this.at + 9, 'CDATA');
    holder.text += lineEnds(this.text.slice(this.at + 9, end - 3));
    return end;
  }

  private skipComment(): number {
    const end = this.until('-->', this.at + 4, 'A comment');
    if (this.text.slice(this.at + 4, end - 2).includes('--')) this.refuse('"--" is not allowed in a comment.');
    return end;
  }

  private skipInstruction(): number {
    const target =
      this.match(grammar.instruction, this.at)?.[1] ?? this.refuse('A processing instruction is malformed.');
    if (/^xml$/i.test(target)) this.refuse('The XML declaration is malformed or not at the start.');
    return this.until('?>', this.at + 2 + target.length, 'A processing instruction');
  }

  private begin(name: string, attributes: ReadonlyMap<string, string>, isClosed: boolean): void {
    const element: Building = { name, attributes, children: [], text: '' };
    const holder = this.open.at(-1);
    if (holder) holder.children.push(element);
    else this.root = element;
    if (!isClosed) this.open.push(element);
  }

  private checkPlace(): void {
    if (this.open.length === 0 && this.root) this.refuse('A document must have exactly one root element.');
    if (this.open.length >= this.limits.maxDepth)
      this.refuse(`Elements are nested deeper than ${this.limits.maxDepth}.`);
  }

  private checkReferences(piece: string): void {
    if (!piece.includes('&')) return;
    const unknown = grammar.BAD_REFERENCE.exec(piece);
    if (unknown) this.refuse(`"${piece.slice(unknown.index, unknown.index + 20)}" is not a known entity.`);
  }
}
