import { Fault, isFault, type Vm } from '../../model/index.js';
import { insertMedium } from './cdroms.js';
import type { Scope, Started } from '../context.js';
import type { Rule } from '../cannot.js';
import { may, related, type Verdict } from '../rules.js';
import { beginTask, forgetTask, noteTask, taskOf } from '../work/tasks.js';
import { outlives } from '../work/partitions.js';
import { isRestoring } from '../work/restore-mark.js';
import { started, until, watched } from '../work/wait.js';
import { PATIENCE_MS } from '../work/patience.js';
import { look } from './find.js';
import { settledVm } from './settled.js';
import { initialize, type Setup } from './initialize.js';
import { workOf } from './shown.js';
import { noteWhenFree } from './noting.js';
import { nextSize } from './wanted.js';

/** The result of a power action: it ends when the VM has the status. */
const towards = (scope: Scope, { id, name }: Vm, status: Vm['status']): Started<void> =>
  started(undefined, () =>
    until(
      scope,
      `VM ${id}`,
      () => scope.session.vms.get(id),
      (vm) => {
        if (vm.status === 'unknown' && vm.statusDetail !== undefined)
          throw new Fault('backend.failed', { text: `VM ${name}: ${vm.statusDetail}` });
        return vm.status === status ? true : undefined;
      },
    ).then(() => undefined),
  );

/** It is so already. */
const done: Started<void> = { value: undefined, finished: Promise.resolve() };

/**
 * Sends a power action that the VM's last known state allows. If the cloud refuses it because the state has changed
 * since, the rules decide by the new state whether to refuse it in engines' words or to wait and try once more. Returns
 * false if there is nothing left to do.
 */
async function insistOn(scope: Scope, id: string, rule: Rule, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!isFault(error, 'backend.conflict')) throw error;
  }
  const { idle } = await passed(scope, id, rule);
  if (!idle) await act();
  return !idle;
}

/** Waits until the rules allow it at once. Throws their refusal. */
function passed(scope: Scope, id: string, rule: Rule): Promise<Verdict> {
  const { settings } = scope;
  const patient = { ...scope, settings: { ...settings, timeoutMs: Math.min(settings.timeoutMs, PATIENCE_MS) } };
  return until(
    patient,
    `VM ${id}`,
    () => scope.session.vms.get(id),
    (seen) => {
      const verdict = may(scope, rule, seen);
      return verdict.means === 'wait' ? undefined : verdict;
    },
  );
}

const resumed = (scope: Scope, { id, status }: Vm): Promise<void> =>
  scope.session.vms.resume(id, status === 'paused' ? 'paused' : 'suspended');

export interface StartOptions {
  readonly file?: string;
  readonly once?: boolean;
  /** The initialization of the guest, before the VM's first start. */
  readonly setup?: Setup;
}

/**
 * Starts a VM that is down, suspended or paused, with its CD in the drive, or with the file `once` for this session.
 * Throws `conflict` for one that is running.
 */
export async function start(
  scope: Scope,
  id: string,
  { file, setup, once = file !== undefined }: StartOptions = {},
): Promise<Started<void>> {
  const rule = once ? 'vm.start.once' : 'vm.start';
  const vm = await settledVm(scope, id, rule);
  const { means } = may(scope, rule, vm);
  // A waiting stop has reached its end, but may not have noticed: it would stop the VM that is started now
  if (taskOf(vm)?.kind === 'stop') await forgetTask(scope, id);
  if (setup) {
    await insertMedium(scope, vm, file);
    await initialize(scope, vm, setup);
    const begun = beginTask(scope, id);
    return { value: undefined, finished: watched(begun.then(() => towards(scope, vm, 'up').finished)) };
  }
  if (means === 'resume') await resumed(scope, vm);
  else if (workOf(vm) === 'create') {
    await insertMedium(scope, vm, file);
    await noteWhenFree(scope, id, { start: 'true' });
  } else if (nextSize(vm)) {
    await insertMedium(scope, vm, file);
    await noteTask(scope, { kind: 'start', vm: id, at: Date.now() }, () => related(scope, rule));
    const begun = beginTask(scope, id);
    return { value: undefined, finished: watched(begun.then(() => towards(scope, vm, 'up').finished)) };
  } else {
    await insertMedium(scope, vm, file);
    await insistOn(scope, id, rule, () => scope.session.vms.start(id));
    const now = await outlives(scope, id, () => related(scope, rule));
    if (now && isRestoring(now)) {
      // its volumes are being reverted: nothing may run from them, and the restore was there first
      await scope.session.vms.stop(id);
      throw related(scope, rule);
    }
  }
  return towards(scope, vm, 'up');
}

/** Powers off at once. */
export const stop = (scope: Scope, id: string): Promise<Started<void>> => end(scope, id, 'vm.stop');

/** Asks the guest to shut down. */
export const shutdown = (scope: Scope, id: string): Promise<Started<void>> => end(scope, id, 'vm.shutdown');

/**
 * If the cloud cannot do it in the VM's state, it is noted and done later: a suspended VM resumes first, and a starting
 * one finishes starting.
 */
async function end(scope: Scope, id: string, rule: 'vm.stop' | 'vm.shutdown'): Promise<Started<void>> {
  const { vms } = scope.session;
  const vm = await look(scope, id);
  const { idle, means } = may(scope, rule, vm);
  if (idle) return done;
  if (means === 'follow') return towards(scope, vm, 'down');
  if (means !== undefined) return later();
  try {
    await (rule === 'vm.stop' ? vms.stop(id) : vms.shutdown(id));
  } catch (error) {
    if (!isFault(error, 'backend.conflict')) throw error;
    const now = may(scope, rule, await look(scope, id));
    if (now.idle) return done;
    return later();
  }
  return towards(scope, vm, 'down');

  async function later(): Promise<Started<void>> {
    await noteTask(scope, { kind: 'stop', vm: id, at: Date.now(), hard: rule === 'vm.stop' }, () =>
      related(scope, rule),
    );
    return { value: undefined, finished: watched(beginTask(scope, id)) };
  }
}

/** Restarts the guest; the permanent CD is in the drive again (RHEV-M REST guide, note to example 15.37). */
export async function reboot(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await look(scope, id);
  may(scope, 'vm.reboot', vm);
  await insertMedium(scope, vm);
  await insistOn(scope, id, 'vm.reboot', () => scope.session.vms.reboot(id));
  return towards(scope, vm, 'up');
}

/** Restarts the VM without asking the guest: engines of version 4.5 and later have it. */
export async function reset(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await look(scope, id);
  may(scope, 'vm.reset', vm);
  await insistOn(scope, id, 'vm.reset', () => scope.session.vms.reset(id));
  return towards(scope, vm, 'up');
}

export async function suspend(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await look(scope, id);
  may(scope, 'vm.suspend', vm);
  await insistOn(scope, id, 'vm.suspend', () => scope.session.vms.suspend(id));
  return towards(scope, vm, 'suspended');
}
