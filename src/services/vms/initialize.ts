import { Fault, type Vm, type VmInput, worded } from '../../model/index.js';
import type { Task } from '../../generated/notes/notes.js';
import { reportScript, SETUP, setupDigest, userDataFor } from './cloudinit.js';
import type { Scope } from '../context.js';
import { keepSetup } from './kept-setup.js';

/** Why an initialization after the deployment is refused. */
const AT_DEPLOYMENT = '{cloud} passes data to cloud-init only when it deploys a VM, not at a later start';

/** Nova's actions on a VM before its first start: the deployment, and what clients add to it. */
const BEFORE_A_START: ReadonlySet<string> = new Set([
  'create',
  'stop',
  'attach_volume',
  'detach_volume',
  'extend_volume',
  'attach_interface',
  'detach_interface',
]);

/** The initialization of the guest of a VM before its first start; `subject` names it in a refusal. */
export interface Setup {
  readonly requested: VmInput;
  readonly subject: string;
}

/**
 * Applies an initialization that a client sends only with the first start, as Ansible, Terraform and Foreman do:
 * rebuilds the VM from its template with it. Its start continues as a task, noted in the same call. A VM that has run
 * is not rebuilt, because its boot disk may have been written to. Throws `unsupported`.
 */
export async function initialize(scope: Scope, vm: Vm, { requested, subject }: Setup): Promise<void> {
  const { backend, session, words } = scope;
  const { vms } = session;
  const refused = (): Fault =>
    new Fault('unsupported', { operation: 'run VM', subject, backend, why: worded(AT_DEPLOYMENT, words) });
  const userData = userDataFor(requested);
  const digest = setupDigest(requested);
  if (!vms.initialize || userData === undefined || digest === undefined || vm.status !== 'down') throw refused();
  const done = await vms.actions(vm.id);
  // If the history lacks the VM's deployment, it may lack its starts, too
  const isTold = done.some(({ action }) => action === 'create');
  if (!isTold || !done.every(({ action }) => BEFORE_A_START.has(action))) throw refused();
  const task: Task = { kind: 'start', vm: vm.id, at: Date.now() };
  reportScript(scope, requested);
  await vms.initialize(vm.id, userData, {
    [SETUP]: digest,
    ...keepSetup(scope, requested),
    task: JSON.stringify(task),
  });
}
