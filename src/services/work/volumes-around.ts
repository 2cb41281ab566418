import type { Disk, Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { collect } from './wait.js';

/**
 * The volumes that a VM has, and those that name it in their notes, including media: by its own volumes if the project
 * has many.
 */
export async function volumesAround(scope: Scope, { id, volumeIds }: Pick<Vm, 'id' | 'volumeIds'>): Promise<Disk[]> {
  const { disks } = scope.session;
  const own = volumeIds && (await disks.ofVm?.({ id, volumeIds }));
  return (own ?? (await collect(disks.list()))).filter(
    ({ vmIds, notes }) => vmIds?.includes(id) === true || notes?.['vm'] === id,
  );
}
