import { Fault, isFault, type Vm } from '../../model/index.js';
import { insertMedium } from '../cdroms.js';
import type { Scope, Started } from '../context.js';
import { started, until } from '../wait.js';
import { atRest, look, PASSING } from './find.js';
import { isBusy, isRunning } from './kept.js';
import { conflict, transition } from './refusals.js';

/** A power action that was asked for: its end is that the VM has the status. */
const towards = (scope: Scope, { id, name }: Vm, status: Vm['status']): Started<void> =>
  started(undefined, () =>
    until(
      scope,
      `VM ${id}`,
      () => scope.session.vms.get(id!),
      (vm) => {
        if (vm.status === 'unknown' && vm.statusDetail !== undefined)
          throw new Fault('backend.failed', { text: `VM ${name}: ${vm.statusDetail}` });
        return vm.status === status ? true : undefined;
      },
    ).then(() => undefined),
  );

/** How long a client's answer waits for what else is under way with its VM. */
const PATIENCE_MS = 30_000;

/**
 * Sends a power act that the VM's last look allows. The cloud may refuse it all the same, for it has gone on since:
 * then `check` tells from a look at the VM at
 * rest whether it is refused with engines' own words, and the act is tried once more.
 */
async function insistOn(scope: Scope, id: string, check: (vm: Vm) => void, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isFault(error, 'backend.conflict')) throw error;
    const patient = {
      ...scope,
      settings: { ...scope.settings, timeoutMs: Math.min(scope.settings.timeoutMs, PATIENCE_MS) },
    };
    const isPassing = ({ status }: Vm): boolean => status === 'powering_up' || PASSING.includes(status!);
    await until(
      patient,
      `VM ${id}`,
      () => scope.session.vms.get(id),
      (seen) => {
        check(seen);
        return isPassing(seen) ? undefined : true;
      },
    );
    await act();
  }
}

const only =
  (allows: (vm: Vm) => boolean, text: string) =>
  (vm: Vm): void => {
    if (!allows(vm)) throw conflict(text);
  };
const mayStart = only((vm) => !isRunning(vm) && vm.status !== 'powering_up', 'Cannot run VM. VM is running.');
const mayStop = only(({ status }) => status !== 'down', 'Cannot stop VM. VM is not running.');
const mayShutDown = only(isRunning, 'Cannot shutdown VM. VM is not running.');
const mayReboot = only(isRunning, 'Cannot restart VM. VM is not running.');
const maySuspend = only(isRunning, 'Cannot hibernate VM. VM is not up.');

/**
 * Starts a VM that is down or suspended, with its CD in the drive, or for this once another file. Throws `conflict` for
 * one that runs.
 */
export async function start(
  scope: Scope,
  id: string,
  { file }: { readonly file?: string } = {},
): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'run');
  if (vm.status === 'suspended') await scope.session.vms.resume(id);
  else {
    mayStart(vm);
    await insertMedium(scope, vm, file);
    await insistOn(scope, id, mayStart, () => scope.session.vms.start(id));
  }
  return towards(scope, vm, 'up');
}

/** Powers off at once. */
export async function stop(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await look(scope, id);
  // A guest that does not shut down is powered off all the same
  if (isBusy(vm) || (PASSING.includes(vm.status!) && vm.status !== 'powering_down')) throw transition('stop');
  mayStop(vm);
  await insistOn(scope, id, mayStop, () => scope.session.vms.stop(id));
  return towards(scope, vm, 'down');
}

/** Asks the guest to shut down. */
export async function shutdown(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'shutdown');
  mayShutDown(vm);
  await insistOn(scope, id, mayShutDown, () => scope.session.vms.shutdown(id));
  return towards(scope, vm, 'down');
}

/**
 * Restarts the guest; the CD of record is in the drive again (RHEV-M REST guide, note to example 15.37).
 */
export async function reboot(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'restart');
  mayReboot(vm);
  await insertMedium(scope, vm);
  await insistOn(scope, id, mayReboot, () => scope.session.vms.reboot(id));
  return towards(scope, vm, 'up');
}

export async function suspend(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'hibernate');
  maySuspend(vm);
  await insistOn(scope, id, maySuspend, () => scope.session.vms.suspend(id));
  return towards(scope, vm, 'suspended');
}
