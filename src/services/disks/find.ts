import { Fault, type Disk, type PmemVolume, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { tidySoon } from '../work/janitor.js';
import { resumeLuns } from './luns.js';
import * as pmem from '../pmem/pmem.js';
import { pmemAsDisk } from '../pmem/disks.js';
import { resume } from '../work/volumes.js';
import { collect, unlessGone } from '../work/wait.js';
import { isMedium, isOf, asDisk, whileDeployed } from './shown.js';
import { namedVm } from '../vms/named.js';

/** Two calls a page of volumes: the VM and the volumes. Throws `not-found` for an unknown VM. */
export async function list(scope: Scope, vmId: string): Promise<Disk[]> {
  const vm = await namedVm(scope, vmId);
  resumeLuns(scope, vm);
  return [...(await volumesOf(scope, vm)), ...(await pmemDisksOf(scope, vm))];
}

/**
 * The volumes of the VM as disks, without pmem: by its own volumes if the project has many, else from the list of all;
 * those of a VM that is being deployed as soon as the cloud names them with the VM, locked. Resumes unfinished work on
 * those that are read: in a list also that on volumes of removed VMs, which are otherwise left to the janitor.
 */
export async function volumesOf(scope: Scope, vm: Vm): Promise<Disk[]> {
  const { id, volumeIds } = vm;
  const own = volumeIds && (await scope.session.disks.ofVm?.({ id, volumeIds }));
  if (!own) return listedOf(scope, vm);
  tidySoon(scope);
  return shownOf(scope, vm, own);
}

function shownOf(scope: Scope, vm: Vm, disks: readonly Disk[]): Disk[] {
  for (const disk of disks) resume(scope, disk);
  return disks
    .map((disk) => whileDeployed(vm, disk))
    .filter((disk) => isOf(vm.id)(disk) && !isMedium(disk))
    .map((disk) => asDisk(disk, vm.id, scope));
}

async function pmemDisksOf(scope: Scope, vm: Vm): Promise<Disk[]> {
  return pmem.volumesOf(scope, vm).map((volume) => pmemAsDisk(volume, vm));
}

/** One call a page. */
async function listedOf(scope: Scope, vm: Vm): Promise<Disk[]> {
  const found: Disk[] = [];
  for await (const page of scope.session.disks.list()) found.push(...shownOf(scope, vm, page));
  return found;
}

/**
 * One call for a volume; two for a pmem volume, and for a volume that the VM is being deployed with. Throws `not-found`
 * when the VM has no such disk.
 */
export async function get(scope: Scope, vmId: string, id: string): Promise<Disk> {
  const found = await find(scope, vmId, id);
  return 'pmem' in found ? pmemAsDisk(found.pmem, found.vm) : asDisk(found.disk, vmId, scope);
}

type FoundDisk = { readonly disk: Disk } | { readonly pmem: PmemVolume; readonly vm: Vm };

export async function find(scope: Scope, vmId: string, id: string): Promise<FoundDisk> {
  const disk = await unlessGone(scope.session.disks.get(id));
  if (disk) {
    resume(scope, disk);
    const mine = isOf(vmId)(disk) ? disk : whileDeployed(await namedVm(scope, vmId), disk);
    if (isOf(vmId)(mine) && !isMedium(mine)) return { disk: mine };
    throw new Fault('not-found', { what: 'Disk', id });
  }
  const vm = await namedVm(scope, vmId);
  const volume = pmem.volumesOf(scope, vm).find((candidate) => candidate.id === id);
  if (!volume) throw new Fault('not-found', { what: 'Disk', id });
  return { pmem: volume, vm };
}

/** Every disk of the project, including floating ones, without CD-ROM media. One call a page. */
export async function* listAll(scope: Scope): AsyncGenerator<Disk[]> {
  tidySoon(scope);
  for await (const page of scope.session.disks.list()) {
    for (const disk of page) resume(scope, disk);
    yield page.filter((disk) => !isMedium(disk)).map((disk) => asDisk(disk, undefined, scope));
  }
}

/**
 * The volume as the cloud has it, by its id or by the id that a client chose; undefined if there is no such disk. One
 * call, or two for a chosen id.
 */
export async function findAny(scope: Scope, id: string): Promise<Disk | undefined> {
  const found = await unlessGone(anyVolume(scope, id));
  if (found || !isAble(scope, 'disk.notes')) return found;
  const candidates = await collect(scope.session.disks.list({ note: [ASKED_ID, id] }));
  return candidates.find(({ notes }) => notes?.[ASKED_ID] === id);
}

/** The note of the id that a client chose for its new disk: engines accept it, clouds choose their own. */
export const ASKED_ID = 'asked';

/** As `findAny`, as clients see it. */
export async function findDisk(scope: Scope, id: string): Promise<Disk | undefined> {
  const disk = await findAny(scope, id);
  return disk && asDisk(disk, undefined, scope);
}

/** As `findDisk`. Throws `not-found`. */
export async function getAny(scope: Scope, id: string): Promise<Disk> {
  const disk = await findDisk(scope, id);
  if (!disk) throw new Fault('not-found', { what: 'Disk', id });
  return disk;
}

export async function anyVolume(scope: Scope, id: string): Promise<Disk> {
  const disk = await scope.session.disks.get(id);
  resume(scope, disk);
  if (isMedium(disk)) throw new Fault('not-found', { what: 'Disk', id });
  return disk;
}
