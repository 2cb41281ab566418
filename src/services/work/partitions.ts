import { Fault, type Disk, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { beginPort, type PendingPort } from './ports.js';
import { decided, keepsDisks, keepsNoMore, type Removal } from './removal.js';
import { begin, type Pending } from './volumes.js';
import { volumesAround } from './volumes-around.js';
import { wantedSize } from '../vms/wanted.js';
import { resize } from '../vms/sizes.js';
import { isAble } from '../fitting.js';
import { collect, insistent, isOutage, isUnfinishedWork, seen, undone, unlessGone, until } from './wait.js';

/**
 * Work in progress on a VM, by its note `pending`: `create` (it is being built, and will be down) or `remove` (with its
 * disks and snapshots) and `remove-only` (its disks stay). See volumes.ts for the same with volumes.
 */
type PendingVm = 'create' | 'remove' | 'remove-only';

const resourceOf = (id: string): string => `vm/${id}`;

export const pendingOf = (vm: Vm): PendingVm | undefined => {
  if (keepsDisks(vm)) return 'remove-only';
  const text = vm.notes?.['pending'];
  if (text === 'create') return isBroken(vm) && vm.notes?.['failed'] !== undefined ? undefined : 'create';
  return text === 'remove' || text === 'remove-only' ? text : undefined;
};

export const isBeingRemoved = (vm: Vm): boolean => pendingOf(vm)?.startsWith('remove') === true;

/** Whether the VM could not be built. Its mark may stay: Nova changes no metadata of a server in error. */
const isBroken = ({ status, statusDetail }: Vm): boolean => status === 'unknown' || statusDetail !== undefined;

const isUnfinishedVm = (vm: Vm): boolean => pendingOf(vm) !== undefined;

interface VmRemoval extends Removal {
  /** The volumes that the VM has. */
  readonly volumeIds: readonly string[];
  /** Whether it was down: if another client starts it meanwhile, it stays. */
  readonly wasDown: boolean;
}

/** Resumes unfinished work on the VM, unless this process is already doing it. Returns at once. */
export function resumeVm(scope: Scope, vm: Vm): void {
  if (isUnfinishedVm(vm)) scope.work.start(resourceOf(vm.id), () => finish(scope, vm.id));
}

/**
 * Brings the VM to the state in its notes. Resolves to the VM, or undefined if it is gone. With a `removal`, throws its
 * fault if another request keeps the disks that were to be deleted, or deletes those that were to be kept.
 */
export const beginVm = (scope: Scope, id: string, removal?: VmRemoval): Promise<Vm | undefined> =>
  scope.work.run(resourceOf(id), () => finish(scope, id, removal));

async function finish(scope: Scope, id: string, removal?: VmRemoval): Promise<Vm | undefined> {
  const vm = await decided(scope, await seen(scope, `VM ${id}`, () => scope.session.vms.get(id)));
  if (!vm && removal && (await isOverridden(scope, id, removal))) throw removal.lost();
  const pending = vm && pendingOf(vm);
  if (!vm || pending === undefined) return vm;
  if (pending === 'create') return build(scope, id);
  if (removal && removal.detachOnly !== (pending === 'remove-only')) throw removal.lost();
  await destroy(scope, vm, pending === 'remove', removal);
  return undefined;
}

/** Whether the VM went by another removal, which kept disks that were to be deleted, or deleted those to be kept. */
const isOverridden = async (scope: Scope, vmId: string, { detachOnly, volumeIds }: VmRemoval): Promise<boolean> =>
  detachOnly ? areGone(scope, volumeIds) : stay(scope, vmId, volumeIds);

/** Whether any of these disks is gone. */
async function areGone(scope: Scope, volumeIds: readonly string[]): Promise<boolean> {
  const left = await Promise.all(volumeIds.map((id) => unlessGone(scope.session.disks.get(id))));
  return left.some((disk) => !disk || isLeaving(disk));
}

/** Whether any of these disks of a VM that is gone is to stay, though it would go with its VM. */
async function stay(scope: Scope, vmId: string, volumeIds: readonly string[]): Promise<boolean> {
  const left = await Promise.all(volumeIds.map((id) => unlessGone(scope.session.disks.get(id))));
  return left.some(
    (disk) => disk && disk.status !== 'locked' && disk.notes?.['pending'] === undefined && goes(disk, vmId, true),
  );
}

/**
 * Waits until the partition is built, then powers it off and applies what was requested meanwhile. One that cannot be
 * built stays, in error and with the reason, because the client knows it.
 */
async function build(scope: Scope, id: string): Promise<Vm> {
  const { vms } = scope.session;
  const attempt = insistent(`VM ${id}`);
  return until(
    scope,
    `Building VM ${id}`,
    () => unlessGone(vms.get(id)),
    async (vm) => {
      if (!vm) throw new Fault('backend.failed', { text: `VM ${id} was removed before it was built.` });
      if (pendingOf(vm) !== 'create') return vm;
      if (isBroken(vm)) return fail(vm);
      if (vm.status !== 'up' && vm.status !== 'down') return undefined;
      const starts = vm.notes?.['start'] !== undefined;
      if (vm.status === 'up' && !starts && scope.settings.afterCreate === 'stop') return attempt(() => vms.stop(id));
      if (vm.notes?.['wanted'] !== undefined) return resizeAsWanted(scope, vm);
      if (vm.status === 'down' && starts) return attempt(() => vms.start(id));
      const done = Object.keys(vm.notes ?? {}).filter((key) => key !== 'pending' && BUILDING.has(key));
      // The mark last: until then the next read of the VM resumes the work
      await vms.note(id, { ...Object.fromEntries(done.map((key) => [key, null])), pending: null });
      return { ...vm, notes: Object.fromEntries(Object.entries(vm.notes ?? {}).filter(([key]) => !BUILDING.has(key))) };
    },
  );

  async function fail(vm: Vm): Promise<never> {
    const text = vm.statusDetail ?? 'it went into error.';
    if (isAble(scope, 'vm.notes')) await vms.note(id, { failed: text.slice(0, 255) });
    await vms.note(id, { pending: null });
    throw new Fault('interrupted', { what: `VM ${vm.name}`, text, undone: 'Nothing: the VM remains, in error.' });
  }
}

/** Notes that only a VM that is being built has. */
const BUILDING: ReadonlySet<string> = new Set(['pending', 'blank', 'start', 'wanted']);

/** Resizes the VM; a size that the cloud refuses is dropped, and the VM stays. */
async function resizeAsWanted(scope: Scope, vm: Vm): Promise<undefined> {
  const size = wantedSize(vm);
  try {
    if (size) await resize(scope, vm, size);
  } catch (error) {
    if (isOutage(error)) throw error;
    scope.log.warn('a VM does not have the size that was requested while it was being created', {
      vm: vm.id,
      error: String(error),
    });
  }
  await scope.session.vms.note(vm.id, { wanted: null });
  return undefined;
}

/**
 * What is removed with the VM is marked before, and deleted after it: if PowerVC refuses to delete the VM, nothing is
 * lost, and once the VM is gone the marks say what is left to do.
 */
async function destroy(scope: Scope, vm: Vm, withDisks: boolean, removal?: VmRemoval): Promise<void> {
  const { session } = scope;
  const id = vm.id;
  const attempt = insistent(`VM ${id}`);
  const volumes = await volumesAround(scope, vm);
  const kept = withDisks ? [] : volumes.filter((disk) => disk.vmIds?.includes(id) && !goes(disk, id, withDisks));
  const ours = volumes
    .filter(({ notes }) => !isReleased(notes))
    .filter((disk) => goes(disk, id, withDisks) || disk.notes?.['vm'] === id)
    .map((disk) => ({
      disk,
      pending: (goes(disk, id, withDisks) ? 'remove-after-vm' : 'release-after-vm') satisfies Pending,
    }));
  const ports = (await session.nics.list(id)).filter(({ notes }) => notes?.['vm'] === id);
  let marked = ours;
  let accepted = false;
  let withdrawn: Fault | undefined;
  try {
    if (withDisks) await removeSnapshots(scope, id, unlessStarted);
    // taken since the client's removal was allowed
    else if (removal && (await session.snapshots.list(id)).length > 0) throw (withdrawn = removal.lost());
    // a VM that is gone by now is no failure of the removal
    for (const disk of kept) await unlessGone(session.disks.keep(id, disk.id));
    for (const { disk, pending } of marked) await unlessGone(session.disks.note(disk.id, { vm: id, pending }));
    for (const port of ports)
      await unlessGone(
        session.nics.update(port.id, { notes: { ...port.notes, pending: 'remove-after-vm' satisfies PendingPort } }),
      );
    await until(
      scope,
      `Removing VM ${id}`,
      () => unlessGone(session.vms.get(id)),
      async (seen) => {
        if (!seen) return true;
        if (!accepted && removal?.wasDown && isStarted(seen)) throw (withdrawn = removal.lost());
        if (!accepted) {
          await spare(seen);
          return attempt(remove);
        }
        if (seen.status === 'unknown' && seen.statusDetail !== undefined && vm.statusDetail === undefined)
          throw new Fault('backend.failed', { text: seen.statusDetail });
        return undefined;
      },
    );
  } catch (error) {
    if (accepted || isOutage(error) || isUnfinishedWork(error)) throw error;
    // A call that failed may have been carried out all the same
    if (await unlessGone(session.vms.get(id))) {
      await restore();
      if (withdrawn) throw withdrawn;
      throw undone(error, `VM ${id}`, 'The VM was not deleted.');
    }
  }
  if (removal && !isAble(scope, 'vm.notes') && (await wentOtherwise())) throw removal.lost();
  await Promise.all([
    ...marked.map(({ disk }) => begin(scope, disk.id)),
    ...ports.map((port) => beginPort(scope, port.id)),
  ]);
  await follow();

  /** Snapshots don't come back when the removal is withdrawn afterwards. */
  async function unlessStarted(): Promise<void> {
    const seen = removal?.wasDown ? await unlessGone(session.vms.get(id)) : undefined;
    if (removal && seen && isStarted(seen)) throw (withdrawn = removal.lost());
  }

  /**
   * A disk that the VM has no longer was detached after the volumes were listed, and perhaps marked after that: it
   * floats. One that is being deactivated stays the VM's.
   */
  async function spare({ volumeIds }: Vm): Promise<void> {
    const left = marked.filter(
      ({ disk: { id: diskId, vmIds, notes } }) =>
        vmIds?.includes(id) === true && notes?.['pending'] === undefined && volumeIds?.includes(diskId) === false,
    );
    for (const { disk } of left) {
      const now = await unlessGone(session.disks.get(disk.id));
      if (now?.vmIds?.includes(id)) continue;
      marked = marked.filter((one) => one.disk !== disk);
      if (now?.notes?.['pending']?.endsWith('-after-vm'))
        await session.disks.note(disk.id, { vm: null, pending: null });
    }
  }

  /**
   * Without notes two removals do not see each other, but the cloud itself deletes or keeps what is attached, as the
   * one that it heard first wants it: whether that was another one. It shows in all disks: one alone was detached or
   * deleted meanwhile.
   */
  async function wentOtherwise(): Promise<boolean> {
    const isOurs = ({ notes }: Disk): boolean => (notes?.['pending'] ?? 'remove-after-vm') === 'remove-after-vm';
    const there = new Set(
      (await collect(session.disks.list())).filter((one) => !isLeaving(one) && isOurs(one)).map((one) => one.id),
    );
    if (!withDisks) return kept.length > 0 && kept.every((disk) => !there.has(disk.id));
    const attached = marked.filter(({ disk }) => disk.vmIds?.includes(id));
    const left = attached.filter(({ disk }) => there.has(disk.id));
    for (const { disk } of left) await unlessGone(session.disks.note(disk.id, { vm: null, pending: null }));
    marked = marked.filter((one) => !left.includes(one));
    return left.length > 0 && left.length === attached.length;
  }

  async function remove(): Promise<void> {
    await session.vms.remove(id, { withDisks });
    accepted = true;
  }

  /**
   * Handles what was added to the VM while it was being removed: its own work has removed the mark, or it had none yet.
   */
  async function follow(): Promise<void> {
    const late = (await volumesAround(scope, { id, volumeIds: [] })).filter(({ notes }) => notes?.['vm'] === id);
    for (const disk of late.filter(({ notes }) => !isReleased(notes))) {
      const pending = goes(disk, id, withDisks) ? 'remove-after-vm' : 'release-after-vm';
      await unlessGone(session.disks.note(disk.id, { vm: id, pending: pending satisfies Pending }));
    }
    await Promise.all(late.map((disk) => begin(scope, disk.id)));
  }

  /** The VM's own mark last: until then the next read resumes the work. */
  async function restore(): Promise<void> {
    for (const { disk } of marked) await unlessGone(session.disks.note(disk.id, { pending: null }));
    for (const port of ports) await unlessGone(session.nics.update(port.id, { notes: { ...port.notes } }));
    await session.vms.note(id, { pending: null, ...keepsNoMore(vm) });
  }
}

const isLeaving = ({ status, backendStatus }: Disk): boolean => status === 'locked' && backendStatus === 'deleting';

/** Whether a disk is being detached: it is no longer the VM's. */
const isReleased = (notes: Disk['notes']): boolean => notes?.['pending'] === ('release' satisfies Pending);

const isStarted = ({ status }: Vm): boolean => status === 'up' || status === 'powering_up';

/**
 * Whether a disk is removed with its VM: unless it is to be kept or another VM has it too. A CD-ROM's medium always is.
 */
const goes = (disk: Disk, vmId: string, withDisks: boolean): boolean =>
  disk.notes?.['medium'] !== undefined || (withDisks && !disk.vmIds?.some((other) => other !== vmId));

/** Removes the VM's snapshots: volumes with snapshots cannot be deleted. `check` runs before if there are any. */
async function removeSnapshots(scope: Scope, vmId: string, check: () => Promise<void>): Promise<void> {
  const { snapshots } = scope.session;
  const all = await snapshots.list(vmId);
  if (all.length > 0) await check();
  for (const { id } of all) await unlessGone(snapshots.remove(id));
  if (all.length) {
    await until(
      scope,
      `Removing the snapshots of VM ${vmId}`,
      () => snapshots.list(vmId),
      (left) => (left.length ? undefined : true),
    );
  }
}
