import { Fault, isFault, Turnstile, type Requester, type ServiceLoad } from '../../model/index.js';
import { Breaker, type BreakerSettings, type Outcome } from './breaker.js';

export interface LaneSettings {
  /** Calls to one service at once, each on a connection of its own. */
  readonly connections: number;
  /** Calls to one service that wait for a connection; further ones are refused. */
  readonly queue: number;
  readonly breaker: BreakerSettings;
}

/** `Retry-After` where too many calls wait, seconds. */
const SHED_SECONDS = 1;

/** Whether a call that failed in this way may have been sent. */
export const wasSent = (error: unknown): boolean =>
  !(['backend.overloaded', 'backend.down', 'request.gone'] as const).some((code) => isFault(error, code));

/** Limits the calls to one service: how many run, how many wait, and none while it does not answer. */
export class Lane {
  readonly #turnstile: Turnstile;
  readonly #breaker: Breaker;

  constructor(
    private readonly service: string,
    private readonly kind: string,
    { connections, queue, breaker }: LaneSettings,
  ) {
    this.#turnstile = new Turnstile(connections, queue);
    this.#breaker = new Breaker(breaker);
  }

  get load(): ServiceLoad {
    const { running, waiting, shed } = this.#turnstile;
    return { service: this.kind, running, waiting, shed, breaker: this.#breaker.state };
  }

  /**
   * Runs `act` in its turn. `outcomeOf` maps its result to the outcome for the breaker. Throws `backend.overloaded` if
   * too many wait, `backend.down` while the breaker is open, the requester's fault if the client has left, and what
   * `act` throws.
   */
  async through<T>(
    requester: Requester | undefined,
    act: () => Promise<T>,
    outcomeOf: (end: { readonly value: T } | { readonly error: unknown }) => Outcome,
  ): Promise<T> {
    this.#refuseWhileDown();
    const leave = this.#turnstile.pass(requester) ?? (await this.#turnstile.enter(requester));
    if (!leave) throw new Fault('backend.overloaded', { service: this.service, retryAfter: SHED_SECONDS });
    try {
      // The breaker may have opened meanwhile
      this.#refuseWhileDown();
      const ended = this.#breaker.begin();
      try {
        const value = await act();
        ended(outcomeOf({ value }));
        return value;
      } catch (error) {
        ended(outcomeOf({ error }));
        throw error;
      }
    } finally {
      leave();
    }
  }

  #refuseWhileDown(): void {
    const { waitMs } = this.#breaker;
    if (waitMs > 0) throw new Fault('backend.down', { service: this.service, retryAfter: Math.ceil(waitMs / 1000) });
  }
}
