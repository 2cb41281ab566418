import { catalogue, type FaultCode } from './catalogue.js';
import { Missing, type DocumentWords, type InDocument, type Property } from './property.js';

export { catalogue, type FaultCode } from './catalogue.js';

export type FaultValue = string | number | InDocument;

/**
 * The one exception class of the gateway: a code of the catalogue, the values for its detail template, and the error
 * that caused it. The protocol turns it into a `<fault>`; nobody else formats one.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly values: Readonly<Record<string, FaultValue>>;

  constructor(code: FaultCode, values: Record<string, FaultValue> = {}, options?: { cause?: unknown }) {
    super(
      catalogue[code].detail.replace(/\{(\w+)\}/g, (_, key: string) => (values[key] ?? '').toString()),
      options,
    );
    this.name = 'Fault';
    this.code = code;
    this.values = values;
  }

  /** The same fault, with the properties that it names as paths of a version's documents. */
  inDocument(words: DocumentWords): Fault {
    const named = Object.entries(this.values).filter((entry): entry is [string, InDocument] => isInDocument(entry[1]));
    if (named.length === 0) return this;
    const texts = Object.fromEntries(named.map(([key, value]) => [key, value.inDocument(words)]));
    const worded = new Fault(this.code, { ...this.values, ...texts }, { cause: this.cause });
    if (this.stack !== undefined) worded.stack = this.stack;
    return worded;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return catalogue[this.code].status;
  }
  /** The fault's reason: a constant text that clients compare. */
  get reason(): string {
    return catalogue[this.code].reason;
  }
  /** The fault's detail: the template of the catalogue with its values filled in. */
  get detail(): string {
    return this.message;
  }
  /**
   * Whether the same request may succeed later: `never`, `later` (busy, in transition, unavailable), `renew` (log in
   * again).
   */
  get retry(): 'never' | 'later' | 'renew' {
    return catalogue[this.code].retry;
  }
}

/** Whether the error is a Fault, of the given code when one is named. */
export const isFault = (error: unknown, code?: FaultCode): error is Fault =>
  error instanceof Fault && (code === undefined || error.code === code);

const isInDocument = (value: FaultValue): value is InDocument => typeof value === 'object';

/** A value that the request must have. @throws Fault `request.incomplete` where it does not */
export function needed<T>(value: T | undefined, property: Property, verb: string): T {
  if (value === undefined) throw incomplete(property, verb);
  return value;
}

/** A request lacks what it needs. */
export const incomplete = (property: Property, verb: string): Fault =>
  new Fault('request.incomplete', { text: new Missing(property, verb) });
