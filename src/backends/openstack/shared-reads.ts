import { isFault, type Asker } from '../../model/index.js';

/**
 * Reads under way. Clients that poll ask the cloud for the same thing at the same time: who asks for what is being read
 * has that answer, so that a hundred clients that poll one VM cost the cloud what one does.
 *
 * Nothing is kept: an answer is as old as its call, and no read is joined that was begun before a change through this
 * process was (`changing`), so that nobody misses what they have done.
 */
export class SharedReads {
  /** Of each process: a change by one login shows in the reads of another. */
  static #changes = 0;
  readonly #under = new Map<string, { readonly changes: number; readonly answer: Promise<unknown> }>();

  /** Does what may change something: reads that are under way before it, or while it goes on, are nobody else's. */
  static async changing<T>(act: () => Promise<T>): Promise<T> {
    SharedReads.#changes += 1;
    try {
      return await act();
    } finally {
      SharedReads.#changes += 1;
    }
  }

  /** `key` says what is read, whole. Throws what the read throws. */
  async read<T>(key: string, asker: Asker | undefined, act: () => Promise<T>): Promise<T> {
    const before = this.#under.get(key);
    if (before?.changes !== SharedReads.#changes) return this.#begin(key, act);
    try {
      return (await before.answer) as T;
    } catch (error) {
      // whose read it was has gone: this one is still there
      if (!isFault(error, 'request.gone') && !isFault(error, 'request.deadline')) throw error;
      if (asker?.gone) throw asker.gone;
      return this.read(key, asker, act);
    }
  }

  #begin<T>(key: string, act: () => Promise<T>): Promise<T> {
    const mine = { changes: SharedReads.#changes, answer: act() };
    this.#under.set(key, mine);
    const end = (): void => {
      if (this.#under.get(key) === mine) this.#under.delete(key);
    };
    mine.answer.then(end, end);
    return mine.answer;
  }
}
