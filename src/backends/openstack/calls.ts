import { Fault, isUuid, nameId, type BackendCall, type CallOptions } from '../../model/index.js';
import { refusal, type Target } from './errors.js';
import type { Stream } from './messages.js';
import { wasSent } from './lane.js';
import type { Outgoing, RawAnswer, Transport, WholeAnswer } from './messages.js';
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
 * OpenStack has gone on.
 */
const types: Readonly<Record<string, readonly string[]>> = { volume: ['volumev3', 'block-storage', 'volume'] };
export const typesOf = (service: string): readonly string[] => types[service] ?? [service];

/** The services that any declared call asks for. */
export const usedServices: readonly string[] = [
  ...new Set(Object.values(openStack.calls).map(({ service }) => service)),
];

/** The catalog's types that any declared call asks for. */
export const usedTypes: ReadonlySet<string> = new Set(
  Object.values(openStack.calls).flatMap(({ service }) => typesOf(service)),
);

/** Sends a call of the table to the service at `address`, and tells `onCall`. Throws what the transport throws. */
export const send = <T extends Table, Id extends IdOf<T>>(
  transport: Transport,
  address: URL,
  table: T,
  id: Id,
  args: CallArguments<Id, T>,
  options: CallOptions,
): Promise<RawAnswer> => sendBy((request) => transport.send(request), address, table, id, args, options);

/** The same by `act`, another way to send. Throws what it throws. */
export async function sendBy<T extends Table, Id extends IdOf<T>, R extends WholeAnswer | Stream>(
  act: (request: Outgoing) => Promise<R>,
  address: URL,
  table: T,
  id: Id,
  args: CallArguments<Id, T>,
  options: CallOptions,
): Promise<R> {
  const { service, method, path } = declarationOf(table, id);
  const given = args as { params?: Record<string, string>; body?: unknown; query?: Query };
  const target = targetOf(address, path, given.params, given.query);
  const began = performance.now();
  const requestId = requestIdOf(options);
  const traced = options.trace?.({ service, method, path: target });
  function told(status: number, answer?: WholeAnswer): void {
    traced?.ended(status);
    const milliseconds = performance.now() - began;
    options.onCall?.(new Told(service, method, target, status, milliseconds, requestId, given.body, answer));
  }
  try {
    const incoming = await act({
      service: nameOf(service),
      kind: service,
      method,
      origin: partsOf(address).origin,
      path: target,
      body: given.body,
      headers: {
        ...(requestId !== undefined && { 'x-openstack-request-id': requestId }),
        ...args.headers,
        ...traced?.headers,
      },
      ...(options.onRetry && { onRetry: () => options.onRetry?.(service) }),
      ...(options.asker && { asker: options.asker }),
    });
    if ('bytes' in incoming) told(200);
    else told(incoming.status, incoming);
    return incoming;
  } catch (error) {
    if (wasSent(error)) told(0);
    throw error;
  }
}

/**
 * A call as it is told. Bodies are copied only for whoever looks: most listeners count, and an answer may be a page.
 */
class Told implements BackendCall {
  constructor(
    readonly service: string,
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly milliseconds: number,
    readonly requestId: string | undefined,
    private readonly sent: unknown,
    private readonly came: WholeAnswer | undefined,
  ) {}

  get body(): unknown {
    return hidden(this.sent);
  }
  get answer(): unknown {
    return hidden(this.came?.body);
  }
  answerText(most: number): string | undefined {
    return this.came && answerText(this.came.text, most);
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

/** An address of the catalog, taken apart once: a `URL` is slow to read, slower to change. */
interface Parts {
  readonly origin: string;
  /** No slash ends it. */
  readonly base: string;
  /** The same up to its version: Cinder's address goes on with the project. */
  readonly root: string;
}

const parts = new WeakMap<URL, Parts>();

function partsOf(address: URL): Parts {
  const known = parts.get(address);
  if (known) return known;
  const base = address.pathname.replace(/\/+$/, '');
  const root = address.pathname.replace(/(\/v\d[\d.]*)\/.*$/, '$1').replace(/\/+$/, '');
  const made = { origin: address.origin, base, root };
  parts.set(address, made);
  return made;
}

/** The catalog's path, the call's and the query; a version that ends the one and begins the other stands once. */
function targetOf(
  address: URL,
  path: string,
  params: Readonly<Record<string, string>> = {},
  query: Query | undefined,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  // `/` is what the version itself answers
  const base = path === '/' ? partsOf(address).root : partsOf(address).base;
  const version = /^\/v[\d.]+(?=\/)/.exec(filled)?.[0];
  const target = base + (version !== undefined && base.endsWith(version) ? filled.slice(version.length) : filled);
  const asked = query && queryOf(query);
  return asked ? `${target}?${asked}` : target;
}

function queryOf(query: Query): string {
  const written = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined) written.append(key, String(one));
  }
  return written.toString();
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
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      secrets.has(key) && typeof held === 'string' ? '***' : hidden(held),
    ]),
  );
}

const IN_TEXT = /("(?:password|adminPass)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)/g;

/**
 * The beginning of an answer without what must not be logged, from its text: to copy the parsed answer and to write it
 * again took 7 % of a request for one VM.
 */
function answerText(text: string, most: number): string {
  // by way of bytes: a part of a text would keep the whole of it
  const begin = text.length > most ? `${Buffer.from(text.slice(0, most)).toString()}…` : text;
  return begin.replace(IN_TEXT, '$1"***"');
}
