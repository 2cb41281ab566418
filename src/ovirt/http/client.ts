import { WaitingClient } from '../../model/index.js';

/** The client of one request. */
export class Client extends WaitingClient {
  #isAnswered = false;

  /** Whether `answered` was called. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** The request has been answered: work that continues no longer depends on the client. */
  answered(): void {
    this.#isAnswered = true;
    if (!this.gone) this.commit();
  }
}
