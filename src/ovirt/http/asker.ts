import { Waiting } from '../../model/index.js';

/** The client of one request. */
export class Client extends Waiting {
  /** It was answered: what still goes on does so for its own sake. */
  answered(): void {
    if (!this.gone) this.commit();
  }
}
