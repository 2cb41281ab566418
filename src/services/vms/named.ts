import type { Vm } from '../../model/index.js';
import type { Scope } from '../context.js';

/**
 * The VM as the backend has it, whose name the jobs and events of the request then have. One call. Throws `not-found`.
 */
export async function namedVm({ session, work }: Scope, id: string): Promise<Vm> {
  const vm = await session.vms.get(id);
  work.journal.named(vm);
  return vm;
}
