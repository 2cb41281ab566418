import type { Writable } from 'node:stream';
import type { Response } from 'express';
import { type Fault, isFault } from '../../model/index.js';
import type { Deadline } from '../http/deadline.js';
import type { Exchange } from '../declare/exchange.js';
import { failedActionText, faultHeaders, faultText, statusOf, usageText } from './faults.js';
import { gzipped, packInto } from '../http/gzip.js';
import { IGNORED_HEADER, ignoredHeader } from '../version/ignored.js';
import { mediaType } from '../http/negotiation.js';
import { ownTurn } from '../../turns.js';
import type { Piece, Reply } from '../http/reply.js';

/**
 * The one answer that is not one of our documents: engines refuse a version with their container's page, before their
 * API sees the request, and fence_rhevm recognizes by its title that it has to use version 3 (docs/reference/ovirt.md,
 * section 1).
 */
const VERSION_PAGE = '<html><head><title>Error</title></head><body>Bad Request</body></html>';

/**
 * What engines 4.x answer without a login, in any format (docs/reference/v4-wire.md, section 2). A login that names no
 * profile is told so in it.
 */
const unauthorizedPage = (hint = ''): string =>
  `<html><head><title>Error</title></head><body>Unauthorized${hint && `. ${hint}`}</body></html>`;

/** Headers of an answer in HTML: a browser must load and run nothing because of it. */
const HTML = {
  'Content-Type': 'text/html;charset=UTF-8',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
};

/** Sends an answer. Explicit head with a length, no ETag: docs/reference/performance.md, section 4. */
export async function respond(response: Response, exchange: Exchange, reply: Reply): Promise<void> {
  if (reply.pieces) return sendPieces(response, exchange, reply.status, reply.pieces(exchange.format), reply.headers);
  await send(response, exchange, reply.status, reply.document?.(exchange.format), reply.headers);
}

/**
 * Answers a fault. A missing resource of the path is an empty 404 in any format; a failed action reports its fault
 * inside the action document (docs/reference/ovirt.md, section 9).
 */
export async function respondFault(response: Response, exchange: Exchange, fault: Fault): Promise<void> {
  const { version } = exchange;
  exchange.fault = fault;
  if (fault.code === 'request.version') return send(response, exchange, fault.status, VERSION_PAGE, HTML);
  if (fault.status === 401 && version.protocol.unauthorized === 'page')
    return send(response, exchange, 401, unauthorizedPage(hintFor(response, fault)), {
      ...faultHeaders(fault, exchange.entryPoint?.realm ?? 'ENGINE'),
      ...HTML,
    });
  const empty = isFault(fault, 'not-found');
  await send(
    response,
    exchange,
    statusOf(version, fault),
    empty ? undefined : textOf(exchange, fault),
    faultHeaders(fault, exchange.entryPoint?.realm ?? 'ENGINE'),
  );
}

/** How to log in, for a client that has tried without a profile. */
const hintFor = ({ req }: Response, fault: Fault): string | undefined =>
  fault.code === 'auth.required' && /^Basic /i.test(req.headers.authorization ?? '') ? fault.detail : undefined;

function textOf({ version, format, action, operation, base }: Exchange, fault: Fault): string {
  const { protocol } = version;
  if (operation && fault.code === 'request.syntax' && protocol.unreadable === 'usage')
    return usageText(version, fault, operation, base, format);
  return action && protocol.failedAction === 'action' && fault.code !== 'vm.initializations'
    ? failedActionText(version, fault, action, format)
    : faultText(version, fault, format);
}

function headOf(
  exchange: Exchange,
  body: boolean,
  extra: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const headers: Record<string, string> = { 'Correlation-Id': exchange.correlationId };
  if (body) headers['Content-Type'] = mediaType[exchange.format];
  if (exchange.requestId !== undefined) headers['X-Request-Id'] = exchange.requestId;
  if (exchange.ignored.length > 0) headers[IGNORED_HEADER] = ignoredHeader(exchange.ignored.map(({ path }) => path));
  if (exchange.close) headers['Connection'] = 'close';
  return Object.assign(headers, exchange.headers, extra);
}

async function send(
  response: Response,
  exchange: Exchange,
  status: number,
  text: string | undefined,
  extra?: Readonly<Record<string, string>>,
): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const headers = headOf(exchange, text !== undefined, extra);
  const bytes = text === undefined ? 0 : Buffer.byteLength(text);
  if (text !== undefined && exchange.mayPack(bytes)) {
    headers['Vary'] = 'Accept-Encoding';
    if (exchange.takesGzip) return sendPacked(response, status, headers, text);
  }
  if (status !== 204) headers['Content-Length'] = String(bytes);
  response.writeHead(status, headers);
  // A string is sent in one write with its head; a buffer in two, which took a tenth of a request for one VM. A text
  // with as many bytes as characters is ASCII, which Latin-1 encodes faster.
  if (text === undefined) response.end();
  else response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}

async function sendPacked(
  response: Response,
  status: number,
  headers: Record<string, string>,
  text: string,
): Promise<void> {
  const body = await gzipped(Buffer.from(text));
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'Content-Encoding': 'gzip', 'Content-Length': String(body.length) });
  response.end(body);
}

/**
 * Sends a list while it is written: a short one whole, a long one in chunks, as fast as the client reads them, yielding
 * to other requests between pieces. Throws an error before the first piece is sent; after that it cuts the connection.
 */
async function sendPieces(
  response: Response,
  exchange: Exchange,
  status: number,
  pieces: AsyncGenerator<Piece, void, undefined>,
  extra: Reply['headers'],
): Promise<void> {
  try {
    const first = await pieces.next();
    const second = first.done || exchange.method === 'HEAD' ? undefined : await pieces.next();
    if (first.done || second?.done)
      return await send(response, exchange, status, textOfPiece(first.value ?? ''), extra);
    if (response.headersSent || response.destroyed) return;
    const mayPack = exchange.mayPack(first.value.length);
    const packed = mayPack && exchange.takesGzip;
    response.writeHead(status, {
      ...headOf(exchange, true, extra),
      ...(mayPack && { Vary: 'Accept-Encoding' }),
      ...(packed && { 'Content-Encoding': 'gzip' }),
    });
    if (!second) return void response.end();
    const out = packed ? packInto(response) : response;
    const { deadline } = exchange;
    await push(out, first.value, deadline);
    for (
      let piece: IteratorResult<Piece, void> = second;
      !piece.done && !response.destroyed;
      piece = await pieces.next()
    )
      await push(out, piece.value, deadline);
    out.end();
  } finally {
    await pieces.return();
  }
}

/**
 * Writes, waits until the stream drains, and then for a turn of the event loop, so that other requests run: as long as
 * the system takes what is written, a stream drains without one. Slow readers are bounded by `server.writeTimeoutMs`:
 * the request's deadline stops meanwhile. What was taken is progress, which renews it: a long list is not cut while it
 * gets on.
 */
async function push(out: Writable, piece: Piece, deadline: Deadline): Promise<void> {
  if (!written(out, piece)) await deadline.without(room(out));
  deadline.renew();
  await ownTurn();
}

/** Whether the stream takes more. Buffers go out as one chunk, without being copied. */
function written(out: Writable, piece: Piece): boolean {
  if (typeof piece === 'string') return out.write(piece, Buffer.byteLength(piece) === piece.length ? 'latin1' : 'utf8');
  let takesMore = true;
  out.cork();
  for (const part of piece) takesMore = out.write(part);
  out.uncork();
  return takesMore;
}

const textOfPiece = (piece: Piece): string =>
  typeof piece === 'string' ? piece : Buffer.concat(piece).toString('utf8');

/** Waits until the stream drains or closes. By hand: `once` with an AbortController was 5 % of a long list. */
const room = (out: Writable): Promise<void> =>
  new Promise((resolve) => {
    function done(): void {
      out.off('drain', done);
      out.off('close', done);
      resolve();
    }
    out.on('drain', done);
    out.on('close', done);
  });
