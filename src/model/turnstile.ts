import type { Asker } from './asker.js';

interface Waiter {
  readonly pass: () => void;
}

/**
 * Lets so many calls go on at once, and so many more wait, in their order. Those of work that was begun go first and
 * are never turned away: it would be undone for nothing.
 */
export class Turnstile {
  #running = 0;
  #shed = 0;
  readonly #begun = new Set<Waiter>();
  readonly #others = new Set<Waiter>();

  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
  ) {}

  get running(): number {
    return this.#running;
  }
  get waiting(): number {
    return this.#begun.size + this.#others.size;
  }
  /** How many were turned away. */
  get shed(): number {
    return this.#shed;
  }

  /**
   * Waits for a place; the function that it gives leaves it. Undefined when too many wait already. Throws the reason of
   * the asker's signal when nobody waits for the call any more.
   */
  async enter(asker: Asker | undefined): Promise<(() => void) | undefined> {
    asker?.signal.throwIfAborted();
    if (this.#running >= this.atOnce) {
      const isBegun = !asker || asker.committed;
      if (!isBegun && this.waiting >= this.mostWaiting) {
        this.#shed += 1;
        return undefined;
      }
      await this.#wait(isBegun ? this.#begun : this.#others, asker?.signal);
    } else this.#running += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave();
    };
  }

  /** Resolves with a place, which whoever left it hands over. */
  #wait(line: Set<Waiter>, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = (): void => {
        line.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        pass() {
          signal?.removeEventListener('abort', gone);
          resolve();
        },
      };
      signal?.addEventListener('abort', gone, { once: true });
      line.add(waiter);
    });
  }

  #leave(): void {
    for (const line of [this.#begun, this.#others])
      for (const waiter of line) {
        line.delete(waiter);
        waiter.pass();
        return;
      }
    this.#running -= 1;
  }
}
