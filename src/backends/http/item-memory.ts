import { markLasting } from '../../model/index.js';
import type { KnownItems } from './slices.js';

/** The most items of one list that are remembered. */
const MOST = 2000;

/** How long they are remembered after the last answer, milliseconds. */
const IDLE_MS = 60_000;

interface Known {
  text: Buffer;
  /** What the text was parsed to, if that is worth keeping. */
  value: object | undefined;
  /** Whether the value has been used for another answer. */
  isUsed: boolean;
}

/**
 * Items of lists that a cloud answers with again and again, such as the servers that clients poll. An item is kept with
 * the bytes that it was parsed from, and is used for the same bytes only, so nothing is ever out of date. It is marked
 * as lasting, so that what is made of it can be kept as well.
 *
 * An item is kept when it comes the third time, if it has not changed since the second. If a kept item was used again
 * and then changes, its new text is kept at once. So neither a walk through a long list nor a list whose items always
 * change fills the memory.
 */
export class ItemMemory implements KnownItems {
  readonly #known = new Map<string, Known>();
  /** The ids that have come once, oldest first. */
  readonly #seen = new Set<string>();
  #idle: NodeJS.Timeout | undefined;

  get(id: string, text: Buffer): unknown {
    const known = this.#known.get(id);
    if (!known?.value || !known.text.equals(text)) return undefined;
    known.isUsed = true;
    return known.value;
  }

  add(id: string, text: Buffer, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const known = this.#known.get(id);
    if (known?.text.equals(text)) known.value = markLasting(value);
    else if (known) {
      known.text = Buffer.from(text);
      known.value = known.isUsed ? markLasting(value) : undefined;
      known.isUsed = false;
    } else if (this.#seen.delete(id)) {
      // a copy: the text is a part of a larger buffer
      this.#known.set(id, { text: Buffer.from(text), value: undefined, isUsed: false });
      if (this.#known.size > MOST) dropOldest(this.#known);
    } else {
      this.#seen.add(id);
      if (this.#seen.size > MOST) dropOldest(this.#seen);
    }
  }

  /** An answer is about to be read: what is remembered is kept for IDLE_MS from now. */
  used(): this {
    this.#idle ??= setTimeout(() => this.#forget(), IDLE_MS).unref();
    this.#idle.refresh();
    return this;
  }

  #forget(): void {
    this.#known.clear();
    this.#seen.clear();
  }
}

function dropOldest(of: Set<string> | Map<string, unknown>): void {
  const [oldest] = of.keys();
  if (oldest !== undefined) of.delete(oldest);
}
