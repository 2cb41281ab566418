import type { Scope } from './context.js';
import { pause } from './wait.js';

/** How long the one that is to stay waits for others to withdraw: longer than the cloud takes to let go of a thing. */
const YIELD_MS = 10_000;

/**
 * Two replicas may make a thing of one name at once, and no cloud refuses the second. So whoever has made one looks
 * again: of those that are there the one with the highest id withdraws at once, and the lowest waits for that. One that
 * does not go has looked before this one was there, and its client was told: this one withdraws, too. Gives whether
 * `mine` stays (docs/reliability.md).
 */
export async function stays(scope: Scope, mine: string, others: () => Promise<readonly string[]>): Promise<boolean> {
  const { pollMs, pollMaxMs, timeoutMs } = scope.settings;
  const deadline = Date.now() + Math.min(YIELD_MS, timeoutMs / 2);
  for (let wait = pollMs; ; wait = Math.min(wait * 1.5, pollMaxMs)) {
    const rivals = (await others()).filter((id) => id !== mine);
    if (rivals.length === 0) return true;
    if (rivals.some((id) => id < mine) || Date.now() > deadline) return false;
    await pause(wait);
  }
}
