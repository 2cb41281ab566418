import type { Io } from './io.js';

/** A command's progress on one line of a terminal; nothing if standard error is not one. */
export interface Progress {
  show(text: string): void;
  /** Clears the line. */
  end(): void;
}

const EVERY_MS = 100;
const CLEAR = '\r\u001b[K';

export function progressOn({ stderr }: Io): Progress {
  if (!('isTTY' in stderr) || stderr.isTTY !== true) return { show: () => undefined, end: () => undefined };
  let last = 0;
  let shown = false;
  return {
    show(text) {
      const now = performance.now();
      if (shown && now - last < EVERY_MS) return;
      [last, shown] = [now, true];
      stderr.write(CLEAR + text);
    },
    end() {
      if (shown) stderr.write(CLEAR);
      shown = false;
    },
  };
}
