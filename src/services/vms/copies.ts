import { Fault, isFault, type Ref, type Vm } from '../../model/index.js';
import { capture } from '../templates/captures.js';
import { templateOf } from '../templates/images.js';
import type { Scope, Started } from '../context.js';
import { canTell, imagesOf, toldOf } from './exports.js';
import { isAble } from '../fitting.js';
import { storageDomains } from '../inventory/inventory.js';
import { resolve, resolveStorageDomain } from '../references.js';
import { stays } from '../work/rivals.js';
import { beginTask, candidates, copyOf, forgetTask, noteTask, taskOf } from '../work/tasks.js';
import type { Rule } from '../cannot.js';
import { may, related } from '../rules.js';
import { checkName, get, namesakes, naming } from './find.js';
import { settledVm } from './settled.js';
import { collect, pause, unlessGone, until, watched } from '../work/wait.js';

/** Engines copy and move only VMs that are down, so that all disks are of one instant. */
async function down(scope: Scope, id: string, rule: Rule): Promise<Vm> {
  const vm = await settledVm(scope, id, rule);
  may(scope, rule, vm);
  return vm;
}

/**
 * Makes an image of the VM. oVirt's export domain holds exported VMs; PowerVC keeps images in Glance, whichever domain
 * is named, so the domain only has to exist. `exclusive`: it replaces earlier exports of the VM, once it is complete.
 * Throws `conflict`, `conflict.transition`, `not-found.reference`.
 */
export async function exportVm(
  scope: Scope,
  id: string,
  domain: Ref,
  { exclusive = false }: { readonly exclusive?: boolean } = {},
): Promise<Started<void>> {
  const vm = await settledVm(scope, id, 'vm.export');
  resolve('StorageDomain', domain, await storageDomains(scope));
  may(scope, 'vm.export', vm);
  const before = canTell(scope) ? await imagesOf(scope, id) : [];
  if (before.length > 0 && !exclusive)
    throw new Fault('conflict', { text: 'Cannot export VM. VM with the same identifier already exists.' });
  const image = await capture(scope, id, vm.name, canTell(scope) ? { exported: toldOf(vm) } : {}, before);
  const finished = scope.work.run(`export/${image}`, async () => {
    await until(
      scope,
      `Exporting VM ${id}`,
      () => unlessGone(scope.session.inventory.template(image)),
      (seen) => {
        if (!seen && scope.work.hasEnded(templateOf(image))) return true;
        if (!seen || seen.status === 'illegal')
          throw new Fault('backend.failed', {
            text: `Image ${image} of VM ${vm.name} is ${seen ? 'in error' : 'gone'}.`,
          });
        return seen.status === 'ok' ? true : undefined;
      },
    );
    for (const old of before) await unlessGone(scope.session.inventory.removeTemplate(old));
  });
  return { value: undefined, finished: watched(finished.then(() => undefined)) };
}

/**
 * Copies the VM with its disks under another name; the copy ends up down, as in oVirt. The VM is locked until then.
 * Throws `conflict`, `conflict.transition`, `duplicate-name`.
 */
export async function clone(scope: Scope, id: string, name: string): Promise<Started<Vm>> {
  scope.concerns?.({ what: name });
  const vm = await down(scope, id, 'vm.clone');
  await naming(scope, name, async () => {
    await checkName(scope, name, 'clone');
    const networks = (await scope.session.nics.list(id))
      .filter(({ attachedTo }) => attachedTo === id)
      .flatMap(({ network }) => network?.id ?? []);
    await noteTask(scope, { kind: 'clone', vm: id, name, at: Date.now() }, () => related(scope, 'vm.clone'));
    let others: ReadonlySet<string> | undefined;
    try {
      // a cloud without notes has unique names
      if (isAble(scope, 'vm.notes')) others = await reserved(scope, vm, name);
      await scope.session.vms.clone(id, { name, networkIds: networks, ...(vm.cluster && { cluster: vm.cluster }) });
    } catch (error) {
      if (isFault(error) && error.retry === 'never') await forgetTask(scope, id);
      throw error;
    }
    if (others) await defend(scope, vm, name, others);
  });
  return { value: vm, finished: watched(built()) };

  async function built(): Promise<Vm> {
    await beginTask(scope, id);
    const copy = await copyOf(scope, vm, name);
    if (!copy) throw new Fault('backend.failed', { text: `VM ${name} no longer exists.` });
    return get(scope, copy.id);
  }
}

/**
 * The task reserves the name among clones: one of two that reserve it at once withdraws before it copies anything, for
 * nothing tells two new copies apart. Returns the ids of all VMs. Throws `duplicate-name`.
 */
async function reserved(scope: Scope, { id }: Vm, name: string): Promise<ReadonlySet<string>> {
  let all: readonly Vm[] = [];
  const isFree = await stays(scope, id, async () => {
    all = await collect(scope.session.vms.list());
    const rivals = all.filter((vm) => {
      const task = taskOf(vm);
      return task?.kind === 'clone' && task.name === name;
    });
    return rivals.map((vm) => vm.id);
  });
  if (!isFree || all.some((vm) => vm.name === name)) throw nameTaken(name);
  return new Set(all.map((vm) => vm.id));
}

/** How long a copy may take to appear before its client is answered. */
const APPEARS_MS = 10_000;

/**
 * The copy stays unless a VM that was created or renamed meanwhile keeps the name (rivals.ts). `others` are the VMs that
 * were there before. A copy that cannot be told from others is left alone. Throws `duplicate-name`.
 */
async function defend(scope: Scope, original: Vm, name: string, others: ReadonlySet<string>): Promise<void> {
  const deadline = Date.now() + Math.min(APPEARS_MS, scope.settings.timeoutMs / 2);
  for (let wait = scope.settings.pollMs; ; wait = Math.min(wait * 1.5, scope.settings.pollMaxMs)) {
    const [copy, ...more] = (await candidates(scope, original, name)).filter((vm) => !others.has(vm.id));
    if (copy && more.length === 0) {
      if (await stays(scope, copy.id, () => namesakes(scope, name))) return;
      await scope.session.vms.remove(copy.id, { withDisks: true });
      await forgetTask(scope, original.id);
      throw nameTaken(name);
    }
    if (Date.now() > deadline) return;
    await pause(wait);
  }
}

const nameTaken = (name: string): Fault => new Fault('duplicate-name', { verb: 'clone', what: 'VM', name });

/** Moves all disks of the VM to the storage domain. Throws `conflict`, `conflict.transition`, `not-found.reference`. */
export async function move(scope: Scope, id: string, ref: Ref): Promise<Started<void>> {
  const vm = await settledVm(scope, id, 'vm.move');
  const { id: domain } = await resolveStorageDomain(scope, ref);
  may(scope, 'vm.move', vm);
  await noteTask(scope, { kind: 'move', vm: id, domain: domain, at: Date.now() }, () => related(scope, 'vm.move'));
  return { value: undefined, finished: watched(beginTask(scope, id)) };
}
