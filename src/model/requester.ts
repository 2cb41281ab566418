import type { Fault } from './fault.js';

/**
 * The client that waits for an answer, as backend calls see it. Once a request has begun to change something it is
 * completed even if the client leaves: from then on no call is cancelled, and none is refused for lack of room.
 */
export interface Requester {
  /** Why nobody waits any longer; absent while somebody does, and after `commit`. */
  readonly gone: Fault | undefined;
  /** Whether a change has begun. */
  readonly committed: boolean;
  /** Called before the first change. Throws `gone` where it is set. */
  commit(): void;
  /** Calls `leave` when the client leaves; never, where it already has. Returns a function that stops listening. */
  onGone(leave: (reason: Fault) => void): () => void;
}

/**
 * A requester whose `leave` is called when its client disconnects or runs out of time. An AbortController with its
 * listeners, per request and call, took 4 % of a request for one VM.
 */
export class WaitingClient implements Requester {
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

  /** The client has left, for the reason in the fault. A change that has begun continues. */
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
