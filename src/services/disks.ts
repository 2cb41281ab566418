import { firstOf } from '../invariant.js';
import {
  Fault,
  incomplete,
  needed,
  propertyOf,
  type Disk,
  type NotesPatch,
  type PmemVolume,
  type Ref,
  type StorageDomain,
  type Vm,
  type DiskInput,
} from '../model/index.js';
import type { LunDisk } from '../generated/notes/notes.js';
import { warnOf } from './bad-notes.js';
import { readNote } from './notes.js';
import type { Scope, Started } from './context.js';
import { fit, isAble, ofDisk, ofNewDisk, requireAble } from './fitting.js';
import { patiently } from './patience.js';
import { tidySoon } from './janitor.js';
import { findLun, join, resumeLuns } from './luns.js';
import * as pmem from './pmem.js';
import { aggregatedPmemDomain, findPmemDomain, pmemAsDisk } from './pmemdisks.js';
import { missingReference, resolveStorageDomain } from './references.js';
import { cannot, disksLocked, may, related, type Rule } from './rules.js';
import { look } from './vms/find.js';
import { workOf } from './vms/kept.js';
import { isBlank } from './vms/wanted.js';
import { named } from './disknames.js';
import { begin, isJoining, isTransferring, isUnfinished, resume, type Pending, type Wish } from './volumes.js';
import { collect, unlessGone, until, watched } from './wait.js';

/**
 * The disks of a VM: the volumes attached to it, and those that list it in their notes (deactivated, or on their way),
 * and its pmem volumes.
 * Sources: RHEV-M REST guide, 15.6.1; docs/reference/power.md, 4.3.
 */

/** What oVirt keeps with a disk and Cinder has no field for: note key → entity property. */
const kept = { wipe_after_delete: 'wipeAfterDelete', propagate_errors: 'propagateErrors' } as const;

/** A volume that carries a CD-ROM's medium, or is the copy that a download reads, is not a disk of oVirt's. */
const isMedium = (disk: Disk): boolean =>
  disk.notes?.['medium'] !== undefined || disk.notes?.['transfer.copy'] !== undefined;

const isOf =
  (vmId: string) =>
  (disk: Disk): boolean =>
    disk.vmIds?.includes(vmId) === true || disk.notes?.['vm'] === vmId;

/** What the note `lun` tells of its LUN. With a scope a bad note is warned of. */
function lunOf({ id, notes }: Disk, scope: Scope | undefined): LunDisk {
  const lun = readNote('LunDisk', notes?.['lun'], scope && warnOf(scope, `disk ${id}`, 'lun'));
  return {
    ...(lun?.lunType !== undefined && { lunType: lun.lunType }),
    ...(lun?.logicalUnits !== undefined && { logicalUnits: lun.logicalUnits }),
  };
}

/** The disk as oVirt shows it, through one VM or on its own. */
export function asDisk(disk: Disk, vmId: string | undefined, scope?: Scope): Disk {
  const notes = disk.notes ?? {};
  const active =
    vmId !== undefined ? disk.vmIds?.includes(vmId) === true || isJoining(disk) : (disk.vmIds?.length ?? 0) > 0;
  return {
    ...disk,
    ...(vmId !== undefined && { vm: { id: vmId }, active }),
    status: statusOf(disk),
    ...lunOf(disk, scope),
    ...(notes['failed'] !== undefined && { statusDetail: notes['failed'] }),
    ...(notes['illegal'] !== undefined && { statusDetail: notes['illegal'] }),
    interface: notes['interface'] ?? 'spapr_vscsi',
    readOnly: disk.readOnly ?? notes['read_only'] === 'true',
    ...Object.fromEntries(Object.entries(kept).map(([key, property]) => [property, notes[key] === 'true'])),
  };
}

/** One that something is under way with is locked; one whose upload failed is illegal. */
export function statusOf(disk: Disk): Disk['status'] {
  if (disk.status !== 'ok') return disk.status;
  if (isUnfinished(disk) || isTransferring(disk)) return 'locked';
  return disk.notes?.['illegal'] === undefined ? 'ok' : 'illegal';
}

/** Two calls a page of volumes: the VM and the volumes. Throws `not-found` for an unknown VM. */
export async function list(scope: Scope, vmId: string): Promise<Disk[]> {
  const vm = await scope.session.vms.get(vmId);
  resumeLuns(scope, vm);
  return [...(await volumesOfVm(scope, vmId, vm)), ...(await pmemDisksOf(scope, vm))];
}

/** As `volumesOf`; by the VM's own volumes where a project has many, and those of VMs that are gone are looked for soon. */
async function volumesOfVm(scope: Scope, vmId: string, { volumeIds }: Vm): Promise<Disk[]> {
  const own = volumeIds && (await scope.session.disks.ofVm?.({ id: vmId, volumeIds }));
  if (!own) return volumesOf(scope, vmId);
  tidySoon(scope);
  return shownOf(scope, vmId, own);
}

function shownOf(scope: Scope, vmId: string, disks: readonly Disk[]): Disk[] {
  for (const disk of disks) resume(scope, disk);
  return disks.filter((disk) => isOf(vmId)(disk) && !isMedium(disk)).map((disk) => asDisk(disk, vmId, scope));
}

async function pmemDisksOf(scope: Scope, vm: Vm): Promise<Disk[]> {
  return pmem.volumesOf(scope, vm).map((volume) => pmemAsDisk(volume, vm));
}

/**
 * The volumes of the VM as disks, without pmem. What is unfinished is taken up, other VMs' too: a VM that is gone has
 * no list of its own. One call a page.
 */
export async function volumesOf(scope: Scope, vmId: string): Promise<Disk[]> {
  const found: Disk[] = [];
  for await (const page of scope.session.disks.list()) found.push(...shownOf(scope, vmId, page));
  return found;
}

/** One call for a volume, two for a pmem volume. Throws `not-found` when the VM has no such disk. */
export async function get(scope: Scope, vmId: string, id: string): Promise<Disk> {
  const found = await find(scope, vmId, id);
  return 'pmem' in found ? pmemAsDisk(found.pmem, found.vm) : asDisk(found.disk, vmId, scope);
}

type Found = { readonly disk: Disk } | { readonly pmem: PmemVolume; readonly vm: Vm };

async function find(scope: Scope, vmId: string, id: string): Promise<Found> {
  const disk = await unlessGone(scope.session.disks.get(id));
  if (disk) {
    resume(scope, disk);
    if (isOf(vmId)(disk) && !isMedium(disk)) return { disk };
    throw new Fault('not-found', { what: 'Disk', id });
  }
  const vm = await scope.session.vms.get(vmId);
  const volume = pmem.volumesOf(scope, vm).find((candidate) => candidate.id === id);
  if (!volume) throw new Fault('not-found', { what: 'Disk', id });
  return { pmem: volume, vm };
}

/**
 * The volume, at rest. Throws `unsupported` for a pmem volume, `conflict.locked` while something is under way with it.
 */
async function volume(scope: Scope, vmId: string, id: string, rule: Rule, verb: string): Promise<Disk> {
  const found = await find(scope, vmId, id);
  if ('pmem' in found) throw unsupportedOnPmem(scope, verb);
  atRest(scope, found.disk, rule);
  return found.disk;
}

function atRest(scope: Scope, disk: Disk, rule: Rule): void {
  if (isUnfinished(disk) || isTransferring(disk) || disk.status === 'locked') throw disksLocked(scope, rule, [disk]);
}

/** The rules of what is done with a disk, for each VM that has it plugged. */
async function mayWhilePlugged(scope: Scope, rule: Rule, { vmIds = [] }: Disk): Promise<void> {
  for (const vmId of vmIds) may(scope, rule, await look(scope, vmId));
}

/** A disk's notes name one VM that lists it: a shareable disk can't be inactive in two. */
function atHome(scope: Scope, { notes, vmIds }: Disk, vmId: string, rule: Rule): void {
  const lister = notes?.['vm'];
  if (lister !== undefined && lister !== vmId && !vmIds?.includes(lister)) {
    throw new Fault('conflict', {
      text: `${cannot(scope, rule)}. VM ${lister} lists it as inactive: activate or detach it there first.`,
    });
  }
}

const unsupportedOnPmem = (scope: Scope, verb: string): Fault =>
  new Fault('unsupported', {
    operation: `${verb} Virtual Machine Disk`,
    subject: 'This act on a persistent memory volume',
    backend: scope.backend,
    why: 'a pmem volume is added, renamed and removed; its size and its partition do not change.',
  });

/** Every disk of the project, floating ones too, without CD-ROM media. One call a page. */
export async function* listAll(scope: Scope): AsyncGenerator<Disk[]> {
  tidySoon(scope);
  for await (const page of scope.session.disks.list()) {
    for (const disk of page) resume(scope, disk);
    yield page.filter((disk) => !isMedium(disk)).map((disk) => asDisk(disk, undefined, scope));
  }
}

/**
 * The volume as the cloud has it, by its id or by the one that a client had asked for; undefined when there is no such
 * disk. One call, two when it is not known by its own.
 */
export async function findAny(scope: Scope, id: string): Promise<Disk | undefined> {
  const found = await unlessGone(anyVolume(scope, id));
  if (found || !isAble(scope, 'disk.notes')) return found;
  const asked = await collect(scope.session.disks.list({ note: [ASKED_ID, id] }));
  return asked.find(({ notes }) => notes?.[ASKED_ID] === id);
}

/** The note of the id that a client wanted for its new disk: engines take it, clouds choose their own. */
export const ASKED_ID = 'asked';

/** As `findAny`. Throws `not-found`. */
export async function getAny(scope: Scope, id: string): Promise<Disk> {
  const disk = await findAny(scope, id);
  if (!disk) throw new Fault('not-found', { what: 'Disk', id });
  return asDisk(disk, undefined, scope);
}

/**
 * Adds a disk: a new one of `sizeBytes`, a floating one by `id`, a LUN by `logicalUnits`, or a pmem volume by its
 * storage domain.
 * Throws `request.incomplete`, `not-found.reference`, and what the backend refuses at once; what it refuses later
 * undoes the disk.
 */
export async function add(scope: Scope, vmId: string, input: DiskInput): Promise<Started<Disk>> {
  const domain = findPmemDomain(input.storageDomain);
  if (domain) return addPmem(scope, vmId, input, domain);
  const fitting = fit(scope, ofNewDisk, 'add disk', input);
  if (input.id !== undefined) return adopt(scope, vmId, input.id, fitting);
  if (input.logicalUnits?.length) return addLun(scope, vmId, fitting);
  return create(scope, vmId, fitting);
}

async function create(scope: Scope, vmId: string, input: DiskInput): Promise<Started<Disk>> {
  const { sizeBytes } = input;
  if (sizeBytes === undefined) throw incomplete(propertyOf('Disk', 'sizeBytes'), 'add');
  if (!(sizeBytes > 0)) throw new Fault('request.value', { text: `A disk of ${sizeBytes} bytes cannot be made.` });
  const vm = await look(scope, vmId);
  may(scope, 'disk.add', vm);
  const storageDomain = input.storageDomain && (await resolveStorageDomain(scope, input.storageDomain));

  const make = (name: string): Promise<Disk> =>
    scope.session.disks.create({
      name,
      sizeBytes,
      ...(input.description !== undefined && { description: input.description }),
      ...(storageDomain?.id !== undefined && { storageDomainId: storageDomain.id }),
      ...(input.shareable !== undefined && { shareable: input.shareable }),
      ...(input.bootable !== undefined && { bootable: input.bootable }),
      notes: { ...notesOf(input), ...boots(vm, input), ...wanted('add', vmId, input.active) },
    });
  const made =
    input.alias === undefined
      ? await named(scope, `${vm.name}_Disk`, (vm.volumeIds?.length ?? 0) + 1, make)
      : await make(input.alias);
  const started = underWay(scope, vmId, made);
  return isAble(scope, 'disk.notes') ? started : beforeAnswer(scope, started);
}

/**
 * Where nothing can be written down beside a volume, nobody could take this up: it is done before it is answered, as far
 * as a client waits. Throws what went wrong.
 */
async function beforeAnswer(scope: Scope, started: Started<Disk>): Promise<Started<Disk>> {
  await patiently(scope, started.finished);
  const end = await Promise.race([started.finished, Promise.resolve(undefined)]);
  return end ? { value: end, finished: started.finished, isThere: true } : started;
}

/** The marks of a disk that joins the VM; one that comes inactive is only listed. */
const wanted = (pending: Pending, vmId: string, active: boolean | undefined): Record<string, string> =>
  active === false ? { vm: vmId } : { vm: vmId, pending };

export function notesOf(input: DiskInput): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [key, property] of Object.entries(kept))
    if (input[property] !== undefined) notes[key] = String(input[property]);
  if (input.interface !== undefined) notes['interface'] = input.interface;
  if (input.readOnly) notes['read_only'] = 'true';
  return notes;
}

function underWay(scope: Scope, vmId: string, disk: Disk, wish?: Wish): Started<Disk> {
  const finished = begin(scope, disk.id, wish).then((end) => {
    if (!end) throw new Fault('not-found', { what: 'Disk', id: disk.id });
    return asDisk(end, vmId);
  });
  return { value: asDisk(disk, vmId), finished: watched(finished) };
}

async function adopt(scope: Scope, vmId: string, id: string, input: DiskInput): Promise<Started<Disk>> {
  const vm = await look(scope, vmId);
  const disk = await unlessGone(scope.session.disks.get(id));
  if (!disk || isMedium(disk)) throw missingReference('Disk', { id });
  const refused = (text: string): Fault => new Fault('conflict', { text: `${cannot(scope, 'disk.attach')}. ${text}` });
  if (isOf(vmId)(disk) && !isUnfinished(disk)) throw refused('The disk is already attached to VM.');
  atRest(scope, disk, 'disk.attach');
  may(scope, 'disk.attach', vm);
  const elsewhere =
    disk.vmIds?.length ||
    (disk.notes?.['vm'] !== undefined && (await unlessGone(scope.session.vms.get(disk.notes['vm']))));
  if (elsewhere && !disk.shareable) throw refused('The disk is not shareable and is already attached to a VM.');
  if (elsewhere) atHome(scope, disk, vmId, 'disk.attach');
  const notes = { ...notesOf(input), ...boots(vm, input), ...wanted('adopt', vmId, input.active) };
  await scope.session.disks.note(id, notes);
  const lost = (): Fault => refused('The disk is not shareable and is already attached to a VM.');
  if (input.active === false && (await scope.session.disks.get(id)).notes?.['vm'] !== vmId) throw lost();
  const wish = input.active === false ? undefined : { vm: vmId, pending: 'adopt' as const, lost };
  return underWay(scope, vmId, { ...disk, notes: { ...disk.notes, ...notes } }, wish);
}

const UNITS = propertyOf('Disk', 'logicalUnits');

/**
 * Example 15.13: a LUN that a storage provider knows is brought under management; one that nobody knows is refused by
 * what is missing.
 */
async function addLun(scope: Scope, vmId: string, input: DiskInput): Promise<Started<Disk>> {
  const [unit] = input.logicalUnits ?? [];
  const id = needed(unit?.id, UNITS.items('LogicalUnit', 'id'), 'add');
  const vm = await look(scope, vmId);
  may(scope, 'disk.add', vm);
  const lun = await findLun(scope, { ...unit, id });
  for (const key of ['address', 'port', 'target'] as const) {
    if (unit?.[key] !== undefined)
      scope.report(
        UNITS.items('LogicalUnit', key),
        'the storage provider, not the VM, makes the connection to the LUN',
      );
  }
  const { lunType = 'fcp' } = input;
  const shown = {
    lunType,
    logicalUnits: [{ id, ...(lun.serial !== undefined && { serial: lun.serial }) }],
  } satisfies DiskInput;
  const notes = {
    ...notesOf(input),
    lun: JSON.stringify(shown),
    ...boots(vm, input),
    ...wanted('adopt', vmId, input.active),
  };
  return underWay(
    scope,
    vmId,
    await join(scope, vmId, { lun, name: input.alias ?? lun.name ?? `${vm.name}_${id}`, notes }),
  );
}

/** Only the first disk of a VM can become the one that it boots from. */
const boots = (vm: Vm, input: DiskInput): Record<string, string> =>
  input.bootable && !vm.volumeIds?.length && (workOf(vm) !== 'create' || isBlank(vm)) ? { boot: 'true' } : {};

async function addPmem(scope: Scope, vmId: string, input: DiskInput, domain: StorageDomain): Promise<Started<Disk>> {
  if (input.id !== undefined) throw unsupportedOnPmem(scope, 'attach');
  const vm = await scope.session.vms.get(vmId);
  const volumes = await pmem.add(scope, vmId, [
    {
      name: input.alias ?? `${vm.name}_pmem${pmem.volumesOf(scope, vm).length + 1}`,
      sizeBytes: input.sizeBytes,
      affinity: false,
      device: 'DRAM',
      aggregatedMemory: domain.id === aggregatedPmemDomain.id,
    },
  ]);
  const made = firstOf(volumes, 'what was added');
  const value = pmemAsDisk(made, vm);
  const finished = until(
    scope,
    `Persistent memory volume ${made.name}`,
    () => get(scope, vmId, made.id),
    (disk) => (disk.status === 'locked' ? undefined : disk),
  );
  return { value, finished: watched(finished) };
}

/**
 * Changes what differs from what is there: a document that comes back whole changes nothing (docs/reference/ovirt.md,
 * section 9).
 * Sizes grow, and never shrink. Throws `conflict`, `conflict.transition`, `not-found.reference`.
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
  return get(scope, vmId, id);
}

/** The same for a disk that is looked at on its own: whether it is active is its VM's affair. */
export async function updateAny(scope: Scope, id: string, input: DiskInput): Promise<Disk> {
  const found = await anyVolume(scope, id);
  await updateVolume(scope, found, asDisk(found, undefined), input);
  return getAny(scope, id);
}

/** `disk` is the volume `found` as the client sees it. */
async function updateVolume(scope: Scope, found: Disk, disk: Disk, given: DiskInput): Promise<void> {
  const input = fit(scope, ofDisk, 'update disk', given, disk);
  atRest(scope, found, 'disk.edit.plugged');
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

async function anyVolume(scope: Scope, id: string): Promise<Disk> {
  const disk = await scope.session.disks.get(id);
  resume(scope, disk);
  if (isMedium(disk)) throw new Fault('not-found', { what: 'Disk', id });
  return disk;
}

function growth(scope: Scope, disk: Disk, { sizeBytes }: DiskInput): number | undefined {
  const { grainBytes } = scope.session.disks;
  const now = disk.sizeBytes ?? 0;
  if (sizeBytes === undefined) return undefined;
  const asked = Math.ceil(sizeBytes / grainBytes) * grainBytes;
  if (asked < now)
    throw new Fault('refused', {
      text: 'Cannot edit Virtual Machine Disk size. New disk size must be larger than current disk size.',
    });
  return asked > now ? sizeBytes : undefined;
}

async function moved(scope: Scope, disk: Disk, ref: Ref | undefined): Promise<string | undefined> {
  if (!ref || ref.id === disk.storageDomain?.id) return undefined;
  if (findPmemDomain(ref)) throw unsupportedOnPmem(scope, 'move');
  const { id } = await resolveStorageDomain(scope, ref);
  return id === disk.storageDomain?.id ? undefined : id;
}

async function change(scope: Scope, disk: Disk, input: DiskInput): Promise<void> {
  const { disks } = scope.session;
  const differs = <K extends keyof Disk>(key: K): boolean => input[key] !== undefined && input[key] !== disk[key];
  const patch: Record<string, string> = {};
  for (const [key, property] of Object.entries(kept)) if (differs(property)) patch[key] = String(input[property]);
  if (input.interface !== undefined && differs('interface')) patch['interface'] = input.interface;
  if (differs('readOnly'))
    throw new Fault('conflict', {
      text: 'Cannot edit Virtual Machine Disk. read_only is decided when the disk is attached.',
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
  if (fixed.length || (input.storageDomain?.id !== undefined && input.storageDomain.id !== now.storageDomain?.id))
    throw unsupportedOnPmem(scope, 'edit');
  if (input.alias === undefined || input.alias === volume.name) return now;
  return pmemAsDisk(await pmem.rename(scope, vm.id, volume.id, { name: input.alias }), vm);
}

/** Moves the disk to another storage domain; finished when it is there. */
export const move = async (scope: Scope, vmId: string, id: string, ref: Ref): Promise<Started<void>> =>
  moveVolume(scope, await volume(scope, vmId, id, 'disk.move.plugged', 'move'), ref);

/**
 * The same by a representation that is posted to the disk (note to table 15.2). What it names otherwise than it is, is
 * refused: that is what PUT is for.
 */
export async function relocate(scope: Scope, vmId: string, id: string, input: DiskInput): Promise<Started<Disk>> {
  const disk = await volume(scope, vmId, id, 'disk.move.plugged', 'move');
  if (!input.storageDomain) throw incomplete(propertyOf('Disk', 'storageDomain'), 'move');
  const now = asDisk(disk, vmId, scope);
  const others = (Object.keys(input) as (keyof Disk)[]).filter(
    (key) => key !== 'storageDomain' && JSON.stringify(input[key]) !== JSON.stringify(now[key]),
  );
  for (const key of others)
    scope.report(propertyOf('Disk', key), 'a disk that is posted to is moved; PUT changes what else it is');
  const { finished } = await moveVolume(scope, disk, input.storageDomain);
  const look = (): Promise<Disk> => get(scope, vmId, id);
  return { value: await look(), finished: watched(finished.then(look)) };
}

/** The same for a disk that is looked at on its own. */
export async function moveAny(scope: Scope, id: string, ref: Ref): Promise<Started<void>> {
  const disk = await anyVolume(scope, id);
  atRest(scope, disk, 'disk.move.plugged');
  return moveVolume(scope, disk, ref);
}

async function moveVolume(scope: Scope, disk: Disk, ref: Ref): Promise<Started<void>> {
  const id = disk.id;
  const target = await moved(scope, disk, ref);
  if (target === undefined)
    throw new Fault('refused', {
      text: `${cannot(scope, 'disk.move.plugged')}. The source and target storage domains are the same.`,
    });
  await mayWhilePlugged(scope, 'disk.move.plugged', disk);
  await scope.session.disks.move(id, target);
  const finished = until(
    scope,
    `Moving disk ${id}`,
    () => scope.session.disks.get(id),
    ({ status, storageDomain }) => {
      if (status === 'locked') return undefined;
      if (storageDomain?.id !== target)
        throw new Fault('backend.failed', {
          text: `Disk ${id} was not moved: it is still on ${storageDomain?.id ?? 'its storage domain'}.`,
        });
      return true;
    },
  );
  return { value: undefined, finished: watched(finished.then(() => undefined)) };
}

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
  if (detach || active) may(scope, detach ? 'disk.detach' : 'disk.remove.plugged', await look(scope, vmId));
  if (!detach && statusOf(found.disk) === 'locked') throw related(scope, 'disk.remove.plugged');
  atRest(scope, found.disk, 'disk.detach');
  if (!detach && found.disk.vmIds?.some((other) => other !== vmId)) {
    throw new Fault('conflict', {
      text: `${cannot(scope, 'disk.remove.plugged')}. The disk is attached to other VMs as well: detach it there first.`,
    });
  }
  return mark(scope, id, {
    vm: vmId,
    pending: detach ? 'release' : active ? 'remove-active' : 'remove',
    lost: () => related(scope, detach ? 'disk.detach' : 'disk.remove.plugged'),
  });
}

/** Writes down what is to become of the disk, and begins it. */
export async function mark(scope: Scope, id: string, wish: Wish): Promise<Started<void>> {
  const { vm, pending } = wish;
  await scope.session.disks.note(id, { ...(vm !== undefined && { vm }), pending });
  return { value: undefined, finished: watched(begin(scope, id, wish).then(() => undefined)) };
}

/** The disk is attached. Throws `conflict` for one that is active already, as engines do. */
export const activate = (scope: Scope, vmId: string, id: string): Promise<Started<void>> => plug(scope, vmId, id, true);
/** The disk is detached and stays listed, inactive. */
export const deactivate = (scope: Scope, vmId: string, id: string): Promise<Started<void>> =>
  plug(scope, vmId, id, false);

async function plug(scope: Scope, vmId: string, id: string, active: boolean): Promise<Started<void>> {
  const rule = active ? 'disk.activate' : 'disk.deactivate';
  const disk = await volume(scope, vmId, id, rule, active ? 'activate' : 'deactivate');
  may(scope, rule, await look(scope, vmId));
  if ((disk.vmIds?.includes(vmId) === true) === active)
    throw new Fault('conflict', { text: `Disk is already ${active ? 'activated' : 'deactivated'}.` });
  requireAble(
    scope,
    'disk.notes',
    `${active ? 'activate' : 'deactivate'} disk`,
    'A disk that stays listed while it is detached',
  );
  atHome(scope, disk, vmId, rule);
  return mark(scope, id, { vm: vmId, pending: active ? 'attach' : 'detach', lost: () => related(scope, rule) });
}
