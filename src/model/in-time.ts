import { setTimeout as pause } from 'node:timers/promises';

/** How long an answer waits for what it can do without, milliseconds. */
const PATIENCE_MS = 5000;

/** The value, or undefined if it takes longer than 5 s: for what an answer can do without. Throws what `part` throws. */
export async function inTime<T>(part: Promise<T>): Promise<T | undefined> {
  const waiting = new AbortController();
  try {
    return await Promise.race([part, pause(PATIENCE_MS, undefined, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
