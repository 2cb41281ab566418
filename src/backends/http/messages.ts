import type { Dispatcher } from 'undici';
import type { ByteSource, CertificateFiles, Ending, Requester, ServiceLoad } from '../../model/index.js';

/** One request as it goes out. */
export interface Outgoing {
  /** The service's name in faults: `Nova`. */
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
  /** Called when it is retried. */
  readonly onRetry?: () => void;
  /** Whether it bypasses the lane, and does not count for the breaker: a probe of the gateway itself. */
  readonly aside?: boolean;
  /** The client that waits for it; absent for work that continues without one. */
  readonly requester?: Requester;
  /** The name of a list in the answer, which is to be read a slice at a time. */
  readonly list?: string;
  /** The name of an object in the answer that clients poll: for the same bytes it is the same object, which lasts. */
  readonly item?: string;
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
  /** At least so many characters from the beginning of the text, or all of them, without the rest. */
  beginning?(characters: number): string;
}

export interface Transport {
  /**
   * Sends, and reads the whole answer, of whatever status. Throws `backend.unreachable`, `backend.timeout`,
   * `backend.answer`, `backend.lost`, `backend.overloaded`, `backend.down`, and the requester's fault if the client has
   * left. A GET is retried after a lost connection or a 503; nothing else ever is, as it may have been carried out.
   */
  send(request: Outgoing): Promise<WholeAnswer>;
  /** Sends bytes as they come. Throws as `send` does. */
  sendBytes(request: Outgoing, bytes: BytesToSend): Promise<WholeAnswer>;
  /**
   * The bytes of a success as a stream, without a bound. Any other answer is read whole. Throws as `send` does, and so
   * does reading the bytes.
   */
  fetch(request: Outgoing): Promise<WholeAnswer | Stream>;
  /** The load of each service that has been called so far. */
  load(): ServiceLoad[];
  /** As `Backend.renew`. */
  renew(files: CertificateFiles): void;
  close(how?: Ending): Promise<void>;
}

/** Bytes of known length; `parts` is called again for a retry. */
export interface BytesToSend {
  readonly length: number;
  readonly parts: () => AsyncIterable<Uint8Array>;
}

/** The unread bytes of a success. */
export interface Stream {
  readonly bytes: ByteSource;
}
