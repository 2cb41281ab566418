import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Fault } from '../../model/index.js';
import type { Dispatchers } from './dispatchers.js';
import { networkFault } from './network-fault.js';
import { parse, plainHeaders } from './answers.js';
import type { Outgoing, Transport } from './messages.js';

/**
 * Bodies that may be as large as a disk: they are streamed, neither queued nor bounded in time. The caller bounds them.
 */
export function createByteStreams(dispatchers: Dispatchers): Pick<Transport, 'sendBytes' | 'fetch'> {
  async function ask(
    { service, kind, origin, method, path, headers }: Outgoing,
    more: Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> = {},
  ): Promise<Dispatcher.ResponseData> {
    const all = { accept: 'application/json', ...headers, ...more.headers };
    try {
      return await dispatchers.to(kind, origin).request({ origin, method, path, ...more, headers: all });
    } catch (error) {
      throw networkFault(service, method, error);
    }
  }

  /** An answer other than the bytes: short, the description of a failure. */
  async function whole({ statusCode: status, ...answer }: Dispatcher.ResponseData, { service, method }: Outgoing) {
    const headers = plainHeaders(answer.headers);
    try {
      const text = await answer.body.text();
      return { status, headers, text, body: parse(text, headers['content-type'], status, service) };
    } catch (error) {
      throw error instanceof Fault ? error : networkFault(service, method, error);
    }
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
      if (answer.statusCode !== 200 && answer.statusCode !== 206) return whole(answer, request);
      return { bytes: guarded(answer.body, request) };
    },
  };
}

/** The bytes. Throws a fault of the backend if they end early. */
async function* guarded(body: AsyncIterable<Uint8Array>, { service, method }: Outgoing): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw networkFault(service, method, error);
  }
}
