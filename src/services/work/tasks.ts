import { Fault, isFault, type Disk, type Vm } from '../../model/index.js';
import type { Task } from '../../generated/notes/notes.js';
import { warnOf } from '../notes/bad-notes.js';
import type { Scope } from '../context.js';
import { readNote, type OnBadNote } from '../notes/notes.js';
import { beginVm, isBeingRemoved } from './partitions.js';
import { unlessBusy } from './patience.js';
import { isRestoring } from './restore-mark.js';
import { nextSize } from '../vms/wanted.js';
import { collect, insistent, isOutage, isUnfinishedWork, seen, TRIES, undone, unlessGone, until } from './wait.js';
import { applyNextRun, resizeOnce } from '../vms/nextrun.js';

/**
 * Work of several steps on a VM, in its note `task`: written before the first step, removed after the last. There is
 * one at a time, and the VM is locked meanwhile; every read of the VM resumes it. See partitions.ts for the creation
 * and removal of VMs.
 */
export type { Task } from '../../generated/notes/notes.js';

const NOTE = 'task';

/** The VM's task. A copy may have its original's notes: a task of another VM is ignored. */
export function taskOf(vm: Vm, bad?: OnBadNote): Task | undefined {
  const task = readNote('Task', vm.notes?.[NOTE], bad);
  return task?.vm === vm.id ? task : undefined;
}

const resourceOf = (id: string): string => `task/${id}`;

/** How often a task is noted that another gateway has run by the next look. */
const NOTINGS = 3;

/**
 * Notes a task; `beginTask` runs it. If two replicas do so at once, the later one wins. Throws `conflict.transition`
 * for the other. A task that is gone by the next look was resumed by another gateway, and its end is not known: it is
 * noted again, because each task leaves what is done already as it is. A VM that is being removed, or restored from a
 * snapshot, gets none: both write their mark before their last look, and are withdrawn if that sees a task.
 */
export async function noteTask(scope: Scope, task: Task, refusal: () => Fault): Promise<void> {
  const text = JSON.stringify(task);
  for (let noting = 0; noting < NOTINGS; noting += 1) {
    await scope.session.vms.note(task.vm, { [NOTE]: text });
    const vm = await scope.session.vms.get(task.vm);
    const seen = vm.notes?.[NOTE];
    if (seen === text && !isBeingRemoved(vm) && !isRestoring(vm)) return;
    if (seen === text) await forgetTask(scope, task.vm);
    if (seen !== undefined) break;
  }
  throw refusal();
}

export const forgetTask = async (scope: Scope, id: string): Promise<void> => {
  await unlessGone(scope.session.vms.note(id, { [NOTE]: null }));
};

/** Resumes the VM's task, unless this process is already doing it. Returns at once. */
export function resumeTask(scope: Scope, vm: Vm): void {
  if (taskOf(vm, warnOf(scope, `VM ${vm.id}`, NOTE))) scope.work.start(resourceOf(vm.id), () => finish(scope, vm.id));
}

/** Runs the VM's task to its end, or fails it with a reason; after an outage it is resumed. */
export const beginTask = (scope: Scope, id: string): Promise<void> =>
  scope.work.run(resourceOf(id), () => finish(scope, id));

async function finish(scope: Scope, id: string): Promise<void> {
  const vm = await seen(scope, `VM ${id}`, () => scope.session.vms.get(id));
  const task = vm && taskOf(vm);
  if (!vm || !task) return;
  try {
    if (task.kind === 'move') await move(scope, vm, task.domain);
    else if (task.kind === 'update') await change(scope, vm, task);
    else if (task.kind === 'stop') await bringDown(scope, id, task.hard);
    else if (task.kind === 'start') await bringUp(scope, id);
    else await adoptCopy(scope, vm, task);
  } catch (error) {
    if (!isOutage(error) && !isUnfinishedWork(error)) await forgetTask(scope, id);
    throw error;
  }
  // A later request has replaced it
  const replaceable = task.kind === 'start' || task.kind === 'stop';
  if (replaceable && (await unlessGone(scope.session.vms.get(id)))?.notes?.[NOTE] !== vm.notes?.[NOTE]) return;
  await forgetTask(scope, id);
}

/** The size first: it is the most likely to be refused, and then nothing has changed. */
async function change(
  scope: Scope,
  found: Vm,
  { size, name, patch }: Task & { readonly kind: 'update' },
): Promise<void> {
  const { vms } = scope.session;
  const vm = size ? await resizeOnce(scope, found, size) : found;
  if (!vm) return;
  if (name !== undefined && name !== vm.name) await vms.rename(vm.id, name);
  if (patch) await vms.note(vm.id, patch);
}

/**
 * Applies the changes for the next start, then starts the VM. Changes that the cloud refuses stay pending and are
 * shown; the VM starts all the same.
 */
async function bringUp(scope: Scope, id: string): Promise<void> {
  const { vms } = scope.session;
  const attempt = insistent(`VM ${id}`, scope.settings.pollMaxMs);
  let refused = false;
  let conflicts = 0;
  await until(
    scope,
    `Starting VM ${id}`,
    () => unlessGone(vms.get(id)),
    async (vm) => {
      if (!vm || taskOf(vm)?.kind !== 'start' || vm.status === 'up' || vm.status === 'powering_up') return true;
      if (vm.status === 'unknown')
        throw new Fault('backend.failed', { text: `VM ${vm.name}: ${vm.statusDetail ?? 'it is in error.'}` });
      if (vm.status !== 'down') return undefined;
      if (!refused && nextSize(vm)) {
        try {
          await applyNextRun(scope, vm);
        } catch (error) {
          if (isOutage(error) || isUnfinishedWork(error)) throw error;
          // another replica is applying them, as likely as not: what it leaves is applied by another try
          conflicts += 1;
          if (isFault(error, 'backend.conflict') && conflicts < TRIES.busy) return undefined;
          refused = true;
          scope.log.warn('a VM was started without its next-run configuration', { vm: id, error: String(error) });
        }
        return undefined;
      }
      return attempt(() => vms.start(id));
    },
  );
}

/** A suspended or paused VM must run before it can be stopped; a VM in transition must wait. */
async function bringDown(scope: Scope, id: string, hard: boolean): Promise<void> {
  const { vms } = scope.session;
  const attempt = insistent(`VM ${id}`, scope.settings.pollMaxMs);
  await until(
    scope,
    `Stopping VM ${id}`,
    () => unlessGone(vms.get(id)),
    async (vm) => {
      if (!vm || taskOf(vm)?.kind !== 'stop' || vm.status === 'down') return true;
      if (vm.status === 'unknown')
        throw new Fault('backend.failed', { text: `VM ${vm.name}: ${vm.statusDetail ?? 'it is in error.'}` });
      if (vm.status === 'suspended' || vm.status === 'paused') {
        const from = vm.status;
        return attempt(() => vms.resume(id, from));
      }
      if (vm.status !== 'up' && vm.status !== 'not_responding') return undefined;
      return attempt(() => (hard ? vms.stop(id) : vms.shutdown(id)));
    },
  );
}

/** Moves all of the VM's volumes to the storage domain in parallel: each is separate work for PowerVC. */
async function move(scope: Scope, { id }: Vm, domain: string): Promise<void> {
  const mine = ({ vmIds, notes }: Disk): boolean =>
    (vmIds?.includes(id) === true || notes?.['vm'] === id) && notes?.['medium'] === undefined;
  const volumes = (await collect(scope.session.disks.list())).filter(mine);
  const ends = await Promise.allSettled(volumes.map((disk) => moveDisk(scope, disk.id, domain)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed)
    throw undone(
      failed.reason,
      `Moving VM ${id}`,
      `${ends.filter(({ status }) => status === 'fulfilled').length} of ${ends.length} disks are on the ` +
        'new storage domain; the others were not moved.',
    );
}

async function moveDisk(scope: Scope, id: string, domain: string): Promise<void> {
  const attempt = insistent(`Disk ${id}`);
  let isRequested = false;
  await until(
    scope,
    `Moving disk ${id}`,
    () => unlessGone(scope.session.disks.get(id)),
    async (disk) => {
      if (!disk) return true;
      if (disk.status === 'locked') return undefined;
      if (disk.storageDomain?.id === domain) return true;
      if (isRequested) throw new Fault('backend.failed', { text: `Disk ${id} was not moved.` });
      return attempt(async () => {
        await scope.session.disks.move(id, domain);
        isRequested = true;
      });
    },
  );
}

/** Notes that a copy must not have of its original: work in progress, consoles, snapshots. */
const ORIGINALS_OWN = /^(task|pending|restoring|snapshotting|cdrom\.session|session\..*|snapshot\..*)$/;

/**
 * Waits for the copy to appear, marks it as being built, and completes that (partitions.ts). If it is marked already,
 * another process has found it. If it does not appear within the lease, it was never requested, or PowerVC has given
 * up.
 */
async function adoptCopy(scope: Scope, original: Vm, { name, at }: Extract<Task, { kind: 'clone' }>): Promise<void> {
  const deadline = Math.max(at, Date.now()) + scope.settings.leaseMs;
  const attempt = insistent(`VM ${name}`);
  const found = await until(
    scope,
    `Cloning VM ${original.id}`,
    () => copyOf(scope, original, name),
    async (copy) => {
      if (!copy && Date.now() > deadline)
        throw new Fault('backend.failed', { text: `VM ${name} did not appear: VM ${original.name} was not cloned.` });
      if (!copy) return undefined;
      if (copy.notes?.['cloned'] === original.id) return copy.id;
      const dropped = Object.keys(copy.notes ?? {})
        .filter((key) => ORIGINALS_OWN.test(key))
        .map((key) => [key, null] as const);
      const patch = { ...Object.fromEntries(dropped), cloned: original.id, pending: 'create' };
      // Nova refuses notes of a server that is still being built, which may be built by the time of the next look
      let noted = false;
      await attempt(async () => {
        await unlessBusy(scope, copy.id, () => scope.session.vms.note(copy.id, patch));
        noted = true;
      });
      return noted ? copy.id : undefined;
    },
  );
  await beginVm(scope, found);
}

/** The copy of that name, once there is one VM that can be it. */
export async function copyOf(scope: Scope, original: Vm, name: string): Promise<Vm | undefined> {
  const [copy, ...others] = await candidates(scope, original, name);
  return others.length > 0 ? undefined : copy;
}

/**
 * VMs of that name that can be the copy: the one that is marked so, or those that are no one else's. An unmarked copy
 * may have its original's notes.
 */
export async function candidates(scope: Scope, original: Vm, name: string): Promise<readonly Vm[]> {
  const named = (await collect(scope.session.vms.list({ name }))).filter(
    (vm) => vm.name === name && vm.id !== original.id,
  );
  const marked = named.filter((vm) => vm.notes?.['cloned'] === original.id);
  if (marked.length > 0) return marked;
  return named.filter(
    ({ notes }) =>
      notes?.['pending'] !== 'create' && [undefined, original.notes?.['cloned']].includes(notes?.['cloned']),
  );
}
