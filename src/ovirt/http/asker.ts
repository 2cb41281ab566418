import { Waiting } from '../../model/index.js';

/** The client of one request. */
export class Client extends Waiting {
  /** The request has been answered: work that continues no longer depends on the client. */
  answered(): void {
    if (!this.gone) this.commit();
  }
}
