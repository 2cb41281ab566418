import { Fault, isFault, type Disk } from '../../model/index.js';
import * as disks from '../../services/disks/index.js';
import { findPmemDisk, listPmemDisks } from '../../services/pmem/list.js';
import * as floating from '../../services/disks/floating.js';
import { isUnchanged, ofTemplate, type TemplateDiskRule } from '../../services/disks/of-template.js';
import { findTemplateDisk, withTemplateDisks } from '../../services/inventory/inventory.js';
import { refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import { shareableNeed } from './disk-needs.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { diskResource } from './disks.js';
import { idIn } from './shared.js';
import { disksStatisticsAt } from './statistics.js';

/** Where disks are listed without their VM: in the main collection, or on a storage domain. */
export interface DiskPlace {
  readonly list: (call: Call) => AsyncIterable<readonly Disk[]>;
  /** The domain, if there is one. */
  readonly look?: (call: Call) => Promise<{ readonly id?: string }>;
}

const COPY = '{cloud} copies volumes only together with their VM: clone the VM.';
const EXPORT = '{cloud} makes images of VMs, not of single volumes: export the VM.';

/**
 * In versions with attachments, the disk of each attachment of a VM or template is one of all disks, so these include
 * pmem volumes and the disks of templates.
 */
const hasAttachments = ({ version }: Call): boolean => version.hasDocument('disk_attachment');

/** All volumes, page by page, and in versions with attachments the disks of templates. */
export const listVolumes = (call: Call): AsyncIterable<readonly Disk[]> => {
  const volumes = disks.listAll(call.scope);
  return hasAttachments(call) ? withTemplateDisks(call.scope, volumes) : volumes;
};

async function* every(call: Call): AsyncGenerator<readonly Disk[]> {
  yield* listVolumes(call);
  if (hasAttachments(call)) yield* listPmemDisks(call.scope);
}

const findOwn = async (call: Call, id: string): Promise<Disk | undefined> =>
  (await disks.findDisk(call.scope, id)) ?? (hasAttachments(call) ? await findPmemDisk(call.scope, id) : undefined);

/** A disk by its id, attached, floating or a template's. @throws Fault `not-found` */
export const anyDisk = async (call: Call, id: string): Promise<Disk> =>
  there((await findOwn(call, id)) ?? (await findTemplateDisk(call.scope, id)), id);

const ownDisk = async (call: Call, id: string): Promise<Disk> => there(await findOwn(call, id), id);

function there(disk: Disk | undefined, id: string): Disk {
  if (!disk) throw new Fault('not-found', { what: 'Disk', id });
  return disk;
}

/** The disks at a place, floating ones too (docs/reference/ovirt.md, sections 2 and 11). */
export function disksAt(parent: string, { list, look }: DiskPlace): Operation[] {
  const path = `${parent}/disks`;
  const item = `${path}/{disk:id}`;
  const at = collection(path, '{disk:id}', diskResource);

  /** A pmem volume tells its VM: what is done with it is done there. */
  async function here(call: Call, find: (call: Call, id: string) => Promise<Disk>): Promise<Disk> {
    const domain = await look?.(call);
    const disk = await find(call, idIn(call, 'disk'));
    if (domain && disk.storageDomain?.id !== domain.id) throw new Fault('not-found', { what: 'Disk', id: disk.id });
    return disk;
  }
  const get = (call: Call): Promise<Disk> => here(call, anyDisk);

  /**
   * Changes a disk. A template's is part of an image; PowerVC shows its volume, but takes no change of it. Throws
   * `not-found`, and the refusal of a template's, unless it stays the same.
   */
  async function change<R>(
    call: Call,
    rule: TemplateDiskRule,
    act: (disk: Disk) => Promise<R>,
    sameAs?: (disk: Disk) => R | undefined,
  ): Promise<R> {
    try {
      return await act(await here(call, ownDisk));
    } catch (error) {
      if (!isFault(error, 'not-found') || !(await findTemplateDisk(call.scope, idIn(call, 'disk')))) throw error;
      const unchanged = sameAs?.(await get(call));
      if (unchanged === undefined) throw ofTemplate(call.scope, rule);
      return unchanged;
    }
  }

  return [
    at.list({
      summary: 'All disks, including floating ones',
      how:
        'Cinder volumes, page by page. In version 4 also the disks of templates, at the end of the list, with one more ' +
        'call for the images; without them while the image service is down.',
      searchable: parent === '',
      verb: list,
    }),
    at.get({ summary: 'One disk', how: 'A Cinder volume.', verb: get }),
    at.add({
      summary: 'Add a floating disk',
      how: 'A Cinder volume of the storage template; bytes are rounded up to GiB.',
      needs: ['disk.create'],
      faults: ['not-found.reference', 'interrupted', 'unsupported', 'backend.quota', 'backend.space'],
      required: [{ field: 'provisionedSize|size', unless: ['lun_storage.logical_unit.id'] }],
      needsFor: [shareableNeed],
      async verb(call, input) {
        const domain = await look?.(call);
        return floating.add(
          call.scope,
          domain?.id === undefined ? input : { ...input, storageDomain: { id: domain.id } },
        );
      },
    }),
    at.update({
      summary: 'Change the alias, description, size or flags of a disk',
      how: 'As through its VM. Version 4 only; version 3 changes a disk only through its VM.',
      since: 'gateway',
      follows: parent === '',
      faults: ['conflict', 'conflict.transition', 'backend.space'],
      async verb(call, input) {
        return change(
          call,
          'disk.edit.plugged',
          ({ id, vm }) =>
            vm?.id === undefined ? disks.updateAny(call.scope, id, input) : disks.update(call.scope, vm.id, id, input),
          (disk) => (isUnchanged(disk, input) ? disk : undefined),
        );
      },
    }),
    at.remove({
      summary: 'Delete a disk that is not attached to a VM',
      how: 'The volume is deleted.',
      flags: ['force'],
      faults: ['conflict', 'conflict.transition'],
      async verb(call) {
        return change(call, 'disk.remove.plugged', ({ id, vm }) =>
          vm?.id === undefined
            ? floating.remove(call.scope, id)
            : disks.remove(call.scope, vm.id, id, { detach: false }),
        );
      },
    }),
    at.creation(get),
    ...at.action('move', get, {
      summary: 'Move a disk to another storage domain',
      how: 'Cinder os-retype to the other storage template.',
      needs: ['disk.move'],
      faults: ['not-found.reference', 'conflict', 'conflict.transition'],
      background: true,
      fields: ['storage_domain'],
      required: [{ field: 'storageDomain.id|name' }],
      async verb(call, { storage_domain: target }) {
        const ref = { id: target?.id, name: target?.name };
        return change(call, 'disk.move.plugged', ({ id, vm }) =>
          vm?.id === undefined ? disks.moveAny(call.scope, id, ref) : disks.move(call.scope, vm.id, id, ref),
        );
      },
    }),
    ...refusals('disk', 'action', COPY, [`copy ${item}`]),
    ...refusals('disk', 'action', EXPORT, [`export ${item}`]),
    ...permissionsOn(item, get, ['disk', 'disk']),
    ...disksStatisticsAt(item, get),
  ];
}

export const floatingDiskOperations: readonly Operation[] = disksAt('', { list: every });
