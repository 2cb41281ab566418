/** When a service that does not answer is no longer asked. */
export interface BreakerSettings {
  /** Failures in a row, from which on it is not asked; 0: it always is. */
  readonly failures: number;
  /** How long it must have been without any success, milliseconds: a moment's break is none. */
  readonly withinMs: number;
  /** How long it is left alone before one call tries it, milliseconds. */
  readonly pauseMs: number;
}

/**
 * What a call came to: `failed` when the service did not answer, or a proxy did in its place; `ok` for any answer of
 * its own; `unknown` when the call was given up.
 */
export type Outcome = 'ok' | 'failed' | 'unknown';

/**
 * A circuit breaker: opens when a service has failed again and again, lets one call through after a pause, and closes
 * when that succeeds. Calls that it holds back fail at once, where libraries have them wait for the one that tries; a
 * call that was given up says nothing about the service.
 */
export class Breaker {
  #failures = 0;
  #lastSuccess: number;
  /** Until when nothing is let through, epoch milliseconds; undefined while closed. */
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

  /** How long a call would have to wait, milliseconds; 0 when it may go. */
  get waitMs(): number {
    if (this.#openUntil === undefined) return 0;
    return this.#probing ? this.settings.pauseMs : Math.max(0, this.#openUntil - this.now());
  }

  /** A call that may go begins. The function that it gives is told how it ended. */
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
