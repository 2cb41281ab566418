import type { Scope, Started } from '../context.js';
import { beginVm, markRemoval } from '../partitions.js';
import { watched } from '../wait.js';
import { look } from './find.js';
import { isBusy, isRunning } from './kept.js';
import { conflict, transition } from './refusals.js';

/** Deletes the VM, and its disks unless `detachOnly`. `force` takes a running one. */
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
  if (isBusy(vm) && !force) throw transition('remove');
  if (isRunning(vm) && !force) throw conflict('Cannot remove VM. VM is running.');
  await markRemoval(scope, vm, { detachOnly });
  return { value: undefined, finished: watched(beginVm(scope, id).then(() => undefined)) };
}
