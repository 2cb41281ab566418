/** A seeded generator (mulberry32): the same seed gives the same ids, addresses and chances. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The generator's state, to continue after a load. */
  get state(): number {
    return this.#state;
  }

  restore(state: number): void {
    this.#state = state >>> 0;
  }

  /** 0 (inclusive) to 1 (exclusive). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => Math.floor(this.next() * 16).toString(16)).join('');
  }

  /** A version 4 UUID, as Nova and Cinder make them. */
  uuid(): string {
    const [low, middle, high] = [this.hex(8), this.hex(4), this.hex(3)];
    const variant = '89ab'.charAt(Math.floor(this.next() * 4));
    return `${low}-${middle}-4${high}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }

  /** Neutron's default prefix. */
  mac(): string {
    return `fa:16:3e:${this.hex(2)}:${this.hex(2)}:${this.hex(2)}`;
  }
}
