import Transport from 'winston-transport';

const LINES_PER_WRITE = 256;

/** The least time between two writes of fewer lines, milliseconds. */
const PAUSE_MS = 20;

/** Where winston keeps the text of a line. */
export const MESSAGE = Symbol.for('message');

/** What winston hands to a transport. */
export interface Line {
  readonly [MESSAGE]: string;
}

/**
 * Collects lines and writes them together: those of a turn of the event loop, in a busy process those of 20 ms, at most
 * 256. A write for each line costs a busy gateway a fifth of its throughput (docs/reference/performance.md, section 4):
 * each also wakes the reader. Winston's own transport for streams takes another turn of the event loop for each line. If
 * the reader is slow, `maxPending` lines are kept; further ones are dropped, and a line says how many.
 */
export class BatchingTransport extends Transport {
  #pending: string[] = [];
  #dropped = 0;
  #blocked = false;
  #gone = false;
  #scheduled = false;
  #wroteAt = -Infinity;

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
    super();
    // A closed reader does not end the process: from then on lines are dropped.
    sink.on('error', this.#onGone);
  }

  /** Counts lines that were written but lost: reported with the next line that gets through. */
  lose(lines: number): void {
    this.#dropped += lines;
  }

  override log(info: Line, next: () => void): void {
    if (!this.#gone) this.#add(info[MESSAGE]);
    next();
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

  #add(line: string): void {
    if (this.#pending.length >= this.maxPending) this.#dropped++;
    else this.#pending.push(line);
    if (this.#blocked) return;
    if (this.#pending.length >= Math.min(LINES_PER_WRITE, this.maxPending)) this.#flush();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const flush = (): void => {
      this.#scheduled = false;
      if (!this.#blocked) this.#flush();
    };
    const pause = this.#wroteAt + PAUSE_MS - performance.now();
    if (pause > 0) setTimeout(flush, pause);
    else setImmediate(flush);
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
    if (text === '') return;
    this.#wroteAt = performance.now();
    if (this.sink.write(text)) return;
    this.#blocked = true;
    this.sink.once('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
  }
}
