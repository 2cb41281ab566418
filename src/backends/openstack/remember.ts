/** A value that is fetched again after `seconds`. Requests during a fetch share its answer. A failure is not cached. */
export interface Remembered<T> {
  get(fetch: () => Promise<T>): Promise<T>;
  /** The value if it satisfies, else a new one, so that new entities are found at once. */
  satisfying(fetch: () => Promise<T>, satisfies: (value: T) => boolean): Promise<T>;
}

export function remember<T>(seconds: number): Remembered<T> {
  let remembered: { readonly promise: Promise<T>; readonly until: number } | undefined;

  function fresh(fetch: () => Promise<T>): Promise<T> {
    const promise = fetch();
    const mine = { promise, until: Date.now() + seconds * 1000 };
    remembered = mine;
    promise.catch(() => {
      if (remembered === mine) remembered = undefined;
    });
    return promise;
  }
  function get(fetch: () => Promise<T>): Promise<T> {
    return remembered && remembered.until > Date.now() ? remembered.promise : fresh(fetch);
  }
  async function satisfying(fetch: () => Promise<T>, satisfies: (value: T) => boolean): Promise<T> {
    const before = remembered;
    const value = await get(fetch);
    // There was no fetch since: this value may be old.
    return satisfies(value) || remembered !== before ? value : fresh(fetch);
  }
  return { get, satisfying };
}
