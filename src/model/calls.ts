import type { Asker } from './asker.js';

export interface CallOptions {
  readonly correlationId?: string;
  /** Who waits for it; absent for what goes on whoever waits. */
  readonly asker?: Asker;
  /** Told of each call that went out, after its answer: for budgets, metrics, `translate`. */
  readonly onCall?: (call: BackendCall) => void;
  /** Told when a call is sent again because it found no connection or a 503. */
  readonly onRetry?: (service: string) => void;
  /** Asked before a call goes out: headers to send with it, and what is told of its status; 0: no answer. */
  readonly trace?: (call: Pick<BackendCall, 'service' | 'method' | 'path'>) => TracedCall;
}

/** A call that somebody follows across processes (W3C Trace Context). */
export interface TracedCall {
  readonly headers: Readonly<Record<string, string>>;
  ended(status: number): void;
}

/** How a service of the cloud answers somebody who is not logged in. */
export interface ServiceAnswer {
  /** As calls name it: `compute`. */
  readonly service: string;
  readonly url: string;
  /** 0: no answer. */
  readonly status: number;
  /** The newest (micro)version that it tells. */
  readonly version?: string;
  /** Why there was no answer. */
  readonly detail?: string;
}

/** One call on the backend, as it was on the wire. `body` and `answer` are parsed JSON; secrets are already hidden. */
export interface BackendCall {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer?: unknown;
  /**
   * The beginning of the answer as text, at most so many characters: a page of a thousand servers is more than anybody
   * reads.
   */
  readonly answerText?: (most: number) => string | undefined;
  readonly milliseconds: number;
  /** The correlation id in the form that the backend takes and logs. */
  readonly requestId?: string;
}
