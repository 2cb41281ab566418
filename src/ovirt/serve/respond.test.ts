import { Writable } from 'node:stream';
import type { Response } from 'express';
import { expect, it } from 'vitest';
import type { Exchange } from '../declare/exchange.js';
import { respond } from './respond.js';

const PIECES = 20;

/** A connection whose system takes everything at once: the stream drains before anything else has its turn. */
const eager = (): Response =>
  Object.assign(new Writable({ highWaterMark: 1, write: (_piece, _encoding, done) => done() }), {
    headersSent: false,
    writeHead: () => undefined,
  }) as unknown as Response;

const exchange = {
  method: 'GET',
  format: 'xml',
  correlationId: 'x',
  ignored: [],
  headers: {},
  takesGzip: false,
  mayPack: () => false,
  deadline: { without: (wait: Promise<unknown>) => wait, renew: () => undefined },
} as unknown as Exchange;

it('several long lists at once leave turns of the event loop to other requests, one for each piece', async () => {
  let turns = 0;
  const seen: number[] = [];
  async function* pieces(): AsyncGenerator<string, void, undefined> {
    for (let piece = 0; piece < PIECES; piece += 1) {
      seen.push(turns);
      yield 'piece';
    }
  }
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all([1, 2, 3].map(() => respond(eager(), exchange, { status: 200, pieces })));
  isOver = true;
  expect(seen).toHaveLength(3 * PIECES);
  // the first two of each are asked for before the head is sent
  expect(turns).toBeGreaterThan(3 * (PIECES - 2));
});
