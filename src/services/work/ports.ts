import { Fault, type Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isPassing, PatientCalls } from './patience.js';
import { removalOf } from './removal.js';
import { insistent, isUnfinishedWork, undone, unlessGone, until } from './wait.js';

/**
 * Work in progress on a port, by its note `pending`; see volumes.ts for volumes. A port that replaces another names it
 * in its note `old`.
 */
interface Plan {
  readonly plugged: boolean;
  readonly last: 'settle' | 'delete';
  readonly undo: 'delete' | 'settle' | 'remain' | 'return';
  /** The VM is being deployed: wait for it. */
  readonly afterBuild?: boolean;
  /** The VM itself is being removed: wait for that. */
  readonly afterVm?: boolean;
  /** If the former port survives being unplugged, it stays, and this one is deleted. */
  readonly spare?: boolean;
}

const plans = {
  add: { plugged: true, last: 'settle', undo: 'delete' },
  /** A NIC of a VM that is being deployed: if it cannot be plugged it stays, unplugged. */
  join: { plugged: true, afterBuild: true, last: 'settle', undo: 'settle' },
  plug: { plugged: true, last: 'settle', undo: 'settle' },
  unplug: { plugged: false, last: 'settle', undo: 'settle' },
  remove: { plugged: false, last: 'delete', undo: 'settle' },
  'remove-after-vm': { plugged: false, afterVm: true, last: 'delete', undo: 'settle' },
  /** Replaces the former port, which is unplugged before and deleted after. */
  replace: { plugged: true, last: 'settle', undo: 'return' },
  'replace-unplugged': { plugged: false, last: 'settle', undo: 'remain' },
  /**
   * Unplugs a NIC whose port Nova may have made, and then deletes when it is unplugged (docs/reference/power.md, 1.6):
   * this port replaces it, with the address in the note `mac`.
   */
  leave: { plugged: false, last: 'settle', undo: 'remain', spare: true },
} as const satisfies Record<string, Plan>;

export type PendingPort = keyof typeof plans;

const resourceOf = (portId: string): string => `nic/${portId}`;
const isPending = (text: string | undefined): text is PendingPort => text !== undefined && Object.hasOwn(plans, text);

/** Whether work on the port is unfinished. */
export const isUnfinishedPort = (port: Nic): boolean => isPending(port.notes?.['pending']);

/** Resumes unfinished work on the port, unless this process is already doing it. Returns at once. */
export function resumePort(scope: Scope, port: Nic): void {
  if (isUnfinishedPort(port)) scope.work.start(resourceOf(port.id), () => finish(scope, port.id));
}

/** What a client was promised for a port, and the fault if another request has overridden it. */
export interface PortIntent {
  readonly pending: 'plug' | 'unplug' | 'remove';
  readonly lost: () => Fault;
}

/**
 * Brings the port to the state in its notes. If two requests note different targets at once, the later one wins: with
 * an `intent` the other fails, and nothing is undone.
 */
export const beginPort = (scope: Scope, id: string, intent?: PortIntent): Promise<void> =>
  scope.work.run(resourceOf(id), () => finish(scope, id, intent));

/** Removes a port of a VM that is gone, whatever was under way with it. Clouds that keep notes do it in the call. */
export const removePort = (scope: Scope, id: string): Promise<void> =>
  scope.work.run(resourceOf(id), async () => {
    const attempt = insistent(`NIC ${id}`);
    let isGone = false;
    const remove = async (): Promise<void> => {
      await unlessGone(scope.session.nics.remove(id));
      isGone = true;
    };
    await until(
      scope,
      `NIC ${id}`,
      () => attempt(remove),
      () => isGone || undefined,
    );
  });

/** Whether the port, without work in progress, is in the promised state. */
const isFulfilled = ({ pending }: PortIntent, { attachedTo, notes }: Nic): boolean =>
  notes?.['pending'] === undefined && pending !== 'remove' && (attachedTo !== undefined) === (pending === 'plug');

/** A NIC that is removed with its VM is removed. */
const isIntended = (intent: PortIntent, pending: string | undefined): boolean =>
  pending === intent.pending || (intent.pending === 'remove' && pending === 'remove-after-vm');

async function finish(scope: Scope, id: string, intent?: PortIntent): Promise<void> {
  const { nics } = scope.session;
  // A port does not show that it is being plugged or unplugged.
  const [free, attach] = [
    insistent(`NIC ${id}`, scope.settings.timeoutMs / 6),
    insistent(`NIC ${id}`, scope.settings.timeoutMs / 6),
  ];
  const change = insistent(`NIC ${id}`);
  const patient = new PatientCalls(scope);
  let begun: { readonly plan: Plan; readonly port: Nic } | undefined;

  try {
    await until(scope, `NIC ${id}`, () => unlessGone(nics.get(id)), step, patient.event);
  } catch (error) {
    if (!begun || isUnfinishedWork(error)) throw error;
    throw undone(error, `NIC ${id}`, await undo(begun.plan, begun.port));
  }

  async function step(port: Nic | undefined): Promise<true | undefined> {
    const pending = port?.notes?.['pending'];
    if (intent && port && !isIntended(intent, pending)) {
      begun = undefined;
      if (isFulfilled(intent, port)) return true;
      throw intent.lost();
    }
    if (!port || !isPending(pending)) return true;
    // Also if it was to go after its VM: the removal of the VM may be given up
    const plan: Plan = plans[intent?.pending === 'remove' ? 'remove' : pending];
    begun = { plan, port };
    const { vm, old: oldId, mac } = port.notes ?? {};
    if (vm === undefined) throw new Fault('backend.refused', { text: `Port ${id} does not name its VM.` });

    const removal = plan.afterVm && (await removalOf(scope, vm));
    if (removal === 'under way') return undefined;
    if (removal === 'given up') return settle(port);

    if (plan.afterBuild) {
      const owner = await unlessGone(scope.session.vms.get(vm));
      if (!owner || owner.notes?.['pending']?.startsWith('remove')) return change(() => nics.remove(id));
      if (owner.notes?.['pending'] !== undefined || isPassing(owner)) {
        patient.waitsFor(vm);
        return undefined;
      }
    }

    const old = oldId === undefined ? undefined : await unlessGone(nics.get(oldId));
    if (old?.attachedTo === vm) return free(() => patient.call(vm, () => nics.unplug(vm, old.id)));
    if (old && plan.spare) {
      await nics.update(old.id, { notes: { ...old.notes, vm } });
      return change(() => nics.remove(id));
    }
    if (mac !== undefined && mac !== port.mac) return change(() => nics.update(id, { mac }));
    const plugged = port.attachedTo === vm;
    if (plan.plugged && !plugged) return attach(() => patient.call(vm, () => nics.plug(vm, id)));
    if (!plan.plugged && plugged) return attach(() => patient.call(vm, () => nics.unplug(vm, id)));
    if (plan.last === 'delete') return change(() => nics.remove(id));
    if (old) await unlessGone(nics.remove(old.id));
    return settle(port);
  }

  async function settle(port: Nic): Promise<true> {
    await nics.update(id, { notes: settled(port) });
    return true;
  }

  /** Returns what was done, in words. */
  async function undo({ undo }: Plan, port: Nic): Promise<string> {
    const { vm, old: oldId } = port.notes ?? {};
    if (undo === 'delete') {
      await unlessGone(nics.remove(id));
      return 'The new NIC was removed again.';
    }
    if (undo !== 'settle' && oldId !== undefined && vm !== undefined) {
      if (undo === 'return') await nics.unplug(vm, id);
      if (await unlessGone(nics.get(oldId))) {
        if (undo === 'return') await nics.plug(vm, oldId);
        await unlessGone(nics.remove(id));
        return 'The NIC is as it was before.';
      }
      await nics.update(id, { notes: settled(port) });
      return 'The NIC is unplugged: its former port is gone.';
    }
    await unlessGone(nics.update(id, { notes: settled(port) }));
    return 'The NIC is as it was before.';
  }
}

function settled({ notes }: Nic): Record<string, string> {
  const { pending: _, old: __, mac: ___, ...kept } = notes ?? {};
  return kept;
}
