import type { XmlElement } from './element.js';
import { CodecError } from './error.js';
import { scan, type XmlLimits } from './scan.js';

export type { XmlElement } from './element.js';

export const XML_LIMITS: XmlLimits = { maxLength: 4 * 1024 * 1024, maxDepth: 64 };

function toText(document: string | Uint8Array, limits: XmlLimits): string {
  if (typeof document === 'string') return document;
  if (document.byteLength > limits.maxLength)
    throw new CodecError('syntax', '', `The document is longer than ${limits.maxLength} bytes.`);
  try {
    return utf8.decode(document);
  } catch (cause) {
    throw new CodecError('syntax', '', 'The document is not UTF-8.', { cause });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a document. Throws CodecError (`syntax`) for what is not well-formed, has a DOCTYPE, is longer or deeper than
 * the limits, or is not UTF-8.
 */
export function parseXml(document: string | Uint8Array, limits: XmlLimits = XML_LIMITS): XmlElement {
  return scan(toText(document, limits), limits);
}
