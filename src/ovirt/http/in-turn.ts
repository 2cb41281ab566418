import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** One request of a connection. */
interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What is answered first; absent once it was. */
  before: Turn | undefined;
  /** How many wait with it. */
  readonly waiting: number;
}

/** Requests that one connection may have sent ahead of their answers. */
const MOST_WAITING = 100;

/**
 * The requests of each connection, one after the other (RFC 9112, 9.3.2). Node hands them over as they arrive, so that
 * one would be worked on before the answer of the one ahead, and even when that one's answer ends the connection, and
 * what is no HTTP would be answered in the place of the request ahead of it.
 */
export class InTurn {
  readonly #last = new WeakMap<Duplex, Turn>();

  /** Works on a request when it is its turn; never, when the connection ends before. */
  request(request: IncomingMessage, response: ServerResponse, work: () => void): void {
    const { socket } = request;
    const before = this.#last.get(socket);
    const isAlone = !before || isAnswered(before);
    const turn: Turn = {
      request,
      response,
      before: isAlone ? undefined : before,
      waiting: isAlone ? 0 : before.waiting + 1,
    };
    this.#last.set(socket, turn);
    if (turn.waiting > MOST_WAITING) return void socket.destroy();
    behind(turn.before, socket, () => {
      turn.before = undefined;
      work();
    });
  }

  /**
   * Something that came on the connection is no HTTP. `answer` is called when it is its turn: with the response of the
   * request that it belongs to, or with none.
   */
  broken(socket: Duplex, answer: (response: ServerResponse | undefined) => void): void {
    const turn = this.#last.get(socket);
    // its body broke, and not what came behind it
    if (turn && !turn.request.complete) behind(turn.before, socket, () => answer(turn.response));
    else behind(turn, socket, () => answer(undefined));
  }
}

/** Acts once what is ahead was answered, unless the connection ended with that answer. */
function behind(ahead: Turn | undefined, socket: Duplex, act: () => void): void {
  if (!ahead || isAnswered(ahead)) return socket.writableEnded ? undefined : act();
  ahead.response.once('close', () => {
    if (ahead.response.writableFinished && !socket.writableEnded) act();
  });
}

/** A connection that ends with an answer has ended by then: `writableFinished` is true before that. */
const isAnswered = ({ response }: Turn): boolean => response.closed && response.writableFinished;
