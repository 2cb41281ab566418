import { Fault, type Vm, type VmInput, worded } from '../../model/index.js';
import type { Task } from '../../generated/notes/notes.js';
import { SETUP, setupDigest, userDataFor } from '../cloudinit.js';
import type { Scope } from '../context.js';

/** Why what comes after the deployment is refused. */
const AT_DEPLOYMENT = '{cloud} hands data to cloud-init when it deploys a VM, never at a later start';

/** What is done to a VM before anybody starts it: the deployment, and what clients add to it. */
const BEFORE_A_START: ReadonlySet<string> = new Set([
  'create',
  'stop',
  'attach_volume',
  'detach_volume',
  'extend_volume',
  'attach_interface',
  'detach_interface',
]);

/** What a client gives for the guest of a VM that nobody started yet; `subject` names it in a refusal. */
export interface Setup {
  readonly asked: VmInput;
  readonly subject: string;
}

/**
 * Hands the guest what a client gives with the first start alone, as Ansible, Terraform and Foreman do: the VM, which
 * nobody has started, is made anew from its template with it. Its start goes on as a task, written down in the same
 * act. Of a VM that ran, whose boot disk somebody may have written to, nothing is made anew. Throws `unsupported`.
 */
export async function initialize(scope: Scope, vm: Vm, { asked, subject }: Setup): Promise<void> {
  const { backend, session, words } = scope;
  const { vms } = session;
  const refused = (): Fault =>
    new Fault('unsupported', { operation: 'run VM', subject, backend, why: worded(AT_DEPLOYMENT, words) });
  const userData = userDataFor(asked);
  const digest = setupDigest(asked);
  if (!vms.initialize || userData === undefined || digest === undefined || vm.status !== 'down') throw refused();
  const done = await vms.actions(vm.id);
  // Of a VM whose deployment is not told of, its starts may not be either
  const isTold = done.some(({ action }) => action === 'create');
  if (!isTold || !done.every(({ action }) => BEFORE_A_START.has(action))) throw refused();
  const task: Task = { kind: 'start', vm: vm.id, at: Date.now() };
  await vms.initialize(vm.id, userData, { [SETUP]: digest, task: JSON.stringify(task) });
}
