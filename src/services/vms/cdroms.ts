import {
  Fault,
  ZERO_ID,
  incomplete,
  propertyOf,
  setsOf,
  type Cdrom,
  type Disk,
  type NotesPatch,
  type Ref,
  type Template,
  type Vm,
  type CdromInput,
} from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble, requireAble } from '../fitting.js';
import { patiently } from '../work/patience.js';
import { ambiguous } from '../references.js';
import { may, related } from '../rules.js';
import { begin, isUnfinished, resume, type Pending } from '../work/volumes.js';
import { collect, isOutage, unlessGone } from '../work/wait.js';
import { GIB } from '../../units.js';
import { namedVm } from './named.js';

/**
 * The CD-ROM drive of a VM. PowerVC has no call for virtual optical media (docs/reference/power.md, 1.4), so the medium
 * is a volume made from the ISO image and attached read-only; ejecting removes it. The VM's note `cdrom` holds the
 * permanent file; the medium's note `medium` the file that is in the drive now. After a change for the session
 * (`;current=true`) the two differ until the VM starts again (RHEV-M REST guide, 15.6.4).
 */
interface DriveOptions {
  readonly current?: boolean;
}

const FILE = 'cdrom';
/**
 * Marks a VM that may have a medium: set before a medium is attached, removed after the last one is gone, so that a
 * start knows without a search whether there is one.
 */
const SESSION = 'cdrom.session';

/** The media that are, or will be, in the drive, without those that are being ejected. */
async function mediaOf(scope: Scope, vmId: string): Promise<Disk[]> {
  const media = (await collect(scope.session.disks.list())).filter(
    ({ notes }) => notes?.['medium'] !== undefined && notes['vm'] === vmId,
  );
  for (const medium of media) resume(scope, medium);
  const replaced = new Set(media.map(({ notes }) => notes?.['instead']));
  return media.filter(({ id, notes }) => !replaced.has(id) && notes?.['pending'] !== 'remove');
}

const asCdrom = (vmId: string, file: string | undefined): Cdrom => ({
  id: ZERO_ID,
  vm: { id: vmId },
  ...(file !== undefined && { file: { id: file } }),
});

/** One call, or two with `current`. */
export async function get(
  scope: Scope,
  vmId: string,
  id: string,
  { current = false }: DriveOptions = {},
): Promise<Cdrom> {
  if (id !== ZERO_ID) throw new Fault('not-found', { what: 'CdRom', id });
  const vm = await namedVm(scope, vmId);
  if (!current) return asCdrom(vmId, vm.notes?.[FILE]);
  const [medium] = await mediaOf(scope, vmId);
  return asCdrom(vmId, medium?.notes?.['medium']);
}

/** Exactly one, always (docs/reference/ovirt.md, section 11). */
export const list = async (scope: Scope, vmId: string, options: DriveOptions = {}): Promise<Cdrom[]> => [
  await get(scope, vmId, ZERO_ID, options),
];

/**
 * Puts a file into the drive, or with an empty id takes it out; permanently, or with `current` until the VM starts
 * again.
 */
export async function change(
  scope: Scope,
  vmId: string,
  id: string,
  input: CdromInput,
  { current = false }: DriveOptions = {},
): Promise<Cdrom> {
  if (id !== ZERO_ID) throw new Fault('not-found', { what: 'CdRom', id });
  const vm = await namedVm(scope, vmId);
  const file = input.file && (input.file.id ?? input.file.name ?? '');
  if (file === undefined) throw incomplete(propertyOf('Cdrom', 'file'), 'update');
  scope.concerns?.(file === '' ? { as: 'vms.cdroms.delete' } : { what: file });
  if (file !== '') requireAble(scope, 'disk.media', 'update CD-ROM', 'A medium');
  if (current) may(scope, file === '' ? 'cdrom.eject' : 'cdrom.change', vm);
  // where there are no media every drive is empty
  if (!isAble(scope, 'disk.media')) return asCdrom(vmId, undefined);

  const image = file === '' ? undefined : await isoImage(scope, { id: file });
  return scope.work.alone(`cdrom/${vmId}`, () => insertOrEject(scope, vmId, image, current));
}

async function insertOrEject(
  scope: Scope,
  vmId: string,
  image: Template | undefined,
  current: boolean,
): Promise<Cdrom> {
  const vm = await namedVm(scope, vmId);
  const requested: NotesPatch = {
    ...(!current && { [FILE]: image?.name ?? null }),
    ...(image && { [SESSION]: image.name }),
  };
  const { notes, undo } = await keep(scope, vm, requested);
  try {
    await load(scope, { ...vm, notes }, image, () => isWanted(scope, vmId, image?.name, current));
  } catch (error) {
    if (!isOutage(error)) await undo();
    throw error;
  }
  if (!(await isLast(scope, vmId, image?.name, current))) throw related(scope, image ? 'cdrom.change' : 'cdrom.eject');
  return asCdrom(vmId, image?.name);
}

/** Writes what differs, in one call. Returns the new notes, and a function that reverts them. */
async function keep(
  scope: Scope,
  { id, notes = {} }: Vm,
  requested: NotesPatch,
): Promise<{ readonly notes: Record<string, string>; readonly undo: () => Promise<void> }> {
  const patch = Object.fromEntries(Object.entries(requested).filter(([key, value]) => (notes[key] ?? null) !== value));
  const back = Object.fromEntries(Object.keys(patch).map((key) => [key, notes[key] ?? null]));
  const write = async (some: NotesPatch): Promise<void> => {
    if (Object.keys(some).length) await scope.session.vms.note(id, some);
  };
  await write(patch);
  return {
    notes: setsOf({ ...notes, ...patch }),
    undo: () => write(back),
  };
}

/**
 * Puts the permanent file into the drive if another, or none, is there, because a session has ended. Or the file
 * `once`, for the session that begins.
 */
export async function insertMedium(scope: Scope, vm: Vm, once?: string): Promise<void> {
  const file = once ?? vm.notes?.[FILE];
  if (file === undefined && vm.notes?.[SESSION] === undefined) return;
  await load(scope, vm, file === undefined ? undefined : await isoImage(scope, { id: file }));
}

/**
 * The new medium is attached before the old one is removed, so that a failure never leaves the drive empty. The new
 * one's notes name the old one, so that resuming the one ejects the other. `isStillWanted` is asked before another
 * medium is touched: it may be that of a later request.
 */
async function load(
  scope: Scope,
  vm: Vm,
  image: Template | undefined,
  isStillWanted?: () => Promise<boolean>,
): Promise<void> {
  const before = await mediaOf(scope, vm.id);
  const present = before.find(({ notes }) => image !== undefined && notes?.['medium'] === image.name);
  const others = before.filter((medium) => medium !== present);
  if (others.length > 0 && isStillWanted && !(await isStillWanted())) return;
  if (image && !present) {
    await keep(scope, vm, { [SESSION]: image.name });
    await insert(scope, vm, image, others.shift());
  }
  if (present && isUnfinished(present)) await patiently(scope, begin(scope, present.id));
  for (const medium of others) await eject(scope, vm.id, medium);
  if (!image || present) await keep(scope, vm, { [SESSION]: image?.name ?? null });
}

/** The file that the VM's notes want in the drive, for a change of this kind. */
async function wantedNow(
  scope: Scope,
  vmId: string,
  file: string | undefined,
  current: boolean,
): Promise<string | undefined> {
  const { notes = {} } = await namedVm(scope, vmId);
  return current && file !== undefined ? notes[SESSION] : current ? undefined : notes[FILE];
}

const isWanted = async (scope: Scope, vmId: string, file: string | undefined, current: boolean): Promise<boolean> =>
  (await wantedNow(scope, vmId, file, current)) === file;

/**
 * Another replica may have changed the medium at the same time: each reads the notes again, and the last write wins the
 * drive. Returns whether that is this file; media of other files are removed. Notes are written before a medium is
 * made: read after the media, they are at least as new.
 */
async function isLast(scope: Scope, vmId: string, file: string | undefined, current: boolean): Promise<boolean> {
  const media = (await mediaOf(scope, vmId)).sort((a, b) => a.id.localeCompare(b.id));
  const requested = await wantedNow(scope, vmId, file, current);
  const kept = media.find((medium) => medium.notes?.['medium'] === requested);
  for (const medium of media) if (medium !== kept) await eject(scope, vmId, medium);
  return requested === file;
}

async function insert(scope: Scope, vm: Vm, image: Template, former: Disk | undefined): Promise<void> {
  const { id } = await scope.session.disks.create({
    name: `${vm.name}_cdrom`,
    sizeBytes: Math.max(image.sizeBytes ?? 0, (image.minDiskGib ?? 0) * GIB, 1),
    imageId: image.id,
    notes: {
      medium: image.name,
      read_only: 'true',
      vm: vm.id,
      pending: 'insert' satisfies Pending,
      ...(former && { instead: former.id }),
    },
  });
  await patiently(scope, begin(scope, id));
}

const MOST_EJECTIONS = 5;

/**
 * An insertion of the same medium, perhaps resumed on another replica, removes the mark at its end, and with it that of
 * this ejection: the volume is looked at, and marked again.
 */
async function ejected(scope: Scope, vmId: string, { id }: Disk): Promise<void> {
  for (let times = 0; times < MOST_EJECTIONS; times += 1) {
    await unlessGone(scope.session.disks.note(id, { vm: vmId, pending: 'remove' satisfies Pending }));
    if (!(await begin(scope, id))) return;
  }
  throw new Fault('backend.conflict', { text: `The medium ${id} is being inserted by another client.` });
}

const eject = (scope: Scope, vmId: string, medium: Disk): Promise<void> =>
  patiently(scope, ejected(scope, vmId, medium));

/** By name, as oVirt names files, or by the image's id. */
async function isoImage(scope: Scope, { id }: Ref): Promise<Template> {
  const images = (await scope.session.inventory.templates()).filter(({ isIso }) => isIso);
  const named = images.filter((image) => image.name === id);
  const found = images.find((image) => image.id === id) ?? named[0];
  if (named.length > 1 && found === named[0]) throw ambiguous('File', id ?? '');
  if (!found) throw new Fault('not-found.reference', { what: 'File', by: 'id', value: id ?? '' });
  return found;
}
