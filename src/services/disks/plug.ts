import { Fault } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { requireAble } from '../fitting.js';
import * as pmem from '../pmem/pmem.js';
import { cannot } from '../cannot.js';
import { may, related } from '../rules.js';
import { settledVm } from '../vms/settled.js';
import { begin, isLeaving, type Intent } from '../work/volumes.js';
import { unlessGone, watched } from '../work/wait.js';
import { statusOf } from './shown.js';
import { find } from './find.js';
import { volume, atRest, atHome, unsupportedOnPmem } from './rest.js';

/** Destroys the disk, or with `detach` only takes it from the VM (examples 15.17 and 15.21). */
export async function remove(
  scope: Scope,
  vmId: string,
  id: string,
  { detach }: { readonly detach: boolean },
): Promise<Started<void>> {
  const found = await find(scope, vmId, id);
  if ('pmem' in found) {
    if (detach) throw unsupportedOnPmem(scope, 'detach');
    return pmem.remove(scope, vmId, id, {});
  }
  const active = found.disk.vmIds?.includes(vmId) === true;
  const rule = detach ? 'disk.detach' : 'disk.remove.plugged';
  if (detach || active) may(scope, rule, await settledVm(scope, vmId, rule));
  if (!detach && statusOf(found.disk) === 'locked') throw related(scope, 'disk.remove.plugged');
  atRest(scope, found.disk, 'disk.detach');
  if (!detach && found.disk.vmIds?.some((other) => other !== vmId)) {
    throw new Fault('conflict', {
      text:
        `${cannot(scope, 'disk.remove.plugged')}. The disk is attached to other VMs as well: ` +
        'detach it there first.',
    });
  }
  if (detach) await mayLeave(scope, vmId, id);
  return mark(scope, id, {
    vm: vmId,
    pending: detach ? 'release' : active ? 'remove-active' : 'remove',
    lost: () => related(scope, rule),
  });
}

/** Engines refuse to take a disk out of a VM that has it in a snapshot: restoring that would need it. One call. */
async function mayLeave(scope: Scope, vmId: string, id: string): Promise<void> {
  const all = await scope.session.snapshots.list(vmId);
  if (all.some(({ volumes = [] }) => volumes.some(({ volumeId }) => volumeId === id)))
    throw new Fault('conflict', {
      text:
        `${cannot(scope, 'disk.detach')}. The disk is already configured in a snapshot. ` +
        `In order to detach it, remove the disk's snapshots.`,
    });
}

/**
 * Notes what the disk is to become, and begins the work; not while the disk's VM is being removed. A removal writes its
 * mark before it reads the disks' notes, so that one of the two sees the other.
 */
export async function mark(scope: Scope, id: string, intent: Intent): Promise<Started<void>> {
  const { vm, pending } = intent;
  await scope.session.disks.note(id, { ...(vm !== undefined && { vm }), pending });
  if (vm !== undefined && (await isLeaving(scope, vm))) {
    await unlessGone(scope.session.disks.note(id, { pending: null }));
    throw intent.lost();
  }
  return { value: undefined, finished: watched(begin(scope, id, intent).then(() => undefined)) };
}

/** Attaches the disk. Throws `conflict` for one that is active already, as engines do. */
export const activate = (scope: Scope, vmId: string, id: string): Promise<Started<void>> => plug(scope, vmId, id, true);
/** Detaches the disk, which stays listed, inactive. */
export const deactivate = (scope: Scope, vmId: string, id: string): Promise<Started<void>> =>
  plug(scope, vmId, id, false);

export async function plug(scope: Scope, vmId: string, id: string, active: boolean): Promise<Started<void>> {
  const rule = active ? 'disk.activate' : 'disk.deactivate';
  const disk = await volume(scope, vmId, id, rule, active ? 'activate' : 'deactivate');
  may(scope, rule, await settledVm(scope, vmId, rule));
  if ((disk.vmIds?.includes(vmId) === true) === active)
    throw new Fault('conflict', { text: `Disk is already ${active ? 'activated' : 'deactivated'}.` });
  requireAble(
    scope,
    'disk.notes',
    `${active ? 'activate' : 'deactivate'} disk`,
    'A disk that stays listed when it is detached',
  );
  atHome(scope, disk, vmId, rule);
  return mark(scope, id, { vm: vmId, pending: active ? 'attach' : 'detach', lost: () => related(scope, rule) });
}
