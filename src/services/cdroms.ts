import { Fault, ZERO_ID, type Cdrom, type Disk, type Ref, type Template, type Vm } from '../model/index.js';
import type { Scope } from './context.js';
import { begin, isUnfinished, touch, type Pending } from './volumes.js';
import { collect } from './wait.js';

/**
 * The one CD-ROM drive of a VM. PowerVC has no call for virtual optical media (shared/facts/power.md, 1.4), so the medium is a volume made
 * from the ISO image and attached read-only; ejecting removes it. The VM's note `cdrom` holds the file of record; the medium's note
 * `medium` the file that is in the drive now. After a change for the session (`;current=true`) the two differ until the VM starts again
 * (seeds/rhev-vm-sub-collections, 15.6.4).
 */
interface Options { readonly current?: boolean }

const FILE = 'cdrom';

/** The media that are, or will be, in the drive: without those that are on their way out. */
async function mediaOf(scope: Scope, vmId: string): Promise<Disk[]> {
  const media = (await collect(scope.session.disks.list())).filter(({ notes }) => notes?.['medium'] !== undefined && notes['vm'] === vmId);
  for (const medium of media) touch(scope, medium);
  const replaced = new Set(media.map(({ notes }) => notes?.['instead']));
  return media.filter(({ id, notes }) => !replaced.has(id) && notes?.['pending'] !== 'remove');
}

const asCdrom = (vmId: string, file: string | undefined): Cdrom => ({ id: ZERO_ID, vm: { id: vmId }, ...(file !== undefined && { file: { id: file } }) });

/** One call, or two with `current`. */
export async function get(scope: Scope, vmId: string, id: string, { current = false }: Options = {}): Promise<Cdrom> {
  if (id !== ZERO_ID) throw new Fault('not-found', { what: 'CdRom', id });
  const vm = await scope.session.vms.get(vmId);
  if (!current) return asCdrom(vmId, vm.notes?.[FILE]);
  const [medium] = await mediaOf(scope, vmId);
  return asCdrom(vmId, medium?.notes?.['medium']);
}

/** Exactly one, always (shared/facts/ovirt.md, section 11). */
export const list = async (scope: Scope, vmId: string, options: Options = {}): Promise<Cdrom[]> => [await get(scope, vmId, ZERO_ID, options)];

/** Puts a file into the drive, or with an empty id takes it out; for good, or with `current` until the VM starts again. */
export async function change(scope: Scope, vmId: string, id: string, input: Cdrom, { current = false }: Options = {}): Promise<Cdrom> {
  if (id !== ZERO_ID) throw new Fault('not-found', { what: 'CdRom', id });
  const vm = await scope.session.vms.get(vmId);
  if (current && vm.powerState !== 'running') throw new Fault('conflict', { text: 'Cannot change CD. VM is not running.' });
  const file = input.file && (input.file.id ?? input.file.name ?? '');
  if (file === undefined) throw new Fault('request.incomplete', { text: 'CdRom [file.id] required for update' });

  const image = file === '' ? undefined : await isoImage(scope, { id: file });
  if (!current) await scope.session.vms.note(vmId, { [FILE]: image?.name ?? null });
  await load(scope, vm, image);
  return asCdrom(vmId, image?.name);
}

/** Puts the file of record into the drive when another, or none, is there: a session has ended. */
export async function insertMedium(scope: Scope, vm: Vm): Promise<void> {
  const file = vm.notes?.[FILE];
  if (file === undefined && vm.notes?.['cdrom.session'] === undefined) return;
  await load(scope, vm, file === undefined ? undefined : await isoImage(scope, { id: file }));
}

/**
 * The new medium is attached before the old one goes: a drive is never left empty by a failure. The new one's notes name the old one, so that
 * whoever finishes the one ejects the other.
 */
async function load(scope: Scope, vm: Vm, image: Template | undefined): Promise<void> {
  const before = await mediaOf(scope, vm.id!);
  const present = before.find(({ notes }) => image !== undefined && notes?.['medium'] === image.name);
  const others = before.filter((medium) => medium !== present);
  if (image && !present) {
    await noteSession(scope, vm, image.name);
    await insert(scope, vm, image, others.shift());
  }
  if (present && isUnfinished(present)) await begin(scope, present.id!);
  for (const medium of others) await eject(scope, vm.id!, medium);
  if (!image || present) await noteSession(scope, vm, image?.name);
}

/**
 * Marks a VM whose drive is not empty, so that its next start knows without a search whether to look: set before a medium comes, removed
 * after the last one has gone.
 */
async function noteSession(scope: Scope, vm: Vm, file: string | undefined): Promise<void> {
  if (vm.notes?.['cdrom.session'] === file) return;
  await scope.session.vms.note(vm.id!, { 'cdrom.session': file ?? null });
}

async function insert(scope: Scope, vm: Vm, image: Template, former: Disk | undefined): Promise<void> {
  const { id } = await scope.session.disks.create({
    name: `${vm.name}_cdrom`,
    sizeBytes: Math.max(image.sizeBytes ?? 0, (image.minDiskGib ?? 0) * 2 ** 30, 1),
    imageId: image.id!,
    notes: { medium: image.name!, read_only: 'true', vm: vm.id!, pending: 'add' satisfies Pending, ...(former && { instead: former.id! }) },
  });
  await begin(scope, id!);
}

async function eject(scope: Scope, vmId: string, medium: Disk): Promise<void> {
  await scope.session.disks.note(medium.id!, { vm: vmId, pending: 'remove' satisfies Pending });
  await begin(scope, medium.id!);
}

/** By name, as oVirt names files, or by the image's id. */
async function isoImage(scope: Scope, { id }: Ref): Promise<Template> {
  const images = (await scope.session.inventory.templates()).filter(({ isIso }) => isIso);
  const found = images.find((image) => image.name === id) ?? images.find((image) => image.id === id);
  if (!found) throw new Fault('not-found.reference', { what: 'File', by: 'id', value: id ?? '' });
  return found;
}
