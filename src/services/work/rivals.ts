import type { Scope } from '../context.js';
import { pause } from './wait.js';

/** How long the winner waits for others to withdraw: longer than the cloud takes to delete an entity. */
const YIELD_MS = 10_000;

/**
 * Two replicas may create entities of the same name at once, and no cloud refuses the second. So each checks again
 * after creating one: the one with the highest id withdraws at once, and the lowest waits for that. If another does not
 * withdraw, it had checked before this one existed, and its client has its answer: then this one withdraws. Returns
 * whether `mine` stays (docs/reliability.md).
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
