import { Fault, isFault, type Disk, type NotesPatch } from '../model/index.js';
import type { Scope } from './context.js';
import { insistent, undone, unlessGone, until } from './wait.js';

/**
 * Desired state first (DESIGN, decision 4). What a volume is to become stands in its notes before anything is done, so that
 * whoever touches it next, here or on another replica, can finish it:
 *
 * - `vm`: the VM that lists it, attached or not (oVirt keeps a deactivated disk listed; PowerVC has no field for that);
 * - `pending`: what is under way, and is removed when it is done.
 */

interface Plan {
  /** Whether the volume shall be attached to `vm` in the end. */
  readonly attached: boolean;
  /** Wait for the VM to let go of the volume, rather than detach it: the VM itself is being removed. */
  readonly leave?: boolean;
  /** The last step, once it is (not) attached. */
  readonly last: 'settle' | 'release' | 'delete';
  /** What to do when it can't be brought about, and how a fault tells it. */
  readonly undo: 'delete' | 'settle' | 'release';
}

const plans = {
  /** A new disk of the VM. */
  add: { attached: true, last: 'settle', undo: 'delete' },
  /** A floating disk becomes the VM's. */
  adopt: { attached: true, last: 'settle', undo: 'release' },
  /** The VM's inactive disk becomes active. */
  attach: { attached: true, last: 'settle', undo: 'settle' },
  /** The VM's disk becomes inactive and stays listed. */
  detach: { attached: false, last: 'settle', undo: 'settle' },
  /** The VM's disk becomes a floating one. */
  release: { attached: false, last: 'release', undo: 'settle' },
  /** The disk is destroyed. */
  remove: { attached: false, last: 'delete', undo: 'settle' },
  /** The disk is destroyed with its VM, after it. */
  'remove-after-vm': { attached: false, leave: true, last: 'delete', undo: 'settle' },
} as const satisfies Record<string, Plan>;

/** What is under way with a volume. */
export type Pending = keyof typeof plans;

const undoing: Record<Plan['undo'], string> = {
  delete: 'The new disk was removed again.',
  settle: 'The disk is as it was before.',
  release: 'The disk is floating as before.',
};

export const resourceOf = (diskId: string): string => `disk/${diskId}`;

const isPending = (text: string | undefined): text is Pending => text !== undefined && Object.hasOwn(plans, text);

/** Whether something that was begun with the volume is not finished. */
export const isUnfinished = (disk: Disk): boolean => isPending(disk.notes?.['pending']);

/** Finishes what was begun with the volume, unless this process is at it. Returns at once. */
export function touch(scope: Scope, disk: Disk): void {
  if (isUnfinished(disk) && !scope.work.has(resourceOf(disk.id!))) void begin(scope, disk.id!);
}

/** Runs the volume to what its notes want. The promise gives the volume, or undefined when it is no more. */
export const begin = (scope: Scope, id: string): Promise<Disk | undefined> =>
  scope.work.run(resourceOf(id), () => finish(scope, id));

const unmarked = (release: boolean): NotesPatch => release ? { pending: null, vm: null } : { pending: null };

async function finish(scope: Scope, id: string): Promise<Disk | undefined> {
  const { disks } = scope.session;
  const attempt = insistent();
  let plan: Plan | undefined;
  let madeReadOnly = false;

  try {
    return (await until(scope, `Disk ${id}`, () => unlessGone(disks.get(id)), step)).disk;
  } catch (error) {
    if (!plan || isFault(error, 'backend.timeout')) throw error;
    await undo(plan);
    throw undone(error, `Disk ${id}`, undoing[plan.undo]);
  }

  /** One look, and the next step that it calls for. */
  async function step(disk: Disk | undefined): Promise<{ disk: Disk | undefined } | undefined> {
    const pending = disk?.notes?.['pending'];
    if (!disk || !isPending(pending)) return { disk };
    plan = plans[pending];
    if (disk.status === 'locked') return undefined;
    if (disk.status === 'illegal' && plan.last !== 'delete') throw new Fault('backend.refused', { text: `Disk ${id} is in error (${disk.backendStatus ?? 'unknown'}).` });

    const vm = disk.notes?.['vm'];
    const attached = vm !== undefined && disk.vmIds?.includes(vm) === true;
    if (vm !== undefined && plan.attached && !attached) return attempt(() => attach(disk, vm));
    if (vm !== undefined && !plan.attached && attached) return plan.leave ? undefined : attempt(() => disks.detach(vm, id));
    return conclude(disk, plan);
  }

  async function attach(disk: Disk, vm: string): Promise<void> {
    if (disk.notes?.['read_only'] === 'true' && !disk.readOnly && !madeReadOnly) {
      await disks.update(id, { readOnly: true });
      madeReadOnly = true;
    }
    await disks.attach(vm, id, { boot: disk.notes?.['boot'] === 'true' });
  }

  async function conclude(disk: Disk, { last }: Plan): Promise<{ disk: Disk | undefined }> {
    if (last === 'delete') {
      await disks.remove(id);
      return { disk: undefined };
    }
    await disks.note(id, unmarked(last === 'release'));
    const { pending: _, ...notes } = disk.notes ?? {};
    return { disk: { ...disk, notes } };
  }

  async function undo({ undo }: Plan): Promise<void> {
    if (undo === 'delete') await disks.remove(id);
    else await disks.note(id, unmarked(undo === 'release'));
  }
}
