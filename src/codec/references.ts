import { CodecError } from './error.js';

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

/** XML 1.0, section 2.11: every line end is read as one line feed. */
export const lineEnds = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text);

/** The text with its references resolved. Throws CodecError (`syntax`) for a reference to an invalid character. */
export function decode(text: string): string {
  const lines = lineEnds(text);
  return lines.includes('&') ? lines.replace(/&([^;]+);/g, reference) : lines;
}

/** XML 1.0, section 3.3.3: white space in an attribute's value becomes spaces, unless it was written as a reference. */
export function decodeAttribute(text: string): string {
  const lines = lineEnds(text);
  return decode(/[\t\n]/.test(lines) ? lines.replace(/[\t\n]/g, ' ') : lines);
}
