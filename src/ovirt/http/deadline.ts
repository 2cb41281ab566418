/** How many times as long a request may take that gets on: a cloud whose pages never end is cut off, too. */
const LONGEST = 10;

/**
 * How long a request may take. The clock stops while the gateway waits for the client, and while the client waits for
 * the end of work: both have limits of their own. A request that gets on is given the time again.
 */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #left: number;
  /** What may still be given again. */
  #spare: number;
  #since = 0;
  #pauses = 0;
  #ended = false;

  /** `ms`: 0 for no limit. `over` is called once, when it is reached, with the time that was counted, milliseconds. */
  constructor(
    private readonly ms: number,
    private readonly over: (counted: number) => void,
  ) {
    this.#left = ms;
    this.#spare = ms * (LONGEST - 1);
    if (ms > 0) this.#run();
    else this.#ended = true;
  }

  /** Stops the clock until the returned function is called. */
  pause(): () => void {
    if (this.#pauses === 0) this.#stop();
    this.#pauses += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#pauses -= 1;
      if (this.#pauses === 0) this.#run();
    };
  }

  /** Waits for the promise with the clock stopped. */
  async without<T>(promise: Promise<T>): Promise<T> {
    const resume = this.pause();
    try {
      return await promise;
    } finally {
      resume();
    }
  }

  /** A part of the answer was sent: gives back the time that it took, until the request took LONGEST times as long. */
  renew(): void {
    const isRunning = this.#pauses === 0;
    if (isRunning) this.#stop();
    const given = Math.min(this.ms - this.#left, this.#spare);
    this.#left += given;
    this.#spare -= given;
    if (isRunning) this.#run();
  }

  end(): void {
    this.#stop();
    this.#ended = true;
  }

  #run(): void {
    if (this.#ended) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => {
      this.#ended = true;
      this.over(this.ms * LONGEST - this.#spare);
    }, this.#left);
  }

  #stop(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since));
  }
}
