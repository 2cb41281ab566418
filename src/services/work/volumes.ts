import { isFault, Fault, type Disk, type NotesPatch } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { LooksTogether } from './looks-together.js';
import { removeOverlooked } from './overlooked.js';
import { PatientCalls } from './patience.js';
import { isMarkedForRemoval, removalOf } from './removal.js';
import { insistent, isUnfinishedWork, undone, unlessGone, until } from './wait.js';

/**
 * Desired state first. The target state of a volume is noted before anything is done, so that the next read, by this or
 * another replica, can finish the work:
 *
 * - `vm`: the VM that lists it, attached or not (oVirt lists deactivated disks; PowerVC has no field for that);
 * - `pending`: the work in progress; removed when it is done;
 * - `instead`: the volume that is removed once this one is attached (a CD-ROM's former medium).
 */

interface Plan {
  /** Whether the volume is attached to `vm` in the end. */
  readonly attached: boolean;
  /** The VM itself is being removed: wait for that. */
  readonly afterVm?: boolean;
  /** The last step, once it is (not) attached. */
  readonly last: 'settle' | 'release' | 'delete';
  /** What happens to the volume if that fails. */
  readonly undo: Undo;
}

type Undo = 'delete' | 'stay' | 'settle' | 'release' | 'attach';

const plans = {
  /**
   * A new disk of the VM. The client knows it: one that cannot be attached stays the VM's, inactive, with the reason.
   */
  add: { attached: true, last: 'settle', undo: 'stay' },
  /** A medium, which no client knows. */
  insert: { attached: true, last: 'settle', undo: 'delete' },
  /** A floating disk becomes the VM's. */
  adopt: { attached: true, last: 'settle', undo: 'release' },
  /**
   * The same while the VM is being removed: the disk stays a floating one, or becomes the VM's if the removal is given
   * up. Nobody was told yet that it is the VM's.
   */
  'stand-back': { attached: false, afterVm: true, last: 'release', undo: 'settle' },
  /** The VM's inactive disk becomes active. */
  attach: { attached: true, last: 'settle', undo: 'settle' },
  /** The VM's disk becomes inactive and stays listed. */
  detach: { attached: false, last: 'settle', undo: 'settle' },
  /** The VM's disk becomes a floating one. */
  release: { attached: false, last: 'release', undo: 'settle' },
  /** The disk is destroyed. */
  remove: { attached: false, last: 'delete', undo: 'settle' },
  /** The same for an active disk: if the backend detaches it and then refuses to delete it, it is attached again. */
  'remove-active': { attached: false, last: 'delete', undo: 'attach' },
  /** The disk is destroyed with its VM, after it. */
  'remove-after-vm': { attached: false, afterVm: true, last: 'delete', undo: 'release' },
  /** The disk outlives its VM. */
  'release-after-vm': { attached: false, afterVm: true, last: 'release', undo: 'settle' },
} as const satisfies Record<string, Plan>;

/** Work in progress on a volume. */
export type Pending = keyof typeof plans;

/** The notes of each undo, so that it also survives a crash, and its text in faults. */
const undoings: Record<Undo, { readonly notes: NotesPatch; readonly text: string }> = {
  delete: { notes: { pending: 'remove' satisfies Pending }, text: 'The new disk was removed again.' },
  stay: { notes: { pending: null, boot: null }, text: 'The new disk remains, inactive.' },
  settle: { notes: { pending: null }, text: 'The disk is as it was before.' },
  release: { notes: { vm: null, pending: null }, text: 'The disk is now a floating disk.' },
  attach: { notes: { pending: 'attach' satisfies Pending }, text: 'The disk is attached again.' },
};

const resourceOf = (diskId: string): string => `disk/${diskId}`;

const isPending = (text: string | undefined): text is Pending => text !== undefined && Object.hasOwn(plans, text);

/** Whether work on the volume is unfinished. */
export const isUnfinished = (disk: Disk): boolean => isPending(disk.notes?.['pending']);

/** Whether its bytes are being transferred (src/services/transfers), which excludes everything else. */
export const isTransferring = (disk: Disk): boolean => disk.notes?.['transfer'] !== undefined;

/** Whether the volume is being attached to a VM: engines show such a disk as active already, and locked. */
export const isJoining = (disk: Disk): boolean => {
  const pending = disk.notes?.['pending'];
  return isPending(pending) && plans[pending].attached;
};

/** Resumes unfinished work on the volume, unless this process is already doing it. Returns at once. */
export function resume(scope: Scope, disk: Disk): void {
  if (isUnfinished(disk)) scope.work.start(resourceOf(disk.id), () => finish(scope, disk.id));
}

/** What a client was promised for a volume, and the fault if another request has overridden it. */
export interface Intent {
  readonly vm?: string;
  readonly pending: Pending;
  readonly lost: () => Fault;
}

/**
 * Brings the volume to the state in its notes. Resolves to the volume, or undefined if it is gone. If two requests note
 * different targets at once, the later one wins: with a `intent` the other fails, and nothing is undone.
 */
export const begin = (scope: Scope, id: string, intent?: Intent): Promise<Disk | undefined> =>
  scope.work.run(resourceOf(id), () => finish(scope, id, intent));

/**
 * The same for volumes of a VM that is gone, which were just seen so. `list` reads them all: each look at them is one
 * call, however many they are.
 */
export async function beginAfterVm(
  scope: Scope,
  vmId: string,
  volumes: readonly Disk[],
  list: () => Promise<readonly Disk[]>,
): Promise<void> {
  const isBusy = ({ id }: Disk): boolean => scope.work.has(resourceOf(id));
  const busy = volumes.filter(isBusy);
  const free = volumes.filter((disk) => !isBusy(disk));
  const looks = new LooksTogether(list, free);
  const alone = ({ id }: Disk): Promise<unknown> =>
    scope.work.run(resourceOf(id), () => finish(scope, id, undefined, { vmId, looks }).finally(() => looks.end(id)));
  await Promise.all([...busy.map(({ id }) => begin(scope, id)), ...free.map(alone)]);
}

/** Whether the volume, without work in progress, is in the promised state. */
function isFulfilled({ vm, pending }: Intent, disk: Disk): boolean {
  const { attached, last }: Plan = plans[pending];
  if (last === 'delete') return false;
  // listed, for another one wants it inactive, or gone
  if (last === 'release' && disk.notes?.['vm'] === vm) return false;
  return vm === undefined || (disk.vmIds?.includes(vm) === true) === attached;
}

/** Whether the volume's notes are still those of the request. */
const isIntended = ({ vm, pending }: Intent, { notes }: Disk): boolean =>
  notes?.['pending'] === pending && (vm === undefined || notes['vm'] === vm);

type HeldIntent = Intent & { readonly vm: string };

/** Whether the disk waits for the removal of the VM that it is the intent to attach it to, or to take it from. */
const isHeldByRemoval = (intent: Intent, { notes }: Disk): intent is HeldIntent =>
  intent.vm !== undefined && notes?.['vm'] === intent.vm && isAfterVm(notes['pending']);

/** Whether what the mark says waits for the removal of a VM. */
export const isAfterVm = (pending: string | undefined): boolean => isPending(pending) && 'afterVm' in plans[pending];

/** Removes `vm` before `pending`, and `pending` last: until then the next read resumes the work. */
const unmarked = ({ last }: Plan, { notes }: Disk): NotesPatch => ({
  ...(last === 'release' && { vm: null }),
  ...(notes?.['instead'] !== undefined && { instead: null }),
  pending: null,
});

/** Polls in which a cloud is usually done: fewer looks, for nobody waits for a disk of a VM that is gone. */
const rarely = (scope: Scope): Scope => {
  const { pollMs, pollMaxMs } = scope.settings;
  return { ...scope, settings: { ...scope.settings, pollMs: Math.min(4 * pollMs, pollMaxMs), pollGrowth: 2 } };
};

/** What is known of a volume whose VM is gone. */
interface AfterVm {
  readonly vmId: string;
  readonly looks: LooksTogether;
}

async function finish(scope: Scope, id: string, intent?: Intent, after?: AfterVm): Promise<Disk | undefined> {
  const { disks } = scope.session;
  const attempt = insistent(`Disk ${id}`);
  const patient = new PatientCalls(scope);
  let plan: Plan | undefined;
  let owner: string | undefined;
  let madeReadOnly = false;
  let wasGivenUp = false;

  try {
    const look = (): Promise<Disk | undefined> => after?.looks.at(id) ?? unlessGone(disks.get(id));
    const looking = after ? rarely(scope) : scope;
    return (await until(looking, `Disk ${id}`, look, step, patient.event)).disk;
  } catch (error) {
    if (!plan || isUnfinishedWork(error)) throw error;
    const way = plan.undo === 'stay' && (await goesWhenFailed(scope, owner)) ? 'delete' : plan.undo;
    await undo(way, error);
    if (intent && isFault(error, 'not-found')) throw error;
    throw undone(error, `Disk ${id}`, undoings[way].text);
  }

  /** Takes the next step for the volume's present state. */
  async function step(disk: Disk | undefined): Promise<{ disk: Disk | undefined } | undefined> {
    const pending = disk?.notes?.['pending'];
    if (intent && disk && !isIntended(intent, disk)) {
      if (isHeldByRemoval(intent, disk)) return afterRemoval(intent, disk);
      // Work that began before the other request may still succeed
      if (disk.status === 'locked') return undefined;
      plan = undefined;
      // written by this request when the removal of the VM had just ended: nobody else takes it back
      if (pending === 'stand-back' && disk.notes?.['vm'] === undefined) await settle(disk, { pending: null });
      if (!isFulfilled(intent, disk)) return overridden(intent);
      return { disk };
    }
    // Who detaches a disk keeps it
    if (!disk && intent && plans[intent.pending].last === 'release') throw intent.lost();
    if (!disk || !isPending(pending)) return { disk };
    plan = plans[pending];
    owner = disk.notes?.['vm'];
    if (disk.status === 'locked') return undefined;
    if (disk.status === 'illegal' && plan.last !== 'delete')
      throw new Fault('backend.refused', { text: `Disk ${id} is in error (${disk.backendStatus ?? 'unknown'}).` });
    if (plan.attached && disk.notes?.['failed'] !== undefined) await disks.note(id, { failed: null });

    const vm = disk.notes?.['vm'];
    const attached = vm !== undefined && disk.vmIds?.includes(vm) === true;
    if (plan.attached && !attached && disk.vmIds?.length && !disk.shareable) return yieldTo(plan);
    if (vm !== undefined && plan.attached && !attached) return attempt(() => attach(disk, vm));
    if (vm !== undefined && plan.afterVm) {
      const left = vm === after?.vmId ? 'done' : await removalOf(scope, vm);
      if (left === 'under way') return undefined;
      if (left === 'given up') {
        // Who gives up a removal restores what was pending before; this look may have been earlier
        if (wasGivenUp && pending !== 'stand-back') return settle(disk, { pending: null });
        if (pending === 'stand-back') await disks.note(id, { pending: 'adopt' satisfies Pending });
        wasGivenUp = true;
        return undefined;
      }
      // the gateway at the removal may have ended before its last look
      if (vm !== after?.vmId) await removeOverlooked(scope, vm);
    } else if (vm !== undefined && !plan.attached && attached)
      return attempt(() => patient.call(vm, () => disks.detach(vm, id)));
    if (plan.last === 'delete') return attempt(() => disks.remove(id));
    // A removal writes its mark before it looks at the disks, so that one of the two sees the other
    if (pending === 'adopt' && vm !== undefined && (await isLeaving(scope, vm))) {
      await disks.note(id, { pending: 'stand-back' satisfies Pending });
      return undefined;
    }
    return conclude(disk, plan);
  }

  /** What becomes of the disk depends on whether the removal of its VM is given up. */
  async function afterRemoval({ vm, pending }: HeldIntent, { notes }: Disk): Promise<undefined> {
    plan = undefined;
    const left = await removalOf(scope, vm);
    const stoodBack = notes?.['pending'] === ('stand-back' satisfies Pending);
    if (stoodBack && left === 'given up') await disks.note(id, { pending: 'adopt' satisfies Pending });
    if (left !== 'done') return undefined;
    if (stoodBack) await unlessGone(disks.note(id, { vm: null, pending: null }));
    // the removal goes on to keep the disk or to delete it: its next state tells. A removal that is given up restores
    // what was pending
    if (pending !== 'adopt') return undefined;
    throw new Fault('not-found', { what: 'VM', id: vm });
  }

  /** Another request has, or the VM that was to get the disk was removed. */
  async function overridden({ vm, pending, lost }: Intent): Promise<never> {
    if (pending === 'adopt' && vm !== undefined) await scope.session.vms.get(vm);
    throw lost();
  }

  /** Another VM was faster: Nova attaches a volume to only one. */
  async function yieldTo({ undo }: Plan): Promise<never> {
    await unlessGone(disks.note(id, undoings[undo].notes));
    plan = undefined;
    throw intent?.lost() ?? new Fault('backend.conflict', { text: `Disk ${id} is attached to another VM.` });
  }

  async function attach(disk: Disk, vm: string): Promise<void> {
    if (disk.notes?.['read_only'] === 'true' && !disk.readOnly && !madeReadOnly) {
      await disks.update(id, { readOnly: true });
      madeReadOnly = true;
    }
    await patient.call(vm, () => disks.attach(vm, id, { boot: disk.notes?.['boot'] === 'true' }));
  }

  async function conclude(disk: Disk, plan: Plan): Promise<{ disk: Disk }> {
    const instead = disk.notes?.['instead'];
    if (instead !== undefined) await retire(scope, instead);
    const settled = await settle(disk, unmarked(plan, disk));
    if (intent && plan.last === 'release' && isAble(scope, 'disk.notes')) await release(intent);
    return settled;
  }

  /**
   * Another request may have written its notes between the removal of `vm` and that of `pending`: what is left of them
   * would keep the disk listed.
   */
  async function release({ vm, lost }: Intent): Promise<void> {
    const seen = await unlessGone(disks.get(id));
    plan = undefined;
    if (!seen || (seen.notes?.['vm'] === vm && seen.notes?.['pending'] !== undefined)) throw lost();
    if (seen.notes?.['vm'] === vm && seen.vmIds?.length === 0) await unlessGone(disks.note(id, { vm: null }));
  }

  async function settle(disk: Disk, patch: NotesPatch): Promise<{ disk: Disk }> {
    await disks.note(id, patch);
    return {
      disk: { ...disk, notes: Object.fromEntries(Object.entries(disk.notes ?? {}).filter(([key]) => !(key in patch))) },
    };
  }

  async function undo(way: Undo, cause: unknown): Promise<void> {
    try {
      const failed: NotesPatch = way === 'stay' && isAble(scope, 'disk.notes') ? { failed: reasonOf(cause) } : {};
      await unlessGone(disks.note(id, { ...undoings[way].notes, ...failed }));
      if (way === 'delete' || way === 'attach') await finish(scope, id);
    } catch (error) {
      throw undone(
        error,
        `Disk ${id}`,
        `This happened while undoing an earlier failure: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    }
  }
}

/** Whether the VM is gone or being removed. One call, none where VMs have no notes. */
export async function isLeaving(scope: Scope, vmId: string): Promise<boolean> {
  if (!isAble(scope, 'vm.notes')) return false;
  const vm = await unlessGone(scope.session.vms.get(vmId));
  return !vm || isMarkedForRemoval(vm);
}

/**
 * Whether a new disk that cannot be attached is removed again: its VM is gone or being removed, or there are no notes,
 * and the answer waits for the end.
 */
async function goesWhenFailed(scope: Scope, vmId: string | undefined): Promise<boolean> {
  if (!isAble(scope, 'disk.notes')) return true;
  const vm = vmId === undefined ? undefined : await unlessGone(scope.session.vms.get(vmId));
  return !vm || vm.notes?.['pending']?.startsWith('remove') === true;
}

/** The reason of a failure for a disk's note; notes hold 255 characters. */
const reasonOf = (cause: unknown): string =>
  (isFault(cause) ? cause.detail.replace(/^\[|\]$/g, '') : String(cause)).slice(0, 255);

/** Removes a replaced volume. Waits until it is gone. */
async function retire(scope: Scope, id: string): Promise<void> {
  if (await unlessGone(scope.session.disks.note(id, { pending: 'remove' satisfies Pending }).then(() => true)))
    await begin(scope, id);
}
