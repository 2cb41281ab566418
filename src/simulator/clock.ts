/** The simulator's own time: the machine's clock plus what `advance` added; with `manual`, only the latter moves it. */
export class Clock {
  #offset = 0;
  #frame: number | undefined;
  readonly #start: number | undefined;

  constructor(manual: boolean, start = Date.now()) {
    this.#start = manual ? start : undefined;
  }

  /** Epoch milliseconds. While a task runs: the time at which it was due, even if it runs later. */
  now(): number {
    return this.#frame ?? (this.#start ?? Date.now()) + this.#offset;
  }

  advance(ms: number): void {
    this.#offset += ms;
  }

  /** Runs `act` as if it were `instant`. */
  at(instant: number, act: () => void): void {
    this.#frame = instant;
    try {
      act();
    } finally {
      this.#frame = undefined;
    }
  }

  /** As records hold it, and as Nova, Glance and Neutron print it: `2026-11-21T00:12:41Z`. */
  stamp(): string {
    return stamp(this.now());
  }
}

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** As Cinder, and Nova's usage extension, print it: no zone, six digits. */
export const naive = (time: string | null): string | null =>
  time === null ? null : time.replace(/(\.\d+)?Z$/, '.000000');
