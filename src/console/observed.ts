/** What the console shows of the gateway's work: JSON, as its page reads it. Instants are epoch milliseconds. */

export interface ObservedCall {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** 0: no answer came. */
  readonly status: number;
  /** When it began, milliseconds after the request did. */
  readonly startedMs: number;
  readonly milliseconds: number;
  /** Whether it was made after the request was answered, by work that continues. */
  readonly afterAnswer: boolean;
  /** JSON text without secrets, cut to `console.maxBodyBytes`; absent when there was none. */
  readonly body?: string;
  readonly answer?: string;
}

/** The progress of a job: its last call to the cloud. */
export interface ObservedStep {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** 0: no answer came. */
  readonly status: number;
  /** When it was answered. */
  readonly at: number;
  /** Calls so far, and how many of them got no answer or a 5xx. */
  readonly calls: number;
  readonly failedCalls: number;
}

/** One request in the list. */
export interface ObservedRequest {
  readonly serial: number;
  readonly at: number;
  readonly client: string;
  readonly userAgent: string;
  readonly user: string;
  readonly method: string;
  /** As the client sent it, without secrets. */
  readonly target: string;
  readonly operation: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly correlationId: string;
  readonly backendRequestId?: string;
  readonly aborted: boolean;
  readonly calls: number;
  readonly fault?: { readonly code: string; readonly detail: string };
  readonly ignored: number;
}

/** One request opened: its calls, its body, what had no effect. */
export interface ObservedDetail extends Omit<ObservedRequest, 'calls' | 'ignored'> {
  readonly calls: readonly ObservedCall[];
  /** Calls beyond those that are kept. */
  readonly moreCalls: number;
  readonly ignored: readonly { readonly path: string; readonly why: string }[];
  readonly body?: string;
  readonly curl: string;
}

/** Something that clients requested but did not get. */
export interface Unmet {
  readonly kind: 'ignored' | 'refused';
  /** Product of the User-Agent, without its version's patch level. */
  readonly client: string;
  readonly operation: string;
  /** The field or parameter that had no effect, or the code of the fault. */
  readonly subject: string;
  readonly reason: string;
  readonly count: number;
  readonly lastAt: number;
  /** A correlation id to look for in the log. */
  readonly correlationId: string;
}

/** How a service of the cloud answers. */
export interface ServiceHealth {
  readonly name: string;
  readonly state: 'up' | 'down' | 'unknown';
  readonly lastGoodAt?: number;
  readonly lastFailureAt?: number;
  /** Status of the last failure; 0: no answer. */
  readonly lastFailureStatus?: number;
  /** Why it did not answer last. */
  readonly detail?: string;
  /** The newest (micro)version that it reports. */
  readonly version?: string;
}
