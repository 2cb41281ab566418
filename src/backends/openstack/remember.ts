/**
 * A value that is fetched when it is older than `seconds`; who asks while it is under way waits for the same answer. A
 * failure is not kept.
 */
export interface Remembered<T> {
  get(fetch: () => Promise<T>): Promise<T>;
  /** The value if it satisfies, else a new one: what was made since is found at once. */
  satisfying(fetch: () => Promise<T>, satisfies: (value: T) => boolean): Promise<T>;
}

export function remember<T>(seconds: number): Remembered<T> {
  let kept: { readonly promise: Promise<T>; readonly until: number } | undefined;

  function fresh(fetch: () => Promise<T>): Promise<T> {
    const promise = fetch();
    const mine = { promise, until: Date.now() + seconds * 1000 };
    kept = mine;
    promise.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return promise;
  }
  function get(fetch: () => Promise<T>): Promise<T> {
    return kept && kept.until > Date.now() ? kept.promise : fresh(fetch);
  }
  async function satisfying(fetch: () => Promise<T>, satisfies: (value: T) => boolean): Promise<T> {
    const before = kept;
    const value = await get(fetch);
    // Nobody has fetched since: this answer may be old.
    return satisfies(value) || kept !== before ? value : fresh(fetch);
  }
  return { get, satisfying };
}
