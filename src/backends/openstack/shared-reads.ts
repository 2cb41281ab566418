import { isFault, type Requester } from '../../model/index.js';

/**
 * Shares running reads. Clients that poll read the same entity at the same time: a request for one that is being read
 * gets that answer, so that a hundred clients polling one VM cost the cloud as much as one.
 *
 * Nothing is cached: an answer is as old as its call. No request joins a read that began before a change through this
 * process (`changing`), so that clients see their own changes.
 */
export class SharedReads {
  /** Per process, because a change by one login must be visible to others. */
  static #changes = 0;
  readonly #under = new Map<string, { readonly changes: number; readonly answer: Promise<unknown> }>();

  /** Runs a change: reads that run before or during it are not shared. */
  static async changing<T>(act: () => Promise<T>): Promise<T> {
    SharedReads.#changes += 1;
    try {
      return await act();
    } finally {
      SharedReads.#changes += 1;
    }
  }

  /** `key` identifies the read completely. Throws what the read throws. */
  async read<T>(key: string, requester: Requester | undefined, act: () => Promise<T>): Promise<T> {
    const before = this.#under.get(key);
    if (before?.changes !== SharedReads.#changes) return this.#begin(key, act);
    try {
      return (await before.answer) as T;
    } catch (error) {
      // the client of that read has left, but this one has not
      if (!isFault(error, 'request.gone') && !isFault(error, 'request.deadline')) throw error;
      if (requester?.gone) throw requester.gone;
      return this.read(key, requester, act);
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
