import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { Fault } from '../model/index.js';
import { announcesBody } from './body.js';
import { askedFor, type EntryPoint, entryPoints, versionOf } from './entry-points.js';
import { Deadline } from './deadline.js';
import { Exchange, exchangeAt, exchangeOf } from './exchange.js';
import { asFault } from './faults.js';
import { createPipeline } from './pipeline.js';
import { respondFault } from './respond.js';
import { createRoutes } from './router.js';
import { createEntrance } from './sessions/enter.js';
import { createSso, SSO_PATHS } from './sessions/sso.js';
import type { ProtocolDeps, RequestRecord } from './settings.js';
import type { Version } from './version.js';
import { versions as known } from './versions.js';

/**
 * The oVirt protocol as an Express application: entry points, login, operations, faults. Whatever happens, the client
 * gets an
 * answer in its
 * format. `before` is asked first, for what is not oVirt's (metrics, health); it sees the raw request and needs no
 * login.
 */
export function createProtocol(deps: ProtocolDeps, before: readonly RequestHandler[] = []): Express {
  const { log, versions = known } = deps;
  // what fails before a request has said its version is answered in the first
  const [first] = versions;
  if (!first) throw new Error('no version of the protocol is served');
  const fallback: Version = first;
  const entrance = createEntrance(deps.backend, deps.settings.sessions, log, deps);
  const run = createPipeline(deps);
  const routes = new Map(versions.map((version) => [version, createRoutes(version, run)]));
  const entrances = entryPoints(deps.settings.version);
  /** A socket tells it at once; Express takes the headers of proxies apart for each request. */
  const addressOf = (request: Request): string =>
    (deps.settings.trustedProxies.length > 0 ? request.ip : request.socket.remoteAddress) ?? '';
  /** Requests that are being answered. */
  let running = 0;
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.set('trust proxy', [...deps.settings.trustedProxies]);
  for (const handler of before) app.use(handler);
  app.use(open);
  app.use([...SSO_PATHS], createSso(entrance, log));
  app.use((_request, response) => unknownPath(exchangeOf(response.locals)));
  app.use(fail);
  return app;

  /**
   * Takes the request apart; from here on a fault can be answered in the client's format. What is below an entry point is
   * answered here: each further handler of Express is a step of its own, and six of them were 5 % of a request for one VM.
   */
  function open(request: Request, response: Response, next: NextFunction): void {
    const exchange = new Exchange(request, fallback, deps.settings.gzipBytes);
    response.locals['exchange'] = exchange;
    // a body that nobody reads may never come: only the end of the connection ends it (docs/reference/ovirt.md, N3 b)
    exchange.leavesBody = announcesBody(request) && ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    const { originalUrl: target, headers } = request;
    exchange.address = addressOf(request);
    const from = { target, headers, client: exchange.address };
    response.on('close', () => {
      running -= 1;
      exchange.deadline.end();
      if (response.writableFinished) exchange.client.answered();
      else exchange.client.leave(new Fault('request.gone'));
      record(exchange, from, response.statusCode, !response.writableFinished);
    });
    deps.hooks?.onBegin?.();
    if ((running += 1) > deps.settings.maxRequests) {
      exchange.leavesBody = announcesBody(request);
      throw new Fault('overloaded', { retryAfter: 1 });
    }
    exchange.deadline = new Deadline(deps.settings.deadlineMs, () => overdue(exchange, response));
    exchange.open(request);
    const entryPoint = entrances.find(({ prefix }) => isBelow(prefix, exchange.path));
    if (!entryPoint) {
      request.url = exchange.path;
      return next();
    }
    const act = (): Promise<void> => answer(entryPoint, request, response, exchange);
    const { serial, method } = exchange;
    (deps.hooks?.follow ? deps.hooks.follow({ serial, method, headers }, act) : act())
      .catch((error: unknown) => fail(error, request, response, next))
      .catch(next);
  }

  /** Its time is over: calls that only look end, what was begun goes on, and the client is told so. */
  function overdue(exchange: Exchange, response: Response): void {
    const fault = new Fault('request.deadline', {
      seconds: deps.settings.deadlineMs / 1000,
      text: exchange.client.committed ? ', and what was begun goes on: look before you try again' : '',
    });
    exchange.client.leave(fault);
    if (response.headersSent) return brokenOff(response, exchange, fault);
    respondFault(response, exchange, fault).catch((error: unknown) => {
      log.error('no answer could be sent', { error: error instanceof Error ? error.stack : String(error) });
      response.destroy();
    });
  }

  function brokenOff(response: Response, { path, correlationId }: Exchange, { code, detail }: Fault): void {
    log.error('answer aborted', { path, fault: code, detail, correlationId });
    response.destroy();
  }

  async function answer(
    entryPoint: EntryPoint,
    request: Request,
    response: Response,
    exchange: Exchange,
  ): Promise<void> {
    const below = exchange.path.slice(entryPoint.prefix.length);
    const asked = askedFor(entryPoint, below, request.headers['version']);
    exchange.entryPoint = asked.prefix === entryPoint.prefix ? entryPoint : { ...entryPoint, prefix: asked.prefix };
    const version = versionOf(versions, asked.number);
    if (version) {
      exchange.version = version;
      exchange.parameters.loose = version.protocol.looseParameters;
    }
    await entrance.enter(request, exchange, entryPoint);
    if (!version) throw new Fault('request.version', { version: asked.number.slice(0, 20) });
    const handler = routes.get(version)?.(asked.path);
    if (!handler) return unknownPath(exchange);
    if (deps.hooks?.admit && !(await deps.hooks.admit(exchange.method)))
      throw new Fault('overloaded', { retryAfter: 5 });
    await handler(request, response, exchange);
  }

  function unknownPath({ path }: Exchange): never {
    throw new Fault('request.unknown-path', { path });
  }

  // Express knows a handler of errors by its four parameters
  async function fail(error: unknown, request: Request, response: Response, _next: NextFunction): Promise<void> {
    // what comes before the protocol can fail, too
    const exchange = exchangeAt(response.locals) ?? new Exchange(request, fallback);
    const fault = entrance.failed(
      exchange,
      asFault(error, log, { method: request.method, path: exchange.path, correlationId: exchange.correlationId }),
    );
    if (!response.headersSent) return respondFault(response, exchange, fault);
    // Its client was told that its time is over
    if (exchange.fault) return;
    brokenOff(response, exchange, fault);
  }

  function record(exchange: Exchange, from: Origin, status: number, aborted: boolean): void {
    const { method, path, operation, correlationId, backendRequestId, began, fault, body } = exchange;
    const { 'user-agent': userAgent, 'content-type': contentType } = from.headers;
    deps.hooks?.onRequest?.({
      serial: exchange.serial,
      at: exchange.at,
      client: from.client,
      ...(userAgent !== undefined && { userAgent }),
      method,
      path,
      status,
      aborted,
      correlationId,
      milliseconds: performance.now() - began,
      ...(operation && { operation: operation.name }),
      ...nameOf(exchange),
      ...(exchange.made !== undefined && { made: exchange.made }),
      ...(exchange.job && { jobId: exchange.job.id }),
      ...(backendRequestId !== undefined && { backendRequestId }),
      ...(fault && { fault: { code: fault.code, detail: fault.detail } }),
      ignored: exchange.ignored,
      backendCalls: exchange.backendCalls,
      received: {
        target: from.target,
        ...(contentType !== undefined && { contentType }),
        ...(body && body.length > 0 && { body }),
      },
    });
  }
}

const nameOf = ({ session, credentials }: Exchange): Pick<RequestRecord, 'user' | 'userId' | 'project'> =>
  session
    ? { user: session.user.name, userId: session.user.id, project: session.project.id }
    : credentials
      ? { user: `${credentials.user}@${credentials.profile}`.slice(0, LONGEST_NAME) }
      : {};

const LONGEST_NAME = 200;

const isBelow = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');

/** Where a request came from; kept apart, as a socket that has closed tells no address. */
interface Origin {
  readonly client: string;
  readonly target: string;
  readonly headers: Request['headers'];
}
