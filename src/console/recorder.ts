import { EventEmitter } from 'node:events';
import type { BackendCall } from '../model/index.js';
import type { RequestContext, RequestRecord } from '../ovirt/index.js';
import { curlOf } from './curl.js';
import { ServiceLights } from './health.js';
import type { ObservedCall, ObservedDetail, ObservedRequest, ObservedStep } from './observed.js';
import { targetWithoutSecrets, withoutSecrets } from './secrets.js';
import { UnmetTally } from './unmet.js';

export interface RecorderLimits {
  /** Requests that are kept; 0 keeps none. */
  readonly requests: number;
  /** Calls that are kept of one request. */
  readonly callsPerRequest: number;
  /** Longest body that is kept, bytes; the rest is cut. */
  readonly maxBodyBytes: number;
}

interface Exchange {
  record?: RequestRecord;
  /** What the client sent, without secrets. */
  body?: string;
  readonly calls: ObservedCall[];
  step?: ObservedStep;
  moreCalls: number;
  /** When the request began, as far as is known, epoch milliseconds. */
  readonly beganAt: number;
}

/** Keeps the last requests with their backend calls in memory, bounded. Secrets are hidden before. */
export class Recorder {
  readonly unmet = new UnmetTally();
  readonly services = new ServiceLights();
  readonly #kept = new Map<number, Exchange>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly limits: RecorderLimits,
    private readonly url: () => string,
  ) {}

  /** Hooks for requests and backend calls. */
  readonly hooks = {
    onRequest: (record: RequestRecord): void => this.request(record),
    onBackendCall: (call: BackendCall, context: RequestContext): void => this.call(call, context),
  };

  /** A backend call of a running request, or of work after its answer. */
  call(call: BackendCall, { serial }: RequestContext): void {
    const now = Date.now();
    this.services.saw(call, now);
    if (this.limits.requests === 0) return;
    const exchange = this.#of(serial, now - call.milliseconds);
    exchange.step = stepAfter(exchange.step, call, now);
    if (exchange.calls.length >= this.limits.callsPerRequest) {
      exchange.moreCalls += 1;
      return;
    }
    const { service, method, path, status, milliseconds, body } = call;
    const bodyText = this.#json(body);
    const answerText = call.answerText?.(this.limits.maxBodyBytes);
    exchange.calls.push({
      service,
      method,
      path,
      status,
      milliseconds,
      startedMs: Math.max(0, now - milliseconds - (exchange.record?.at ?? exchange.beganAt)),
      afterAnswer: exchange.record !== undefined,
      ...(bodyText !== undefined && { body: bodyText }),
      ...(answerText && { answer: answerText }),
    });
    this.#changed(serial, exchange);
  }

  /** A request that was answered. */
  request(record: RequestRecord): void {
    this.unmet.add(record);
    if (this.limits.requests === 0) return;
    const exchange = this.#of(record.serial, record.at);
    const { body, ...received } = record.received;
    exchange.record = { ...record, received };
    if (body) exchange.body = cut(withoutSecrets(textOf(body)), this.limits.maxBodyBytes);
    this.#changed(record.serial, exchange);
  }

  /** The newest first. */
  list(): ObservedRequest[] {
    return [...this.#kept]
      .flatMap(([serial, exchange]) => (exchange.record ? [summaryOf(serial, exchange.record, exchange)] : []))
      .sort((a, b) => b.at - a.at || b.serial - a.serial);
  }

  /** The progress of the newest request with this correlation id; undefined before its first call. */
  stepOf(correlationId: string): ObservedStep | undefined {
    return [...this.#kept.values()].findLast((exchange) => exchange.record?.correlationId === correlationId)?.step;
  }

  /** One request in full; undefined if it is not, or no longer, kept. */
  detail(serial: number): ObservedDetail | undefined {
    const exchange = this.#kept.get(serial);
    if (!exchange?.record) return undefined;
    const { received, ignored } = exchange.record;
    const summary = summaryOf(serial, exchange.record, exchange);
    const { body } = exchange;
    const { contentType } = received;
    return {
      ...summary,
      calls: exchange.calls,
      moreCalls: exchange.moreCalls,
      ignored,
      ...(body !== undefined && { body }),
      curl: curlOf({
        url: this.url(),
        method: summary.method,
        target: summary.target,
        ...(contentType !== undefined && { contentType }),
        ...(body !== undefined && { body }),
      }),
    };
  }

  /**
   * Calls `listener` for each answered request, and again when its work makes progress. Returns a function that stops
   * that.
   */
  follow(listener: (request: ObservedRequest) => void): () => void {
    this.#changes.on('request', listener);
    return () => this.#changes.off('request', listener);
  }

  /** Notifies listeners; usually there are none. */
  #changed(serial: number, exchange: Exchange): void {
    if (exchange.record && this.#changes.listenerCount('request') > 0)
      this.#changes.emit('request', summaryOf(serial, exchange.record, exchange));
  }

  #of(serial: number, beganAt: number): Exchange {
    const known = this.#kept.get(serial);
    if (known) return known;
    const added: Exchange = { calls: [], moreCalls: 0, beganAt };
    this.#kept.set(serial, added);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.limits.requests) break;
      this.#kept.delete(oldest);
    }
    return added;
  }

  #json(value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    return cut(typeof value === 'string' ? value : JSON.stringify(value), this.limits.maxBodyBytes);
  }
}

const stepAfter = (
  before: ObservedStep | undefined,
  { service, method, path, status }: BackendCall,
  at: number,
): ObservedStep => ({
  service,
  method,
  path,
  status,
  at,
  calls: (before?.calls ?? 0) + 1,
  failedCalls: (before?.failedCalls ?? 0) + (status === 0 || status >= 500 ? 1 : 0),
});

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function summaryOf(serial: number, record: RequestRecord, exchange: Exchange): ObservedRequest {
  const { at, client, userAgent = '', user = '', method, operation = '', status, milliseconds } = record;
  const { correlationId, backendRequestId, aborted, fault, ignored, received } = record;
  return {
    serial,
    at,
    client,
    userAgent,
    user,
    method,
    target: targetWithoutSecrets(received.target),
    operation,
    status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    correlationId,
    ...(backendRequestId !== undefined && { backendRequestId }),
    aborted,
    calls: exchange.calls.length + exchange.moreCalls,
    ...(fault && { fault: { code: fault.code, detail: [fault.detail, fault.why].filter(Boolean).join(' ') } }),
    ignored: ignored.length,
  };
}
