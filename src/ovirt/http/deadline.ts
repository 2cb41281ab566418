/**
 * How long a request may take. The clock stops while the gateway waits for the client, and while the client waits for
 * the end of work: both have limits of their own.
 */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #left: number;
  #since = 0;
  #pauses = 0;
  #ended = false;

  /** `ms`: 0 for no limit. `over` is called once, when it is reached. */
  constructor(
    ms: number,
    private readonly over: () => void,
  ) {
    this.#left = ms;
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

  end(): void {
    this.#stop();
    this.#ended = true;
  }

  #run(): void {
    if (this.#ended) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => {
      this.#ended = true;
      this.over();
    }, this.#left);
  }

  #stop(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since));
  }
}
