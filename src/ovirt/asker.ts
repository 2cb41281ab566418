import { setMaxListeners } from 'node:events';
import type { Asker, Fault } from '../model/index.js';

/** The client of one request, as the calls that are made for it see it. */
export class Client implements Asker {
  readonly #gone = new AbortController();
  #committed = false;

  constructor() {
    // Each call that is under way for it listens
    setMaxListeners(0, this.#gone.signal);
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }
  get committed(): boolean {
    return this.#committed;
  }

  commit(): void {
    this.#gone.signal.throwIfAborted();
    this.#committed = true;
  }

  /** Nobody waits any more, for the reason that the fault tells. What was begun goes on. */
  leave(fault: Fault): void {
    if (!this.#committed) this.#gone.abort(fault);
  }

  /** It was answered: what still goes on does so for its own sake. */
  answered(): void {
    if (!this.#gone.signal.aborted) this.#committed = true;
  }
}
