import type { Vm } from '../../model/index.js';

/**
 * The VM's note while its volumes are restored from a snapshot: the snapshot's id, and when it was written, epoch
 * milliseconds. It is written before the cloud is asked, and the VM is locked until it is removed.
 */
export const RESTORING = 'restoring';

/** The restore of the VM that its note tells of, which may have ended; undefined without one. */
export function restoreOf(vm: Vm): { readonly snapshotId: string; readonly at: number } | undefined {
  const [snapshotId, since] = vm.notes?.[RESTORING]?.split(' ') ?? [];
  // an unreadable instant is long over
  return snapshotId === undefined ? undefined : { snapshotId, at: Number(since) || 0 };
}

export const isRestoring = (vm: Vm): boolean => restoreOf(vm) !== undefined;
