import { Writable } from 'node:stream';

const LINES_PER_WRITE = 64;

/**
 * Collects lines and writes them once per turn of the event loop or per 64 lines: a write for each line costs a busy
 * gateway a fifth of its throughput (docs/reference/performance.md, section 4). If the reader is slow it keeps
 * `maxPending` lines; further ones are dropped, and a line says how many.
 */
export class BatchingStream extends Writable {
  #pending: string[] = [];
  #dropped = 0;
  #blocked = false;
  #gone = false;
  #scheduled = false;

  readonly #onGone = (): void => {
    this.#gone = true;
    this.#pending = [];
  };

  /** `droppedLine` makes the line that reports `count` dropped ones. */
  constructor(
    private readonly sink: NodeJS.WritableStream,
    private readonly maxPending: number,
    private readonly droppedLine: (count: number) => string,
  ) {
    super({ decodeStrings: false });
    // A closed reader does not end the process: from then on lines are dropped.
    sink.on('error', this.#onGone);
  }

  /** Counts lines that were written but lost: reported with the next line that gets through. */
  lose(lines: number): void {
    this.#dropped += lines;
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    if (this.#gone) return done();
    if (this.#pending.length >= this.maxPending) this.#dropped++;
    else this.#pending.push(line);
    if (!this.#blocked) {
      if (this.#pending.length >= LINES_PER_WRITE) this.#flush();
      else this.#schedule();
    }
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    const text = this.#take();
    const end = (error?: Error | null): void => {
      this.sink.off('error', this.#onGone);
      done(error);
    };
    if (text === '' || this.#gone) end();
    else this.sink.write(text, end);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#blocked) this.#flush();
    });
  }

  #take(): string {
    if (this.#dropped > 0) this.#pending.push(this.droppedLine(this.#dropped));
    const text = this.#pending.join('');
    this.#pending = [];
    this.#dropped = 0;
    return text;
  }

  #flush(): void {
    const text = this.#take();
    if (text === '' || this.sink.write(text)) return;
    this.#blocked = true;
    this.sink.once('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
  }
}
