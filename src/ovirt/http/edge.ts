import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Fault } from '../../model/index.js';

/** Limits that are enforced before the protocol. */
export interface EdgeSettings {
  /** Headers of a request: nginx and Apache take about as many. */
  readonly maxHeaders: number;
  /** Names that `Host` may have, without port; empty: any. */
  readonly allowedHosts: readonly string[];
  /** How long a client may read nothing of its answer, milliseconds. */
  readonly writeTimeoutMs: number;
}

// RFC 9110, 7.2 and RFC 3986, 3.2.2: a name, an address in dotted or bracketed form, a port
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::\d{1,5})?$/i;

/** Absolute-form, as clients send it to proxies: its authority, and the rest. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^]*)$/i;

/**
 * Refuses a request before it is parsed: too many headers, another protocol's version, a `Host` that is missing, there
 * twice, malformed or none of ours (RFC 9112, 3.2: 400). Puts an absolute-form target into origin-form, with its
 * authority as the `Host`, whatever that was (RFC 9112, 3.2.2). Throws `request.headers`, `request.syntax`.
 */
export function checkEdge(request: IncomingMessage, { maxHeaders, allowedHosts }: EdgeSettings): void {
  const { rawHeaders } = request;
  if (rawHeaders.length / 2 > maxHeaders)
    throw new Fault('request.syntax', { text: `The request has more than ${maxHeaders} headers.` });
  if (request.httpVersionMajor !== 1)
    throw new Fault('request.syntax', { text: `HTTP/${request.httpVersion} is not supported on this connection.` });
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') hosts += 1;
  if (hosts > 1) throw new Fault('request.syntax', { text: 'The request has more than one Host header.' });
  const [, authority, rest = ''] = ABSOLUTE.exec(request.url ?? '') ?? [];
  const host = request.headers.host || undefined;
  if (hosts === 0 ? request.httpVersionMinor > 0 : host === undefined)
    throw new Fault('request.syntax', { text: 'The request has no Host header.' });
  if (host !== undefined) checkHost('The Host header', host, authority === undefined ? allowedHosts : []);
  if (authority !== undefined) {
    checkHost('The authority of the request target', authority, allowedHosts);
    request.headers.host = authority;
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
  } else if (host === undefined && allowedHosts.length > 0) {
    throw new Fault('request.syntax', { text: 'The request has no Host header.' });
  }
}

/** `allowed` empty: any valid one. */
function checkHost(what: string, host: string, allowed: readonly string[]): void {
  const name = HOST.exec(host)?.[1];
  if (name === undefined) throw new Fault('request.syntax', { text: `${what} is malformed.` });
  if (allowed.length > 0 && !allowed.includes(name.toLowerCase()))
    throw new Fault('request.syntax', { text: `${what} names no host of this gateway (server.allowedHosts).` });
}

/** Closes a connection whose client reads nothing of its answer: the answer would stay in memory for ever. */
export function boundReaders(server: Server, writeTimeoutMs: number): (response: ServerResponse) => void {
  // The socket's timeout: Node restarts it with each byte (net.Socket, setTimeout)
  server.timeout = writeTimeoutMs;
  return (response) => {
    response.on('timeout', () => {
      if (response.writableLength > 0 || (response.socket?.writableLength ?? 0) > 0) response.destroy();
    });
  };
}

/**
 * Calls `late` if the body is not complete in time: the limit holds for the whole request, however slowly it arrives.
 */
export function boundBody(request: IncomingMessage, milliseconds: number, late: () => void): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) late();
  }, milliseconds);
  const done = (): void => clearTimeout(timer);
  request.once('end', done);
  request.once('close', done);
}
