import type { Requester } from './requester.js';

export interface CallOptions {
  readonly correlationId?: string;
  /** The client that waits for it; absent for work that continues without one. */
  readonly requester?: Requester;
  /** Called after the answer of each call that was sent: for budgets, metrics, `translate`. */
  readonly onCall?: (call: BackendCall) => void;
  /** Called when a call is retried after a failed connection or a 503. */
  readonly onRetry?: (service: string) => void;
  /**
   * Called before a call is sent. Returns headers to send with it, and a function that takes the answer's status; 0: no
   * answer.
   */
  readonly trace?: (call: Pick<BackendCall, 'service' | 'method' | 'path'>) => TracedCall;
}

/** A call that is part of a distributed trace (W3C Trace Context). */
export interface TracedCall {
  readonly headers: Readonly<Record<string, string>>;
  ended(status: number): void;
}

/** What a service of the cloud answers without a login. */
export interface ServiceAnswer {
  /** As calls name it: `compute`. */
  readonly service: string;
  readonly url: string;
  /** 0: no answer. */
  readonly status: number;
  /** The newest (micro)version that it reports. */
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
  /** The first `most` characters of the answer: a page of a thousand servers is more than anybody reads. */
  readonly answerText?: (most: number) => string | undefined;
  readonly milliseconds: number;
  /** The correlation id in the form that the backend takes and logs. */
  readonly requestId?: string;
}
