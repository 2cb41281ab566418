import { Fault, type Snapshot, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { forget } from './notes.js';
import { RESTORING, restoreOf } from '../work/restore-mark.js';
import { unlessGone, until } from '../work/wait.js';

const resourceOf = (vmId: string): string => `restore/${vmId}`;

export const finishRestore = (scope: Scope, vmId: string, id: string): Promise<void> =>
  scope.work.run(resourceOf(vmId), () => restoreToEnd(scope, vmId, id));

/** Brings a restore to its end that this process may be at already. Returns at once. */
export const continueRestore = (scope: Scope, vmId: string, id: string): void =>
  scope.work.start(resourceOf(vmId), () => restoreToEnd(scope, vmId, id));

/**
 * Resumes a restore after a crash. If nothing shows that the cloud was asked at all, the mark is left alone until its
 * lease is over: another replica may be about to ask. Returns at once.
 */
export function resumeRestore(scope: Scope, vm: Vm, taken: readonly Snapshot[] = []): void {
  const restore = restoreOf(vm);
  if (!restore) return;
  const { snapshotId, at } = restore;
  const target = taken.find(({ id }) => id === snapshotId);
  const begun = target?.failure !== undefined || target?.status === 'locked';
  if (begun || at + scope.settings.leaseMs < Date.now()) continueRestore(scope, vm.id, snapshotId);
}

async function restoreToEnd(scope: Scope, vmId: string, id: string): Promise<void> {
  const { snapshots } = scope.session;
  const end = await until(
    scope,
    `Restoring snapshot ${id}`,
    () => progress(scope, vmId, id),
    (seen) => {
      if (!seen) return 'gone';
      return seen.failure ?? (seen.status === 'locked' ? undefined : 'done');
    },
  );
  let left: string | void = undefined;
  if (end === 'restore') {
    left = await snapshots.rollback(vmId, id);
    await until(
      scope,
      `Rolling back snapshot ${id}`,
      () => progress(scope, vmId, id),
      (seen) => (seen?.status === 'locked' && !seen.failure ? undefined : true),
    );
  }
  await forget(scope, vmId, RESTORING);
  if (end === 'restore' || end === 'rollback') {
    throw new Fault('interrupted', {
      what: `Restoring snapshot ${id}`,
      text: 'It ended in an error.',
      undone: left ?? 'The volumes are as they were before.',
    });
  }
}

/**
 * The snapshot, or undefined if it is gone. Throws `not-found` if its VM is: a cloud may then never end the restore.
 * One more call while it is locked.
 */
async function progress(scope: Scope, vmId: string, id: string): Promise<Snapshot | undefined> {
  const snapshot = await unlessGone(scope.session.snapshots.get(id));
  if (!snapshot || (snapshot.status === 'locked' && !snapshot.failure)) await scope.session.vms.get(vmId);
  return snapshot;
}
