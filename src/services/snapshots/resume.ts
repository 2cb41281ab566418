import type { Snapshot, Vm } from '../../model/index.js';
import { warnOf } from '../notes/bad-notes.js';
import { snapshotOf, unpack } from './configurations.js';
import type { Scope } from '../context.js';
import * as disks from '../disks/index.js';
import { forget, handOver, resumeSnapshotting } from './notes.js';
import { resumeRestore } from './restoring.js';
import { isRestoring } from '../work/restore-mark.js';
import { packed } from './shown.js';

export const isBusy = (vm: Vm, taken: readonly Snapshot[]): boolean =>
  isRestoring(vm) || taken.some(({ status, failure }) => status === 'locked' && !failure);

/**
 * Resumes a restore after a crash, moves configurations from the VM to their snapshots, and drops those whose snapshot
 * was never taken.
 */
export function resume(scope: Scope, vm: Vm, taken: readonly Snapshot[]): void {
  const isOver = (at: number): boolean => at + scope.settings.leaseMs < Date.now();

  resumeRestore(scope, vm, taken);

  const names = new Set(taken.map(({ name }) => name));
  const orphans = Object.entries(vm.notes ?? {}).filter(([key, text]) => {
    const name = snapshotOf(key);
    // an unreadable one belongs to nobody and is removed, too
    return name !== undefined && !names.has(name) && isOver(unpack(text, warnOf(scope, `VM ${vm.id}`, key))?.at ?? 0);
  });
  if (orphans.length)
    scope.work.start(`snapshots/${vm.id}`, async () => {
      for (const [key] of orphans) await forget(scope, vm.id, key);
    });

  handOver(scope, vm, taken);
  resumeSnapshotting(scope, vm, taken, async (description, { volumes = [] }) => {
    const ids = new Set(volumes.map(({ volumeId }) => volumeId));
    const all = await disks.volumesOf(scope, vm);
    return packed(
      scope,
      vm,
      all.filter(({ id }) => ids.has(id)),
      description,
    );
  });
}
