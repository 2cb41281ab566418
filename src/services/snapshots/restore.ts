import { Fault } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { forget } from './notes.js';
import { isBeingRemoved } from '../work/partitions.js';
import { RESTORING } from '../work/restore-mark.js';
import { taskOf } from '../work/tasks.js';
import { isOutage, unlessGone, watched } from '../work/wait.js';
import { related } from '../rules.js';
import { continueRestore, finishRestore } from './restoring.js';
import { regular } from './find.js';

/**
 * Restores the VM's volumes to the snapshot. The VM must be down. PowerVC does it in one step; if it fails, the volumes
 * are rolled back to what they were before, and the fault says so. The VM's note `restoring` lets another replica do
 * that.
 */
export async function restore(scope: Scope, vmId: string, id: string): Promise<Started<void>> {
  const { vm } = await regular(scope, vmId, id, 'snapshot.restore');
  const mark = `${id} ${Date.now()}`;
  await scope.session.vms.note(vmId, { [RESTORING]: mark });
  await assertAlone(scope, vmId, vm.status, mark);
  try {
    await scope.session.snapshots.restore(vmId, id);
  } catch (error) {
    if (!isOutage(error)) await withdraw(scope, vmId, id);
    throw error;
  }
  return { value: undefined, finished: watched(finishRestore(scope, vmId, id)) };
}

/**
 * A start, a removal or another task that was allowed before the mark was written looks at the VM after it has written
 * its own, so that one sees the other. Throws `conflict.transition`, and `not-found` for a VM that is gone.
 */
async function assertAlone(scope: Scope, vmId: string, status: string, mark: string): Promise<void> {
  const now = await unlessGone(scope.session.vms.get(vmId));
  if (!now) throw new Fault('not-found', { what: 'VM', id: vmId });
  const isMine = now.notes?.[RESTORING] === mark;
  if (isMine && (now.status === status || now.status === 'down') && !isBeingRemoved(now) && !taskOf(now)) return;
  if (isMine) await forget(scope, vmId, RESTORING);
  throw related(scope, 'snapshot.restore');
}

/**
 * The cloud has refused it, perhaps because another replica was faster, or after some of the volumes: what it is at is
 * brought to its end. Otherwise only the mark is removed.
 */
async function withdraw(scope: Scope, vmId: string, id: string): Promise<void> {
  const seen = await unlessGone(scope.session.snapshots.get(id));
  if (seen?.status === 'locked') continueRestore(scope, vmId, id);
  else await forget(scope, vmId, RESTORING);
}
