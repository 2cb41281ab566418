import { Fault, isFault, type Snapshot, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { cannot } from '../cannot.js';
import { unmark } from './removal.js';
import { isOutage } from './wait.js';

/**
 * The snapshots of a VM that is to go with its disks. Throws `conflict` if others are based on its disks: they could
 * not be deleted, and would be left behind. One look at all snapshots where others can be.
 */
export async function snapshotsToGo(scope: Scope, { id, volumeIds = [] }: Vm): Promise<readonly Snapshot[]> {
  const { disks, snapshots } = scope.session;
  const held = await disks.heldBy?.(id, volumeIds);
  if (held && held.holders.length > 0) {
    const names = held.holders.map(({ what, name }) => `${what} ${name}`).join(', ');
    throw new Fault('conflict', {
      text: `${cannot(scope, 'vm.remove')}. Its disks are in use by ${names}. Remove that first.`,
    });
  }
  return held?.snapshots ?? snapshots.list(id);
}

/**
 * The same for a VM that was just marked for its removal, so that one look does for the refusal and for what is
 * removed: the mark is taken back if the removal is refused. Undefined where nothing is refused, and during an outage:
 * the removal looks itself.
 */
export async function snapshotsOfMarked(scope: Scope, vm: Vm): Promise<readonly Snapshot[] | undefined> {
  if (!scope.session.disks.heldBy) return undefined;
  try {
    return await snapshotsToGo(scope, vm);
  } catch (error) {
    if (isFault(error) && isOutage(error)) return undefined;
    await unmark(scope, vm);
    throw error;
  }
}
