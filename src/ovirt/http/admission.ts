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
  #afterwards: (() => void)[] = [];
  #hasArrived = false;
  #putOff = 0;
  #isAwake = false;

  /** Starts the request now or later. `running`: how many are being answered, with it. */
  enter(running: number, start: () => void): void {
    if (running <= EASY && this.#waiting.length === 0) return start();
    this.#waiting.push(start);
    this.arrived();
    this.#wake();
  }

  /** A request has arrived. */
  arrived(): void {
    this.#hasArrived = true;
  }

  /** What is left to do for a request that was refused: until others have their answers, it can wait. */
  afterwards(act: () => void): void {
    this.#afterwards.push(act);
    this.#wake();
  }

  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#isAwake = false;
    const isPutOff = this.#hasArrived && this.#putOff < MOST_PUT_OFF;
    this.#hasArrived = false;
    this.#putOff = isPutOff ? this.#putOff + 1 : 0;
    // the next one even if the start throws
    if (isPutOff || this.#waiting.length > 1) this.#wake();
    if (isPutOff) return;
    const acts = this.#afterwards;
    this.#afterwards = [];
    for (const act of acts) act();
    this.#waiting.shift()?.();
  };
}
