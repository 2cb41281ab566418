import { CodecError, type Read, type Representation } from './representation.js';
import { parseXml, XML_LIMITS } from './xml.js';
import type { XmlLimits } from './scan.js';

/** The first line of every XML answer (docs/reference/ovirt.md, section 7). */
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Reads an XML document of this type. Throws CodecError (`syntax` for another root element, too). */
export function readXml<T>(
  representation: Representation<T>,
  document: string | Uint8Array,
  limits?: XmlLimits,
): Read<T> {
  const root = parseXml(document, limits);
  if (root.name !== representation.element)
    throw new CodecError(
      'syntax',
      root.name,
      `The root element is <${root.name}>; <${representation.element}> is expected.`,
    );
  return representation.fromXml(root);
}

/** Reads a JSON document of this type. Throws CodecError. */
export function readJson<T>(representation: Representation<T>, document: string | Uint8Array): Read<T> {
  return representation.fromJson(parseJson(document));
}

/** Writes an XML document: declaration, four spaces a level, one element a line, no namespace. */
export const writeXml = <T>(representation: Representation<T>, value: T): string =>
  XML_DECLARATION + representation.toXml(value);

/** Writes a JSON document in the engine's dialect. */
export const writeJson = <T>(representation: Representation<T>, value: T): string =>
  `${JSON.stringify(representation.toJson(value), null, 2)}\n`;

/** JSON.parse whose errors are CodecErrors, with the limits of XML on length and depth: readers recurse. */
export function parseJson(document: string | Uint8Array): unknown {
  if (document.length > XML_LIMITS.maxLength)
    throw new CodecError('syntax', '', `The document is longer than ${XML_LIMITS.maxLength} bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(
      typeof document === 'string' ? document : new TextDecoder('utf-8', { fatal: true }).decode(document),
    );
  } catch (cause) {
    throw new CodecError('syntax', '', cause instanceof SyntaxError ? cause.message : 'The document is not UTF-8.', {
      cause,
    });
  }
  checkJson(value);
  return value;
}

/** Half a character, which JSON and YAML can spell (`"\ud800"`) and XML and UTF-8 cannot. */
const HALF = /\p{Surrogate}/u;

/**
 * What XML cannot hold is refused in JSON and YAML, too. An element that holds a list is two levels in JSON. Throws
 * CodecError (`syntax`) for more levels than XML may have, and for text that is not Unicode.
 */
export function checkJson(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > 2 * XML_LIMITS.maxDepth) throw new CodecError('syntax', '', 'The document is nested too deeply.');
    if (level.some((held) => typeof held === 'string' && HALF.test(held)))
      throw new CodecError('syntax', '', 'The document has half a character (a lone surrogate, U+D800 to U+DFFF).');
    level = level.flatMap((held) =>
      held !== null && typeof held === 'object' ? (Object.values(held) as unknown[]) : [],
    );
  }
}
