import { required } from '../../invariant.js';
/** Keeps the first `limit` items in order, in a heap with the last of them on top. */
export class Top<T> {
  readonly #heap: T[] = [];

  constructor(
    private readonly limit: number,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  get size(): number {
    return this.#heap.length;
  }

  add(item: T): void {
    if (this.#heap.length < this.limit) {
      this.#heap.push(item);
      this.#up(this.#heap.length - 1);
      return;
    }
    const [last] = this.#heap;
    if (last === undefined || this.compare(item, last) >= 0) return;
    this.#heap[0] = item;
    this.#down(0);
  }

  sorted(): T[] {
    return [...this.#heap].sort(this.compare);
  }

  #up(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.#ordered(parent, at)) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  #down(from: number): void {
    for (let at = from; ;) {
      let last = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.#heap.length && !this.#ordered(last, child)) last = child;
      if (last === at) return;
      this.#swap(at, last);
      at = last;
    }
  }

  /** Whether the parent comes after the child, as it must. */
  #ordered(parent: number, child: number): boolean {
    return this.compare(this.#at(parent), this.#at(child)) >= 0;
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#at(b), this.#at(a)];
  }

  #at(index: number): T {
    return required(this.#heap[index], `item ${index} of a heap`);
  }
}
