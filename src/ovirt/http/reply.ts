import { type Representation, writeJson, writeXml } from '../../codec/index.js';
import type { Format } from './negotiation.js';
import { writeYaml } from './yaml.js';

/** A part of an answer: a text, or texts in UTF-8, some of which were written before. */
export type Piece = string | readonly Buffer[];

/** The answer of an operation, not yet in a format. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole document. */
  readonly document?: (format: Format) => string;
  /** The document in pieces, for lists: written while it is sent. */
  readonly pieces?: (format: Format) => AsyncGenerator<Piece, void, undefined>;
}

/** A document as text. */
export const write = <T>(representation: Representation<T>, value: T, format: Format): string =>
  writers[format](representation, value);

const writers = { xml: writeXml, json: writeJson, yaml: writeYaml } as const;

/** An answer that is one document. */
export const documentReply = <T>(
  status: number,
  representation: Representation<T>,
  value: T,
  headers?: Readonly<Record<string, string>>,
): Reply => ({ status, document: (format) => write(representation, value, format), ...(headers && { headers }) });
