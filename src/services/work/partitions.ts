import { Fault, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { removeVm } from './remove-vm.js';
import { isOverridden, type VmRemoval } from './leaving.js';
import { decided, keepsDisks } from './removal.js';
import { wantedSize } from '../vms/wanted.js';
import { resize } from '../vms/sizes.js';
import { isAble } from '../fitting.js';
import { atRest, isPassing } from './patience.js';
import { insistent, isOutage, seen, unlessGone, until } from './wait.js';

/**
 * Work in progress on a VM, by its note `pending`: `create` (it is being built, and will be down) or `remove` (with its
 * disks and snapshots) and `remove-only` (its disks stay). See volumes.ts for the same with volumes.
 */
type PendingVm = 'create' | 'remove' | 'remove-only';

const resourceOf = (id: string): string => `vm/${id}`;

/** Whether this process is building or removing the VM. */
export const isVmAtWork = ({ work }: Scope, id: string): boolean => work.has(resourceOf(id));

export const pendingOf = (vm: Vm): PendingVm | undefined => {
  if (keepsDisks(vm)) return 'remove-only';
  const text = vm.notes?.['pending'];
  if (text === 'create') return isBroken(vm) && vm.notes?.['failed'] !== undefined ? undefined : 'create';
  return text === 'remove' || text === 'remove-only' ? text : undefined;
};

export const isBeingRemoved = (vm: Vm): boolean => pendingOf(vm)?.startsWith('remove') === true;

/**
 * For what was just done to the VM, which a removal may have overlooked: it writes its mark before its last look, so
 * one of the two sees the other. Waits until a removal is over. The VM as it then is; undefined where nobody looked.
 * Throws `lost` if it went with the removal. One call where there is none.
 */
export async function outlives(scope: Scope, id: string, lost: () => Fault): Promise<Vm | undefined> {
  if (!isAble(scope, 'vm.notes')) return undefined;
  const { stays } = await until(
    scope,
    `VM ${id}`,
    () => unlessGone(scope.session.vms.get(id)),
    (vm) => {
      if (!vm) return { stays: undefined };
      if (!isBeingRemoved(vm)) return { stays: vm };
      resumeVm(scope, vm);
      return undefined;
    },
  );
  if (!stays) throw lost();
  return stays;
}

/** Whether the VM could not be built. Its mark may stay: Nova changes no metadata of a server in error. */
const isBroken = ({ status, statusDetail }: Vm): boolean => status === 'unknown' || statusDetail !== undefined;

const isUnfinishedVm = (vm: Vm): boolean => pendingOf(vm) !== undefined;

/**
 * Resumes unfinished work on the VM, unless this process is already doing it. Returns at once. A removal that another
 * gateway may be at is left to it for a lease: only that gateway knows whether its client's request is withdrawn. Work
 * that waits for the VM to come to rest goes on once it is seen so.
 */
export function resumeVm(scope: Scope, vm: Vm): void {
  const resource = resourceOf(vm.id);
  const isUnfinished = isUnfinishedVm(vm);
  if (!isPassing(vm)) scope.work.wake(isUnfinished ? resource : atRest(vm.id));
  if (!isUnfinished) return scope.work.passed(resource);
  const leaseMs = isBeingRemoved(vm) && isAble(scope, 'vm.notes') ? scope.settings.leaseMs : 0;
  if (scope.work.isLeft(resource, leaseMs)) scope.work.start(resource, () => finish(scope, vm.id));
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
  await removeVm(scope, vm, pending === 'remove', removal);
  return undefined;
}

/**
 * Waits until the partition is built, then powers it off and applies what was requested meanwhile. One that cannot be
 * built stays, in error and with the reason, because the client knows it.
 */
async function build(scope: Scope, id: string): Promise<Vm> {
  const { vms } = scope.session;
  const attempt = insistent(`VM ${id}`);
  let passes = false;
  return until(
    scope,
    `Building VM ${id}`,
    () => unlessGone(vms.get(id)),
    async (vm) => {
      if (!vm) throw new Fault('backend.failed', { text: `VM ${id} was removed before it was built.` });
      if (pendingOf(vm) !== 'create') return vm;
      passes = isPassing(vm);
      if (isBroken(vm)) return fail(vm);
      if (vm.status !== 'up' && vm.status !== 'down') return undefined;
      const starts = vm.notes?.['start'] !== undefined;
      if (vm.status === 'up' && !starts && scope.settings.afterCreate === 'stop') return attempt(() => vms.stop(id));
      if (vm.notes?.['wanted'] !== undefined) return resizeAsWanted(scope, vm);
      if (vm.status === 'down' && starts) return attempt(() => vms.start(id));
      const done = Object.keys(vm.notes ?? {}).filter((key) => key !== 'pending' && BUILDING.has(key));
      // The mark last: until then the next read of the VM resumes the work
      await vms.note(id, { ...Object.fromEntries(done.map((key) => [key, null])), pending: null });
      scope.work.wake(atRest(id));
      return { ...vm, notes: Object.fromEntries(Object.entries(vm.notes ?? {}).filter(([key]) => !BUILDING.has(key))) };
    },
    () => (passes ? resourceOf(id) : undefined),
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
