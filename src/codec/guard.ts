/* eslint-disable no-misleading-character-class -- the ranges are the specification's, combining marks and all */
import { CodecError } from './error.js';

/**
 * Strict well-formedness, ahead of fast-xml-parser, which lets pass a second root, text outside the root, control
 * characters, unknown
 * entities and DOCTYPE (docs/reference/performance.md, section 1). Grammar: XML 1.0, fifth edition, less DOCTYPE and
 * encodings
 * other than UTF-8. One pass, linear, no backtracking across tokens.
 */
export interface XmlLimits {
  /** Most characters (or bytes) of a document. */
  readonly maxLength: number;
  /** Deepest nesting of elements. */
  readonly maxDepth: number;
}

// XML 1.0, production 2, turned round. The u flag makes a lone surrogate a character of its own, and so refused.
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
// Productions 4, 4a and 5, less U+1680 and U+FEFF, which JavaScript's \s takes for space: the parser behind would split
// a name there.
const START =
  ':A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u167F\\u1681-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME = `[${START}][${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`;
const SPACE = '[ \\t\\r\\n]';

const declaration = new RegExp(
  `^<\\?xml${SPACE}+version${SPACE}*=${SPACE}*(["'])1\\.[0-9]+\\1(?:${SPACE}+encoding${SPACE}*=${SPACE}*(["'])([A-Za-z][A-Za-z0-9._-]*)\\2)?(?:${SPACE}+standalone${SPACE}*=${SPACE}*(["'])(?:yes|no)\\4)?${SPACE}*\\?>`,
);
const opening = new RegExp(`<(${NAME})`, 'yu');
const attribute = new RegExp(`${SPACE}+(${NAME})${SPACE}*=${SPACE}*("[^<"]*"|'[^<']*')`, 'yu');
const openingEnd = new RegExp(`${SPACE}*(/?)>`, 'y');
const closing = new RegExp(`</(${NAME})${SPACE}*>`, 'yu');
const instruction = new RegExp(`<\\?(${NAME})(?=[ \\t\\r\\n?])`, 'yu');
const BAD_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)/;

const refuse = (text: string, at: number, message: string): never => {
  const line = text.slice(0, at).split('\n').length;
  throw new CodecError('syntax', '', `Line ${line}: ${message}`);
};

/** Returns the document without declaration, comments and processing instructions. Throws CodecError (`syntax`). */
export function guard(document: string, limits: XmlLimits): string {
  if (document.length > limits.maxLength)
    throw new CodecError('syntax', '', `The document is longer than ${limits.maxLength} characters.`);
  const text = document.startsWith('\uFEFF') ? document.slice(1) : document;
  const bad = NOT_A_CHARACTER.exec(text);
  if (bad) refuse(text, bad.index, 'A control character is not allowed in XML.');

  const prolog = declaration.exec(text);
  if (prolog?.[3] && !/^(utf-8|us-ascii|ascii)$/i.test(prolog[3]))
    refuse(text, 0, `The encoding ${prolog[3]} is not UTF-8.`);
  const kept: string[] = [];
  const open: string[] = [];
  let rootSeen = false;
  let at = prolog ? prolog[0].length : 0;

  function match(pattern: RegExp, from: number): RegExpExecArray | null {
    pattern.lastIndex = from;
    return pattern.exec(text);
  }
  function until(end: string, from: number, what: string): number {
    const found = text.indexOf(end, from);
    return found < 0 ? refuse(text, at, `${what} is not closed.`) : found + end.length;
  }
  function checkText(piece: string): void {
    if (open.length === 0) {
      if (/[^ \t\r\n]/.test(piece)) refuse(text, at, 'Text is not allowed outside the root element.');
      return;
    }
    if (piece.includes(']]>')) refuse(text, at, '"]]>" is not allowed in text.');
    checkReferences(piece);
    kept.push(piece);
  }
  function checkReferences(piece: string): void {
    const unknown = BAD_REFERENCE.exec(piece);
    if (unknown) refuse(text, at, `"${piece.slice(unknown.index, unknown.index + 20)}" is not a known entity.`);
  }
  /** Returns where the tag ends. */
  function checkOpening(): number {
    const tag = match(opening, at) ?? refuse(text, at, '"<" does not begin an element.');
    if (open.length === 0 && rootSeen) refuse(text, at, 'A document has one root element.');
    if (open.length >= limits.maxDepth) refuse(text, at, `Elements are nested deeper than ${limits.maxDepth}.`);
    const seen = new Set<string>();
    let end = at + tag[0].length;
    for (let found = match(attribute, end); found; found = match(attribute, end)) {
      const [whole, name = '', value = ''] = found;
      if (seen.has(name)) refuse(text, at, `The attribute ${name} is there twice.`);
      seen.add(name);
      checkReferences(value);
      end += whole.length;
    }
    const last = match(openingEnd, end) ?? refuse(text, at, `The tag <${tag[1]}> is malformed.`);
    rootSeen = true;
    if (last[1] === '') open.push(tag[1]!);
    return end + last[0].length;
  }
  function checkClosing(): number {
    const tag = match(closing, at) ?? refuse(text, at, 'A closing tag is malformed.');
    const expected = open.pop();
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
    const target = match(instruction, at)?.[1] ?? refuse(text, at, 'A processing instruction is malformed.');
    if (/^xml$/i.test(target)) refuse(text, at, 'The XML declaration is malformed or not at the start.');
    return until('?>', at + 2 + target.length, 'A processing instruction');
  }

  while (at < text.length) {
    let end: number;
    if (text.charCodeAt(at) !== 60) {
      const next = text.indexOf('<', at);
      end = next < 0 ? text.length : next;
      checkText(text.slice(at, end));
    } else if (text.startsWith('<!--', at)) {
      end = skipComment();
    } else if (text.startsWith('<?', at)) {
      end = skipInstruction();
    } else {
      if (text.startsWith('<![CDATA[', at)) {
        if (open.length === 0) refuse(text, at, 'CDATA is not allowed outside the root element.');
        end = until(']]>', at + 9, 'CDATA');
      } else if (text.startsWith('<!', at)) {
        return refuse(text, at, 'DOCTYPE is not allowed.');
      } else {
        end = text.startsWith('</', at) ? checkClosing() : checkOpening();
      }
      kept.push(text.slice(at, end));
    }
    at = end;
  }
  if (open.length > 0) refuse(text, at, `<${open.at(-1)}> is not closed.`);
  if (!rootSeen) refuse(text, at, 'The document has no root element.');
  return kept.join('');
}
