import { setTimeout as pause } from 'node:timers/promises';
import { isOutage } from './work/wait.js';

/** How long an answer waits for what it can do without, milliseconds. */
const PATIENCE_MS = 5000;

/** A part of an answer that it can do without; undefined if the service that knows it is down. */
export async function unlessDown<T>(part: Promise<T>): Promise<T | undefined> {
  try {
    return await part;
  } catch (error) {
    if (isOutage(error)) return undefined;
    throw error;
  }
}

/** The same, also if the service has not answered in time: one that hangs delays only what needs it. */
export async function dispensable<T>(part: Promise<T>): Promise<T | undefined> {
  const waiting = new AbortController();
  try {
    return await Promise.race([unlessDown(part), pause(PATIENCE_MS, undefined, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
