import { request as httpRequest, type IncomingMessage } from 'node:http';
import { required } from '../invariant.js';
import { headerOf, type ExchangeAnswer, type ExchangeRequest, type Header } from './exchange.js';

/** The login of the simulator's inventory, for requests that bring none. */
const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

/** Headers that are left out: those that clients compute, and those of answers that differ at each run. */
const COMPUTED = new Set(['connection', 'content-length', 'host', 'transfer-encoding']);
const NOISE = new Set([
  'connection',
  'content-length',
  'correlation-id',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-request-id',
]);

/** Sends the request with its own headers to a gateway on this machine; a login is added where it has none. */
export async function sendExchange(
  port: number,
  { method, target, headers, body }: ExchangeRequest,
): Promise<ExchangeAnswer> {
  const all: Header[] = [
    ['Host', `127.0.0.1:${port}`],
    ['Connection', 'close'],
    ...(body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const]),
    ...(headerOf(headers, 'authorization') === undefined ? [['Authorization', LOGIN] as const] : []),
    ...headers.filter(([name]) => !COMPUTED.has(name.toLowerCase())),
  ];
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, method, path: target, headers: all.flat(), agent: false }, resolve)
      .on('error', reject)
      .end(body);
  });
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  const answered = response.rawHeaders.flatMap((name, index, list) =>
    index % 2 === 0 && !NOISE.has(name.toLowerCase()) ? [[name, list[index + 1] ?? ''] as const] : [],
  );
  return {
    status: required(response.statusCode, 'the status of an answer'),
    headers: answered,
    body: Buffer.concat(parts).toString('utf8'),
  };
}

/**
 * What the catalog puts before the paths of schemas/openstack/calls.json: for Nova and Cinder the version and the
 * project, too.
 */
const ENDPOINT = /^\/powervc\/openstack\/(?:(?:compute|volume)\/v[\d.]+\/[0-9a-f]{32}|\w+)/;

/** A call's path below its service's endpoint: `/servers/…`. */
export const belowEndpoint = (path: string): string => path.replace(ENDPOINT, '');
