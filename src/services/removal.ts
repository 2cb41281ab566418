import type { Scope } from './context.js';
import { unlessGone } from './wait.js';

/**
 * How far the removal of a VM is, for what goes after it. The VM is marked first and unmarked last: one that is there
 * without a mark is there to stay, because the backend refused to delete it.
 */
export async function removalOf(scope: Scope, vmId: string): Promise<'done' | 'under way' | 'given up'> {
  const vm = await unlessGone(scope.session.vms.get(vmId));
  if (!vm) return 'done';
  return vm.notes?.['pending'] === undefined ? 'given up' : 'under way';
}
