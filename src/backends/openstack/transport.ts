import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Fault } from '../../model/index.js';
import { createDispatchers } from './dispatchers.js';
import type { OpenStackSettings } from './settings.js';

/** One request as it goes out. `service` names the other side in faults. */
export interface Outgoing {
  readonly service: string;
  readonly method: Dispatcher.HttpMethod;
  /** `https://powervc:8774`. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; URLSearchParams as a form. */
  readonly body?: unknown;
  /** Told when it is sent again. */
  readonly onRetry?: () => void;
}

/** `body` is parsed JSON, the text of anything else, or undefined when empty. Header names are lower case. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An answer as it came. */
export interface WholeAnswer extends RawAnswer {
  /** The body, unparsed. */
  readonly text: string;
}

export interface Transport {
  /**
   * Sends, and reads the whole answer, of whatever status. Throws `backend.unreachable`, `backend.timeout`,
   * `backend.answer`, `backend.lost`.
   * A GET is sent again after a lost connection or a 503; nothing else ever is, as it may have been done.
   */
  send(request: Outgoing): Promise<WholeAnswer>;
  close(): Promise<void>;
}

type TransportSettings = Pick<
  OpenStackSettings,
  'caFile' | 'certFile' | 'keyFile' | 'proxy' | 'insecure' | 'timeouts' | 'connections' | 'maxAnswerBytes' | 'retries'
>;

/** Reads the files of certificates now: throws when it can't. */
export function createTransport(settings: TransportSettings): Transport {
  const dispatchers = createDispatchers(settings);

  async function once({ service, method, origin, path, headers, body }: Outgoing): Promise<WholeAnswer> {
    const isForm = body instanceof URLSearchParams;
    const own: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) own['content-type'] = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    try {
      const {
        status,
        headers: told,
        text,
      } = await whole(
        dispatchers.to(origin),
        {
          origin,
          method,
          path,
          headers: Object.assign(own, headers),
          ...(body !== undefined && { body: isForm ? body.toString() : JSON.stringify(body) }),
        },
        settings.maxAnswerBytes,
        service,
      );
      return { status, headers: told, text, body: parse(text, told['content-type'], status, service) };
    } catch (error) {
      throw error instanceof Fault ? error : networkFault(service, method, error);
    }
  }

  async function send(request: Outgoing): Promise<WholeAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      const last = request.method !== 'GET' || attempt >= settings.retries.times;
      const result = await once(request).catch((error: unknown) => {
        if (last || !(error instanceof Fault) || error.code !== 'backend.unreachable') throw error;
        return undefined;
      });
      if (result && (last || result.status !== 503)) return result;
      request.onRetry?.();
      await pause(settings.retries.pauseMs * 2 ** attempt);
    }
  }

  return { send, close: () => dispatchers.close() };
}

/**
 * An answer with its whole body. `dispatch` hands on what arrives as it arrives; the stream that `request` makes of it
 * for each answer was a tenth of a request for one VM.
 */
function whole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limit: number,
  service: string,
): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let status = 0;
    let headers: Record<string, string> = {};
    dispatcher.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart(_controller, statusCode, told) {
        status = statusCode;
        headers = plainHeaders(told);
      },
      onResponseData(controller, part) {
        length += part.length;
        parts.push(part);
        // ends the connection, and rejects with this
        if (length > limit)
          controller.abort(new Fault('backend.answer', { service, text: `more than ${limit} bytes` }));
      },
      onResponseEnd: () => resolve({ status, headers, text: textOf(parts, length) }),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

const textOf = (parts: readonly Buffer[], length: number): string =>
  parts[0] && parts.length === 1 ? parts[0].toString('utf8') : Buffer.concat(parts, length).toString('utf8');

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
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
