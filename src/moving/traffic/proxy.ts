import { isUtf8 } from 'node:buffer';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { request as send, type Dispatcher } from 'undici';
import type { Exchange, Header } from '../../exchanges/index.js';
import { connectionsOf, type ConnectionOptions } from '../dispatcher.js';
import { readdressed } from './origin.js';

export interface ProxyOptions extends Pick<ConnectionOptions, 'ca' | 'insecure' | 'proxies'> {
  /** The origin of the engine, such as `https://engine.example.com`. */
  readonly to: string;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How much of a body is kept, bytes. A longer one is passed on, as is one that is no text, but missing here. */
  readonly most: number;
  /** Called with each exchange, after the client has its answer. */
  readonly onExchange: (exchange: Heard) => void;
}

/** A client's request and the answer to it. A body that was too long to keep, or is no text, is undefined. */
export interface Heard extends Omit<Exchange, 'request' | 'answer'> {
  readonly client: string;
  readonly request: Omit<Exchange['request'], 'body'> & { readonly body: string | undefined };
  readonly answer: { readonly status: number; readonly headers: readonly Header[]; readonly body: string | undefined };
}

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Headers of the connection, which are not passed on (RFC 9110, 7.6.1). */
const HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'accept-encoding',
]);
const TEXT = /xml|json|text|form-urlencoded|yaml|virt-viewer/;
/** Where the data of image transfers is. */
const DATA = /^\/images\//;

/** Copies what passes through, up to a length. */
class Kept {
  #parts: Buffer[] = [];
  #length = 0;
  constructor(private readonly most: number) {}
  add(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length <= this.most) this.#parts.push(chunk);
    else this.#parts = [];
  }
  /** Undefined if it is too long, or no text. */
  text(): string | undefined {
    const bytes = Buffer.concat(this.#parts);
    return this.#length > this.most || !isUtf8(bytes) ? undefined : bytes.toString('utf8');
  }
}

const tap = (kept: Kept): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      kept.add(chunk);
      done(null, chunk);
    },
  });

const pairsOf = ({ rawHeaders }: IncomingMessage): Header[] =>
  rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : []));
const pairsIn = (headers: IncomingHttpHeaders): Header[] =>
  Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one] as const));

/** A reverse proxy in front of an engine: passes on requests, and streams the answers. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const target = new URL(options.to).origin;
  const agent = connectionsOf({ ...options, connections: 256 });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    passOn(request, response).catch((error: unknown) => {
      if (!response.headersSent) {
        response.writeHead(502, { 'content-type': 'text/plain' });
        response.end(`No answer from the engine: ${(error as Error).message}\n`);
      } else response.destroy();
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  // an SDK sends Expect: 201-created, which is for the engine
  server.on('checkExpectation', handle);

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const own = `${options.tls ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}`;
    const sent = pairsOf(request);
    const [requested, heard] = [new Kept(options.most), new Kept(options.most)];
    const hasBody =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    const aborted = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) aborted.abort();
    });
    const answer = await send(target + (request.url ?? '/'), {
      dispatcher: agent,
      method: request.method as Dispatcher.HttpMethod,
      headers: sent
        .filter(([name]) => !HOP.has(name.toLowerCase()))
        .flatMap(([name, value]) => [name, value.replaceAll(own, target)]),
      signal: aborted.signal,
      ...(hasBody && { body: request.pipe(tap(requested)) }),
    });
    const headers = pairsIn(answer.headers)
      // replacing addresses changes the length of the body
      .filter(([name]) => !HOP.has(name) && (name !== 'content-length' || request.method === 'HEAD'))
      .map(
        ([name, value]) =>
          [name, withoutDomain(name, value.replaceAll(target, own), options.tls !== undefined)] as const,
      );
    response.writeHead(answer.statusCode, headers.flat());
    response.flushHeaders();
    const isText = TEXT.test(headers.find(([name]) => name === 'content-type')?.[1] ?? '');
    // not the data of disks: `PUT /images/<ticket>`
    const isTextSent = TEXT.test(request.headers['content-type'] ?? 'text') && !DATA.test(request.url ?? '');
    const body: Readable = answer.body;
    if (isText) await pipeline(body, readdressed(target, own), tap(heard), response);
    else await pipeline(body, response);
    options.onExchange({
      notes: [],
      client: request.headers['user-agent'] ?? 'unknown',
      request: {
        method: request.method ?? 'GET',
        target: request.url ?? '/',
        headers: sent,
        body: isTextSent || !hasBody ? requested.text() : undefined,
      },
      answer: { status: answer.statusCode, headers, body: isText ? heard.text() : undefined },
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://${options.host}:${port}`,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 5_000).unref();
      });
      await agent.close();
    },
  };
}

/** Makes a cookie of the engine one of this address: without its domain, and on plain HTTP without Secure. */
const withoutDomain = (name: string, value: string, secure: boolean): string =>
  name !== 'set-cookie' ? value : value.replace(/;\s*domain=[^;]*/gi, '').replace(secure ? /$^/ : /;\s*secure/gi, '');
