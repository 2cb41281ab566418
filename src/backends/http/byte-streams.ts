import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Ending, Fault } from '../../model/index.js';
import { Arriving, type Begun } from './arriving.js';
import { DirectBytes } from './direct-bytes.js';
import type { Dispatchers } from './dispatchers.js';
import { networkFault } from './network-fault.js';
import { parse, plainHeaders } from './answers.js';
import type { Outgoing, Transport, WholeAnswer } from './messages.js';
import type { HttpSettings } from './settings.js';

/**
 * Bodies that may be as large as a disk: they are streamed, neither queued nor bounded in time. The caller bounds them.
 * `close` waits for those that are read past undici, or cuts them off.
 */
export function createByteStreams(
  dispatchers: Dispatchers,
  settings: HttpSettings,
): Pick<Transport, 'sendBytes' | 'fetch'> & { close(how: Ending): Promise<void> } {
  const direct = new DirectBytes(settings);
  const isProxied = Boolean(settings.proxy?.http) || Boolean(settings.proxy?.https);

  async function ask(
    { service, kind, origin, method, path, headers }: Outgoing,
    more: { readonly headers?: Record<string, string>; readonly body?: Readable } = {},
  ): Promise<Begun> {
    const all = { accept: 'application/json', ...headers, ...more.headers };
    const fault = (error: unknown): Fault => networkFault(service, method, error);
    // Through a proxy and with TLS, undici makes the connection. Node.js passes on all that it has decrypted even while
    // it is paused, so a buffer could not be used again; and decrypting costs more than that saves (docs/performance.md).
    const isDirect = method === 'GET' && !isProxied && origin.startsWith('http:');
    try {
      return isDirect
        ? await direct.begin({ origin, path, headers: all }, fault)
        : await begin(dispatchers.to(kind, origin), { origin, method, path, ...more, headers: all }, fault);
    } catch (error) {
      throw fault(error);
    }
  }

  /** An answer other than the bytes: short, the description of a failure. */
  async function whole({ status, headers, bytes }: Begun, { service }: Outgoing): Promise<WholeAnswer> {
    const parts: Uint8Array[] = [];
    await bytes.passTo((part) => void parts.push(Buffer.from(part)));
    const text = Buffer.concat(parts).toString('utf8');
    return { status, headers, text, body: parse(text, headers['content-type'], status, service) };
  }

  return {
    async sendBytes(request, { length, parts }) {
      const answer = await ask(request, {
        headers: { 'content-type': 'application/octet-stream', 'content-length': String(length) },
        body: Readable.from(parts(), { objectMode: false }),
      });
      return whole(answer, request);
    },
    async fetch(request) {
      const answer = await ask(request);
      return answer.status === 200 || answer.status === 206 ? { bytes: answer.bytes } : whole(answer, request);
    },
    close: (how) => direct.close(how),
  };
}

/**
 * Sends the request. Rejects with the error of the connection; `fault` makes the one of an error after the headers. Uses
 * `dispatch`, as other calls do: the stream that `request` makes of an answer, and the iterator over it, took a fifth of
 * a download's CPU.
 */
function begin(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  fault: (error: unknown) => Fault,
): Promise<Begun> {
  return new Promise((resolve, reject) => {
    let arriving: Arriving | undefined;
    /** Bytes of the body that have not arrived; NaN if the length is unknown. */
    let left = NaN;
    dispatcher.dispatch(request, {
      // tells undici which kind of handler this is
      onRequestStart: () => undefined,
      onResponseStart(controller, status, received) {
        // informational: the answer follows
        if (status < 200) return;
        const headers = plainHeaders(received);
        left = Number(headers['content-length']);
        arriving = new Arriving(controller);
        resolve({ status, headers, bytes: arriving });
      },
      onResponseData(_controller, part) {
        left -= part.length;
        arriving?.take(part);
      },
      onResponseEnd: () => arriving?.end(),
      onResponseError(_controller, error) {
        // undici takes a connection that is closed while the last part is paused for one that was cut off
        if (arriving) arriving.end(left === 0 ? undefined : fault(error));
        else reject(error);
      },
    });
  });
}
