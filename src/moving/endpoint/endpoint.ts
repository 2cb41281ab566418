import type { Readable } from 'node:stream';
import { request as send, type Dispatcher } from 'undici';
import { CodecError, parseXml, type XmlElement } from '../../codec/index.js';
import { copied } from '../../text.js';
import { versions, type Version } from '../../ovirt/index.js';
import { connectionsOf, type ConnectionOptions } from '../dispatcher.js';
import { ItemSplitter } from './splitter.js';

/** Where an endpoint is, and how to log in. */
export interface EndpointOptions extends Partial<ConnectionOptions> {
  /** The URL of the root document, such as `https://engine.example.com/ovirt-engine/api`. */
  readonly url: string;
  /** Such as `admin@internal`; if absent, no login is sent. */
  readonly user?: string;
  readonly password?: string;
  /** The version of the protocol; detected if absent. */
  readonly api?: string;
  /** How long an answer may take, milliseconds; 120,000 by default. */
  readonly timeoutMs?: number;
  /** Maximum number of connections; 8 by default. */
  readonly connections?: number;
}

export interface EndpointRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends no login and no session cookie. */
  readonly anonymous?: boolean;
}

export interface EndpointAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

const AWAY = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

/** The codes of Node.js for a certificate that no trusted authority has signed. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Statuses with which a proxy says that the server is not there yet. */
const PASSING = new Set([502, 503, 504]);

/**
 * The endpoint cannot be reached, or its answer is not what is required; the message has the request and the reason.
 */
export class EndpointError extends Error {
  /** Whether no connection could be made. */
  readonly isAway: boolean;
  /** Whether the same request may succeed a moment later: the connection failed, or its answer ended early. */
  readonly isPassing: boolean;

  constructor(
    message: string,
    readonly status?: number,
    { cause, isPassing = PASSING.has(status ?? 0) }: ErrorOptions & { readonly isPassing?: boolean } = {},
  ) {
    super(message, { cause });
    this.name = 'EndpointError';
    this.isAway = AWAY.has(codeOf(cause));
    this.isPassing = isPassing;
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code);

export interface Product {
  readonly name: string;
  /** Such as `4.5.4`. */
  readonly version: string;
}

/** A server of the oVirt API: an engine or a gateway. Paths are relative to its root document, or are hrefs. */
export interface Endpoint {
  readonly url: string;
  readonly version: Version;
  readonly product: Product;
  /** The answer, whatever its status. @throws EndpointError if there is none. */
  ask(method: string, path: string, request?: EndpointRequest): Promise<EndpointAnswer>;
  /** A document; asked for again if the connection fails or ends early. @throws EndpointError for any status but 200. */
  read(path: string, headers?: Readonly<Record<string, string>>): Promise<XmlElement>;
  /**
   * The items of a collection, each as soon as it arrives. If the connection ends early the list is asked for again, and
   * items that were there before are passed over. @throws EndpointError
   */
  items(path: string, headers?: Readonly<Record<string, string>>): AsyncGenerator<XmlElement>;
  close(): Promise<void>;
}

const TRIES = 3;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((one) => one.name === name);

/** The fault's text, or the beginning of the body if it is not a fault. */
function reasonIn(body: string): string {
  const detail = /<detail>([^<]*)/.exec(body)?.[1] ?? /"detail"\s*:\s*"([^"]*)/.exec(body)?.[1];
  // an HTML page says no more than the status
  if (detail === undefined && /^\s*<(!doctype )?html/i.test(body)) return '';
  return (detail ?? body.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim().slice(0, 300);
}

/** The reason of a failed request. For certificates, addresses and refused connections undici puts it in the cause. */
function why(error: unknown): string {
  const { message, cause, code } = error as Error & { code?: string };
  const text = [message || code, cause instanceof Error ? cause.message : undefined].filter(Boolean).join(': ');
  return UNTRUSTED.has(codeOf(error))
    ? `${text}: the certificate is not trusted. Name the file of its certificate authority with the CA file option`
    : text;
}

/** Opens an endpoint and detects its version. @throws EndpointError */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { user, password = '', timeoutMs = 120_000 } = options;
  const url = new URL(options.url.replace(/\/+$/, ''));
  const agent = connectionsOf({ connections: 8, ...options, timeoutMs });
  const login =
    user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  let number = options.api;
  let cookie: string | undefined;

  // data of image transfers may be at another address
  const addressOf = (path: string): string =>
    /^https?:/.test(path)
      ? path
      : path.startsWith(`${url.pathname}/`) || path.startsWith('/ovirt-engine/')
        ? url.origin + path
        : `${url.origin}${url.pathname === '/' ? '' : url.pathname}${path}`;

  async function once(
    method: string,
    path: string,
    { headers, body, anonymous = false }: EndpointRequest,
  ): Promise<Dispatcher.ResponseData> {
    try {
      const answer = await send(addressOf(path), {
        dispatcher: agent,
        method: method,
        headers: {
          accept: 'application/xml',
          'user-agent': 'ovirt-powervc-gateway',
          ...(number !== undefined && { version: number }),
          ...(body !== undefined && { 'content-type': 'application/xml' }),
          // one session for all requests, if the endpoint supports sessions
          ...(user !== undefined && !anonymous && { prefer: 'persistent-auth' }),
          ...(anonymous ? {} : login),
          ...(cookie !== undefined && !anonymous && { cookie }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      });
      const [set] = [answer.headers['set-cookie'] ?? []].flat();
      if (set !== undefined && !anonymous && answer.statusCode < 400) cookie = set.split(';')[0];
      if (answer.statusCode === 401 && !anonymous) cookie = undefined;
      return answer;
    } catch (error) {
      throw lost(method, path, error);
    }
  }

  async function textOf(body: Dispatcher.ResponseData['body'], path: string): Promise<string> {
    try {
      return await body.text();
    } catch (error) {
      throw lost('GET', path, error);
    }
  }

  /** The connection failed. */
  const lost = (method: string, path: string, cause: unknown): EndpointError =>
    new EndpointError(`${method} ${addressOf(path)}: ${why(cause)}`, undefined, {
      cause,
      isPassing: !UNTRUSTED.has(codeOf(cause)),
    });

  /** Waits before a request is sent again. @throws the error of the last one, if it cannot pass or is one too many. */
  async function beforeNext(tries: number, error: unknown): Promise<void> {
    if (!(error instanceof EndpointError) || !error.isPassing || tries === TRIES) throw error;
    await pause(tries * 250);
  }

  /** The answer to a GET. @throws EndpointError for any status but 200. */
  async function good(path: string, headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> {
    const answer = await once('GET', path, { headers });
    if (answer.statusCode === 200) return answer;
    const text = reasonIn(await textOf(answer.body, path));
    const whose = user === undefined ? '401, and no user was given' : `the login of ${user} is refused`;
    const what = answer.statusCode === 401 ? whose : `${answer.statusCode}`;
    throw new EndpointError(`GET ${addressOf(path)}: ${what}${text === '' ? '' : `: ${text}`}`, answer.statusCode);
  }

  function parsed(text: string, path: string): XmlElement {
    try {
      return parseXml(text);
    } catch (error) {
      throw error instanceof CodecError ? notDocument(path, error) : error;
    }
  }

  const notDocument = (path: string, cause: CodecError): EndpointError =>
    new EndpointError(`GET ${addressOf(path)}: not a document of the oVirt API: ${cause.message}`, undefined, {
      cause,
    });

  async function read(path: string, headers: Readonly<Record<string, string>> = {}): Promise<XmlElement> {
    for (let tries = 1; ; tries++) {
      try {
        return parsed(await textOf((await good(path, headers)).body, path), path);
      } catch (error) {
        await beforeNext(tries, error);
      }
    }
  }

  async function* items(path: string, headers: Readonly<Record<string, string>> = {}): AsyncGenerator<XmlElement> {
    const had = new Set<string>();
    for (let tries = 1; ; tries++) {
      const keys: string[] = [];
      try {
        for await (const item of itemsOnce(path, headers)) {
          // what has no id is known by its place
          const key = item.attributes.get('id') ?? `#${keys.length}`;
          keys.push(copied(key));
          if (!had.has(key)) yield item;
        }
        return;
      } catch (error) {
        await beforeNext(tries, error);
        for (const key of keys) had.add(key);
      }
    }
  }

  async function* itemsOnce(path: string, headers: Readonly<Record<string, string>>): AsyncGenerator<XmlElement> {
    const { body } = await good(path, headers);
    const splitter = new ItemSplitter();
    try {
      for await (const piece of (body as Readable).setEncoding('utf8') as AsyncIterable<string>)
        for (const text of splitter.push(piece)) yield parsed(text, path);
    } catch (error) {
      if (error instanceof EndpointError) throw error;
      throw error instanceof CodecError ? notDocument(path, error) : lost('GET', path, error);
    }
    if (!splitter.ended)
      throw new EndpointError(`GET ${addressOf(path)}: the answer was cut off`, undefined, { isPassing: true });
  }

  async function opened(): Promise<Endpoint> {
    // an engine without versions ignores the header
    number ??= '4';
    const root = await read('');
    const info = child(root, 'product_info');
    if (root.name !== 'api' || !info) throw new EndpointError(`${url.href} is not the root document of the oVirt API`);
    const at = child(info, 'version');
    const part = (name: string): string | undefined => at?.attributes.get(name) ?? child(at, name)?.text.trim();
    const major = part('major') ?? '';
    number = options.api ?? (Number(major) >= 4 ? '4' : '3');
    const version = versions.find((one) => one.number === number);
    if (!version) throw new EndpointError(`version ${number} of the API is not supported by this program`);
    return {
      url: url.href,
      version,
      product: {
        name: child(info, 'name')?.text.trim() ?? '',
        version: ['major', 'minor', 'build'].flatMap((name) => part(name) ?? []).join('.'),
      },
      async ask(method, path, request = {}) {
        const { statusCode, headers, body } = await once(method, path, request);
        return { status: statusCode, headers, body: await textOf(body, path) };
      },
      read,
      items,
      close: () => agent.close(),
    };
  }
  try {
    return await opened();
  } catch (error) {
    await agent.close();
    throw error;
  }
}
