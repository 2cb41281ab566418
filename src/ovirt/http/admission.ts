/** While at most as many requests are running, each is started as it arrives. */
const EASY = 64;

/** For how many turns of the event loop in which requests arrive the start of one that waits is put off. */
const MOST_PUT_OFF = 8;

/**
 * The order in which a busy process takes up requests: what arrives is looked at first, and those that are admitted are
 * started between arrivals, one in each turn of the event loop. A request that is one too many is thus refused at once;
 * otherwise it would wait, in the kernel, until all those before it are started.
 */
export class Admission {
  readonly #waiting: (() => void)[] = [];
  #hasArrived = false;
  #putOff = 0;

  /** Starts the request now or later. `running`: how many are being answered, with it. */
  enter(running: number, start: () => void): void {
    if (running <= EASY && this.#waiting.length === 0) return start();
    this.#waiting.push(start);
    this.arrived();
    if (this.#waiting.length === 1) setImmediate(this.#next);
  }

  /** A request has arrived, and was refused. */
  arrived(): void {
    this.#hasArrived = true;
  }

  readonly #next = (): void => {
    const isPutOff = this.#hasArrived && this.#putOff < MOST_PUT_OFF;
    this.#hasArrived = false;
    this.#putOff = isPutOff ? this.#putOff + 1 : 0;
    // the next one even if the start throws
    if (this.#waiting.length > (isPutOff ? 0 : 1)) setImmediate(this.#next);
    if (!isPutOff) this.#waiting.shift()?.();
  };
}
