import type { Scope, Started } from '../context.js';
import { beginVm, markRemoval } from '../partitions.js';
import { may } from '../rules.js';
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
  return { value: undefined, finished: watched(beginVm(scope, id).then(() => undefined)) };
}
