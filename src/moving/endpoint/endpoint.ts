import type { Readable } from 'node:stream';
import { Agent, request as send, type Dispatcher } from 'undici';
import { CodecError, parseXml, type XmlElement } from '../../codec/index.js';
import { versions, type Version } from '../../ovirt/index.js';
import { ItemSplitter } from './splitter.js';

/** Where an endpoint is, and how to log in. */
export interface EndpointOptions {
  /** The URL of the root document, such as `https://engine.example.com/ovirt-engine/api`. */
  readonly url: string;
  /** Such as `admin@internal`; if absent, no login is sent. */
  readonly user?: string;
  readonly password?: string;
  /** The version of the protocol; detected if absent. */
  readonly api?: string;
  /** Certificate authorities to trust, PEM. */
  readonly ca?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
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

/**
 * The endpoint cannot be reached, or its answer is not what is required; the message has the request and the reason.
 */
export class EndpointError extends Error {
  /** Whether no connection could be made. */
  readonly isAway: boolean;

  constructor(
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EndpointError';
    this.isAway = AWAY.has(String((options?.cause as NodeJS.ErrnoException | undefined)?.code));
  }
}

const AWAY = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

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
  /** A document; asked for again if the connection fails. @throws EndpointError for any status but 200. */
  read(path: string, headers?: Readonly<Record<string, string>>): Promise<XmlElement>;
  /** The items of a collection, each as soon as it arrives. @throws EndpointError */
  items(path: string, headers?: Readonly<Record<string, string>>): AsyncGenerator<XmlElement>;
  close(): Promise<void>;
}

const TRIES = 3;
const PASSING = new Set([502, 503, 504]);
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

/** The codes of Node.js for a certificate that no trusted authority has signed. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The reason of a failed request. For certificates, addresses and refused connections undici puts it in the cause. */
function why(error: unknown): string {
  const { message, cause, code } = error as Error & { code?: string };
  const text = [message || code, cause instanceof Error ? cause.message : undefined].filter(Boolean).join(': ');
  return code !== undefined && UNTRUSTED.has(code)
    ? `${text}: the certificate is not trusted. Name the file of its certificate authority with the CA file option`
    : text;
}

/** Opens an endpoint and detects its version. @throws EndpointError */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { user, password = '', timeoutMs = 120_000 } = options;
  const url = new URL(options.url.replace(/\/+$/, ''));
  const agent = new Agent({
    connections: options.connections ?? 8,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { ...(options.ca !== undefined && { ca: options.ca }), rejectUnauthorized: options.insecure !== true },
  });
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
      throw new EndpointError(`${method} ${addressOf(path)}: ${why(error)}`, undefined, { cause: error });
    }
  }

  async function textOf(body: Dispatcher.ResponseData['body'], path: string): Promise<string> {
    try {
      return await body.text();
    } catch (error) {
      throw new EndpointError(`GET ${addressOf(path)}: ${why(error)}`, undefined, { cause: error });
    }
  }

  /** Sends a GET again after a broken connection, or if a proxy says that the server is not there yet. */
  async function get(path: string, headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> {
    for (let tried = 1; ; tried++) {
      try {
        const answer = await once('GET', path, { headers });
        if (!PASSING.has(answer.statusCode) || tried === TRIES) return answer;
        await answer.body.dump();
      } catch (error) {
        if (tried === TRIES) throw error;
      }
      await pause(tried * 250);
    }
  }

  async function good(path: string, headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> {
    const answer = await get(path, headers);
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
      if (!(error instanceof CodecError)) throw error;
      throw new EndpointError(`GET ${addressOf(path)}: not a document of the oVirt API: ${error.message}`, undefined, {
        cause: error,
      });
    }
  }

  const read: Endpoint['read'] = async (path, headers = {}) =>
    parsed(await textOf((await good(path, headers)).body, path), path);

  async function* items(path: string, headers: Readonly<Record<string, string>> = {}): AsyncGenerator<XmlElement> {
    const { body } = await good(path, headers);
    const splitter = new ItemSplitter();
    try {
      for await (const piece of (body as Readable).setEncoding('utf8') as AsyncIterable<string>)
        for (const text of splitter.push(piece)) yield parsed(text, path);
    } catch (error) {
      if (error instanceof EndpointError) throw error;
      throw new EndpointError(`GET ${addressOf(path)}: ${why(error)}`, undefined, { cause: error });
    }
    if (splitter.root !== undefined && !splitter.ended && splitter.root !== '')
      throw new EndpointError(`GET ${addressOf(path)}: the answer was cut off`);
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
