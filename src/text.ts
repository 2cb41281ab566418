/** The text up to a separator; the whole of it when the separator is not there. */
export function upTo(text: string, separator: string): string {
  const end = text.indexOf(separator);
  return end === -1 ? text : text.slice(0, end);
}
