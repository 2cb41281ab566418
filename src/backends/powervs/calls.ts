import { Fault, isUuid, nameId, type CallOptions } from '../../model/index.js';
import { wasSent } from '../openstack/lane.js';
import type { RawAnswer, Transport } from '../openstack/messages.js';
import { refusal, type Target } from './errors.js';
import {
  declarationOf,
  hasAnswer,
  wrongWith,
  type AnswerOf,
  type CallId,
  type ParamsOf,
  type RequestOf,
} from './wire.js';

/** What fills a declared call. */
export type CallArguments<Id extends CallId> = {
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** What the call is about, for `not-found`. */
  readonly about?: readonly Target[];
} & ([ParamsOf<Id>] extends [never] ? unknown : { readonly params: Readonly<Record<ParamsOf<Id>, string>> }) &
  ([RequestOf<Id>] extends [undefined] ? unknown : { readonly body: RequestOf<Id> });

/** The name of a service in faults. */
const names: Readonly<Record<string, string>> = { iam: 'IBM Cloud IAM', pcloud: 'Power Virtual Server' };
const nameOf = (service: string): string => names[service] ?? service;

export interface Addressed {
  readonly address: URL;
  readonly workspace: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a declared call, and tells `onCall`. Throws what the transport throws. */
export async function send<Id extends CallId>(
  transport: Transport,
  to: Addressed,
  id: Id,
  args: CallArguments<Id>,
  options: CallOptions,
): Promise<RawAnswer> {
  const { service, method, path, media } = declarationOf(id);
  const {
    params = {},
    body,
    query = {},
  } = args as {
    params?: Record<string, string>;
    body?: Record<string, string>;
    query?: Record<string, string | undefined>;
  };
  const target = targetOf(to, path, params, query);
  const requestId = requestIdOf(options);
  const began = performance.now();
  const traced = options.trace?.({ service, method, path: target });
  function told(status: number, answer?: unknown): void {
    traced?.ended(status);
    options.onCall?.({
      service,
      method,
      path: target,
      status,
      milliseconds: performance.now() - began,
      ...(requestId !== undefined && { requestId }),
      get body() {
        return hidden(body);
      },
      get answer() {
        return hidden(answer);
      },
      // a value takes some eight bytes at the least
      answerText: (most) =>
        answer === undefined ? undefined : cut(JSON.stringify(hidden(answer, { values: most / 8 })), most),
    });
  }
  const sent = media === undefined ? body : new URLSearchParams(body);
  try {
    const incoming = await transport.send({
      service: nameOf(service),
      kind: service,
      method: method,
      origin: to.address.origin,
      path: target,
      body: sent,
      headers: {
        ...(requestId !== undefined && { 'transaction-id': requestId }),
        ...to.headers,
        ...traced?.headers,
      },
      ...(options.onRetry && { onRetry: () => options.onRetry?.(service) }),
      ...(options.asker && { asker: options.asker }),
    });
    told(incoming.status, incoming.body);
    return incoming;
  } catch (error) {
    if (wasSent(error)) told(0);
    throw error;
  }
}

/**
 * The declared answer. Throws the fault of a refusal, and `backend.answer` for a success that has not the declared
 * form.
 */
export function accept<Id extends CallId>(id: Id, incoming: RawAnswer, about: readonly Target[] = []): AnswerOf<Id> {
  const service = nameOf(declarationOf(id).service);
  if (incoming.status < 200 || incoming.status > 299 || incoming.status === 206)
    throw refusal(service, incoming, about);
  if (!hasAnswer(id)) return undefined;
  const wrong = wrongWith(id, incoming.status, incoming.body ?? null);
  if (wrong !== undefined) throw new Fault('backend.answer', { service, text: `${id}: ${wrong}` });
  return incoming.body as AnswerOf<Id>;
}

function targetOf(
  { address, workspace }: Addressed,
  path: string,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(name === 'workspace' ? workspace : (params[name] ?? '')),
  );
  const asked = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) asked.append(key, value);
  return address.pathname.replace(/\/+$/, '') + filled + (asked.size > 0 ? `?${asked.toString()}` : '');
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** IBM Cloud's services take over a caller's Transaction-Id and log it. */
const requestIdOf = ({ correlationId }: CallOptions): string | undefined =>
  correlationId === undefined
    ? undefined
    : isUuid(correlationId)
      ? correlationId.toLowerCase()
      : nameId('correlation', correlationId);

const secrets = new Set(['apikey', 'access_token', 'refresh_token', 'userData']);

/** A copy without what must not be logged. A console's URL holds its token. */
function hidden(value: unknown, left = { values: Infinity }): unknown {
  if ((left.values -= 1) < 0) return '…';
  if (Array.isArray(value)) return bounded(value, left).map((held) => hidden(held, left));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      secrets.has(key)
        ? '***'
        : key === 'consoleURL' && typeof held === 'string'
          ? held.replace(/\?.*$/, '?***')
          : hidden(held, left),
    ]),
  );
}

/** No more items than may be copied, and one that says so. */
const bounded = (items: readonly unknown[], { values }: { readonly values: number }): readonly unknown[] =>
  items.length > values ? items.slice(0, Math.max(0, values) + 1) : items;
