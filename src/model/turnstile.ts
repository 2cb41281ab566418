import type { Requester } from './requester.js';

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
   * A place, if there is one now; the function that it gives leaves it. Throws why the requester has gone, when nobody
   * waits for the call any more.
   */
  pass(requester: Requester | undefined): (() => void) | undefined {
    if (requester?.gone) throw requester.gone;
    if (this.#running >= this.atOnce) return undefined;
    this.#running += 1;
    return this.#place();
  }

  /** Waits for a place. Undefined when too many wait already. Throws as `pass`. */
  async enter(requester: Requester | undefined): Promise<(() => void) | undefined> {
    const now = this.pass(requester);
    if (now) return now;
    const isBegun = !requester || requester.committed;
    if (!isBegun && this.waiting >= this.mostWaiting) {
      this.#shed += 1;
      return undefined;
    }
    await this.#wait(isBegun ? this.#begun : this.#others, requester);
    return this.#place();
  }

  #place(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave();
    };
  }

  /** Resolves with a place, which whoever left it hands over. */
  #wait(line: Set<Waiter>, requester: Requester | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stays = requester?.onGone((reason) => {
        line.delete(waiter);
        reject(reason);
      });
      const waiter: Waiter = {
        pass() {
          stays?.();
          resolve();
        },
      };
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
