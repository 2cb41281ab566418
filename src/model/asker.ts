import type { Fault } from './fault.js';

/**
 * Whoever waits for an answer, as the calls that are made for it see it. What was begun is done, whoever waits: from
 * then on no call is given up, and none is refused because others wait.
 */
export interface Asker {
  /** Why nobody waits any more; absent while somebody does, and once something was begun. */
  readonly gone: Fault | undefined;
  /** Whether something was begun. */
  readonly committed: boolean;
  /** Something begins now. Throws why nobody waits any more. */
  commit(): void;
  /** Calls `leave` once nobody waits any more; never, when that is so already. Gives what ends this. */
  onGone(leave: (reason: Fault) => void): () => void;
}

/**
 * An asker that is told when it goes. A list of its own: an AbortController and its listeners, for each request and
 * call, took 4 % of a request for one VM.
 */
export class Waiting implements Asker {
  #gone: Fault | undefined;
  #committed = false;
  #leaving: ((reason: Fault) => void)[] | undefined;

  get gone(): Fault | undefined {
    return this.#gone;
  }
  get committed(): boolean {
    return this.#committed;
  }

  commit(): void {
    if (this.#gone) throw this.#gone;
    this.#committed = true;
  }

  /** Nobody waits any more, for the reason that the fault tells. What was begun goes on. */
  leave(fault: Fault): void {
    if (this.#committed || this.#gone) return;
    this.#gone = fault;
    const leaving = this.#leaving ?? [];
    this.#leaving = undefined;
    for (const leave of leaving) leave(fault);
  }

  onGone(leave: (reason: Fault) => void): () => void {
    const leaving = (this.#leaving ??= []);
    leaving.push(leave);
    return () => {
      const at = leaving.indexOf(leave);
      if (at >= 0) leaving.splice(at, 1);
    };
  }
}
