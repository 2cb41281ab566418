import { isFault } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { forget } from './notes.js';
import { watched } from '../work/wait.js';
import { RESTORING, finishRestore } from './restoring.js';
import { regular } from './find.js';

/**
 * Restores the VM's volumes to the snapshot. The VM must be down. PowerVC does it in one step; if it fails, the volumes
 * are rolled back to what they were before, and the fault says so. The VM's note `restoring` lets another replica do
 * that.
 */
export async function restore(scope: Scope, vmId: string, id: string): Promise<Started<void>> {
  await regular(scope, vmId, id, 'snapshot.restore');
  await scope.session.vms.note(vmId, { [RESTORING]: `${id} ${Date.now()}` });
  try {
    await scope.session.snapshots.restore(vmId, id);
  } catch (error) {
    if (isFault(error) && error.retry === 'never') await forget(scope, vmId, RESTORING);
    throw error;
  }
  return { value: undefined, finished: watched(finishRestore(scope, vmId, id)) };
}
