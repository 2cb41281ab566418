import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { Fault } from '../../model/index.js';
import { domain, loginName } from '../../services/access/names.js';
import { Admission } from '../http/admission.js';
import { announcesBody } from '../http/body.js';
import { askedFor, type EntryPoint, entryPoints, versionAt, versionOf } from '../version/entry-points.js';
import { Deadline } from '../http/deadline.js';
import { Exchange, exchangeAt, exchangeOf } from '../declare/exchange.js';
import { asFault } from './faults.js';
import { createPipeline } from './pipeline.js';
import { respondFault } from './respond.js';
import { createRefusal } from './refusal.js';
import { createRoutes } from './router.js';
import { createEntrance } from './enter.js';
import { createSso, SSO_PATHS } from './sso.js';
import type { ProtocolDeps, RequestRecord } from './settings.js';
import type { Version } from '../version/version.js';
import { versions as known } from './versions.js';

/**
 * Answers at paths of its own (metrics, health), before the protocol and without a login: undefined for a request to
 * another path, false if it does not answer after all.
 */
export type Front = (request: Request, response: Response) => Promise<boolean> | undefined;

export interface Protocol {
  /** Answers a request, whatever happens, in its client's format. */
  readonly handle: (request: Request, response: Response) => void;
  /** The Express application, with the prototypes of requests and responses. */
  readonly app: Express;
}

/**
 * The oVirt protocol: entry points, login, operations, faults. Almost every request is answered here; the Express
 * application only serves the single sign-on. As the outer layer, Express took 7 % of a request for one VM.
 */
export function createProtocol(deps: ProtocolDeps, fronts: readonly Front[] = []): Protocol {
  const { log, versions = known } = deps;
  // faults before the version is known are answered in the first version
  const [first] = versions;
  if (!first) throw new Error('no version of the protocol is served');
  const fallback: Version = first;
  const entrance = createEntrance(deps.backend, deps.settings.sessions, log, deps);
  const run = createPipeline(deps);
  const routes = new Map(versions.map((version) => [version, createRoutes(version, run)]));
  const entrances = entryPoints(deps.settings.version);
  /** The socket's address; Express would parse the headers of proxies for each request. */
  const addressOf = (request: Request): string =>
    (deps.settings.trustedProxies.length > 0 ? request.ip : request.socket.remoteAddress) ?? '';
  /** Requests that are being answered, without those that are refused for their number. */
  let running = 0;
  const admission = new Admission();
  const served = { versions, entrances, fallback };
  const refuse = createRefusal(served, (record) => admission.afterwards(() => deps.hooks?.onRequest?.(record)));
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.set('trust proxy', [...deps.settings.trustedProxies]);
  app.use([...SSO_PATHS], createSso(entrance, log));
  app.use((_request, response) => unknownPath(exchangeOf(response.locals)));
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    fail(error, request, response).catch(next);
  });
  return { app, handle };

  /** Prepares a request as Express does: its response has locals from the start. */
  function handle(request: Request, response: Response): void {
    request.res = response;
    request.originalUrl = request.url;
    response.locals = {};
    ask(request, response, 0);
  }

  function ask(request: Request, response: Response, from: number): void {
    for (let at = from; at < fronts.length; at += 1) {
      const answering = fronts[at]?.(request, response);
      if (!answering) continue;
      answering
        .then((answered) => {
          if (!answered) ask(request, response, at + 1);
        })
        .catch((error: unknown) => broken(error, request, response));
      return;
    }
    try {
      open(request, response);
    } catch (error) {
      broken(error, request, response);
    }
  }

  /** The last resort: a fault that cannot be written. */
  function broken(error: unknown, request: Request, response: Response): void {
    fail(error, request, response).catch((cause: unknown) => unanswered(cause, response));
  }

  function unanswered(error: unknown, response: Response): void {
    log.error('no answer could be sent', { error: error instanceof Error ? error.stack : String(error) });
    response.destroy();
  }

  /** Counts the request, and starts it in its turn unless it is one too many. */
  function open(request: Request, response: Response): void {
    deps.hooks?.onBegin?.();
    if (running >= deps.settings.maxRequests) {
      admission.arrived();
      return refuse(request, response, addressOf(request));
    }
    running += 1;
    const exchange = new Exchange(request, fallback, deps.settings.gzipBytes);
    response.locals['exchange'] = exchange;
    // a body that nothing reads may never arrive: only closing the connection ends it (docs/reference/ovirt.md, N3 b)
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
    exchange.deadline = new Deadline(deps.settings.deadlineMs, (counted) => overdue(exchange, response, counted));
    admission.enter(running, () => {
      // the client has gone, or the deadline has passed
      if (response.destroyed || response.headersSent) return;
      try {
        begin(request, response, exchange);
      } catch (error) {
        broken(error, request, response);
      }
    });
  }

  /** Parses the request; from here on faults are answered in the client's format. */
  function begin(request: Request, response: Response, exchange: Exchange): void {
    const { headers } = request;
    // faults of the parsing itself have its form, too
    exchange.version = versionAt(served, request.url, headers['version']);
    exchange.open(request);
    const entryPoint = entrances.find(({ prefix }) => isBelow(prefix, exchange.path));
    if (entryPoint) exchange.negotiate();
    else {
      request.url = exchange.path;
      // Express would answer with a page that shows the stack
      app(request, response, (error: unknown) => unanswered(error, response));
      return;
    }
    const act = (): Promise<void> => answer(entryPoint, request, response, exchange);
    const { serial, method } = exchange;
    (deps.hooks?.follow ? deps.hooks.follow({ serial, method, headers }, act) : act()).catch((error: unknown) =>
      broken(error, request, response),
    );
  }

  /** The deadline has passed: read-only calls are cancelled, work in progress continues, and the client is told so. */
  function overdue(exchange: Exchange, response: Response, counted: number): void {
    const fault = new Fault('request.deadline', {
      seconds: Math.round(counted / 100) / 10,
      text: afterDeadline(exchange),
    });
    exchange.client.leave(fault);
    if (response.headersSent) return brokenOff(response, exchange, fault);
    respondFault(response, exchange, fault).catch((error: unknown) => unanswered(error, response));
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
    const requested = askedFor(entryPoint, below, request.headers['version']);
    exchange.entryPoint =
      requested.prefix === entryPoint.prefix ? entryPoint : { ...entryPoint, prefix: requested.prefix };
    const version = versionOf(versions, requested.number);
    if (version) {
      exchange.version = version;
      exchange.parameters.loose = version.protocol.looseParameters;
      exchange.correlationId = exchange.correlationId.slice(0, version.protocol.longestCorrelationId);
    }
    const entering = entrance.enter(request, exchange, entryPoint);
    if (entering) await entering;
    if (!version) throw new Fault('request.version', { version: requested.number.slice(0, 20) });
    const handler = routes.get(version)?.(requested.path);
    if (!handler) return unknownPath(exchange);
    if (deps.hooks?.admit && !(await deps.hooks.admit(exchange.method)))
      throw new Fault('overloaded', { retryAfter: 5 });
    await handler(request, response, exchange);
  }

  function unknownPath({ path }: Exchange): never {
    throw new Fault('request.unknown-path', { path });
  }

  async function fail(error: unknown, request: Request, response: Response): Promise<void> {
    // fronts can fail, too
    const exchange = exchangeAt(response.locals) ?? new Exchange(request, fallback);
    const fault = entrance.failed(
      exchange,
      asFault(error, log, { method: request.method, path: exchange.path, correlationId: exchange.correlationId }),
    );
    if (!response.headersSent) return respondFault(response, exchange, fault);
    // The client was answered when the deadline passed
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
      ...(exchange.created !== undefined && { created: exchange.created }),
      ...(exchange.job && { jobId: exchange.job.id }),
      ...(backendRequestId !== undefined && { backendRequestId }),
      ...(fault && { fault: { code: fault.code, detail: fault.detail, ...whyRefused(fault) } }),
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

/** What a client whose request took too long can do. */
function afterDeadline({ client, method, parameters, details }: Exchange): string {
  if (!READS.has(method))
    return client.committed ? ', and changes already started will be completed: check before you repeat it' : '';
  // an answer begins once the first objects are there with all that they include
  return details.size > 0 || parameters.text('follow')
    ? '. It includes parts of each object: ask for fewer objects (search, max) or fewer parts (follow, detail)'
    : '';
}

const nameOf = ({
  session,
  credentials,
  profile = domain.name,
}: Exchange): Pick<RequestRecord, 'user' | 'userId' | 'project'> =>
  session
    ? { user: loginName(session.user.name, profile), userId: session.user.id, project: session.project.id }
    : credentials
      ? { user: `${credentials.user}@${credentials.profile}`.slice(0, LONGEST_NAME) }
      : {};

const LONGEST_NAME = 200;

/** What the cloud, or this gateway, has against a login. */
const whyRefused = ({ code, cause }: Fault): { why?: string } =>
  code === 'auth.refused' && cause instanceof Error ? { why: cause.message } : {};

/** They change nothing themselves, though they may wait for what others began. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const isBelow = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');

/** The client's address, stored because a closed socket has none. */
interface Origin {
  readonly client: string;
  readonly target: string;
  readonly headers: Request['headers'];
}
