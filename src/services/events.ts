import { createHash } from 'node:crypto';
import { Fault, uuidOf, type Event, type Vm, type VmAction } from '../model/index.js';
import type { Scope } from './context.js';
import { inDataCenter } from './datacenters.js';
import type { JobRecord } from './journal.js';
import { unlessGone } from './wait.js';

/** How many VMs are asked for their history: those that changed last. Nova has no list of what it did over all VMs. */
const VMS = 20;

/** What happened to a VM lately, with the VM as it is now. */
export interface Happening {
  readonly vm: Vm;
  readonly action: VmAction;
}

/** One call, and one for each of at most twenty VMs. */
export async function recent(scope: Scope): Promise<Happening[]> {
  const { vms } = scope.session;
  const changed = await lastChanged(scope);
  const actions = await Promise.all(
    changed.map(async (vm) => ((await unlessGone(vms.actions(vm.id))) ?? []).map((action) => ({ vm, action }))),
  );
  return actions.flat();
}

async function lastChanged({ session: { vms } }: Scope): Promise<readonly Vm[]> {
  for await (const page of vms.list({ order: { by: 'updatedAt', descending: true }, first: VMS }))
    return page.slice(0, VMS);
  return [];
}

/** Of what engines have no number for. */
const OTHER = 9999;

/** Engines' numbers of what happened (common/AuditLogType), by what Nova calls it. */
const codes: Readonly<Record<string, { readonly code: number; readonly said: string }>> = {
  create: { code: 34, said: 'VM was created' },
  delete: { code: 36, said: 'VM was removed' },
  start: { code: 32, said: 'VM was started' },
  stop: { code: 33, said: 'VM was powered off' },
  reboot: { code: 157, said: 'VM was rebooted' },
  suspend: { code: OTHER, said: 'VM was suspended' },
  resume: { code: OTHER, said: 'VM was resumed' },
  'live-migration': { code: 62, said: 'VM was migrated' },
  migrate: { code: 62, said: 'VM was migrated' },
  resize: { code: 35, said: 'VM configuration was updated' },
  attach_volume: { code: 78, said: 'Disk was added to VM' },
  detach_volume: { code: 80, said: 'Disk was removed from VM' },
  attach_interface: { code: 932, said: 'Interface was added to VM' },
  detach_interface: { code: 930, said: 'Interface was removed from VM' },
};

/**
 * A whole number that rises with time and is the same on every replica and after a restart: milliseconds, and three
 * digits of what it is of. Below
 * 2^53, which clients in JavaScript need.
 */
const eventId = (instant: number, of: string): number =>
  instant * 1000 + (createHash('sha1').update(of).digest().readUInt32BE(0) % 1000);

function ofNova(
  { vm, action: { action, requestId, startedAt, userId, failed } }: Happening,
  origin: string,
): Event & { id: string } {
  const { code, said } = codes[action] ?? { code: OTHER, said: `VM: ${action}` };
  return {
    id: String(eventId(Date.parse(startedAt), `${requestId}/${vm.id ?? ''}/${action}`)),
    code,
    severity: failed ? 'error' : 'normal',
    time: startedAt,
    description: `${said}${failed ? ' (failed)' : ''}: ${vm.name ?? vm.id ?? ''}.`,
    correlationId: requestId.replace(/^req-/, ''),
    origin,
    vm: { id: vm.id, name: vm.name },
    ...(userId && { user: { id: uuidOf('user', userId) } }),
    ...(vm.host && { host: vm.host }),
    ...(vm.cluster && { cluster: vm.cluster }),
  };
}

function ofGateway({
  id,
  title,
  correlationId,
  user,
  vm,
  endedAt,
  failure,
}: JobRecord & { readonly endedAt: number }): Event & { id: string } {
  return {
    id: String(eventId(endedAt, id)),
    code: OTHER,
    severity: failure === undefined ? 'normal' : 'error',
    time: new Date(endedAt).toISOString(),
    description:
      failure === undefined ? `${user.name ?? ''}: ${title}.` : `${user.name ?? ''}: ${title} failed: ${failure}`,
    correlationId,
    origin: 'gateway',
    user: { id: user.id },
    ...(vm && { vm }),
  };
}

const hasEnded = (job: JobRecord): job is JobRecord & { readonly endedAt: number } => job.endedAt !== undefined;

/** Newest first, as engines list them; only those behind the one of the id `from`. */
export async function list(scope: Scope, { from }: { readonly from?: number } = {}): Promise<Event[]> {
  const dataCenter = inDataCenter(scope);
  const own = scope.work.journal.of(scope.session.project.id).filter(hasEnded).map(ofGateway);
  const all = [...(await recent(scope)).map((one) => ofNova(one, scope.words.cloud)), ...own].sort(
    (a, b) => Number(b.id) - Number(a.id),
  );
  return all.filter(({ id }) => from === undefined || Number(id) > from).map((event) => ({ ...event, dataCenter }));
}

export async function get(scope: Scope, id: string): Promise<Event> {
  const found = (await list(scope)).find((event) => event.id === id);
  if (!found) throw new Fault('not-found', { what: 'Event', id });
  return found;
}
