import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Response } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../declare/exchange.js';
import { boundReaders } from '../http/edge.js';
import { respond } from './respond.js';

const WRITE_TIMEOUT_MS = 60_000;

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

interface Listening {
  readonly port: number;
  /** The clock: on each connection the time has passed in which no byte was written or read. */
  readonly elapse: () => void;
}

async function serve(handle: RequestListener): Promise<Listening> {
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    bound(response);
    handle(request, response);
  });
  const bound = boundReaders(server, WRITE_TIMEOUT_MS);
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  expect(server.timeout).toBe(WRITE_TIMEOUT_MS);
  return {
    port: (server.address() as AddressInfo).port,
    elapse: () => sockets.forEach((socket) => socket.emit('timeout')),
  };
}

/** Sends a request and reads nothing. */
function deaf(port: number, headers: readonly string[]): Socket {
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => socket.destroy());
  open.push(() => socket.destroy());
  socket.write(['GET / HTTP/1.1', 'Host: gateway', ...headers, '', ''].join('\r\n'));
  return socket;
}

/** A list that gzip makes no smaller and that does not end by itself; `ended` once nobody asks for more of it. */
function endless(): { readonly pieces: () => AsyncGenerator<string, void, undefined>; readonly ended: Promise<void> } {
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* pieces(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) yield randomBytes(48 * 1024).toString('base64');
    } finally {
      end?.();
    }
  }
  return { ended, pieces };
}

const exchangeOf = (takesGzip: boolean): Exchange =>
  ({
    method: 'GET',
    format: 'xml',
    correlationId: 'x',
    ignored: [],
    headers: {},
    takesGzip,
    mayPack: () => true,
    deadline: { without: (wait: Promise<unknown>) => wait, renew: () => undefined },
  }) as unknown as Exchange;

const isBackedUp = (response: ServerResponse): boolean =>
  response.writableLength > 0 || (response.socket?.writableLength ?? 0) > 0;

async function becomes(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a client that reads nothing of its answer', () => {
  it.each([
    ['as it is', []],
    ['in gzip', ['Accept-Encoding: gzip']],
    ['after 100 Continue', ['Expect: 100-continue', 'Accept-Encoding: gzip']],
  ])('is disconnected, and no more of the answer is made: %s', async (_, headers) => {
    const list = endless();
    const answers: { readonly response: ServerResponse; readonly sent: Promise<void> }[] = [];
    const { port, elapse } = await serve((request, response) => {
      const exchange = exchangeOf(request.headers['accept-encoding'] === 'gzip');
      answers.push({ response, sent: respond(response as Response, exchange, { status: 200, pieces: list.pieces }) });
    });
    deaf(port, headers);
    await becomes(() => answers.some(({ response }) => isBackedUp(response)));
    const [answer] = answers;
    elapse();
    await answer?.sent;
    await list.ended;
    expect(answer?.response.destroyed).toBe(true);
  });
});

it('a client that waits for a slow answer is not disconnected', async () => {
  const waiting: ServerResponse[] = [];
  const { port, elapse } = await serve((_, response) => void waiting.push(response));
  const answer = fetch(`http://127.0.0.1:${port}/`);
  await becomes(() => waiting.length === 1);
  elapse();
  elapse();
  waiting[0]?.end('done');
  expect(await (await answer).text()).toBe('done');
});
