import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Express, Request, Response } from 'express';
import { firstOf } from '../../invariant.js';
import { Fault, isFault } from '../../model/index.js';
import { announcesBody } from '../http/body.js';
import { boundBody, boundReaders, checkEdge } from '../http/edge.js';
import { faultText } from './faults.js';
import { InTurn } from '../http/in-turn.js';
import { mediaType } from '../http/negotiation.js';
import { createProtocol, type Front } from './protocol.js';
import type { ProtocolDeps } from './settings.js';
import type { Version } from '../version/version.js';
import { versions } from './versions.js';

export interface ServerOptions {
  /** PEM texts, and the versions and ciphers of TLS. Without them the server speaks plain HTTP. */
  readonly tls?: SecureContextOptions;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Called before the protocol, for paths that are not oVirt's. */
  readonly fronts?: readonly Front[];
  /** Requests whose body may take any time: their handlers bound it. */
  readonly streams?: (url: string | undefined) => boolean;
}

/**
 * The HTTP server of the protocol, not yet listening. What Node would answer itself (417 to `Expect: 201-created`, a
 * bare 400 or 431 for what its parser refuses, 408) is answered in the protocol's form.
 */
export function createServer(deps: ProtocolDeps, options: ServerOptions = {}): Server {
  const { maxHeaderBytes, headersTimeoutMs, requestTimeoutMs } = deps.settings;
  const { app, handle: answer } = createProtocol(deps, options.fronts);
  // malformed HTTP has no version
  const version = firstOf(deps.versions ?? versions, 'the list of served versions');
  const { settings } = deps;
  const common = {
    ...bornExpress(app),
    maxHeaderSize: maxHeaderBytes,
    // checkEdge requires it; Node's own 400 has no text, and the request behind it would be processed
    requireHostHeader: false,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    // Node's own timeout would end uploads, too, which may take hours: see boundBody
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(5000, headersTimeoutMs, requestTimeoutMs),
  };
  const server: Server = options.tls ? https.createServer({ ...common, ...options.tls }) : http.createServer(common);
  const bound = boundReaders(server, settings.writeTimeoutMs);
  const always = Object.entries(options.headers ?? {});
  const inTurn = new InTurn();
  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    inTurn.request(request, response, () => work(request, response));
  function work(request: IncomingMessage, response: ServerResponse): void {
    bound(response);
    for (const [name, value] of always) response.setHeader(name, value);
    if (deps.isDraining?.()) response.shouldKeepAlive = false;
    try {
      checkEdge(request, settings);
    } catch (error) {
      if (!isFault(error)) throw error;
      return refuse(version, error, response);
    }
    if (announcesBody(request) && !options.streams?.(request.url))
      boundBody(request, requestTimeoutMs, () =>
        answerBroken(version, Object.assign(new Error('late'), { code: LATE }), request.socket, response),
      );
    answer(request as Request, response as Response);
  }
  server.on('request', handle);
  // docs/reference/ovirt.md, section 4: SDKs send `Expect: 201-created`, which Node refuses unless there is a listener
  server.on('checkExpectation', handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // the connection was reset: nobody waits for an answer
    if (error.code === 'ECONNRESET') socket.destroy();
    else inTurn.broken(socket, (response) => answerBroken(version, error, socket, response));
  });
  return server;
}

/** Node's code for headers that did not arrive in time. */
const LATE = 'ERR_HTTP_REQUEST_TIMEOUT';

/**
 * Express sets the prototype of each request and response, which makes V8 drop their hidden classes. Objects created
 * with the prototype keep them (docs/reference/performance.md, section 4).
 */
function bornExpress(app: Express) {
  function BornRequest(this: IncomingMessage, socket: Socket): void {
    (http.IncomingMessage as unknown as (this: IncomingMessage, socket: Socket) => void).call(this, socket);
  }
  function BornResponse(this: ServerResponse, request: IncomingMessage, options: object): void {
    (http.ServerResponse as unknown as (this: ServerResponse, request: IncomingMessage, options: object) => void).call(
      this,
      request,
      options,
    );
  }
  BornRequest.prototype = app.request;
  BornResponse.prototype = app.response;
  return {
    IncomingMessage: BornRequest as unknown as typeof IncomingMessage,
    ServerResponse: BornResponse as unknown as typeof ServerResponse,
  };
}

/** Refuses an unparsed request in XML, and closes its connection. */
function refuse(version: Version, fault: Fault, response: ServerResponse): void {
  const body = faultText(version, fault, 'xml');
  response.shouldKeepAlive = false;
  response.writeHead(fault.status, { 'Content-Type': mediaType.xml, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** What the HTTP parser refuses never becomes a request: the fault is written to the socket, in XML. */
function answerBroken(
  version: Version,
  error: NodeJS.ErrnoException,
  socket: Duplex,
  response: ServerResponse | undefined,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || (response?.headersSent && !response.writableFinished)) {
    socket.destroy();
    return;
  }
  const fault = faultOf(error);
  const body = faultText(version, fault, 'xml');
  socket.end(
    [
      `HTTP/1.1 ${fault.status} ${http.STATUS_CODES[fault.status]}`,
      `Content-Type: ${mediaType.xml}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `Date: ${new Date().toUTCString()}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function faultOf(error: NodeJS.ErrnoException): Fault {
  if (error.code === 'HPE_HEADER_OVERFLOW') return new Fault('request.headers', {}, { cause: error });
  if (error.code === LATE) return new Fault('request.timeout', {}, { cause: error });
  return new Fault('request.syntax', { text: 'The request is not HTTP.' }, { cause: error });
}
