import { isFault, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import type { Rule } from '../cannot.js';
import { meansOf, needsBuilt } from '../rules.js';
import { PATIENCE_MS } from '../work/patience.js';
import { until } from '../work/wait.js';
import { look } from './find.js';
import { workOf } from './shown.js';
import { isBlank } from './wanted.js';

/**
 * As `look`, for an operation: waits while the cloud changes the VM's size, makes one without a disk, or is in a state
 * in which it cannot do what an engine does (`means` of the rule). In an engine the first two take no time, and the VM
 * is down. No longer than a client waits: the rules then refuse it in the engine's words.
 */
export async function settledVm(scope: Scope, id: string, rule: Rule): Promise<Vm> {
  const vm = await look(scope, id);
  if (!settles(vm, rule)) return vm;
  const { settings } = scope;
  const patient = { ...scope, settings: { ...settings, timeoutMs: Math.min(settings.timeoutMs, PATIENCE_MS) } };
  try {
    return await until(
      patient,
      `VM ${id}`,
      () => look(scope, id),
      (seen) => (settles(seen, rule) ? undefined : seen),
    );
  } catch (error) {
    if (isFault(error, 'backend.timeout')) return look(scope, id);
    throw error;
  }
}

const settles = (vm: Vm, rule: Rule): boolean =>
  (vm.resizing === true && vm.status === 'image_locked') ||
  meansOf(rule, vm) === 'wait' ||
  (needsBuilt(rule) && workOf(vm) === 'create' && isBlank(vm));
