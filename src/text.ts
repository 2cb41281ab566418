/** What documents show of a password that was set, as engines do. */
export const HIDDEN = '******';

/** The text up to a separator; the whole of it when the separator is not there. */
export function upTo(text: string, separator: string): string {
  const end = text.indexOf(separator);
  return end === -1 ? text : text.slice(0, end);
}

/** A copy: a part that V8 cuts from a text keeps all of that text in memory, for as long as the part is held. */
export const copied = (text: string): string => Buffer.from(text).toString();
