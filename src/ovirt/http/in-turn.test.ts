import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { InTurn } from './in-turn.js';

class Answer extends EventEmitter {
  closed = false;
  writableFinished = false;
  close(): void {
    this.closed = this.writableFinished = true;
    this.emit('close');
  }
}

/** A connection with two requests, of which the first is being answered. */
function pipelined(): { socket: PassThrough; first: Answer; done: string[] } {
  const turns = new InTurn();
  const socket = new PassThrough();
  const first = new Answer();
  const done: string[] = [];
  const request = { socket, complete: true } as unknown as IncomingMessage;
  for (const [name, response] of [
    ['first', first],
    ['second', new Answer()],
  ] as const)
    turns.request(request, response as unknown as ServerResponse, () => done.push(name));
  return { socket, first, done };
}

it('processes a request once the one ahead is answered', () => {
  const { first, done } = pipelined();
  expect(done).toEqual(['first']);
  first.close();
  expect(done).toEqual(['first', 'second']);
});

it.each([
  ['was cut', (socket: PassThrough) => socket.destroy()],
  ['closed with the answer ahead', (socket: PassThrough) => socket.end()],
])('processes none on a connection that %s', (_, end) => {
  const { socket, first, done } = pipelined();
  end(socket);
  first.close();
  expect(done).toEqual(['first']);
});
