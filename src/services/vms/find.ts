import { Fault, LastingDerived, type Vm, type VmCount, type VmQuery } from '../../model/index.js';
import type { Scope } from '../context.js';
import { resumeRestore } from '../snapshots/restoring.js';
import { tidyNow, tidySoon } from '../work/janitor.js';
import { resumeVm } from '../work/partitions.js';
import { resumeTask } from '../work/tasks.js';
import { unlessGone } from '../work/wait.js';
import { asVm, checkShownNotes } from './shown.js';
import { namedVm } from './named.js';

/** VMs as oVirt shows them. */
const shown = new LastingDerived<Vm>();

/** As `asVm`, with a warning for each of its notes that is invalid, and so ignored. */
function show(scope: Scope): (vm: Vm) => Vm {
  return (vm) => {
    checkShownNotes(scope, vm);
    return asVm(vm);
  };
}

/** Resumes unfinished work on the VM. */
function resume(scope: Scope, vm: Vm): void {
  resumeVm(scope, vm);
  resumeTask(scope, vm);
  resumeRestore(scope, vm);
}

/** Pages of VMs, one call each. Resumes unfinished work on them. */
export async function* list(scope: Scope, query: VmQuery = {}): AsyncGenerator<Vm[]> {
  tidySoon(scope);
  for await (const page of scope.session.vms.list(query)) {
    for (const vm of page) resume(scope, vm);
    yield page
      .map((vm) => shown.of(vm, '', show(scope)))
      .filter((vm) => query.hasPmem !== false || !vm.pmemVolumes?.length);
  }
}

/** How many VMs there are, by `VmPort.count`; undefined where the backend does not count. */
export async function count(scope: Scope): Promise<VmCount | undefined> {
  tidySoon(scope);
  return scope.session.vms.count?.();
}

/** The VM as the backend has it. Resumes unfinished work on it. Throws `not-found`. */
export async function look(scope: Scope, id: string): Promise<Vm> {
  const vm = await unlessGone(namedVm(scope, id));
  if (!vm) {
    tidyNow(scope);
    throw new Fault('not-found', { what: 'VM', id });
  }
  resume(scope, vm);
  return vm;
}

/** One call. Throws `not-found`, and then resumes a removal. */
export async function get(scope: Scope, id: string, options: { readonly nextRun?: boolean } = {}): Promise<Vm> {
  const vm = await look(scope, id);
  return options.nextRun ? asVm(vm, options) : shown.of(vm, '', show(scope));
}

/** Throws `duplicate-name`. */
export async function checkName(scope: Scope, name: string, verb: string): Promise<void> {
  if ((await namesakes(scope, name)).length > 0) throw new Fault('duplicate-name', { verb, what: 'VM', name });
}

/** Ids of the VMs of that name. */
export async function namesakes(scope: Scope, name: string): Promise<string[]> {
  const found: string[] = [];
  for await (const page of scope.session.vms.list({ name }))
    found.push(...page.filter((vm) => vm.name === name).map(({ id }) => id));
  return found;
}

/** Serializes requests that give this name to a VM, in this process. */
export const naming = <T>(scope: Scope, name: string, act: () => Promise<T>): Promise<T> =>
  scope.work.alone(`vm-name/${scope.session.project.id}/${name}`, act);
