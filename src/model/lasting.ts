/**
 * Objects that are used for more than one request: a server of which the cloud answers the same as before. What is made
 * of one, and of nothing else, may be kept with it. They must not be changed.
 */
const lasting = new WeakSet<object>();

export const isLasting = (value: object): boolean => lasting.has(value);

/** Marks and freezes it; what it holds must not be changed, either. */
export function markLasting<T extends object>(value: T): T {
  lasting.add(value);
  return Object.freeze(value);
}

interface Made<R> {
  readonly stamp: string;
  readonly result: R;
}

/** With how many stamps a result is kept. */
const MOST_STAMPS = 4;

/** What was made of lasting objects, for as long as they are used. */
export class Derived<R> {
  readonly #known = new WeakMap<object, readonly Made<R>[]>();

  /**
   * What `make` returned for this object before, or returns now. It must depend on the object and the stamp alone. It
   * is always called for an object that does not last.
   */
  of<T extends object>(value: T, stamp: string, make: (value: T) => R): R {
    const known = this.#known.get(value);
    const before = known?.find((made) => made.stamp === stamp);
    if (before) return before.result;
    const result = make(value);
    if (!lasting.has(value)) return result;
    this.#known.set(value, [{ stamp, result }, ...(known ?? []).slice(0, MOST_STAMPS - 1)]);
    return result;
  }
}

/** As Derived, for results that last as long as what they are made of. */
export class LastingDerived<R extends object> extends Derived<R> {
  override of<T extends object>(value: T, stamp: string, make: (value: T) => R): R {
    return super.of(value, stamp, (source) => (lasting.has(source) ? markLasting(make(source)) : make(source)));
  }
}
