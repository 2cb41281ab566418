import type { Fault, Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { unlessGone, until } from './wait.js';

/**
 * The state of a VM's removal, for what is deleted after it. The VM is marked first and unmarked last: a VM without a
 * mark stays, because the backend refused to delete it.
 */
export async function removalOf(scope: Scope, vmId: string): Promise<'done' | 'under way' | 'given up'> {
  const vm = await unlessGone(scope.session.vms.get(vmId));
  if (!vm) return 'done';
  return vm.notes?.['pending'] === undefined && !keepsDisks(vm) ? 'given up' : 'under way';
}

/** A removal that a client asked for, and the fault if another request has overridden it. */
export interface Removal {
  readonly detachOnly: boolean;
  readonly lost: () => Fault;
}

/**
 * A removal with the disks and one without them may be requested at once, through two replicas, and clouds have no
 * compare-and-set. So each writes a note that the other does not touch, and looks at the VM after that. The removal
 * without disks notes `asked` first. If it then sees the other's mark it withdraws; if not it notes `decided`, and the
 * other withdraws. The other deletes nothing while it sees `asked`.
 */
const KEEP_DISKS = 'keep_disks';

/** Whether a removal of the VM without its disks is under way. */
export const keepsDisks = ({ notes }: Vm): boolean => notes?.[KEEP_DISKS] === 'decided';

export const isMarkedForRemoval = (vm: Vm): boolean =>
  keepsDisks(vm) || vm.notes?.['pending'] === 'remove' || vm.notes?.['pending'] === 'remove-only';

/** Removes the note of a removal that was given up. */
const keepsNoMore = ({ notes }: Vm): Record<string, null> =>
  notes?.[KEEP_DISKS] === undefined ? {} : { [KEEP_DISKS]: null };

/** Takes back that the VM is marked. */
export const unmark = ({ session }: Scope, vm: Vm): Promise<void> =>
  session.vms.note(vm.id, { pending: null, ...keepsNoMore(vm) });

/** How long a removal without disks may take to decide; the other waits twice as long, then takes it for crashed. */
const DECIDE_MS = 5_000;
const patience = ({ settings }: Scope): number => Math.min(DECIDE_MS, settings.timeoutMs / 4);

/** How often a removal without disks asks again, where the cloud takes so long that the other may have given it up. */
const ATTEMPTS = 5;

/** Marks the VM for removal. Throws `lost` if another removal of it deletes its disks. */
export async function markRemoval(scope: Scope, { id }: Vm, { detachOnly, lost }: Removal): Promise<void> {
  const { vms } = scope.session;
  if (!detachOnly) return vms.note(id, { pending: 'remove' });
  if (!isAble(scope, 'vm.notes')) return vms.note(id, { pending: 'remove-only' });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const deadline = Date.now() + patience(scope);
    await vms.note(id, { [KEEP_DISKS]: 'asked' });
    const seen = await unlessGone(vms.get(id));
    if (!seen) throw lost();
    if (seen.notes?.['pending'] === 'remove') break;
    if (Date.now() <= deadline) return vms.note(id, { [KEEP_DISKS]: 'decided', pending: 'remove-only' });
  }
  await unlessGone(vms.note(id, { [KEEP_DISKS]: null }));
  throw lost();
}

/**
 * The VM once it is decided whether its disks are kept; undefined if it is gone. One call per poll, none if nobody
 * asked.
 */
export async function decided(scope: Scope, vm: Vm | undefined): Promise<Vm | undefined> {
  const isAsked = (seen: Vm): boolean => seen.notes?.[KEEP_DISKS] === 'asked' && seen.notes['pending'] === 'remove';
  if (!vm || !isAsked(vm)) return vm;
  const { vms } = scope.session;
  const deadline = Date.now() + 2 * patience(scope);
  return (
    await until(
      scope,
      `Removing VM ${vm.id}`,
      () => unlessGone(vms.get(vm.id)),
      async (seen) => {
        if (!seen || !isAsked(seen)) return { seen };
        if (Date.now() > deadline) await vms.note(vm.id, { [KEEP_DISKS]: null });
        return undefined;
      },
    )
  ).seen;
}
