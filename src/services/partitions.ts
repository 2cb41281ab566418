import { Fault, isFault, type Disk, type Vm } from '../model/index.js';
import type { Scope } from './context.js';
import { begin } from './volumes.js';
import { collect, insistent, unlessGone, until } from './wait.js';

/**
 * What is under way with a VM, as its note `pending` tells: `create` (it is being built, and is to be down in the end) or `remove`
 * (with its disks and snapshots) and `remove-only` (its disks stay). See volumes.ts for the same with volumes.
 */
type PendingVm = 'create' | 'remove' | 'remove-only';

const resourceOf = (id: string): string => `vm/${id}`;

const pendingOf = (vm: Vm): PendingVm | undefined => {
  const text = vm.notes?.['pending'];
  return text === 'create' || text === 'remove' || text === 'remove-only' ? text : undefined;
};

export const isUnfinishedVm = (vm: Vm): boolean => pendingOf(vm) !== undefined;

/** Finishes what was begun with the VM, unless this process is at it. Returns at once. */
export function touchVm(scope: Scope, vm: Vm): void {
  if (isUnfinishedVm(vm) && !scope.work.has(resourceOf(vm.id!))) void beginVm(scope, vm.id!);
}

export const beginVm = (scope: Scope, id: string): Promise<void> => scope.work.run(resourceOf(id), async () => {
  const vm = await unlessGone(scope.session.vms.get(id));
  const pending = vm && pendingOf(vm);
  if (pending === 'create') await build(scope, id);
  else if (vm && pending) await destroy(scope, vm, pending === 'remove');
});

/** Waits until PowerVC has built the partition, then powers it off. One that can't be built is deleted. */
async function build(scope: Scope, id: string): Promise<void> {
  const { vms } = scope.session;
  const attempt = insistent();
  await until(scope, `Building VM ${id}`, () => unlessGone(vms.get(id)), async (vm) => {
    if (!vm) throw new Fault('backend.failed', { text: `VM ${id} is gone before it was built.` });
    if (pendingOf(vm) !== 'create') return true;
    if (vm.status === 'unknown' || vm.statusDetail !== undefined) return undo(vm);
    if (vm.status === 'up' && scope.settings.afterCreate === 'stop') return attempt(() => vms.stop(id));
    if (vm.status !== 'up' && vm.status !== 'down') return undefined;
    await vms.note(id, { pending: null });
    return true;
  });

  async function undo(vm: Vm): Promise<never> {
    await vms.remove(id);
    throw new Fault('interrupted', { what: `VM ${vm.name}`, text: vm.statusDetail ?? 'it went into error.', undone: 'The VM was deleted.' });
  }
}

/** Records that the VM is to go, on the VM first and then on each thing that goes with it. */
export const markRemoval = (scope: Scope, vm: Vm, { detachOnly }: { readonly detachOnly: boolean }): Promise<void> =>
  scope.session.vms.note(vm.id!, { pending: (detachOnly ? 'remove-only' : 'remove') satisfies PendingVm });

async function destroy(scope: Scope, vm: Vm, withDisks: boolean): Promise<void> {
  const { session } = scope;
  const id = vm.id!;
  const volumes = (await collect(session.disks.list())).filter((disk) => disk.vmIds?.includes(id) || disk.notes?.['vm'] === id);
  const doomed = volumes.filter((disk) => goes(disk, id, withDisks));
  const ports = (await session.nics.list(id)).filter(({ notes }) => notes?.['vm'] === id);
  try {
    if (withDisks) await removeSnapshots(scope, id);
    for (const disk of doomed) await session.disks.note(disk.id!, { vm: id, pending: 'remove-after-vm' });
    for (const disk of volumes) if (!doomed.includes(disk) && disk.notes?.['vm'] !== undefined) await session.disks.note(disk.id!, { vm: null, pending: null });
    for (const port of ports) await session.nics.update(port.id!, { notes: { ...port.notes, vm: id, pending: 'remove' } });
    await unlessGone(session.vms.remove(id));
  } catch (error) {
    if (isFault(error) && error.retry !== 'later') await restore();
    throw error;
  }
  await until(scope, `Removing VM ${id}`, () => unlessGone(session.vms.get(id)), (seen) => {
    if (seen?.status === 'unknown' && seen.statusDetail !== undefined) throw new Fault('backend.failed', { text: seen.statusDetail });
    return seen ? undefined : true;
  });
  await Promise.all(doomed.map((disk) => begin(scope, disk.id!)));
  for (const port of ports) await unlessGone(session.nics.remove(port.id!));

  async function restore(): Promise<void> {
    for (const disk of doomed) await session.disks.note(disk.id!, { pending: null });
    for (const port of ports) await session.nics.update(port.id!, { notes: { ...port.notes } });
    await session.vms.note(id, { pending: null });
  }
}

/** A disk goes with its VM, unless it is to stay or another VM has it too; a CD-ROM's medium always goes. */
const goes = (disk: Disk, vmId: string, withDisks: boolean): boolean =>
  disk.notes?.['medium'] !== undefined || (withDisks && !disk.vmIds?.some((other) => other !== vmId));

/** Volumes with snapshots can't be deleted, and a VM's snapshots are nothing without it. */
async function removeSnapshots(scope: Scope, vmId: string): Promise<void> {
  const { snapshots } = scope.session;
  const all = await snapshots.list(vmId);
  for (const { id } of all) await unlessGone(snapshots.remove(id!));
  if (all.length) {
    await until(scope, `Removing the snapshots of VM ${vmId}`, () => snapshots.list(vmId), (left) => (left.length ? undefined : true));
  }
}
