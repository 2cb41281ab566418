/**
 * One exchange as readable text: the request as a document shows it, the backend calls it becomes, in order, and the
 * answer.
 *
 * ```
 * # Example 15.12. Creating a new disk device on a virtual machine
 *
 * POST /api/vms/…/disks HTTP/1.1
 * Accept: application/xml
 * Content-Type: application/xml
 *
 * <disk>…</disk>
 *
 * === given
 *
 * servers:
 *   - id: 082c794b-771f-452f-83c9-b2b5a19c0399
 *
 * === calls
 *
 * volume POST /volumes -> 202
 * {
 *   "volume": { … }
 * }
 *
 * === answer
 *
 * HTTP/1.1 202 Accepted
 * Content-Type: application/xml
 *
 * <disk …>…</disk>
 * ```
 *
 * What had no effect, and why, may follow:
 *
 * ```
 * === ignored
 *
 * disk.quota: there are no quotas
 * ```
 *
 * A file may hold several, one after the other, with a line `=== then` between them.
 *
 * Only the request is needed. `given` is YAML: what the backend holds beforehand. It is read as the RHEV-M guide prints
 * it: a long request line may go on in the next line, the blank line before the document may be missing, and a status
 * line may follow at once.
 */
export interface Exchange {
  /** Lines before the request that begin with `#`, without it. */
  readonly notes: readonly string[];
  readonly request: ExchangeRequest;
  /** The unchanged text. */
  readonly given?: string;
  readonly calls?: readonly ExchangeCall[];
  readonly answer?: ExchangeAnswer;
  /** Content of the request that had no effect. */
  readonly ignored?: readonly ExchangeIgnored[];
}

/** Where it stood in the request, and why it had no effect. */
export interface ExchangeIgnored {
  readonly path: string;
  readonly why: string;
}

export type Header = readonly [name: string, value: string];

export interface ExchangeRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}
export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** A call on the backend; `body` is parsed JSON, `status` 0 when no answer came. */
export interface ExchangeCall {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
}

/** A text that is no exchange; the message names the line. */
export class ExchangeSyntaxError extends Error {
  constructor(line: number, message: string, options?: ErrorOptions) {
    super(`line ${line}: ${message}`, options);
    this.name = 'ExchangeSyntaxError';
  }
}

/** The first header of that name, in any case. */
export const headerOf = (headers: readonly Header[], name: string): string | undefined =>
  headers.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];
