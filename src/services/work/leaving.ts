import type { Disk, Snapshot } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import type { Removal } from './removal.js';
import type { Pending } from './volumes.js';
import { unlessGone } from './wait.js';

/** The removal of a VM, as its client asked for it. */
export interface VmRemoval extends Removal {
  /** The volumes that the VM has. */
  readonly volumeIds: readonly string[];
  /** Whether it was down: if another client starts it meanwhile, it stays. */
  readonly wasDown: boolean;
  /** The note of its task, which a client with `force` may override. If there is another one meanwhile, it stays. */
  readonly task: string | undefined;
  /** Its snapshots, as seen after it was marked; absent if nobody has looked. */
  readonly snapshots?: readonly Snapshot[];
}

/**
 * Whether a disk is removed with its VM: unless it is to be kept, another VM has it too, or it is a floating one that
 * is just being attached, whose client is refused. A CD-ROM's medium always is.
 */
export const isRemovedWith = (disk: Disk, vmId: string, withDisks: boolean): boolean =>
  disk.notes?.['medium'] !== undefined ||
  (withDisks && !isBeingAdopted(disk) && !isStandingBack(disk) && !disk.vmIds?.some((other) => other !== vmId));

/** Whether a floating disk is being attached: its client was not told yet that the VM has it. */
export const isBeingAdopted = ({ notes }: Disk): boolean => notes?.['pending'] === ('adopt' satisfies Pending);

/** Whether a floating disk waits for the end of the VM's removal: who attaches it releases it. */
export const isStandingBack = ({ notes }: Disk): boolean => notes?.['pending'] === ('stand-back' satisfies Pending);

export const isBeingDeleted = ({ status, backendStatus }: Disk): boolean =>
  status === 'locked' && backendStatus === 'deleting';

/**
 * Whether another client is deleting the disk by itself, which the removal of its VM leaves to that client. Only where
 * VMs have no marks: elsewhere a client who sees that of the removal is refused, and the removal decides.
 */
export const isDeletedAlone = (scope: Scope, disk: Disk): boolean =>
  !isAble(scope, 'vm.notes') && hasPending(disk, 'remove', 'remove-active');

/** The same, or a new disk of the VM that is gone: who adds it cannot attach it any more, and deletes it. */
export const isEndedByOthers = (scope: Scope, disk: Disk): boolean =>
  !isAble(scope, 'vm.notes') && hasPending(disk, 'remove', 'remove-active', 'add');

const hasPending = ({ notes }: Disk, ...some: readonly Pending[]): boolean =>
  some.some((pending) => pending === notes?.['pending']);

/** Whether a disk is being detached: it is no longer the VM's. */
export const isBeingDetached = ({ notes }: Disk): boolean => notes?.['pending'] === ('release' satisfies Pending);

/** Whether the VM went by another removal, which kept disks that were to be deleted, or deleted those to be kept. */
export async function isOverridden(
  scope: Scope,
  vmId: string,
  { detachOnly, volumeIds }: Pick<VmRemoval, 'detachOnly' | 'volumeIds'>,
): Promise<boolean> {
  const disks = await Promise.all(volumeIds.map((id) => unlessGone(scope.session.disks.get(id))));
  return detachOnly
    ? disks.some((disk) => !disk || isBeingDeleted(disk))
    : disks.some((disk) => disk && isKept(disk, vmId));
}

/** Whether a disk of a VM that is gone stays, although it would have gone with its VM. */
const isKept = (disk: Disk, vmId: string): boolean =>
  disk.status !== 'locked' &&
  [undefined, 'release-after-vm' satisfies Pending].includes(disk.notes?.['pending']) &&
  isRemovedWith(disk, vmId, true);
