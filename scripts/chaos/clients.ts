import { sleep } from './command.js';
import type { Step } from './mixed.js';
import type { Traffic } from './traffic.js';

/**
 * Clients that take one step after another, each with one request at a time, until `isOver`. `everyMs`: the least time
 * of a step; 0: none.
 */
export async function clients(
  count: number,
  traffic: Traffic,
  steps: readonly Step[],
  isOver: () => boolean,
  everyMs = 0,
): Promise<void> {
  let turn = 0;
  async function client(): Promise<void> {
    // not all at once
    await sleep(Math.random() * everyMs);
    while (!isOver()) {
      const began = performance.now();
      const mine = (turn += 1);
      await steps[mine % steps.length]?.(traffic, mine);
      const left = everyMs - (performance.now() - began);
      if (left > 0) await sleep(left);
    }
  }
  await Promise.all(Array.from({ length: count }, client));
}
