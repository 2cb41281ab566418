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

/**
 * Refuses a request before it is parsed: too many headers, another protocol's version, a `Host` that is missing, there
 * twice, malformed or none of ours (RFC 9112, 3.2: 400). Throws `request.headers`, `request.syntax`.
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
  const host = request.headers.host;
  if (host === undefined || host === '') {
    if (request.httpVersionMinor === 0 && allowedHosts.length === 0) return;
    throw new Fault('request.syntax', { text: 'The request has no Host header.' });
  }
  const name = HOST.exec(host)?.[1];
  if (name === undefined) throw new Fault('request.syntax', { text: 'The Host header is malformed.' });
  if (allowedHosts.length > 0 && !allowedHosts.includes(name.toLowerCase()))
    throw new Fault('request.syntax', { text: 'The Host header names no host of this gateway (server.allowedHosts).' });
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
