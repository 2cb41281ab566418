import { Fault, isLasting, isUuid, nameId, type BackendCall, type CallOptions } from '../../model/index.js';
import { wasSent } from './lane.js';
import type { Outgoing, RawAnswer, Stream, WholeAnswer } from './messages.js';
import type { Redactor } from './redact.js';
import type { Target } from './refusal.js';
import {
  declarationOf,
  hasAnswer,
  wrongWith,
  type AnswerOf,
  type Declaration,
  type IdOf,
  type ParamsOf,
  type RequestOf,
  type Table,
} from './wire.js';

/** The query of a call; a list repeats the key. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What fills a declared call. `Known`: names in its path that the connection fills. */
export type CallArguments<T extends Table, Id extends IdOf<T>, Known extends string = never> = {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the call is about, for `not-found`. */
  readonly about?: readonly Target[];
} & ([Exclude<ParamsOf<T, Id>, Known>] extends [never]
  ? unknown
  : { readonly params: Readonly<Record<Exclude<ParamsOf<T, Id>, Known>, string>> }) &
  ([RequestOf<T, Id>] extends [undefined] ? unknown : { readonly body: RequestOf<T, Id> });

/** The same without the types of its call. */
export interface LooseArguments {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: unknown;
}

/** What differs between clouds in how a call goes out and is reported. */
export interface Conventions {
  /** The name of a service in faults: `Nova` of `compute`. */
  readonly nameOf: (service: string) => string;
  /** The header by which services log a caller's id, and the id's form, given a UUID. */
  readonly requestId: { readonly header: string; readonly of: (uuid: string) => string };
  readonly redactor: Redactor;
  /** The fault of an answer that is no success. */
  readonly refusal: (service: string, answer: RawAnswer, about: readonly Target[]) => Fault;
}

/** Where a call goes, and what it carries. */
export interface Destination {
  /** `https://powervc:8774`. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: unknown;
  /** As in `Outgoing`. */
  readonly list?: string;
  /** As in `Outgoing`. */
  readonly item?: string;
}

/** The parts of `Outgoing` that say how an answer is read. */
export type Reading = Pick<Outgoing, 'list' | 'item'>;

const FORM = 'application/x-www-form-urlencoded';

/** Sends a declared call by `act`, and reports it to `onCall`. Throws what `act` throws. */
export async function sendBy<R extends WholeAnswer | Stream>(
  act: (request: Outgoing) => Promise<R>,
  conventions: Conventions,
  { service, method, media, reads = false }: Declaration,
  { origin, path, headers, body, list, item }: Destination,
  options: CallOptions,
): Promise<R> {
  const began = performance.now();
  const requestId = requestIdOf(conventions, options);
  const traced = options.trace?.({ service, method, path });
  function report(status: number, answer?: WholeAnswer): void {
    traced?.ended(status);
    const milliseconds = performance.now() - began;
    options.onCall?.(
      new ReportedCall(service, method, path, status, milliseconds, requestId, conventions.redactor, body, answer),
    );
  }
  try {
    const incoming = await act({
      service: conventions.nameOf(service),
      kind: service,
      method,
      reads,
      origin,
      path,
      body: media === FORM ? new URLSearchParams(body as Record<string, string>) : body,
      headers: {
        ...(requestId !== undefined && { [conventions.requestId.header]: requestId }),
        ...headers,
        ...traced?.headers,
      },
      ...(options.onRetry && { onRetry: () => options.onRetry?.(service) }),
      ...(options.requester && { requester: options.requester }),
      ...(list !== undefined && { list }),
      ...(item !== undefined && { item }),
    });
    if ('bytes' in incoming) report(200);
    else report(incoming.status, incoming);
    return incoming;
  } catch (error) {
    if (wasSent(error)) report(0);
    throw error;
  }
}

/**
 * Bodies are copied only when they are read: most listeners only count calls, and an answer may be a page of VMs. What
 * was on the wire is private, so that no log of the object shows a secret.
 */
class ReportedCall implements BackendCall {
  readonly #redactor: Redactor;
  readonly #sent: unknown;
  readonly #received: WholeAnswer | undefined;

  constructor(
    readonly service: string,
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly milliseconds: number,
    readonly requestId: string | undefined,
    redactor: Redactor,
    sent: unknown,
    received: WholeAnswer | undefined,
  ) {
    this.#redactor = redactor;
    this.#sent = sent;
    this.#received = received;
  }

  get body(): unknown {
    return this.#redactor.value(this.#sent);
  }
  get answer(): unknown {
    return this.#redactor.value(this.#received?.body);
  }
  answerText(most: number): string | undefined {
    const received = this.#received;
    return received && this.#redactor.beginning(received.beginning?.(most + 1) ?? received.text, most);
  }
  toJSON(): object {
    return { ...this, body: this.body, answer: this.answer };
  }
}

/** What lasts of answers, by the call whose form it has. */
const accepted = new WeakMap<object, Declaration>();

/** Whether a lasting answer, or item of one, was found to have the form that the call declares. */
export const isAccepted = (answer: unknown, declaration: Declaration): boolean =>
  typeof answer === 'object' && answer !== null && accepted.get(answer) === declaration;

/** Remembers that, if it lasts. */
export function markAccepted(answer: unknown, declaration: Declaration): void {
  if (typeof answer === 'object' && answer !== null && isLasting(answer)) accepted.set(answer, declaration);
}

/**
 * The declared body of an answer; undefined where none is read. Throws the fault of a refusal, and `backend.answer` for
 * a success that does not have the declared form.
 */
export function accept<T extends Table, Id extends IdOf<T>>(
  { nameOf, refusal }: Conventions,
  table: T,
  id: Id,
  incoming: RawAnswer,
  about: readonly Target[],
): AnswerOf<T, Id> {
  const declaration = declarationOf(table, id);
  const service = nameOf(declaration.service);
  if (incoming.status < 200 || incoming.status > 299 || incoming.status === 206)
    throw refusal(service, incoming, about);
  if (!hasAnswer(declaration)) return undefined;
  const body = incoming.body ?? null;
  if (isAccepted(body, declaration)) return body;
  const wrong = wrongWith(table, id, incoming.status, body);
  if (wrong !== undefined) throw new Fault('backend.answer', { service, text: `${id}: ${wrong}` });
  markAccepted(body, declaration);
  return body;
}

/** A declared path with its names filled: `/servers/{server}` → `/servers/1234`. */
export const filled = (path: string, params: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));

/** `?` and the query; "" where nothing is asked. */
export function queryText(query: Query = {}): string {
  const written = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined) written.append(key, String(one));
  }
  return written.size > 0 ? `?${written.toString()}` : '';
}

/** The correlation id in the form that the cloud takes: a client's own may be any text, a cloud's is a UUID. */
function requestIdOf({ requestId }: Conventions, { correlationId }: CallOptions): string | undefined {
  if (correlationId === undefined) return undefined;
  return requestId.of(isUuid(correlationId) ? correlationId.toLowerCase() : nameId('correlation', correlationId));
}
