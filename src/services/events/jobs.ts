import { Fault, nameId, uuidOf, type Job, type Step } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isOfTransfer, recent, untold, type Happening } from './events.js';
import type { JobRecord } from '../work/journal.js';
import { isPassing } from '../work/patience.js';
import { jobOf as jobOfTransfer } from '../transfers/history.js';

/**
 * Jobs: work of this process, running and recent, and Nova's history of VMs that changed lately. The former are lost in
 * a restart, the latter are the same on every replica.
 */
const iso = (instant: number): string => new Date(instant).toISOString();

function ofGateway(job: JobRecord): Job {
  const { id, correlationId, user, vm, beganAt, endedAt, failure } = job;
  const title = titleOf(job);
  const status = endedAt === undefined ? 'started' : failure === undefined ? 'finished' : 'failed';
  return {
    id,
    description: failure === undefined ? title : `${title}: ${failure}`,
    status,
    correlationId,
    owner: { id: user.id },
    startedAt: iso(beganAt),
    updatedAt: iso(endedAt ?? beganAt),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    ...(vm && { vm }),
  };
}

/** The operation, with the name of its entity: `start VM web1`, `add disk data, VM web1`. */
function titleOf({ title, operation, vm, what }: JobRecord): string {
  const name = vm?.name;
  if (/^vms\.[a-z_]+$/.test(operation)) return name === undefined ? title : `${title} ${name}`;
  const isOfVm = operation.startsWith('vms.') && name !== undefined;
  return `${title}${what === undefined ? '' : ` ${what}`}${isOfVm ? `, VM ${name}` : ''}`;
}

/**
 * Nova records when an action began and whether it failed; it is running while its VM is in transition and there is no
 * newer action.
 */
function ofNova({ vm, action }: Happening, newest: boolean): Job {
  const status = action.failed ? 'failed' : newest && isPassing(vm) ? 'started' : 'finished';
  return {
    id: nameId('job', action.requestId, vm.id),
    description: `${action.action} ${vm.name}`,
    status,
    correlationId: action.requestId.replace(/^req-/, ''),
    startedAt: action.startedAt,
    updatedAt: action.startedAt,
    ...(action.userId && { owner: { id: uuidOf('user', action.userId) } }),
    vm: { id: vm.id },
  };
}

/** Those of this process, of image transfers and of Nova: the newest first. */
export async function list(scope: Scope): Promise<Job[]> {
  const seen = await recent(scope);
  const mine = scope.work.journal.of(scope.session.project.id);
  const happened = untold(seen, mine);
  const last = new Map<string, string>();
  for (const { vm, action } of happened)
    if ((last.get(vm.id) ?? '') < action.startedAt) last.set(vm.id, action.startedAt);
  const nova = happened.map((one) => ofNova(one, last.get(one.vm.id) === one.action.startedAt));
  // a transfer has a job of its own, which lasts longer than the request that began it
  const own = mine.filter((job) => job.operation !== 'imagetransfers.add' || !isOfTransfer(job)).map(ofGateway);
  const transfers = ((await scope.transfers?.history(scope)) ?? []).map(jobOfTransfer);
  return [...own, ...transfers, ...nova].sort((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''));
}

/** No call for a job of this process. */
export async function get(scope: Scope, id: string): Promise<Job> {
  const own = scope.work.journal.get(scope.session.project.id, id);
  if (own) return ofGateway(own);
  const found = (await list(scope)).find((job) => job.id === id);
  if (!found) throw new Fault('not-found', { what: 'Job', id });
  return found;
}

/** A job has one step: the work behind an answer is completed as a whole, or undone. */
export async function steps(scope: Scope, id: string): Promise<Step[]> {
  const { status, startedAt, endedAt, description } = await get(scope, id);
  return [
    {
      id: nameId('step', id, '0'),
      description,
      type: 'executing',
      number: 0,
      status,
      startedAt,
      ...(endedAt !== undefined && { endedAt }),
      job: { id },
    },
  ];
}

export async function step(scope: Scope, id: string, stepId: string): Promise<Step> {
  const found = (await steps(scope, id)).find((one) => one.id === stepId);
  if (!found) throw new Fault('not-found', { what: 'Step', id: stepId });
  return found;
}
