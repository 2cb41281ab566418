import { Fault, isUuid, nameId, type CallOptions } from '../../model/index.js';
import { refusal, type Target } from './errors.js';
import type { RawAnswer, Transport } from './transport.js';
import {
  declarationOf,
  hasAnswer,
  openStack,
  wrongWith,
  type AnswerOf,
  type IdOf,
  type OpenStackTable,
  type ParamsOf,
  type RequestOf,
  type Table,
} from './wire.js';

/** The query of a call; a list repeats the key. */
type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What fills a declared call. */
export type CallArguments<Id extends IdOf<T>, T extends Table = OpenStackTable> = {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the call is about, for `not-found`. */
  readonly about?: readonly Target[];
} & ([ParamsOf<T, Id>] extends [never] ? unknown : { readonly params: Readonly<Record<ParamsOf<T, Id>, string>> }) &
  ([RequestOf<T, Id>] extends [undefined] ? unknown : { readonly body: RequestOf<T, Id> });

/** The name of a service in faults. */
const names: Readonly<Record<string, string>> = {
  identity: 'Keystone',
  compute: 'Nova',
  volume: 'Cinder',
  network: 'Neutron',
  image: 'Glance',
  metric: 'Gnocchi',
};
export const nameOf = (service: string): string => names[service] ?? service;

/**
 * The catalog's types of a service, best first. IBM's own clients take `volume` (docs/reference/power.md, 1.1),
 * OpenStack
 * has gone on.
 */
const types: Readonly<Record<string, readonly string[]>> = { volume: ['volumev3', 'block-storage', 'volume'] };
export const typesOf = (service: string): readonly string[] => types[service] ?? [service];

/** The catalog's types that any declared call asks for. */
export const usedTypes: ReadonlySet<string> = new Set(
  Object.values(openStack.calls).flatMap(({ service }) => typesOf(service)),
);

/** Sends a call of the table to the service at `address`, and tells `onCall`. Throws what the transport throws. */
export async function send<T extends Table, Id extends IdOf<T>>(
  transport: Transport,
  address: URL,
  table: T,
  id: Id,
  args: CallArguments<Id, T>,
  options: CallOptions,
): Promise<RawAnswer> {
  const { service, method, path } = declarationOf(table, id);
  const given = args as { params?: Record<string, string>; body?: unknown; query?: Query };
  const url = urlOf(address, path, given.params ?? {}, given.query ?? {});
  const began = performance.now();
  const requestId = requestIdOf(options);
  const told = (status: number, answer?: unknown): void =>
    options.onCall?.({
      service,
      method,
      path: url.pathname + url.search,
      status,
      milliseconds: performance.now() - began,
      ...(requestId !== undefined && { requestId }),
      // Copied only for whoever looks: most listeners count, and an answer may be a page of a thousand servers.
      get body() {
        return hidden(given.body);
      },
      get answer() {
        return hidden(answer);
      },
      answerUpTo: (values) => hidden(answer, { values }),
    });
  try {
    const incoming = await transport.send({
      service: nameOf(service),
      method,
      url,
      body: given.body,
      headers: { ...(requestId !== undefined && { 'x-openstack-request-id': requestId }), ...args.headers },
    });
    told(incoming.status, incoming.body);
    return incoming;
  } catch (error) {
    told(0);
    throw error;
  }
}

/**
 * The declared answer. Throws the fault of a refusal, and `backend.answer` for a success that has not the declared
 * form.
 */
export function accept<T extends Table, Id extends IdOf<T>>(
  table: T,
  id: Id,
  incoming: RawAnswer,
  about: readonly Target[] = [],
): AnswerOf<T, Id> {
  const declaration = declarationOf(table, id);
  const { service } = declaration;
  if (incoming.status < 200 || incoming.status > 299 || incoming.status === 206)
    throw refusal(nameOf(service), incoming, about);
  if (!hasAnswer(declaration)) return undefined;
  const body = incoming.body ?? null;
  const wrong = wrongWith(table, id, incoming.status, body);
  if (wrong !== undefined) throw new Fault('backend.answer', { service: nameOf(service), text: `${id}: ${wrong}` });
  return body;
}

/** The catalog's address and the path; a version that ends the one and begins the other stands once. */
function urlOf(address: URL, path: string, params: Readonly<Record<string, string>>, query: Query): URL {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  // `/` is what the version itself answers: Cinder's address goes on with the project
  const base = (path === '/' ? address.pathname.replace(/(\/v\d[\d.]*)\/.*$/, '$1') : address.pathname).replace(
    /\/+$/,
    '',
  );
  const version = /^\/v[\d.]+(?=\/)/.exec(filled)?.[0];
  const url = new URL(address.origin);
  url.pathname = base + (version !== undefined && base.endsWith(version) ? filled.slice(version.length) : filled);
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined) url.searchParams.append(key, String(one));
  }
  return url;
}

/** OpenStack takes over a caller's id of this form and logs it with every service (X-OpenStack-Request-ID). */
function requestIdOf({ correlationId }: CallOptions): string | undefined {
  return correlationId === undefined
    ? undefined
    : `req-${isUuid(correlationId) ? correlationId.toLowerCase() : nameId('correlation', correlationId)}`;
}

const secrets = new Set(['password', 'adminPass']);

/**
 * A copy without what must not be logged; `password` is also the name of Keystone's method, so only texts are hidden.
 */
function hidden(value: unknown, left = { values: Infinity }): unknown {
  if ((left.values -= 1) < 0) return '…';
  if (Array.isArray(value)) return bounded(value, left).map((held) => hidden(held, left));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      secrets.has(key) && typeof held === 'string' ? '***' : hidden(held, left),
    ]),
  );
}

/** No more items than may be copied, and one that says so. */
const bounded = (items: readonly unknown[], { values }: { readonly values: number }): readonly unknown[] =>
  items.length > values ? items.slice(0, Math.max(0, values) + 1) : items;
