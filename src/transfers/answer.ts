import type { ServerResponse } from 'node:http';

/** The refusal of a request for bytes, in words that a client may see. */
export class Refused extends Error {
  readonly headers: Content['headers'];

  constructor(
    readonly status: number,
    message: string,
    { cause, headers }: { readonly cause?: unknown; readonly headers?: Content['headers'] } = {},
  ) {
    super(message, { cause });
    this.headers = headers;
  }
}

interface Content {
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
  readonly text?: string;
}

/** A short answer: JSON, text, or nothing. */
export function answer(response: ServerResponse, status: number, { headers, json, text }: Content = {}): void {
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  response.writeHead(status, {
    ...(body !== '' && { 'content-type': json === undefined ? 'text/plain; charset=UTF-8' : 'application/json' }),
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/** `complete`: whether the request's body was read. If not, the connection is closed. */
export function refuse(response: ServerResponse, { status, message, headers }: Refused, complete: boolean): void {
  if (!complete) response.shouldKeepAlive = false;
  answer(response, status, {
    text: `${message}\n`,
    ...(headers && { headers }),
  });
}
