import { setTimeout as sleep } from 'node:timers/promises';

/** Reads until what is read will do. The test's own time limit ends it. */
export async function patience<T>(read: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await read();
    if (done(seen)) return seen;
    await sleep(20);
  }
}
