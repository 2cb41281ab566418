import { Fault, type Disk, type NotesPatch, type PmemVolume, type Vm, type DiskInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { placed } from './profiles.js';
import { fit, ofDisk } from '../fitting.js';
import * as pmem from '../pmem/pmem.js';
import { pmemAsDisk } from '../pmem/disks.js';
import { notedFlags, asDisk } from './shown.js';
import { get, find, getAny, anyVolume } from './find.js';
import { atRest, mayWhilePlugged, unsupportedOnPmem } from './rest.js';
import { moved } from './move.js';
import { reportSparse } from './new-volume.js';
import { plug } from './plug.js';
import { unlessGone } from '../work/wait.js';

/**
 * Changes what differs: a document that a client sends back unchanged changes nothing (docs/reference/ovirt.md, section
 * 9). Sizes grow, and never shrink. Throws `conflict`, `conflict.transition`, `not-found.reference`.
 */
export async function update(scope: Scope, vmId: string, id: string, input: DiskInput): Promise<Disk> {
  const found = await find(scope, vmId, id);
  if ('pmem' in found) return updatePmem(scope, found.vm, found.pmem, input);
  const disk = asDisk(found.disk, vmId);
  await updateVolume(scope, found.disk, disk, input);
  if (input.active !== undefined && input.active !== disk.active)
    await (
      await plug(scope, vmId, id, input.active)
    ).finished;
  // another client may have taken it from the VM meanwhile, or removed the VM alone: it is changed all the same
  return (await unlessGone(get(scope, vmId, id))) ?? getAny(scope, id);
}

/** The same for a disk without its VM, which alone decides whether it is active. */
export async function updateAny(scope: Scope, id: string, input: DiskInput): Promise<Disk> {
  const found = await anyVolume(scope, id);
  await updateVolume(scope, found, asDisk(found, undefined), input);
  return getAny(scope, id);
}

/** `disk` is the volume `found` as the client sees it. */
async function updateVolume(scope: Scope, found: Disk, disk: Disk, given: DiskInput): Promise<void> {
  const input = fit(scope, ofDisk, 'update disk', await placed(scope, given, disk), disk);
  atRest(scope, found, 'disk.edit.plugged');
  reportSparse(scope, input, disk.sparse);
  const grow = growth(scope, disk, input);
  if (grow !== undefined) await mayWhilePlugged(scope, 'disk.extend.plugged', found);
  if (['bootable', 'shareable'].some((key) => changes(disk, input, key as keyof Disk)))
    await mayWhilePlugged(scope, 'disk.edit.plugged', found);
  const target = await moved(scope, disk, input.storageDomain);
  await change(scope, disk, input);
  if (grow !== undefined) await scope.session.disks.extend(found.id, grow);
  if (target !== undefined) await scope.session.disks.move(found.id, target);
}

const changes = (now: Disk, input: DiskInput, key: keyof Disk): boolean =>
  input[key] !== undefined && input[key] !== now[key];

function growth(scope: Scope, disk: Disk, { sizeBytes }: DiskInput): number | undefined {
  const { grainBytes } = scope.session.disks;
  const now = disk.sizeBytes ?? 0;
  if (sizeBytes === undefined) return undefined;
  const rounded = Math.ceil(sizeBytes / grainBytes) * grainBytes;
  if (rounded < now)
    throw new Fault('refused', {
      text: 'Cannot edit Virtual Machine Disk size. New disk size must be larger than current disk size.',
    });
  return rounded > now ? sizeBytes : undefined;
}

async function change(scope: Scope, disk: Disk, input: DiskInput): Promise<void> {
  const { disks } = scope.session;
  const differs = <K extends keyof Disk>(key: K): boolean => input[key] !== undefined && input[key] !== disk[key];
  const patch: Record<string, string> = {};
  for (const [key, property] of Object.entries(notedFlags)) if (differs(property)) patch[key] = String(input[property]);
  if (input.interface !== undefined && differs('interface')) patch['interface'] = input.interface;
  if (differs('readOnly'))
    throw new Fault('conflict', {
      text: 'Cannot edit Virtual Machine Disk. read_only can only be set when the disk is attached.',
    });

  const { alias, description, shareable, bootable } = input;
  const fields = {
    ...(alias !== undefined && alias !== disk.alias && { name: alias }),
    ...(description !== undefined && description !== disk.description && { description }),
    ...(shareable !== undefined && shareable !== disk.shareable && { shareable }),
    ...(bootable !== undefined && bootable !== disk.bootable && { bootable }),
  };
  if (Object.keys(fields).length) await disks.update(disk.id, fields);
  if (Object.keys(patch).length) await disks.note(disk.id, patch satisfies NotesPatch);
}

async function updatePmem(scope: Scope, vm: Vm, volume: PmemVolume, input: DiskInput): Promise<Disk> {
  const now = pmemAsDisk(volume, vm);
  const fixed = (['sizeBytes', 'bootable', 'shareable', 'active', 'readOnly'] as const).filter(
    (key) => input[key] !== undefined && input[key] !== now[key],
  );
  await placed(scope, input, now);
  if (fixed.length || (input.storageDomain?.id !== undefined && input.storageDomain.id !== now.storageDomain?.id))
    throw unsupportedOnPmem(scope, 'edit');
  if (input.alias === undefined || input.alias === volume.name) return now;
  return pmemAsDisk(await pmem.rename(scope, vm.id, volume.id, { name: input.alias }), vm);
}
