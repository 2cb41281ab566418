import type { Dispatcher } from 'undici';
import type { Asker, Ending, ServiceLoad } from '../../model/index.js';

/** One request as it goes out. */
export interface Outgoing {
  /** Names the other side in faults: `Nova`. */
  readonly service: string;
  /** As calls name it: `compute`. */
  readonly kind: string;
  readonly method: Dispatcher.HttpMethod;
  /** It changes nothing, though it is no GET. */
  readonly reads?: boolean;
  /** `https://powervc:8774`. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; URLSearchParams as a form. */
  readonly body?: unknown;
  /** Told when it is sent again. */
  readonly onRetry?: () => void;
  /** It waits for no place, and tells nothing of the service's health: a look of the gateway's own. */
  readonly aside?: boolean;
  /** The client that waits for it; absent for work that continues without one. */
  readonly asker?: Asker;
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
   * `backend.answer`, `backend.lost`, `backend.overloaded`, `backend.down`, and why the asker has gone.
   * A GET is sent again after a lost connection or a 503; nothing else ever is, as it may have been done.
   */
  send(request: Outgoing): Promise<WholeAnswer>;
  /** Sends bytes as they come. Throws as `send` does. */
  sendBytes(request: Outgoing, bytes: BytesToSend): Promise<WholeAnswer>;
  /**
   * Gives the bytes of a success as they come: as fast as they are taken, without a bound. Any other answer is read
   * whole. Throws as `send` does, and so does whoever reads the bytes.
   */
  fetch(request: Outgoing): Promise<WholeAnswer | Stream>;
  /** How each service fares that was asked so far. */
  load(): ServiceLoad[];
  close(how?: Ending): Promise<void>;
}

/** Bytes of which the length is known; `parts` is called anew should they have to be sent again. */
export interface BytesToSend {
  readonly length: number;
  readonly parts: () => AsyncIterable<Uint8Array>;
}

/** The bytes of a success, which nobody has read yet. */
export interface Stream {
  readonly bytes: AsyncIterable<Uint8Array>;
}
