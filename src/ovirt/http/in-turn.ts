import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** One request of a connection. */
interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request that is answered first; absent once it was. */
  before: Turn | undefined;
  /** How many wait with it. */
  readonly waiting: number;
}

/** How many requests a connection may send ahead of their answers. */
const MOST_WAITING = 100;

/**
 * The requests of each connection, one after the other (RFC 9112, 9.3.2). Node emits them as they arrive: without this,
 * a request would be processed before the one ahead is answered, even if that answer closes the connection, and
 * malformed HTTP would be answered in place of the request ahead of it.
 */
export class InTurn {
  readonly #last = new WeakMap<Duplex, Turn>();

  /** Processes a request in its turn; never, if the connection closes before. */
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
   * Malformed HTTP has arrived on the connection. `answer` is called in its turn, with the response of the request that
   * it belongs to, if any.
   */
  broken(socket: Duplex, answer: (response: ServerResponse | undefined) => void): void {
    const turn = this.#last.get(socket);
    // the request's own body is malformed, not what follows it
    if (turn && !turn.request.complete) behind(turn.before, socket, () => answer(turn.response));
    else behind(turn, socket, () => answer(undefined));
  }
}

/** Acts once the request ahead is answered, unless that answer closed the connection. */
function behind(ahead: Turn | undefined, socket: Duplex, act: () => void): void {
  if (!ahead || isAnswered(ahead)) return isOpen(socket) ? act() : undefined;
  ahead.response.once('close', () => {
    if (ahead.response.writableFinished && isOpen(socket)) act();
  });
}

/**
 * On a connection that was cut meanwhile, an answer would never be closed: its request would count as running for ever.
 */
const isOpen = ({ writableEnded, destroyed }: Duplex): boolean => !writableEnded && !destroyed;

/** A connection that closes with its answer is closed by then; `writableFinished` is true earlier. */
const isAnswered = ({ response }: Turn): boolean => response.closed && response.writableFinished;
