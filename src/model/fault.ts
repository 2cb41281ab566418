import { catalogue, type FaultCode } from './catalogue.js';

export { catalogue, type FaultCode } from './catalogue.js';

/**
 * The one exception class of the gateway: a code of the catalogue, the values for its detail template, and the error
 * that
 * caused it. The protocol turns it into a `<fault>`; nobody else formats one.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: FaultCode, values: Record<string, string | number> = {}, options?: { cause?: unknown }) {
    super(
      catalogue[code].detail.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? '')),
      options,
    );
    this.name = 'Fault';
    this.code = code;
    this.values = values;
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
