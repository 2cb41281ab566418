import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import { Fault } from '../../model/index.js';
import type { OpenStackSettings } from './settings.js';

/** One request as it goes out. `service` names the other side in faults. */
export interface Outgoing {
  readonly service: string;
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; URLSearchParams as a form. */
  readonly body?: unknown;
}

/** `body` is parsed JSON, the text of anything else, or undefined when empty. Header names are lower case. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Transport {
  /**
   * Sends, and reads the whole answer, of whatever status. Throws `backend.unreachable`, `backend.timeout`,
   * `backend.answer`, `backend.lost`.
   * A GET is sent again after a lost connection or a 503; nothing else ever is, as it may have been done.
   */
  send(request: Outgoing): Promise<RawAnswer>;
  close(): Promise<void>;
}

type TransportSettings = Pick<
  OpenStackSettings,
  'caFile' | 'insecure' | 'timeouts' | 'connections' | 'maxAnswerBytes' | 'retries'
>;

/**
 * One pool of connections per origin, one request at a time on each (docs/reference/performance.md, section 4). Reads
 * `caFile` now: throws when it can't.
 */
export function createTransport(settings: TransportSettings): Transport {
  const ca = settings.caFile === undefined ? undefined : readFileSync(settings.caFile, 'utf8');
  const pools = new Map<string, Pool>();

  function pool(origin: string): Pool {
    const known = pools.get(origin);
    if (known) return known;
    const made = new Pool(origin, {
      connections: settings.connections,
      pipelining: 1,
      headersTimeout: settings.timeouts.headersMs,
      bodyTimeout: settings.timeouts.bodyMs,
      connect: {
        timeout: settings.timeouts.connectMs,
        rejectUnauthorized: !settings.insecure,
        ...(ca !== undefined && { ca }),
      },
    });
    pools.set(origin, made);
    return made;
  }

  async function once({ service, method, url, headers, body }: Outgoing): Promise<RawAnswer> {
    try {
      const answer = await pool(url.origin).request({
        method,
        path: url.pathname + url.search,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && {
            'content-type': body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json',
          }),
          ...headers,
        },
        ...(body !== undefined && { body: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body) }),
      });
      const text = await read(answer.body, settings.maxAnswerBytes, service);
      const plain = plainHeaders(answer.headers);
      return {
        status: answer.statusCode,
        headers: plain,
        body: parse(text, plain['content-type'], answer.statusCode, service),
      };
    } catch (error) {
      throw error instanceof Fault ? error : networkFault(service, method, error);
    }
  }

  async function send(request: Outgoing): Promise<RawAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      const last = request.method !== 'GET' || attempt >= settings.retries.times;
      const result = await once(request).catch((error: unknown) => {
        if (last || !(error instanceof Fault) || error.code !== 'backend.unreachable') throw error;
        return undefined;
      });
      if (result && (last || result.status !== 503)) return result;
      await pause(settings.retries.pauseMs * 2 ** attempt);
    }
  }

  async function close(): Promise<void> {
    const open = [...pools.values()];
    pools.clear();
    await Promise.all(open.map((one) => one.close()));
  }

  return { send, close };
}

async function read(body: Dispatcher.ResponseData['body'], limit: number, service: string): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    length += part.length;
    // Leaving the loop destroys the stream and its connection.
    if (length > limit) throw new Fault('backend.answer', { service, text: `more than ${limit} bytes` });
    parts.push(part);
  }
  return Buffer.concat(parts, length).toString('utf8');
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  return plain;
}

/**
 * JSON counts by what it is, not by its media type: Glance and the proxy in front of PowerVC name it loosely (power.md,
 * 1.7).
 */
function parse(text: string, type: string | undefined, status: number, service: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (status < 300 && type?.includes('json'))
      throw new Fault('backend.answer', { service, text: 'broken JSON' }, { cause });
    return text;
  }
}

const slow = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The other side was never reached, so nothing was done. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A POST that was sent and has no answer may have been done: whoever sends it again may do it twice. */
function networkFault(service: string, method: string, cause: unknown): Fault {
  const { code = '', message } = cause as { code?: string; message?: string };
  const text = message || code || String(cause);
  if (slow.has(code)) return new Fault('backend.timeout', { service, text }, { cause });
  const lost = method === 'POST' && !unsent.has(code);
  return new Fault(lost ? 'backend.lost' : 'backend.unreachable', { service, text }, { cause });
}
