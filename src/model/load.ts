/** The load of one of the cloud's services, for operators. */
export interface ServiceLoad {
  /** As calls name it: `compute`. */
  readonly service: string;
  /** Calls under way. */
  readonly running: number;
  /** Calls that wait for a connection. */
  readonly waiting: number;
  /** Calls that were refused because too many waited, since the process began. */
  readonly shed: number;
  /** `open`: it is not called, because it did not answer; `half-open`: one call tries it. */
  readonly breaker: 'closed' | 'half-open' | 'open';
}
