import { Fault, isFault, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { pause, unlessGone, watched } from './wait.js';

/** How long an answer waits for other work on its VM. */
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

/** Whether the VM is in transition, so that the cloud may accept in a moment what it refuses now. */
export const isPassing = ({ status }: Vm): boolean => passing.has(status);

/** The event that a request or work sees the VM out of transition, and the gateway itself not building it. */
export const atRest = (vmId: string): string => `at-rest/${vmId}`;

/**
 * Runs a call on a VM, or on something attached to it. A refusal while the VM is in transition is not final: it is
 * thrown as `backend.busy`, which `until` retries. Other refusals pass through.
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

/** Calls of one piece of work on things attached to VMs. */
export class PatientCalls {
  #event: string | undefined;

  constructor(private readonly scope: Scope) {}

  /** As `unlessBusy`; a refusal of a VM in transition is remembered. */
  async call(vmId: string, act: () => Promise<void>): Promise<void> {
    try {
      await unlessBusy(this.scope, vmId, act);
    } catch (error) {
      if (isFault(error, 'backend.busy')) this.waitsFor(vmId);
      throw error;
    }
  }

  /** The next pause ends when the VM is at rest. */
  waitsFor(vmId: string): void {
    this.#event = atRest(vmId);
  }

  /** For `until`: what the last poll waits for, once. */
  readonly event = (): string | undefined => {
    const event = this.#event;
    this.#event = undefined;
    return event;
  };
}

/**
 * Waits for the end of work, but no longer than a client does: the work then continues. Throws its failure before that.
 */
export async function patiently(scope: Scope, work: Promise<unknown>): Promise<void> {
  await Promise.race([watched(work), pause(Math.min(PATIENCE_MS, scope.settings.timeoutMs))]);
}
