/** A call as received, and its answer. */
export interface RecordedCall {
  readonly service: string;
  readonly method: string;
  /** Below the service's endpoint (compute and volume: behind version and project), with the query. */
  readonly path: string;
  /** The whole path, as on the wire. */
  readonly url: string;
  /** Headers of interest, lower case; never the token. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** 0 when the connection was cut instead of an answer; undefined before it is known. */
  status?: number;
  answer?: unknown;
  /** `x-openstack-request-id` of the answer. */
  readonly requestId: string;
}

export type CallPhase = 'before' | 'after';
/** Called before a call is executed, and before its answer is sent; both wait for it. */
export type CallListener = (call: RecordedCall, phase: CallPhase) => void | Promise<void>;

/** Header names that tell something about a client. */
export const INTERESTING = [
  'accept',
  'content-type',
  'user-agent',
  'x-openstack-request-id',
  'openstack-api-version',
  'x-openstack-nova-api-version',
  'if-match',
  'traceparent',
] as const;

/** The last calls, in the order of their execution. */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  readonly #most: number;
  readonly #listeners = new Set<CallListener>();

  constructor(most: number) {
    this.#most = most;
  }

  add(call: RecordedCall): void {
    this.calls.push(call);
    if (this.calls.length > this.#most) this.calls.splice(0, this.calls.length - this.#most);
  }

  clear(): void {
    this.calls.length = 0;
  }

  /** Returns the way to stop listening. */
  listen(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async tell(call: RecordedCall, phase: CallPhase): Promise<void> {
    for (const listener of [...this.#listeners]) await listener(call, phase);
  }
}
