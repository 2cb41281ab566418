const waiting: (() => void)[] = [];

/**
 * Resolves in a turn of the event loop that nobody else gets: those that wait for one get theirs in order, and between
 * any two of them the process takes up what has arrived. With `setImmediate` alone all that wait run in one turn: of a
 * thousand long lists each wrote a piece before anybody else was answered.
 */
export const ownTurn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(next);
  });

function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
}
