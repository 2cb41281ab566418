import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Scope } from '../context.js';
import { isEnded } from './phases.js';
import type { TransferRecord, TransferStore } from './store.js';

const HOST = hostname();

/** Names that were given out in this process. */
const given = new Set<string>();

/** One that works on transfers, as the others know it: where it runs, and a word that no former process had. */
export function newHolder(): string {
  const name = `${HOST} ${process.pid} ${randomUUID()}`;
  given.add(name);
  return name;
}

/** Whether another than `me` may be at work on it. */
const isHeld = ({ holder, heldUntil = 0 }: TransferRecord, me: string, now: number): boolean =>
  holder !== undefined && holder !== me && heldUntil > now && !hasEnded(holder);

/** One of this machine that is no more: what it held need not wait. */
function hasEnded(holder: string): boolean {
  const [host, pid] = holder.split(' ');
  if (host !== HOST) return false;
  if (Number(pid) === process.pid) return !given.has(holder);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Acts as the only one that is at work on a transfer; does nothing when another is. A process that is killed loses it
 * after `operations.leaseMs`, on its own machine at once.
 */
export async function alone(
  { settings: { leaseMs }, log }: Scope,
  store: TransferStore,
  { me, id }: { readonly me: string; readonly id: string },
  act: () => Promise<void>,
): Promise<void> {
  const held = (record: TransferRecord): TransferRecord => ({ ...record, holder: me, heldUntil: Date.now() + leaseMs });
  const claimed = await store.change(id, (record) => (isHeld(record, me, Date.now()) ? undefined : held(record)));
  if (claimed?.holder !== me) return;
  const renewal = setInterval(
    () => {
      store
        .change(id, (record) => (record.holder === me && !isEnded(record.phase) ? held(record) : undefined))
        .catch((error: unknown) =>
          log.warn('the hold on an image transfer was not renewed', { id, error: String(error) }),
        );
    },
    Math.max(leaseMs / 4, 100),
  ).unref();
  try {
    await act();
  } finally {
    clearInterval(renewal);
    await store.change(id, ({ holder, heldUntil: _, ...record }) =>
      holder === me && !isEnded(record.phase) ? record : undefined,
    );
  }
}
