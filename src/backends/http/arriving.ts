import type { ByteSource } from '../../model/index.js';

/** An answer whose headers have arrived. */
export interface Begun {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly bytes: ByteSource;
}

/** The connection that bytes arrive on. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Ends the connection; then `Arriving.end` is called with an error. */
  abort(reason: Error): void;
}

type Take = Parameters<ByteSource['passTo']>[0];

/** The body of an answer, paused until it is read. */
export class Arriving implements ByteSource {
  #take: Take | undefined;
  /** Whether the reader waits with a part. */
  #isTaking = false;
  #settle: ((error: Error | undefined) => void) | undefined;
  #outcome: { readonly error: Error | undefined } | undefined;
  /** What the reader threw: the connection's error that follows is its consequence. */
  #refused: Error | undefined;

  constructor(private readonly flow: Flow) {
    flow.pause();
  }

  passTo(take: Take): Promise<void> {
    this.#take = take;
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error ? reject(error) : resolve());
      if (this.#outcome) this.#settle(this.#outcome.error);
      else this.flow.resume();
    });
  }

  /** Passes a part on. Pauses the connection while the reader waits. */
  take(part: Uint8Array): void {
    // undici's for a connection that is resumed before anything has come: to pause for it would go on for ever
    if (part.length === 0) return;
    try {
      const wait = this.#take?.(part);
      if (!wait) return;
      this.#isTaking = true;
      this.flow.pause();
      wait.then(
        () => {
          this.#isTaking = false;
          if (this.#outcome) this.#settle?.(this.#outcome.error);
          else this.flow.resume();
        },
        (error: unknown) => this.#refuse(error),
      );
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** After the last part; the reader may still wait with it. */
  end(error?: Error): void {
    this.#outcome = { error: this.#refused ?? error };
    if (this.#outcome.error || !this.#isTaking) this.#settle?.(this.#outcome.error);
  }

  #refuse(error: unknown): void {
    this.#refused = error instanceof Error ? error : new Error(String(error));
    // the connection may have ended with the part that is refused
    if (this.#outcome) this.#settle?.(this.#refused);
    else this.flow.abort(this.#refused);
  }
}
