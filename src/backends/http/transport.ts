import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Fault, isFault, isLasting, markLasting, type Requester } from '../../model/index.js';
import type { Outcome } from './breaker.js';
import { parse, plainHeaders } from './answers.js';
import { createByteStreams } from './byte-streams.js';
import { createDispatchers } from './dispatchers.js';
import { Lane } from './lane.js';
import type { Outgoing, RawAnswer, Transport, WholeAnswer } from './messages.js';
import { networkFault } from './network-fault.js';
import type { HttpSettings } from './settings.js';
import { ItemMemory } from './item-memory.js';
import { SlicedAnswer } from './sliced-answer.js';
import { SLICE_BYTES } from './slices.js';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Reads the files of certificates, and throws if it cannot. */
export function createTransport(settings: HttpSettings): Transport {
  const dispatchers = createDispatchers(settings);
  const streams = createByteStreams(dispatchers, settings);
  const { timeouts, retries, maxAnswerBytes } = settings;
  /** The longest time of a call, however slowly its answer arrives, milliseconds. */
  const longestMs = timeouts.headersMs + timeouts.bodyMs;
  const lanes = new Map<string, Lane>();
  const memories = new Map<string, ItemMemory>();

  /** By service and origin. */
  function laneOf({ service, kind, origin }: Outgoing): Lane {
    const key = `${service} ${origin}`;
    const known = lanes.get(key);
    if (known) return known;
    const made = new Lane(service, kind, settings);
    lanes.set(key, made);
    return made;
  }

  /** The items of all lists of that name, or the answers with an object of that name. */
  function memoryOf(service: string, name: string): ItemMemory {
    const key = `${service} ${name}`;
    const known = memories.get(key);
    if (known) return known;
    const made = new ItemMemory();
    memories.set(key, made);
    return made;
  }

  async function once({
    service,
    method,
    origin,
    path,
    headers,
    body,
    requester,
    reads,
    list,
    item,
  }: Outgoing): Promise<WholeAnswer> {
    const isRead = reads === true || READS.has(method);
    if (!isRead) requester?.commit();
    const isForm = body instanceof URLSearchParams;
    const own: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) own['content-type'] = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    try {
      const {
        status,
        headers: received,
        parts,
        length,
      } = await whole(
        dispatchers.to(service, origin),
        {
          origin,
          method,
          path,
          headers: Object.assign(own, headers),
          ...(body !== undefined && { body: isForm ? body.toString() : JSON.stringify(body) }),
        },
        { service, maxBytes: maxAnswerBytes, longestMs, requester: isRead ? requester : undefined },
      );
      if (list !== undefined && status === 200 && length > SLICE_BYTES)
        return new SlicedAnswer(status, received, parts, list, service, memoryOf(service, list).used());
      const bytes = bytesOf(parts, length);
      const known = item !== undefined && status === 200 ? memoryOf(service, item).used() : undefined;
      const before = known?.get(path, bytes);
      const text = bytes.toString('utf8');
      if (before !== undefined) return { status, headers: received, text, body: before };
      const answer = parse(text, received['content-type'], status, service);
      if (known && item !== undefined) keep(known, path, bytes, answer, item);
      return { status, headers: received, text, body: answer };
    } catch (error) {
      throw error instanceof Fault ? error : networkFault(service, method, error);
    }
  }

  async function send(request: Outgoing): Promise<WholeAnswer> {
    const { requester } = request;
    const lane = request.aside ? undefined : laneOf(request);
    const act = (): Promise<WholeAnswer> => once(request);
    for (let attempt = 0; ; attempt += 1) {
      const last = request.method !== 'GET' || attempt >= retries.times;
      try {
        const result = await (lane ? lane.through(requester, act, outcomeOf) : act());
        if (last || result.status !== 503) return result;
      } catch (error) {
        if (last || !isFault(error, 'backend.unreachable')) throw error;
      }
      request.onRetry?.();
      await pause(retries.pauseMs * 2 ** attempt);
      if (requester?.gone) throw requester.gone;
    }
  }

  return {
    send,
    sendBytes: (request, bytes) => streams.sendBytes(request, bytes),
    fetch: (request) => streams.fetch(request),
    load: () => [...lanes.values()].map(({ load }) => load),
    renew: (files) => dispatchers.renew(files),
    async close(how = 'orderly') {
      await Promise.all([dispatchers.close(how), streams.close(how)]);
    },
  };
}

/** A proxy's answers for a service that it cannot reach (RFC 9110, 15.6.3 to 15.6.5). */
const OUTAGES: ReadonlySet<number> = new Set([502, 503, 504]);
const FAILURES = ['backend.unreachable', 'backend.lost', 'backend.timeout', 'request.deadline'] as const;

/** The outcome for the breaker. A request's timeout means that its call hung; a client's leaving says nothing. */
function outcomeOf(end: { readonly value: RawAnswer } | { readonly error: unknown }): Outcome {
  if ('value' in end) return OUTAGES.has(end.value.status) ? 'failed' : 'ok';
  if (FAILURES.some((code) => isFault(end.error, code))) return 'failed';
  return isFault(end.error, 'backend.answer') ? 'ok' : 'unknown';
}

interface Bounds {
  readonly service: string;
  readonly maxBytes: number;
  readonly longestMs: number;
  /** The call is cancelled when it leaves. */
  readonly requester: Requester | undefined;
}

interface Received {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly parts: readonly Buffer[];
  /** Bytes of all parts. */
  readonly length: number;
}

/**
 * An answer with its whole body. Uses `dispatch`, which passes parts on as they arrive: the stream that `request` makes
 * of each answer was a tenth of a request for one VM.
 */
function whole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { service, maxBytes, longestMs, requester }: Bounds,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let status = 0;
    let headers: Record<string, string> = {};
    let controller: Dispatcher.DispatchController | undefined;
    let ended: Error | undefined;
    /** Ends the connection, or the call before it has one. */
    function end(reason: Error): void {
      ended = reason;
      controller?.abort(reason);
      release();
      reject(reason);
    }
    const late = setTimeout(
      () => end(new Fault('backend.timeout', { service, text: `its answer was not complete after ${longestMs} ms` })),
      longestMs,
    );
    const stays = requester?.onGone(end);
    function release(): void {
      clearTimeout(late);
      stays?.();
    }
    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (ended) started.abort(ended);
      },
      onResponseStart(_controller, statusCode, received) {
        status = statusCode;
        headers = plainHeaders(received);
      },
      onResponseData(_controller, part) {
        length += part.length;
        parts.push(part);
        if (length > maxBytes) end(new Fault('backend.answer', { service, text: `more than ${maxBytes} bytes` }));
      },
      onResponseEnd() {
        release();
        resolve({ status, headers, parts, length });
      },
      onResponseError(_controller, error) {
        release();
        reject(error);
      },
    });
  });
}

const bytesOf = (parts: readonly Buffer[], length: number): Buffer =>
  parts[0] && parts.length === 1 ? parts[0] : Buffer.concat(parts, length);

/** Offers an answer to the memory. If that keeps it, its object of that name lasts as well. */
function keep(memory: ItemMemory, path: string, bytes: Buffer, answer: unknown, item: string): void {
  memory.add(path, bytes, answer);
  if (typeof answer !== 'object' || answer === null || !isLasting(answer)) return;
  const object = (answer as Readonly<Record<string, unknown>>)[item];
  if (typeof object === 'object' && object !== null) markLasting(object);
}
