import { Fault, isFault, Turnstile, type Asker, type ServiceLoad } from '../../model/index.js';
import { Breaker, type BreakerSettings, type Outcome } from './breaker.js';

export interface LaneSettings {
  /** Calls to one service at once, each on a connection of its own. */
  readonly connections: number;
  /** Calls to one service that wait for a connection; further ones are refused. */
  readonly queue: number;
  readonly breaker: BreakerSettings;
}

/** Seconds that a client is asked to wait where too many calls wait. */
const SHED_SECONDS = 1;

/** Whether a call that ended so may have gone out, with nobody to be told of an answer. */
export const wasSent = (error: unknown): boolean =>
  !(['backend.overloaded', 'backend.down', 'request.gone'] as const).some((code) => isFault(error, code));

/** The way to one service: so many calls at once, so many waiting, and none while it does not answer. */
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
   * Acts when it is its turn. `outcomeOf` tells what an end says of the service. Throws `backend.overloaded` when too
   * many wait, `backend.down` while the service is left alone, why the asker has gone, and what `act` throws.
   */
  async through<T>(
    asker: Asker | undefined,
    act: () => Promise<T>,
    outcomeOf: (end: { readonly value: T } | { readonly error: unknown }) => Outcome,
  ): Promise<T> {
    this.#refuseWhileDown();
    const leave = this.#turnstile.pass(asker) ?? (await this.#turnstile.enter(asker));
    if (!leave) throw new Fault('backend.overloaded', { service: this.service, retryAfter: SHED_SECONDS });
    try {
      // It may have gone down while this waited
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
