import { Fault, isFault, type Disk, type Nic, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import {
  isBeingAdopted,
  isBeingDeleted,
  isBeingDetached,
  isDeletedAlone,
  isEndedByOthers,
  isRemovedWith,
  isStandingBack,
  type VmRemoval,
} from './leaving.js';
import { removeOverlooked } from './overlooked.js';
import { beginPort, removePort, type PendingPort } from './ports.js';
import { snapshotsToGo } from './held.js';
import { unmark } from './removal.js';
import { isRestoring } from './restore-mark.js';
import { volumesAround } from './volumes-around.js';
import { beginAfterVm, isAfterVm, resume, type Pending } from './volumes.js';
import { collect, insistent, isOutage, isUnfinishedWork, pause, seen, undone, unlessGone, until } from './wait.js';

/**
 * Removes a VM that is marked for it. What is removed with it is marked before and deleted after it: if the cloud
 * refuses to delete the VM, nothing is lost, and once the VM is gone the marks say what is left to do. Throws the fault
 * of `removal` if another request does the opposite of it.
 */
export async function removeVm(scope: Scope, vm: Vm, withDisks: boolean, removal?: VmRemoval): Promise<void> {
  const steps = await RemovalSteps.plan(scope, vm, withDisks, removal);
  try {
    await steps.prepare();
    await steps.removeFromCloud();
  } catch (error) {
    await steps.withdraw(error);
  }
  await steps.compareWithOthers();
  await removeOverlooked(scope, vm.id);
  await Promise.all([
    steps.removeVolumes().catch((error: unknown) => {
      // an engine's event of it: the VM is gone, and disks are left
      scope.concerns?.({ as: 'vms.delete.disks' });
      throw error;
    }),
    steps.removePorts(),
  ]);
}

interface Marked {
  readonly disk: Disk;
  readonly pending: Pending;
}

/** Whether another client has started the VM since its removal was asked for, or begun other work on it. */
const isTaken = (vm: Vm, { task, wasDown }: VmRemoval): boolean =>
  (wasDown && (vm.status === 'up' || vm.status === 'powering_up')) ||
  (vm.notes?.['task'] !== undefined && vm.notes['task'] !== task) ||
  isRestoring(vm);

/** What is done with a disk once its VM is gone. */
const pendingAfter = (disk: Disk, vmId: string, withDisks: boolean): Pending =>
  isRemovedWith(disk, vmId, withDisks) ? 'remove-after-vm' : 'release-after-vm';

/**
 * The volumes around the VM, once none is being attached to it: its client is either told that the VM has it, or sees
 * the removal. If nobody is at it any more, this gateway brings it to its end; not for longer than a lease.
 */
async function adopted(scope: Scope, vm: Vm): Promise<readonly Disk[]> {
  const deadline = Date.now() + scope.settings.leaseMs;
  return until(
    scope,
    `Removing VM ${vm.id}`,
    () => volumesAround(scope, vm),
    (found) => {
      const waiting = found.filter((disk) => disk.notes?.['vm'] === vm.id && isBeingAdopted(disk));
      for (const disk of waiting) resume(scope, disk);
      return waiting.length > 0 && Date.now() < deadline ? undefined : found;
    },
  );
}

/** What the durations of removals are remembered by. */
const REMOVAL = 'vm.remove';

/** The pause before the first look at a VM that is being removed, where none was removed before, in `pollMs`. */
const FIRST_POLLS = 4;

/** The ports that the gateway made for the VM. */
const portsOf = async ({ session }: Scope, vmId: string): Promise<Nic[]> =>
  (await session.nics.list(vmId)).filter(({ notes }) => notes?.['vm'] === vmId);

/** The removal of one VM: its steps in their order, and how far it has come. */
class RemovalSteps {
  readonly #scope: Scope;
  readonly #vm: Vm;
  readonly #withDisks: boolean;
  readonly #removal: VmRemoval | undefined;
  /** Attached disks that stay. */
  #kept: readonly Disk[];
  /** Disks that something is done with after the VM is gone. */
  #marked: readonly Marked[];
  /** Ports that are marked to be removed after the VM, where the janitor does not find them by the VM that they name. */
  readonly #ports: readonly Nic[];
  /** Whether the cloud has accepted to remove the VM. */
  #isAccepted = false;
  /** The fault of the client's request, if it is withdrawn because of another one. */
  #withdrawn: Fault | undefined;

  private constructor(
    scope: Scope,
    vm: Vm,
    withDisks: boolean,
    removal: VmRemoval | undefined,
    volumes: readonly Disk[],
    ports: readonly Nic[],
  ) {
    this.#scope = scope;
    this.#vm = vm;
    this.#withDisks = withDisks;
    this.#removal = removal;
    const { id } = vm;
    const leaves = (disk: Disk): boolean => isRemovedWith(disk, id, withDisks);
    const others = volumes.filter((disk) => !isDeletedAlone(scope, disk));
    this.#kept = withDisks ? [] : others.filter((disk) => disk.vmIds?.includes(id) && !leaves(disk));
    const markable = others.filter((disk) => !isBeingDetached(disk) && !isStandingBack(disk));
    const changed = markable.filter((disk) => leaves(disk) || disk.notes?.['vm'] === id);
    // whoever sees the mark of a disk looks for what this removal overlooks, if it ends before: one of them is enough
    const witness = isAble(scope, 'vm.notes') ? markable.slice(0, 1) : [];
    this.#marked = (changed.length > 0 ? changed : witness).map((disk) => ({
      disk,
      pending: pendingAfter(disk, id, withDisks),
    }));
    this.#ports = ports;
  }

  /** Reads what the VM has. */
  static async plan(scope: Scope, vm: Vm, withDisks: boolean, removal?: VmRemoval): Promise<RemovalSteps> {
    const volumes = await adopted(scope, vm);
    const ports = isAble(scope, 'vm.notes') ? [] : await portsOf(scope, vm.id);
    return new RemovalSteps(scope, vm, withDisks, removal, volumes, ports);
  }

  /** Deletes snapshots, and marks disks and ports. A VM that is gone by now is no failure of the removal. */
  async prepare(): Promise<void> {
    const { disks, nics, snapshots } = this.#scope.session;
    const { id } = this.#vm;
    if (this.#withDisks) await this.#removeSnapshots();
    // taken since the client's removal was allowed
    else if (this.#removal && (await snapshots.list(id)).length > 0) this.#giveUp(this.#removal);
    for (const disk of this.#kept) await unlessGone(disks.keep(id, disk.id));
    for (const marked of this.#marked) await this.#mark(marked);
    const pending: PendingPort = 'remove-after-vm';
    for (const port of this.#ports) await unlessGone(nics.update(port.id, { notes: { ...port.notes, pending } }));
  }

  /** Power Virtual Server changes no volume that is being attached: that is waited for. */
  async #mark({ disk: { id }, pending }: Marked): Promise<void> {
    const { disks } = this.#scope.session;
    const mark = (): Promise<unknown> => unlessGone(disks.note(id, { vm: this.#vm.id, pending }));
    try {
      await mark();
    } catch (error) {
      if (!isFault(error, 'backend.conflict')) throw error;
      await until(
        this.#scope,
        `Removing VM ${this.#vm.id}`,
        () => unlessGone(disks.get(id)),
        (seen) => (seen?.status === 'locked' ? undefined : true),
      );
      await mark();
    }
  }

  /** Removes the VM, and waits until it is gone. */
  async removeFromCloud(): Promise<void> {
    const { vms } = this.#scope.session;
    const { id } = this.#vm;
    const attempt = insistent(`VM ${id}`);
    const remove = async (): Promise<void> => {
      await vms.remove(id, { withDisks: this.#withDisks });
      this.#isAccepted = true;
    };
    await until(
      this.#scope,
      `Removing VM ${id}`,
      () => unlessGone(vms.get(id)),
      async (now) => {
        if (!now) return true;
        if (this.#removal && isTaken(now, this.#removal)) this.#giveUp(this.#removal);
        this.#kept = this.#kept.filter((disk) => now.volumeIds?.includes(disk.id) !== false);
        await this.#spareDetached(now);
        await attempt(remove);
        return this.#isAccepted || undefined;
      },
    );
    if (this.#isAccepted) await this.#untilGone();
  }

  /**
   * The first look comes when the VM is usually gone, by what the removals before it took; the pauses after it double.
   */
  async #untilGone(): Promise<void> {
    const { vms } = this.#scope.session;
    const { settings, work } = this.#scope;
    const { id } = this.#vm;
    const began = Date.now();
    const least = FIRST_POLLS * settings.pollMs;
    const first = Math.min(work.usual(REMOVAL) ?? least, settings.pollMaxMs);
    await pause(first);
    let looks = 0;
    const slower = { ...settings, pollMs: Math.min(Math.max(least, first / 4), settings.pollMaxMs), pollGrowth: 2 };
    await until(
      { ...this.#scope, settings: slower },
      `Removing VM ${id}`,
      () => unlessGone(vms.get(id)),
      (now) => {
        looks += 1;
        if (!now) return true;
        if (now.status === 'unknown' && now.statusDetail !== undefined && this.#vm.statusDetail === undefined)
          throw new Fault('backend.failed', { text: now.statusDetail });
        return undefined;
      },
    );
    // a little less when the first look was late enough, so that faster removals are noticed
    const took = Date.now() - began;
    work.took(REMOVAL, looks === 1 ? 0.9 * took : took);
  }

  /**
   * After a failure: removes the marks and throws, unless the VM is gone, for a call that failed may have been carried
   * out all the same. Work that somebody will resume keeps its marks.
   */
  async withdraw(error: unknown): Promise<void> {
    if (this.#isAccepted || isOutage(error) || isUnfinishedWork(error)) throw error;
    const { vms } = this.#scope.session;
    const { id } = this.#vm;
    if (!(await unlessGone(vms.get(id)))) return;
    await this.#unmark();
    throw this.#withdrawn ?? undone(error, `VM ${id}`, 'The VM was not deleted.');
  }

  /** Where no note tells two removals of each other: throws if the cloud has followed the other one. */
  async compareWithOthers(): Promise<void> {
    if (this.#removal && !isAble(this.#scope, 'vm.notes') && (await this.#wentOtherwise())) throw this.#removal.lost();
  }

  /**
   * Removes or releases what was marked, and what was added to the VM while it was being removed: its own work has
   * removed the mark, or it had none yet. What the last look at the volumes shows is handled, too.
   */
  async removeVolumes(): Promise<void> {
    const { id } = this.#vm;
    let around: readonly Disk[] = [];
    const list = async (): Promise<readonly Disk[]> =>
      (around = await volumesAround(this.#scope, { id, volumeIds: [] }));
    const handled = new Set<string>();
    const next = (): Disk[] =>
      around.filter(
        (disk) => disk.notes?.['vm'] === id && !handled.has(disk.id) && !isEndedByOthers(this.#scope, disk),
      );
    await seen(this.#scope, `The disks of VM ${id}`, list);
    for (let found = next(); found.length > 0; found = next()) {
      const marked = await Promise.all(found.map((disk) => this.#markedLate(disk)));
      for (const disk of found) handled.add(disk.id);
      await beginAfterVm(this.#scope, id, marked, list);
    }
  }

  /** Removes ports. Those of a VM that is gone need no mark: they name it. */
  async removePorts(): Promise<void> {
    const { id } = this.#vm;
    const left = isAble(this.#scope, 'vm.notes')
      ? ((await seen(this.#scope, `The NICs of VM ${id}`, () => portsOf(this.#scope, id))) ?? [])
      : [];
    await Promise.all([
      ...left.map((port) => removePort(this.#scope, port.id)),
      ...this.#ports.map((port) => beginPort(this.#scope, port.id)),
    ]);
  }

  async #markedLate(disk: Disk): Promise<Disk> {
    const { id } = this.#vm;
    if (isAfterVm(disk.notes?.['pending']) || isBeingDetached(disk)) return disk;
    const notes = { vm: id, pending: pendingAfter(disk, id, this.#withDisks) };
    await unlessGone(this.#scope.session.disks.note(disk.id, notes));
    return { ...disk, notes: { ...disk.notes, ...notes } };
  }

  /** Withdraws the client's request, because another one came first. */
  #giveUp(removal: VmRemoval): never {
    this.#withdrawn = removal.lost();
    throw this.#withdrawn;
  }

  /** Volumes with snapshots cannot be deleted. Snapshots don't come back when the removal is withdrawn afterwards. */
  async #removeSnapshots(): Promise<void> {
    const { snapshots, vms } = this.#scope.session;
    const { id } = this.#vm;
    const all = this.#removal?.snapshots ?? (await snapshotsToGo(this.#scope, this.#vm));
    if (all.length === 0) return;
    const seen = this.#removal && (await unlessGone(vms.get(id)));
    if (this.#removal && seen && isTaken(seen, this.#removal)) this.#giveUp(this.#removal);
    for (const snapshot of all) await unlessGone(snapshots.remove(snapshot.id));
    await until(
      this.#scope,
      `Removing the snapshots of VM ${id}`,
      () => snapshots.list(id),
      (left) => (left.length > 0 ? undefined : true),
    );
  }

  /**
   * A disk that the VM has no longer was detached after the volumes were listed, and perhaps marked after that: it
   * floats. One that is being deactivated stays the VM's.
   */
  async #spareDetached({ volumeIds }: Vm): Promise<void> {
    const { disks } = this.#scope.session;
    const { id } = this.#vm;
    const detached = this.#marked.filter(
      ({ disk }) =>
        disk.vmIds?.includes(id) === true &&
        disk.notes?.['pending'] === undefined &&
        volumeIds?.includes(disk.id) === false,
    );
    for (const { disk } of detached) {
      const now = await unlessGone(disks.get(disk.id));
      if (now?.vmIds?.includes(id)) continue;
      this.#marked = this.#marked.filter((one) => one.disk !== disk);
      if (now?.notes?.['pending']?.endsWith('-after-vm')) await disks.note(disk.id, { vm: null, pending: null });
    }
  }

  /**
   * Without notes two removals do not see each other, but the cloud itself deletes or keeps what is attached, as the
   * one that it heard first wants it: whether that was another one. It shows in all disks: one alone was detached or
   * deleted meanwhile.
   */
  async #wentOtherwise(): Promise<boolean> {
    const { disks } = this.#scope.session;
    const { id } = this.#vm;
    const isOurs = ({ notes }: Disk): boolean => (notes?.['pending'] ?? 'remove-after-vm') === 'remove-after-vm';
    const listed = await collect(disks.list());
    const present = new Set(listed.filter((one) => !isBeingDeleted(one) && isOurs(one)).map((one) => one.id));
    if (!this.#withDisks) return this.#kept.length > 0 && this.#kept.every((disk) => !present.has(disk.id));
    const attached = this.#marked.filter(({ disk }) => disk.vmIds?.includes(id));
    const left = attached.filter(({ disk }) => present.has(disk.id));
    for (const { disk } of left) await unlessGone(disks.note(disk.id, { vm: null, pending: null }));
    this.#marked = this.#marked.filter((one) => !left.includes(one));
    return left.length > 0 && left.length === attached.length;
  }

  /** The VM's own mark last: until then the next read resumes the work. */
  async #unmark(): Promise<void> {
    const { disks, nics } = this.#scope.session;
    for (const { disk } of this.#marked)
      await unlessGone(disks.note(disk.id, { pending: disk.notes?.['pending'] ?? null }));
    for (const port of this.#ports) await unlessGone(nics.update(port.id, { notes: { ...port.notes } }));
    await unmark(this.#scope, this.#vm);
  }
}
