import { Fault, isFault, type Vm } from '../model/index.js';
import type { Scope } from './context.js';
import { pause, unlessGone, watched } from './wait.js';

/** How long a client's answer waits for what else is under way with its VM. */
export const PATIENCE_MS = 30_000;

const passing: ReadonlySet<string> = new Set([
  'wait_for_launch',
  'image_locked',
  'powering_up',
  'powering_down',
  'reboot_in_progress',
  'migrating',
  'saving_state',
  'restoring_state',
]);

/** Whether the cloud itself is at work with the VM, so that what it refuses now it may take in a moment. */
export const isPassing = ({ status }: Vm): boolean => passing.has(status);

/**
 * An act on a VM, or on what is attached to it. That the cloud refuses it while it is at work with the VM is no
 * verdict: it is thrown as `backend.busy`, which `until` looks past. Other refusals pass through.
 */
export async function unlessBusy<T>(scope: Scope, vmId: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isFault(error, 'backend.conflict') && !isFault(error, 'backend.refused')) throw error;
    const vm = await unlessGone(scope.session.vms.get(vmId));
    if (vm && isPassing(vm)) throw new Fault('backend.busy', { ...error.values }, { cause: error });
    throw error;
  }
}

/** Waits for the end of work, but no longer than a client does: it goes on then. Throws what ended it before that. */
export async function patiently(scope: Scope, work: Promise<unknown>): Promise<void> {
  await Promise.race([watched(work), pause(Math.min(PATIENCE_MS, scope.settings.timeoutMs))]);
}
