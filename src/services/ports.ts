import { Fault, isFault, type Nic } from '../model/index.js';
import type { Scope } from './context.js';
import { insistent, isOutage, undone, unlessGone, until } from './wait.js';

/** What is under way with a port, as its note `pending` tells; see volumes.ts for the same with volumes. */
interface Plan {
  readonly plugged: boolean;
  readonly last: 'settle' | 'delete';
  readonly undo: 'delete' | 'settle' | 'restore';
}

const plans = {
  add: { plugged: true, last: 'settle', undo: 'delete' },
  plug: { plugged: true, last: 'settle', undo: 'settle' },
  unplug: { plugged: false, last: 'settle', undo: 'settle' },
  remove: { plugged: false, last: 'delete', undo: 'settle' },
  /** In the place of the port of note `old`, which is unplugged before and deleted after. */
  replace: { plugged: true, last: 'settle', undo: 'restore' },
  'replace-unplugged': { plugged: false, last: 'settle', undo: 'restore' },
} as const satisfies Record<string, Plan>;

export type PendingPort = keyof typeof plans;

const undoing: Record<Plan['undo'], string> = {
  delete: 'The new NIC was removed again.',
  settle: 'The NIC is as it was before.',
  restore: 'The NIC is on its former port again.',
};

const resourceOf = (portId: string): string => `nic/${portId}`;
const isPending = (text: string | undefined): text is PendingPort => text !== undefined && Object.hasOwn(plans, text);

/** Whether something that was begun with the port is not finished. */
export const isUnfinishedPort = (port: Nic): boolean => isPending(port.notes?.['pending']);

/** Finishes what was begun with the port, unless this process is at it. Returns at once. */
export function touchPort(scope: Scope, port: Nic): void {
  if (isUnfinishedPort(port) && !scope.work.has(resourceOf(port.id!))) void beginPort(scope, port.id!);
}

/** Brings the port to what its notes want; ends when it is there. */
export const beginPort = (scope: Scope, id: string): Promise<void> => scope.work.run(resourceOf(id), () => finish(scope, id));

async function finish(scope: Scope, id: string): Promise<void> {
  const { nics } = scope.session;
  const attempt = insistent();
  let begun: { readonly plan: Plan; readonly port: Nic } | undefined;

  try {
    await until(scope, `NIC ${id}`, () => unlessGone(nics.get(id)), step);
  } catch (error) {
    if (!begun || isFault(error, 'backend.timeout') || isOutage(error)) throw error;
    await undo(begun.plan, begun.port);
    throw undone(error, `NIC ${id}`, undoing[begun.plan.undo]);
  }

  async function step(port: Nic | undefined): Promise<true | undefined> {
    const pending = port?.notes?.['pending'];
    if (!port || !isPending(pending)) return true;
    const plan: Plan = plans[pending];
    begun = { plan, port };
    const vm = port.notes?.['vm'];
    if (vm === undefined) throw new Fault('backend.refused', { text: `Port ${id} does not tell its VM.` });

    const old = port.notes?.['old'];
    if (old !== undefined) await unplugOld(old, vm);
    const plugged = port.attachedTo === vm;
    if (plan.plugged && !plugged) return attempt(() => nics.plug(vm, id));
    if (!plan.plugged && plugged) return attempt(() => nics.unplug(vm, id));
    await conclude(plan, port);
    return true;
  }

  async function unplugOld(old: string, vm: string): Promise<void> {
    const port = await unlessGone(nics.get(old));
    if (port?.attachedTo === vm) await nics.unplug(vm, old);
  }

  async function conclude({ last }: Plan, port: Nic): Promise<void> {
    const { pending: _, old, ...notes } = port.notes ?? {};
    if (old !== undefined) await unlessGone(nics.remove(old));
    await unlessGone(last === 'delete' ? nics.remove(id) : nics.update(id, { notes }));
  }

  async function undo({ undo }: Plan, port: Nic): Promise<void> {
    const { pending: _, old, ...notes } = port.notes ?? {};
    if (undo === 'settle') return nics.update(id, { notes });
    if (undo === 'restore' && old !== undefined && notes['vm'] !== undefined) {
      await nics.unplug(notes['vm'], id);
      if (!await unlessGone(nics.get(old))) return nics.update(id, { notes });
      await nics.plug(notes['vm'], old);
    }
    return nics.remove(id);
  }
}
