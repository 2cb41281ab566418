import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { adminRoutes, executeAdmin } from './admin.js';
import { isData, NO_BODY, readBody } from './body.js';
import { askedVersion, execute, locate, microversion, NOBODY, type Guard, type Located } from './execute.js';
import type { FaultEffect } from './faults.js';
import { createListener } from './listener.js';
import { INTERESTING, type RecordedCall, type Recorder } from './recorder.js';
import { Refusal, refusalAnswer } from './refusal.js';
import type { Answer, SimulatedCall } from './router.js';
import { PREFIX } from './services.js';
import type { Log } from './simulation.js';
import type { World } from './world/world.js';

const ADMIN_LIMIT = 64 * 1024 * 1024;

type ServiceRequest = Omit<SimulatedCall, 'token' | 'params' | 'version'>;

/**
 * The parsed JSON, or the SyntaxError for which the service answers; undefined for no body, and for another media type.
 */
function parse(bytes: Buffer, type = ''): unknown {
  if (bytes.length === 0 || isData(type)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    return error;
  }
}

function send(response: ServerResponse, answer: Answer, headers: Record<string, string>): void {
  if (answer.stream !== undefined) {
    response.writeHead(answer.status, {
      ...headers,
      'Content-Length': String(answer.stream.length),
      ...answer.headers,
    });
    // a client that disconnects ends it
    pipeline(Readable.from(answer.stream.parts, { objectMode: false }), response, () => undefined);
    return;
  }
  const text = answer.bytes ?? answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const bodiless = answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, {
    ...headers,
    ...(bodiless ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
    ...answer.headers,
  });
  response.end(bodiless ? undefined : text);
}

/** A rule's own answer, in the service's words unless the rule has a body. */
function faultAnswer(call: ServiceRequest, { status = 500, body, headers }: FaultEffect): Answer {
  const answer = refusalAnswer(
    call.service,
    new Refusal(status, `The server is currently unavailable: fault rule, status ${status}.`, {
      headers: { ...headers },
    }),
    call.headers.accept,
  );
  if (body === undefined) return answer;
  return typeof body === 'string'
    ? { status, text: body, headers: { 'Content-Type': 'text/html; charset=UTF-8', ...headers } }
    : { status, body: body as Record<string, unknown>, headers: { ...headers } };
}

const bodyTooLarge = ({ service }: Located): Refusal =>
  new Refusal(413, `Request is too large. Larger than max_request_body_size (${service.limit}).`, { type: 'size' });

/**
 * PowerVC's version, which its HTTPD reports without a login (IBM's documents of 2.3.3, "PowerVC version"). The form of
 * the answer is undocumented: an assumption.
 */
const VERSION_PATH = '/powervc/version';
const VERSION: Answer = { status: 200, body: { version: '2.3.3' } };

const NOT_FOUND: Answer = {
  status: 404,
  headers: { 'Content-Type': 'text/html' },
  text: '<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>',
};

/** The HTTP side: one port, every service, the admin entry point, faults and the record of calls. */
export function createHttp(world: World, recorder: Recorder, guard: Guard, log: Log, delayMs = 0): Server {
  const admin = adminRoutes(recorder);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://simulator');
    const host = incoming.headers.host ?? `127.0.0.1:${incoming.socket.localPort ?? 0}`;
    const common = {
      method: incoming.method ?? 'GET',
      query: url.searchParams,
      headers: incoming.headers,
      base: `http://${host}${PREFIX}`,
      requestId: `req-${world.random.uuid()}`,
    };
    if (url.pathname.startsWith('/simulator/')) {
      world.work.settle(world);
      const raw = await readBody(incoming, ADMIN_LIMIT);
      const body = raw === null ? new SyntaxError('too large') : parse(raw.bytes);
      const call: SimulatedCall = {
        ...common,
        service: 'simulator',
        path: url.pathname.slice('/simulator'.length),
        endpoint: '',
        body,
        raw: raw ?? NO_BODY,
        params: {},
        token: NOBODY,
        version: 0,
      };
      send(response, await executeAdmin(admin, call, world), {});
      return;
    }
    const located = locate(url.pathname);
    if (located === undefined) {
      const isVersion = url.pathname === VERSION_PATH && incoming.method === 'GET';
      send(response, isVersion && world.settings.cloud === 'powervc' ? VERSION : NOT_FOUND, {});
      return;
    }
    const raw = await readBody(incoming, located.service.limit);
    const { name, version } = located.service;
    const endpoint = [common.base, name, version, located.project].filter((part) => part !== undefined).join('/');
    await answer(
      located,
      {
        ...common,
        service: located.service.name,
        path: located.path,
        endpoint,
        body: raw === null ? undefined : parse(raw.bytes, incoming.headers['content-type']),
        raw: raw ?? NO_BODY,
      },
      raw === null,
      url,
      incoming,
      response,
    );
  }

  async function answer(
    located: Located,
    request: ServiceRequest,
    tooLarge: boolean,
    url: URL,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const headers = Object.fromEntries(
      INTERESTING.flatMap((name) => {
        const value = incoming.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    );
    const recorded: RecordedCall = {
      service: request.service,
      method: request.method,
      path: `${located.path}${url.search}`,
      url: `${url.pathname}${url.search}`,
      headers,
      body: request.body instanceof SyntaxError ? undefined : request.body,
      requestId: request.requestId,
    };
    await recorder.tell(recorded, 'before');
    const fault = world.faults.effect(request.service, request.method, recorded.path);
    const delay = delayMs + (fault?.delayMs ?? 0);
    // an answer that is still delayed must not keep a simulator alive that has been stopped
    if (delay > 0) await pause(delay, undefined, { ref: false });
    world.work.settle(world);
    const before =
      fault?.cut === 'before'
        ? 'cut'
        : fault?.status !== undefined && fault.after !== true
          ? faultAnswer(request, fault)
          : undefined;
    let result: Answer | 'cut';
    if (before !== undefined) result = before;
    else if (tooLarge) result = refusalAnswer(request.service, bodyTooLarge(located), request.headers.accept);
    else result = await execute(located, request, world, guard);
    if (before === undefined && fault?.cut === 'after') result = 'cut';
    if (before === undefined && fault?.status !== undefined) result = faultAnswer(request, fault);
    recorded.status = result === 'cut' ? 0 : result.status;
    recorded.answer = result === 'cut' ? undefined : (result.body ?? result.text);
    recorder.add(recorded);
    await recorder.tell(recorded, 'after');
    if (result === 'cut') incoming.socket.destroy();
    else send(response, result, ownHeaders(located, request));
  }

  function ownHeaders(located: Located, request: ServiceRequest): Record<string, string> {
    const { micro, requestIdHeaders } = located.service;
    const headers: Record<string, string> = Object.fromEntries(
      requestIdHeaders.map((name) => [name, request.requestId]),
    );
    if (located.service.name === 'identity') headers.Vary = 'X-Auth-Token';
    if (micro === undefined) return headers;
    const version = versionOf(located, request, micro.major, world);
    if (version === undefined) return headers;
    headers['OpenStack-API-Version'] = `${micro.name} ${version}`;
    headers.Vary = micro.name === 'compute' ? 'X-OpenStack-Nova-API-Version' : 'OpenStack-API-Version';
    if (micro.name === 'compute') headers['X-OpenStack-Nova-API-Version'] = version;
    return headers;
  }

  return createListener(
    serve,
    (response, message) => send(response, { status: 500, body: { computeFault: { code: 500, message } } }, {}),
    log,
  );
}

/**
 * The version for the answer's headers: one that is not supported is repeated, a malformed one is not (recorded: 177,
 * 178).
 */
function versionOf({ service }: Located, request: ServiceRequest, major: number, world: World): string | undefined {
  try {
    return `${major}.${microversion(service, request.headers, world)}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.status === 406 ? askedVersion(service, request.headers) : undefined;
  }
}
