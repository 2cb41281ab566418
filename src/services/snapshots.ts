import { randomBytes } from 'node:crypto';
import {
  Fault,
  isFault,
  nameId,
  ZERO_ID,
  propertyOf,
  type Cdrom,
  type Disk,
  type Nic,
  type Snapshot,
  type Vm,
  type DiskInput,
  type SnapshotInput,
} from '../model/index.js';
import { warnOf } from './bad-notes.js';
import { CONFIGURATION, noteOf, pack, snapshotOf, unpack, type Configuration } from './configurations.js';
import type { Scope, Started } from './context.js';
import * as disks from './disks.js';
import { isAble, requireAble } from './fitting.js';
import * as nics from './nics.js';
import { missingReference } from './references.js';
import { cannot, disksLocked, may, snapshotBusy } from './rules.js';
import {
  announce,
  configurationOf,
  DESCRIPTION,
  forget,
  handOver,
  keepConfiguration,
  resumeSnapshotting,
  takesNotes,
  withdraw,
  withNotes,
} from './snapshot-notes.js';
import { asVm } from './vms.js';
import { unlessGone, until, watched } from './wait.js';

/**
 * PowerVC's VM snapshots as oVirt's. Sources: RHEV-M REST guide, 15.6.5; docs/reference/power.md, 1.5 and
 * 4.3.
 * oVirt's engine reverts the VM's configuration with its disks; PowerVC reverts the volumes alone.
 */
interface Options {
  readonly content?: boolean;
}

const RESTORING = 'restoring';

/** The pseudo snapshot that every VM has: what it is now. */
const activeId = (vmId: string): string => nameId('snapshot', vmId, 'active');

/** Two calls. The active one first, as engines list it, then by date. */
export async function list(scope: Scope, vmId: string, { content = false }: Options = {}): Promise<Snapshot[]> {
  const vm = await scope.session.vms.get(vmId);
  const taken = await withNotes(scope, vmId, content);
  resume(scope, vm, taken);
  const inOrder = [...taken].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  const regular = inOrder.map((snapshot, index) => asSnapshot(snapshot, vm, inOrder[index - 1], content));
  return [await active(scope, vm, inOrder.at(-1), content), ...regular];
}

async function active(scope: Scope, vm: Vm, newest: Snapshot | undefined, content: boolean): Promise<Snapshot> {
  return {
    id: activeId(vm.id),
    description: 'Active VM',
    type: 'active',
    createdAt: vm.createdAt,
    status: 'ok',
    persistMemory: false,
    vm: { id: vm.id },
    ...(newest && { previous: { id: newest.id } }),
    ...(content && { configuration: await current(scope, vm) }),
  };
}

async function current(scope: Scope, vm: Vm): Promise<Vm> {
  const [volumes, ports] = await Promise.all([disks.volumesOf(scope, vm.id), nics.list(scope, vm.id)]);
  return { ...asVm(vm), disks: volumes, nics: ports };
}

/** What a snapshot's notes tell of its VM; a part without an id is none of ours. */
function asItWas({ id, name, status }: Vm, then: Configuration): Vm {
  const { disks: _, nics: __, pmemVolumes: ___, ...vm } = then.vm;
  const volumes = whole(then.disks).map((disk): Disk => ({ status: 'ok', ...disk }));
  return { name, status, ...vm, id, disks: volumes, nics: whole(then.nics) };
}

const whole = <T extends { readonly id?: string }>(all: readonly T[]): (T & { readonly id: string })[] =>
  all.filter((one): one is T & { readonly id: string } => one.id !== undefined);

function asSnapshot(snapshot: Snapshot, vm: Vm, previous: Snapshot | undefined, content: boolean): Snapshot {
  const then = configurationOf(vm, snapshot);
  const failed = snapshot.failure && ` (${snapshot.failure} failed)`;
  return {
    ...snapshot,
    type: 'regular',
    description: `${then?.description ?? snapshot.description ?? snapshot.name ?? ''}${failed ?? ''}`,
    persistMemory: false,
    vm: { id: vm.id },
    ...(previous && { previous: { id: previous.id } }),
    ...(content && then && { configuration: asItWas(vm, then) }),
  };
}

/** Two calls. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string, options: Options = {}): Promise<Snapshot> {
  const found = (await list(scope, vmId, options)).find((snapshot) => snapshot.id === id);
  if (!found) throw new Fault('not-found', { what: 'Snapshot', id });
  return found;
}

/**
 * Takes a snapshot, with the VM's configuration in its notes. Where it cannot be made with them, a note of the VM tells
 * that one is being taken, so that a crash parts them for no longer than it lasts. Memory is never part of it: asked
 * for, it is refused.
 */
export async function add(scope: Scope, vmId: string, input: SnapshotInput): Promise<Started<Snapshot>> {
  if (input.persistMemory) {
    throw new Fault('unsupported', {
      operation: 'create Snapshot',
      subject: propertyOf('Snapshot', 'persistMemory'),
      backend: scope.backend,
      why: 'a snapshot holds volumes, never memory.',
    });
  }
  const vm = await scope.session.vms.get(vmId);
  may(scope, 'snapshot.add', vm);
  const [volumes, taken] = await Promise.all([disks.volumesOf(scope, vmId), scope.session.snapshots.list(vmId)]);
  if (isBusy(vm, taken)) throw snapshotBusy(scope, 'snapshot.add');
  const locked = volumes.filter(({ status }) => status === 'locked');
  if (locked.length > 0) throw disksLocked(scope, 'snapshot.add', locked);
  const chosen = chooseDisks(volumes, input.disks);
  const name = `ovirt-${randomBytes(4).toString('hex')}`;
  const description = input.description ?? '';
  const notable = isAble(scope, 'vm.notes');
  if (!notable && description.length > DESCRIPTION)
    scope.report(propertyOf('Snapshot', 'description'), `${scope.backend} holds ${DESCRIPTION} characters of it`);

  const configuration = notable ? await packed(scope, vm, chosen ?? volumes, description) : undefined;
  const port = scope.session.snapshots;
  const follows = configuration !== undefined && !port.notesAtOnce;
  if (follows) await announce(scope, vmId, name, description);
  try {
    await port.create(vmId, {
      name,
      description: description.slice(0, DESCRIPTION),
      ...(chosen && { volumeIds: chosen.map((disk) => disk.id) }),
      ...(configuration !== undefined && { notes: { [CONFIGURATION]: configuration } }),
    });
  } catch (error) {
    if (follows && isFault(error) && error.retry === 'never') await withdraw(scope, vmId);
    throw error;
  }
  const made = await until(
    scope,
    `Snapshot ${name}`,
    () => port.list(vmId),
    (all) => all.find((snapshot) => snapshot.name === name),
  );
  const atOnce = follows && takesNotes(made);
  if (atOnce) await noted(made);
  const value = await get(scope, vmId, made.id);
  const finished = scope.work.run(`snapshot/${made.id}`, async () => {
    const end = await settled(scope, value);
    if (follows && !atOnce) await noted(end);
    return end;
  });
  return { value: { ...value, status: made.status }, finished: watched(finished) };

  async function noted(snapshot: Snapshot): Promise<void> {
    if (configuration !== undefined) await keepConfiguration(scope, vmId, snapshot, configuration);
    await withdraw(scope, vmId);
  }
}

/** The VM as it is now, with those of the disks that it has. */
const packed = async (scope: Scope, vm: Vm, volumes: readonly Disk[], description: string): Promise<string> =>
  pack({
    at: Date.now(),
    description,
    vm: asVm(vm),
    disks: volumes.filter((disk) => disk.active),
    nics: await nics.list(scope, vm.id),
  });

function chooseDisks(volumes: readonly Disk[], asked: readonly DiskInput[] | undefined): Disk[] | undefined {
  return asked?.map(({ id }) => {
    const found = volumes.find((disk) => disk.id === id && disk.active);
    if (!found) throw missingReference('Disk', { id });
    return found;
  });
}

const settled = (scope: Scope, value: Snapshot): Promise<Snapshot> =>
  until(
    scope,
    `Snapshot ${value.id}`,
    () => scope.session.snapshots.get(value.id),
    ({ failure, status, volumes }) => {
      if (failure) throw new Fault('backend.failed', { text: `Snapshot ${value.id}: ${failure} failed.` });
      return status === 'locked' ? undefined : { ...value, status, volumes };
    },
  );

/** The snapshot and its VM, as far as the rules let it be touched. Throws `conflict`, `conflict.transition`, `not-found`. */
async function regular(
  scope: Scope,
  vmId: string,
  id: string,
  rule: 'snapshot.remove' | 'snapshot.restore',
): Promise<{ readonly vm: Vm; readonly snapshot: Snapshot }> {
  const vm = await scope.session.vms.get(vmId);
  may(scope, rule, vm);
  if (id === activeId(vmId)) throw ofActive(scope, rule);
  const taken = await scope.session.snapshots.list(vmId);
  resume(scope, vm, taken);
  const snapshot = taken.find((candidate) => candidate.id === id);
  if (!snapshot) throw new Fault('not-found', { what: 'Snapshot', id });
  if (isBusy(vm, taken)) throw snapshotBusy(scope, rule);
  return { vm, snapshot };
}

const isBusy = (vm: Vm, taken: readonly Snapshot[]): boolean =>
  vm.notes?.[RESTORING] !== undefined || taken.some(({ status, failure }) => status === 'locked' && !failure);

/** The active one can be neither restored nor removed. */
function ofActive(scope: Scope, rule: 'snapshot.remove' | 'snapshot.restore'): Fault {
  if (rule === 'snapshot.restore') return new Fault('refused', { text: 'Cannot preview Active VM snapshot.' });
  const type =
    scope.engine === '3.6'
      ? 'The Snapshot type is ACTIVE while the operation is supported for the following type(s): REGULAR.'
      : 'The operation is only allowed for regular snapshots.';
  return new Fault('conflict', { text: `${cannot(scope, rule)}. ${type}` });
}

/** Deletes the snapshot, then what the VM's notes keep of it. */
export async function remove(scope: Scope, vmId: string, id: string): Promise<Started<void>> {
  const { vm, snapshot } = await regular(scope, vmId, id, 'snapshot.remove');
  await scope.session.snapshots.remove(id);
  const finished = scope.work.run(`snapshot/${id}`, async () => {
    await until(
      scope,
      `Removing snapshot ${id}`,
      () => unlessGone(scope.session.snapshots.get(id)),
      (seen) => {
        if (seen?.failure === 'remove')
          throw new Fault('backend.failed', { text: `Snapshot ${id} could not be removed.` });
        return seen ? undefined : true;
      },
    );
    if (vm.notes?.[noteOf(snapshot.name ?? '')] !== undefined) await forget(scope, vmId, noteOf(snapshot.name ?? ''));
  });
  return { value: undefined, finished: watched(finished) };
}

/**
 * Puts the VM's volumes back to the snapshot. The VM must be down. PowerVC does it in one act; should it end in an
 * error, the volumes are put
 * back to what they were before (PowerVC's rollback), and the fault says so. The VM's note `restoring` lets another
 * replica do that.
 */
export async function restore(scope: Scope, vmId: string, id: string): Promise<Started<void>> {
  await regular(scope, vmId, id, 'snapshot.restore');
  await scope.session.vms.note(vmId, { [RESTORING]: `${id} ${Date.now()}` });
  try {
    await scope.session.snapshots.restore(vmId, id);
  } catch (error) {
    if (isFault(error) && error.retry === 'never') await forget(scope, vmId, RESTORING);
    throw error;
  }
  return { value: undefined, finished: watched(finishRestore(scope, vmId, id)) };
}

const finishRestore = (scope: Scope, vmId: string, id: string): Promise<void> =>
  scope.work.run(`restore/${vmId}`, () => restoreToEnd(scope, vmId, id));

async function restoreToEnd(scope: Scope, vmId: string, id: string): Promise<void> {
  const { snapshots } = scope.session;
  const end = await until(
    scope,
    `Restoring snapshot ${id}`,
    () => unlessGone(snapshots.get(id)),
    (seen) => {
      if (!seen) return 'gone';
      return seen.failure ?? (seen.status === 'locked' ? undefined : 'done');
    },
  );
  let left: string | void = undefined;
  if (end === 'restore') {
    left = await snapshots.rollback(vmId, id);
    await until(
      scope,
      `Rolling back snapshot ${id}`,
      () => snapshots.get(id),
      (seen) => (seen.status === 'locked' && !seen.failure ? undefined : true),
    );
  }
  await forget(scope, vmId, RESTORING);
  if (end === 'restore' || end === 'rollback') {
    throw new Fault('interrupted', {
      what: `Restoring snapshot ${id}`,
      text: 'It ended in an error.',
      undone: left ?? 'The volumes are as they were before.',
    });
  }
}

/**
 * Takes up a restore that a crash left, gives a snapshot the configuration that its VM still holds for it, and drops one
 * whose snapshot was never taken. Where nothing shows
 * that PowerVC was asked at
 * all, the mark is left alone until its lease is over: another replica may be about to ask.
 */
function resume(scope: Scope, vm: Vm, taken: readonly Snapshot[]): void {
  const isOver = (at: number): boolean => at + scope.settings.leaseMs < Date.now();

  const [restoring, since] = vm.notes?.[RESTORING]?.split(' ') ?? [];
  const target = taken.find(({ id }) => id === restoring);
  const begun = target?.failure !== undefined || target?.status === 'locked';
  if (restoring !== undefined && (begun || isOver(Number(since))))
    scope.work.start(`restore/${vm.id}`, () => restoreToEnd(scope, vm.id, restoring));

  const names = new Set(taken.map(({ name }) => name));
  const orphans = Object.entries(vm.notes ?? {}).filter(([key, text]) => {
    const name = snapshotOf(key);
    // one that cannot be read is nobody's: it goes, too
    return name !== undefined && !names.has(name) && isOver(unpack(text, warnOf(scope, `VM ${vm.id}`, key))?.at ?? 0);
  });
  if (orphans.length)
    scope.work.start(`snapshots/${vm.id}`, async () => {
      for (const [key] of orphans) await forget(scope, vm.id, key);
    });

  handOver(scope, vm, taken);
  resumeSnapshotting(scope, vm, taken, async (description, { volumes = [] }) => {
    const ids = new Set(volumes.map(({ volumeId }) => volumeId));
    const all = await disks.volumesOf(scope, vm.id);
    return packed(
      scope,
      vm,
      all.filter(({ id }) => ids.has(id)),
      description,
    );
  });
}

async function withContent(scope: Scope, vmId: string, id: string): Promise<Snapshot> {
  if (id === activeId(vmId)) return get(scope, vmId, id, { content: true });
  const vm = await scope.session.vms.get(vmId);
  const taken = await scope.session.snapshots.list(vmId, { notes: true });
  const snapshot = taken.find((candidate) => candidate.id === id);
  if (!snapshot) throw new Fault('not-found', { what: 'Snapshot', id });
  return asSnapshot(snapshot, vm, undefined, true);
}

/** The disks as they were; `imageId` is the volume snapshot's id. A snapshot taken elsewhere tells its volumes only. */
async function diskList(scope: Scope, vmId: string, id: string): Promise<Disk[]> {
  const snapshot = await withContent(scope, vmId, id);
  const copies = new Map((snapshot.volumes ?? []).map((volume) => [volume.volumeId, volume]));
  const then =
    snapshot.configuration?.disks ??
    (snapshot.volumes ?? []).map(({ volumeId, sizeBytes, bootable }): Disk => ({
      id: volumeId,
      sizeBytes,
      actualBytes: sizeBytes,
      bootable,
      status: 'ok',
      format: 'raw',
      interface: 'spapr_vscsi',
      active: true,
    }));
  return then.map((disk) => ({
    ...disk,
    vm: { id: vmId },
    imageId: copies.get(disk.id)?.snapshotId ?? disk.imageId,
    snapshot: { id },
    status: 'ok',
  }));
}

async function nicList(scope: Scope, vmId: string, id: string): Promise<Nic[]> {
  requireAble(scope, 'vm.notes', 'list snapshot NICs', 'What the NICs were');
  const snapshot = await withContent(scope, vmId, id);
  return (snapshot.configuration?.nics ?? []).map((nic) => ({ ...nic, vm: { id: vmId } }));
}

/** The drive, which a snapshot does not fill. */
async function cdromList(scope: Scope, vmId: string, id: string): Promise<Cdrom[]> {
  await get(scope, vmId, id);
  return [{ id: ZERO_ID, vm: { id: vmId } }];
}

const one = <T extends { id?: string }>(what: string, all: readonly T[], id: string): T => {
  const found = all.find((candidate) => candidate.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
};

export const disk = async (scope: Scope, vmId: string, id: string, diskId: string): Promise<Disk> =>
  one('Disk', await diskList(scope, vmId, id), diskId);
export const nic = async (scope: Scope, vmId: string, id: string, nicId: string): Promise<Nic> =>
  one('NIC', await nicList(scope, vmId, id), nicId);
export const cdrom = async (scope: Scope, vmId: string, id: string, cdromId: string): Promise<Cdrom> =>
  one('CdRom', await cdromList(scope, vmId, id), cdromId);

export { diskList as disks, nicList as nics, cdromList as cdroms };
