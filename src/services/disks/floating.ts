import { Fault, propertyOf, type Disk, type DiskInput } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { placed } from './profiles.js';
import { named } from './names.js';
import { ASKED_ID, asDisk, getAny, mark, notesOf } from './index.js';
import { newVolumeOf, reportSparse } from './new-volume.js';
import { fit, isAble, ofDisk, reportUnable } from '../fitting.js';
import { findPmemDomain } from '../pmem/disks.js';
import { cannot } from '../cannot.js';
import { may, related } from '../rules.js';
import { settledVm } from '../vms/settled.js';
import type { Intent } from '../work/volumes.js';
import { unlessGone, until, watched } from '../work/wait.js';

/**
 * Disks that belong to no VM: Cinder volumes on their own (docs/reference/ovirt.md, section 11;
 * docs/reference/power.md, 4.3).
 */

/** Two calls, then polls until the volume is ready. Removes a volume that fails. */
export async function add(scope: Scope, given: DiskInput): Promise<Started<Disk>> {
  const input = fit(scope, ofDisk, 'add disk', await placed(scope, given));
  if (findPmemDomain(input.storageDomain))
    throw refusal(
      scope,
      'A floating disk of persistent memory',
      'a persistent memory volume belongs to its VM: add it to the VM.',
    );
  if (input.logicalUnits?.length)
    throw refusal(
      scope,
      'A floating disk of a LUN',
      'a LUN is brought under management together with its VM: add it to the VM.',
    );
  const volume = await newVolumeOf(scope, input);
  const make = (name: string): Promise<Disk> =>
    scope.session.disks.create({
      ...volume,
      name,
      notes: { ...notesOf(input), ...requested(scope, input) },
    });
  const created = input.alias === undefined ? await named(scope, 'disk', 1, make) : await make(input.alias);
  reportSparse(scope, input, created.sparse);
  const finished = until(
    scope,
    `Disk ${created.id}`,
    () => unlessGone(scope.session.disks.get(created.id)),
    async (disk) => {
      // Clouds remove no volume that they are making: it was whole, and somebody has removed it since
      if (!disk) return asDisk({ ...created, status: 'ok' }, undefined);
      if (disk.status === 'locked') return undefined;
      if (disk.status === 'ok') return asDisk(disk, undefined);
      await scope.session.disks.remove(created.id);
      throw new Fault('interrupted', {
        what: 'Adding the disk',
        text: `The volume went into error (${disk.backendStatus ?? 'unknown'}).`,
        undone: 'The volume was removed.',
      });
    },
  );
  return { value: asDisk(created, undefined), finished: watched(finished) };
}

/** The note of an id that the client chose: it uses that id later. */
function requested(scope: Scope, { id }: DiskInput): Record<string, string> {
  if (id === undefined) return {};
  if (isAble(scope, 'disk.notes')) return { [ASKED_ID]: id.toLowerCase() };
  reportUnable(scope, 'disk.notes', propertyOf('Disk', 'id'));
  return {};
}

const refusal = (scope: Scope, subject: string, why: string): Fault =>
  new Fault('unsupported', { operation: 'add Virtual Disk', subject, backend: scope.backend, why });

/**
 * Destroys a disk, also an attached one if its VM is down. The intent is noted first, so that another gateway completes
 * it if this one stops.
 */
export async function remove(scope: Scope, id: string): Promise<Started<void>> {
  const disk = await getAny(scope, id);
  scope.concerns?.({ what: disk.alias });
  const [vmId, ...others] = disk.vmIds ?? [];
  for (const id of disk.vmIds ?? []) {
    const vm = await settledVm(scope, id, 'disk.remove.plugged');
    scope.concerns?.({ as: 'vms.diskattachments.delete', vm: { id, name: vm.name } });
    may(scope, 'disk.remove.plugged', vm);
  }
  if (disk.status === 'locked') throw related(scope, 'disk.remove.plugged');
  if (others.length > 0)
    throw new Fault('conflict', {
      text: `${cannot(scope, 'disk.remove.plugged')}. The disk is attached to several VMs: detach it there first.`,
    });
  const intent: Intent = {
    ...(vmId !== undefined && { vm: vmId }),
    pending: vmId === undefined ? 'remove' : 'remove-active',
    lost: () => related(scope, 'disk.remove.plugged'),
  };
  return mark(scope, id, intent);
}
