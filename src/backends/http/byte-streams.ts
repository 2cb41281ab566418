import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ByteSource, Fault } from '../../model/index.js';
import type { Dispatchers } from './dispatchers.js';
import { networkFault } from './network-fault.js';
import { parse, plainHeaders } from './answers.js';
import type { Outgoing, Transport, WholeAnswer } from './messages.js';

/**
 * Bodies that may be as large as a disk: they are streamed, neither queued nor bounded in time. The caller bounds them.
 */
export function createByteStreams(dispatchers: Dispatchers): Pick<Transport, 'sendBytes' | 'fetch'> {
  async function ask(
    { service, kind, origin, method, path, headers }: Outgoing,
    more: Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> = {},
  ): Promise<Begun> {
    const all = { accept: 'application/json', ...headers, ...more.headers };
    const fault = (error: unknown): Fault => networkFault(service, method, error);
    try {
      return await begin(dispatchers.to(kind, origin), { origin, method, path, ...more, headers: all }, fault);
    } catch (error) {
      throw fault(error);
    }
  }

  /** An answer other than the bytes: short, the description of a failure. */
  async function whole({ status, headers, bytes }: Begun, { service }: Outgoing): Promise<WholeAnswer> {
    const parts: Uint8Array[] = [];
    await bytes.passTo((part) => void parts.push(part));
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
  };
}

/** An answer whose headers have arrived. */
interface Begun {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly bytes: ByteSource;
}

type Take = Parameters<ByteSource['passTo']>[0];

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
    dispatcher.dispatch(request, {
      // tells undici which kind of handler this is
      onRequestStart: () => undefined,
      onResponseStart(controller, status, headers) {
        arriving = new Arriving(controller);
        resolve({ status, headers: plainHeaders(headers), bytes: arriving });
      },
      onResponseData: (_controller, part) => arriving?.take(part),
      onResponseEnd: () => arriving?.end(),
      onResponseError(_controller, error) {
        if (arriving) arriving.end(fault(error));
        else reject(error);
      },
    });
  });
}

/** The body of an answer, paused until it is read. */
class Arriving implements ByteSource {
  #take: Take | undefined;
  #ended = (error?: Error): void => {
    this.#outcome = { error };
  };
  /** How it ended before it was read. */
  #outcome: { readonly error: Error | undefined } | undefined;
  /** What the reader threw: the connection's error that follows is its consequence. */
  #refused: Error | undefined;

  constructor(private readonly controller: Dispatcher.DispatchController) {
    controller.pause();
  }

  passTo(take: Take): Promise<void> {
    this.#take = take;
    return new Promise((resolve, reject) => {
      this.#ended = (error) => (error ? reject(error) : resolve());
      if (this.#outcome) this.#ended(this.#outcome.error);
      else this.controller.resume();
    });
  }

  take(part: Uint8Array): void {
    try {
      const wait = this.#take?.(part);
      if (!wait) return;
      this.controller.pause();
      wait.then(
        () => this.controller.resume(),
        (error: unknown) => this.#refuse(error),
      );
    } catch (error) {
      this.#refuse(error);
    }
  }

  end(error?: Error): void {
    this.#ended(this.#refused ?? error);
  }

  #refuse(error: unknown): void {
    this.#refused = error instanceof Error ? error : new Error(String(error));
    this.controller.abort(this.#refused);
  }
}
