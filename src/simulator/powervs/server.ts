import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { required } from '../../invariant.js';
import type { FaultEffect } from '../faults.js';
import { createListener } from '../listener.js';
import type { RecordedCall, Recorder } from '../recorder.js';
import { Refusal } from '../refusal.js';
import type { Answer } from '../router.js';
import type { Log } from '../simulation.js';
import { execute, IAM_PATH, type PowerVsBreach, type PowerVsRequest } from './execute.js';
import { refusalAnswer } from './refusals.js';
import type { World } from './world.js';

const LIMIT = 1024 * 1024;

async function read(incoming: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= LIMIT) parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  if (length > LIMIT) return new SyntaxError('too large');
  if (text === '') return undefined;
  if (incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return new URLSearchParams(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error;
  }
}

function send(response: ServerResponse, { status, body, text, headers }: Answer): void {
  const written = text ?? (body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(written)),
    ...headers,
  });
  response.end(written);
}

function faultAnswer({ status = 500, body, headers }: FaultEffect): Answer {
  if (typeof body === 'string') return { status, text: body, headers: { 'Content-Type': 'text/html', ...headers } };
  return body === undefined
    ? refusalAnswer(new Refusal(status, `fault rule, status ${status}`, { headers: { ...headers } }))
    : { status, body: body as Record<string, unknown>, headers: { ...headers } };
}

/** What is recorded of a request: never the key. */
const recordable = (body: unknown): unknown =>
  body instanceof URLSearchParams
    ? { ...Object.fromEntries(body), apikey: '***' }
    : body instanceof SyntaxError
      ? undefined
      : body;

/** The HTTP side: IAM and the API of a region on one port, faults and the record of calls. */
export function createHttp(
  world: World,
  recorder: Recorder,
  guard: (request: PowerVsRequest) => PowerVsBreach | undefined,
  log: Log,
  delayMs = 0,
): Server {
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://simulator');
    const request: PowerVsRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await read(incoming),
    };
    const service = url.pathname === IAM_PATH ? 'iam' : 'pcloud';
    const path = `${url.pathname}${url.search}`;
    const recorded: RecordedCall = {
      service,
      method: request.method,
      path,
      url: path,
      headers: {},
      body: recordable(request.body),
      requestId: world.random.uuid(),
    };
    await recorder.tell(recorded, 'before');
    const fault = world.faults.effect(service, request.method, path);
    const delay = delayMs + (fault?.delayMs ?? 0);
    // an answer that is still delayed must not keep a simulator alive that has been stopped
    if (delay > 0) await pause(delay, undefined, { ref: false });
    world.work.settle(world);
    const happens = fault?.cut !== 'before' && (fault?.status === undefined || fault.after === true);
    const result = happens ? execute(request, world, guard) : undefined;
    const inPlace = fault?.cut !== undefined ? 'cut' : fault?.status !== undefined ? faultAnswer(fault) : undefined;
    const answer = inPlace ?? required(result, 'the answer of a request that was executed');
    recorded.status = answer === 'cut' ? 0 : answer.status;
    recorded.answer = answer === 'cut' || service === 'iam' ? undefined : (answer.body ?? answer.text);
    recorder.add(recorded);
    await recorder.tell(recorded, 'after');
    if (answer === 'cut') incoming.socket.destroy();
    else send(response, answer);
  }

  return createListener(serve, (response, message) => send(response, refusalAnswer(new Refusal(500, message))), log);
}
