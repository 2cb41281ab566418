import { Fault, worded, type Words } from '../../model/index.js';
import type { Lost } from '../../mapping/index.js';

/** Name of the header that tells a client which content of its request had no effect. */
export const IGNORED_HEADER = 'X-Ovirt-Ignored';

/** One piece of content that had no effect: where it stood, and why. */
export interface Ignored {
  readonly path: string;
  readonly why: string;
}

/** Content that no schema knows. */
export const unknownContent = (paths: readonly string[]): Ignored[] =>
  paths.map((path) => ({ path, why: 'not known' }));

/** Bytes: intermediaries refuse long headers. */
const MOST_BYTES = 1000;

/**
 * The header's value: paths by commas, `+n more` at the end when they don't fit. What a header cannot hold is
 * %-escaped.
 */
export function ignoredHeader(paths: readonly string[]): string {
  const room = MOST_BYTES - ', +99999 more'.length;
  let text = '';
  for (const [index, path] of paths.entries()) {
    const next = (index === 0 ? '' : ', ') + path.slice(0, 200).replace(/[^!-+\--~]/gu, escape);
    if (text.length + next.length > room) return `${text}${text && ', '}+${paths.length - index} more`;
    text += next;
  }
  return text;
}

/** A lone surrogate has no UTF-8 form; it is escaped as the replacement character. */
const escape = (character: string): string =>
  [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/**
 * Refuses values that a mapping could not hold and that the client relies on. Throws `unsupported`, naming the field.
 */
export function refuseLost(
  operation: string,
  { backend, words }: { readonly backend: string; readonly words: Words },
  lost: readonly Lost[],
): void {
  const refused = lost.find((one) => one.refused);
  if (refused)
    throw new Fault('unsupported', { operation, subject: refused.path, backend, why: worded(refused.why, words) });
}
