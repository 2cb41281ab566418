import type { Scope } from './context.js';
import { unlessGone } from './wait.js';

/**
 * The state of a VM's removal, for what is deleted after it. The VM is marked first and unmarked last: a VM without a
 * mark stays, because the backend refused to delete it.
 */
export async function removalOf(scope: Scope, vmId: string): Promise<'done' | 'under way' | 'given up'> {
  const vm = await unlessGone(scope.session.vms.get(vmId));
  if (!vm) return 'done';
  return vm.notes?.['pending'] === undefined ? 'given up' : 'under way';
}
