/** The most names that are remembered with their times: of log entries, removed resources, work of other gateways. */
const MOST_REMEMBERED = 10_000;

/** Notes when it was, as the latest; the oldest is forgotten where there are too many. Times are epoch milliseconds. */
export function remember(times: Map<string, number>, key: string): void {
  times.delete(key);
  times.set(key, Date.now());
  for (const oldest of times.keys()) {
    if (times.size <= MOST_REMEMBERED) break;
    times.delete(oldest);
  }
}

/** Calls `act` unless it was called less than `intervalMs` ago, as `times` has it: for repeated log entries. */
export function seldom(times: Map<string, number>, key: string, intervalMs: number, act: () => void): void {
  if ((times.get(key) ?? -Infinity) + intervalMs > Date.now()) return;
  remember(times, key);
  act();
}
