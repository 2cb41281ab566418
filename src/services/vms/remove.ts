import type { Snapshot, Vm } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { snapshotsOfMarked } from '../work/held.js';
import { beginVm } from '../work/partitions.js';
import { markRemoval, type Removal } from '../work/removal.js';
import { cannot } from '../cannot.js';
import { isAble } from '../fitting.js';
import { may, related } from '../rules.js';
import { watched } from '../work/wait.js';
import { asVm } from './shown.js';
import { conflict } from './refusals.js';
import { settledVm } from './settled.js';

/**
 * Deletes the VM, and its disks unless `detachOnly`. `force` also deletes a locked VM, as engines do, but no running
 * one. Throws `unsupported` where the cloud deletes a disk with its VM, and cannot change that.
 */
export async function remove(
  scope: Scope,
  id: string,
  { detachOnly, force }: { readonly detachOnly: boolean; readonly force: boolean },
): Promise<Started<void>> {
  // another gateway may have protected it just now
  await scope.session.vms.reread?.();
  const vm = await settledVm(scope, id, 'vm.remove');
  if (vm.notes?.['delete_protected'] === 'true')
    throw conflict(
      'Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.',
    );
  may(scope, 'vm.remove', vm, { force });
  if (detachOnly) await mayLeaveDisks(scope, vm);
  // refused by name now, instead of by the work later
  if (detachOnly && !isAble(scope, 'vm.keepDisks'))
    for (const disk of vm.volumeIds ?? []) await scope.session.disks.keep(id, disk);
  const removal: Removal = { detachOnly, lost: () => related(scope, 'vm.remove') };
  await markRemoval(scope, vm, removal);
  const snapshots = detachOnly ? undefined : await snapshotsOfMarked(scope, vm);
  return { value: undefined, finished: watched(untilGone(scope, vm, removal, snapshots)) };
}

/** Engines refuse to remove a VM without its disks while it has snapshots: they would belong to nothing. */
async function mayLeaveDisks(scope: Scope, { id }: Vm): Promise<void> {
  if ((await scope.session.snapshots.list(id)).length > 0)
    throw conflict(`${cannot(scope, 'vm.remove')} with detaching disks, snapshots exist.`);
}

/** How often the mark of a removal is written again. */
const MARKS = 5;

/**
 * Other work on the VM may remove the mark together with its own, because it read the VM before and clouds have no
 * compare-and-set. A VM that lost its mark is marked again.
 */
async function untilGone(
  scope: Scope,
  vm: Vm,
  removal: Removal,
  snapshots: readonly Snapshot[] | undefined,
): Promise<void> {
  const { id, volumeIds = [] } = vm;
  const found = { volumeIds, wasDown: asVm(vm).status === 'down', task: vm.notes?.['task'] };
  // what was seen of the snapshots counts only for the mark before it
  const first = { ...removal, ...found, ...(snapshots && { snapshots }) };
  for (let left = MARKS; await beginVm(scope, id, left === MARKS ? first : { ...removal, ...found }); left -= 1) {
    if (left === 0) throw removal.lost();
    await markRemoval(scope, vm, removal);
  }
}
