import { Fault, uuidOf, type Event, type Vm, type VmAction } from '../model/index.js';
import type { Scope } from './context.js';
import { inDataCenter } from './datacenters.js';
import { eventId } from './event-ids.js';
import { happensOf, novaEvents, type EventText } from './event-codes.js';
import type { JobRecord } from './journal.js';
import { eventsOf as eventsOfTransfer } from './transfers/told.js';
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

/** The text with what it names; words for what nobody told. */
const said = ({ text }: EventText, values: Readonly<Record<'vm' | 'what' | 'user', string | undefined>>): string =>
  text
    .replace(/\{(vm|what|user)\}/g, (_, key: 'vm' | 'what' | 'user') => values[key] ?? '')
    .replace(/ {2,}/g, ' ')
    .replace(/ \./g, '.');

function ofNova(
  { vm, action: { action, requestId, startedAt, userId, failed } }: Happening,
  origin: string,
): Event & { id: string } {
  const known = novaEvents[action];
  const outcome = (failed ? known?.failed : known?.done) ?? {
    code: OTHER,
    text: `VM {vm}: ${action}${failed ? ' failed' : ''}.`,
  };
  return {
    id: String(eventId(Date.parse(startedAt), `${requestId}/${vm.id}/${action}`)),
    code: outcome.code,
    severity: failed ? 'error' : 'normal',
    time: startedAt,
    description: said(outcome, { vm: vm.name, what: undefined, user: undefined }),
    correlationId: requestId.replace(/^req-/, ''),
    origin,
    vm: { id: vm.id, name: vm.name },
    ...(userId && { user: { id: uuidOf('user', userId) } }),
    ...(vm.host && { host: vm.host }),
    ...(vm.cluster && { cluster: vm.cluster }),
  };
}

/** That it began, where engines tell of it, and how it ended. */
function ofGateway(job: JobRecord): (Event & { id: string })[] {
  const { id, operation, title, correlationId, user, login, vm, what, follows, beganAt, endedAt, failure } = job;
  const happens = happensOf(operation);
  const values = { vm: vm?.name ?? vm?.id, what, user: login ?? user.name };
  const event = (at: number, of: string, eventText: EventText, wrong?: string): Event & { id: string } => ({
    id: String(eventId(at, of)),
    code: eventText.code,
    severity: wrong === undefined ? 'normal' : 'error',
    time: new Date(at).toISOString(),
    description: `${said(eventText, values)}${wrong === undefined ? '' : ` ${wrong}`}`,
    correlationId,
    origin: 'gateway',
    user: { id: user.id, ...(login !== undefined && { name: login }) },
    ...(vm && { vm }),
  });
  const begun = follows && happens?.begun ? [event(beganAt, `${id}/begun`, happens.begun)] : [];
  if (endedAt === undefined) return begun;
  const end = (failure === undefined ? happens?.done : happens?.failed) ?? {
    code: OTHER,
    text: failure === undefined ? `{user}: ${title}.` : `{user}: ${title} failed:`,
  };
  return [...begun, event(endedAt, id, end, failure)];
}

/** How far Nova's clock and the way to it may be off, milliseconds. */
const NEAR_MS = 5_000;

/** Without what a job of this gateway tells of, with more: the same is told once. */
export function untold(happened: readonly Happening[], jobs: readonly JobRecord[]): Happening[] {
  return happened.filter(({ vm, action: { action, startedAt } }) => {
    const at = Date.parse(startedAt);
    return !jobs.some(
      (job) =>
        job.vm?.id === vm.id &&
        happensOf(job.operation)?.nova?.includes(action) === true &&
        at >= job.beganAt - NEAR_MS &&
        at <= (job.endedAt ?? Infinity) + NEAR_MS,
    );
  });
}

/** What was asked of an image transfer, the transfer itself tells; what failed before there was one, nobody else. */
export const isOfTransfer = ({ operation, failure }: JobRecord): boolean =>
  operation.startsWith('imagetransfers.') && failure === undefined;

/** Newest first, as engines list them; only those behind the one of the id `from`. */
export async function list(scope: Scope, { from }: { readonly from?: number } = {}): Promise<Event[]> {
  const dataCenter = inDataCenter(scope);
  const jobs = scope.work.journal.of(scope.session.project.id);
  const nova = untold(await recent(scope), jobs).map((one) => ofNova(one, scope.words.cloud));
  const transfers = (await scope.transfers?.history(scope)) ?? [];
  const own = jobs.filter((job) => !isOfTransfer(job)).flatMap(ofGateway);
  const all = [...nova, ...own, ...transfers.flatMap(eventsOfTransfer)].sort((a, b) => Number(b.id) - Number(a.id));
  return all.filter(({ id }) => from === undefined || Number(id) > from).map((event) => ({ ...event, dataCenter }));
}

export async function get(scope: Scope, id: string): Promise<Event> {
  const found = (await list(scope)).find((event) => event.id === id);
  if (!found) throw new Fault('not-found', { what: 'Event', id });
  return found;
}
