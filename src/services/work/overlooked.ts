import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { insistent, unlessGone, until } from './wait.js';

/**
 * Removes snapshots of a VM that is gone: each was requested after the last look of the VM's removal. Its client is
 * refused, and the gateway that took it removes it, but may have ended. One call where there is none; no call where VMs
 * have no notes, and so no marks that tell a removal from a snapshot.
 */
export function removeOverlooked(scope: Scope, vmId: string): Promise<void> {
  const { snapshots } = scope.session;
  if (!isAble(scope, 'vm.notes')) return Promise.resolve();
  const attempt = insistent(`Snapshots of VM ${vmId}`, scope.settings.pollMaxMs);
  return scope.work.alone(`overlooked/${vmId}`, async () => {
    await until(
      scope,
      `Removing the snapshots of VM ${vmId}`,
      () => snapshots.list(vmId),
      async (left) => {
        if (left.length === 0) return true;
        const ready = left.filter(({ status, failure }) => status !== 'locked' || failure !== undefined);
        if (ready.length === 0) return undefined;
        return attempt(async () => {
          for (const { id } of ready) await unlessGone(snapshots.remove(id));
        });
      },
    );
  });
}
