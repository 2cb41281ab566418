import type { Vm } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { beginVm, markRemoval } from '../partitions.js';
import { may, related } from '../rules.js';
import { watched } from '../wait.js';
import { look } from './find.js';
import { conflict } from './refusals.js';

/** Deletes the VM, and its disks unless `detachOnly`. `force` takes one that is locked, as engines do: none that runs. */
export async function remove(
  scope: Scope,
  id: string,
  { detachOnly, force }: { readonly detachOnly: boolean; readonly force: boolean },
): Promise<Started<void>> {
  const vm = await look(scope, id);
  if (vm.notes?.['delete_protected'] === 'true')
    throw conflict(
      'Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.',
    );
  may(scope, 'vm.remove', vm, { force });
  await markRemoval(scope, vm, { detachOnly });
  return { value: undefined, finished: watched(untilGone(scope, vm, { detachOnly })) };
}

/** How often the mark of a removal is written anew. */
const MARKS = 5;

/**
 * Work that was under way with the VM may take the mark away with its own: it looked before the mark was there, and
 * no cloud compares. A VM that is left without one is marked again.
 */
async function untilGone(scope: Scope, vm: Vm, how: { readonly detachOnly: boolean }): Promise<void> {
  for (let left = MARKS; await beginVm(scope, vm.id); left -= 1) {
    if (left === 0) throw related(scope, 'vm.remove');
    await markRemoval(scope, vm, how);
  }
}
