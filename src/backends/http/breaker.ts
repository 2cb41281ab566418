/** When a service that does not answer is no longer called. */
export interface BreakerSettings {
  /** After how many failures in a row it is not called; 0: it always is. */
  readonly failures: number;
  /** How long there must have been no success, milliseconds: a brief interruption does not count. */
  readonly withinMs: number;
  /** How long to wait before one call tries it, milliseconds. */
  readonly pauseMs: number;
}

/**
 * The outcome of a call: `failed` if the service did not answer, or a proxy did in its place; `ok` for any answer of
 * its own; `unknown` if the call was cancelled.
 */
export type Outcome = 'ok' | 'failed' | 'unknown';

/**
 * A circuit breaker: opens after repeated failures of a service, lets one call through after a pause, and closes if
 * that succeeds. Blocked calls fail at once, where libraries let them wait for the trial call; a cancelled call says
 * nothing about the service.
 */
export class Breaker {
  #failures = 0;
  #lastSuccess: number;
  /** Until when calls are blocked, epoch milliseconds; undefined while closed. */
  #openUntil: number | undefined;
  #probing = false;

  constructor(
    private readonly settings: BreakerSettings,
    private readonly now: () => number = Date.now,
  ) {
    this.#lastSuccess = now();
  }

  get state(): 'closed' | 'half-open' | 'open' {
    if (this.#openUntil === undefined) return 'closed';
    return this.#probing || this.now() >= this.#openUntil ? 'half-open' : 'open';
  }

  /** How long calls are still blocked, milliseconds; 0 if they are not. */
  get waitMs(): number {
    if (this.#openUntil === undefined) return 0;
    return this.#probing ? this.settings.pauseMs : Math.max(0, this.#openUntil - this.now());
  }

  /** Registers the start of a call. Call the returned function with its outcome. */
  begin(): (outcome: Outcome) => void {
    const probe = this.#openUntil !== undefined;
    if (probe) this.#probing = true;
    return (outcome) => {
      if (probe) this.#probing = false;
      if (outcome === 'ok') this.#close();
      else if (outcome === 'failed') this.#failed(probe);
    };
  }

  #close(): void {
    this.#failures = 0;
    this.#lastSuccess = this.now();
    this.#openUntil = undefined;
  }

  #failed(probe: boolean): void {
    const { failures, withinMs, pauseMs } = this.settings;
    this.#failures += 1;
    const isDown = failures > 0 && this.#failures >= failures && this.now() - this.#lastSuccess >= withinMs;
    // Calls that had begun before it opened do not keep it open
    if (probe || (isDown && this.#openUntil === undefined)) this.#openUntil = this.now() + pauseMs;
  }
}
