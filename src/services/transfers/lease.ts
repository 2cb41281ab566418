import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Scope } from '../context.js';
import { isEnded } from './phases.js';
import type { TransferRecord, TransferStore } from './store.js';

const HOST = hostname();

/** Names that this process has used. */
const given = new Set<string>();

/** The name of a process that works on transfers: its machine and pid, and a random word. */
export function newHolder(): string {
  const name = `${HOST} ${process.pid} ${randomUUID()}`;
  given.add(name);
  return name;
}

/** Whether another process may be working on it. */
const isHeld = ({ holder, heldUntil = 0 }: TransferRecord, me: string, now: number): boolean =>
  holder !== undefined && holder !== me && heldUntil > now && !hasEnded(holder);

/** Whether a process of this machine has ended: its leases are void. */
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
 * Runs `act` under the lease of a transfer; does nothing if another process has it. A killed process loses it after
 * `operations.leaseMs`, to processes of its own machine at once.
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
          log.warn('the lease of an image transfer was not renewed', { id, error: String(error) }),
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
