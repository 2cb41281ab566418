import {
  Fault,
  needed,
  propertyOf,
  uuidOf,
  worded,
  type Event,
  type EventInput,
  type Ref,
  type Vm,
  type VmAction,
} from '../../model/index.js';
import { loginShown, userNameOf, type Viewer } from '../access/names.js';
import type { Scope } from '../context.js';
import { inDataCenter } from '../inventory/datacenters.js';
import { eventId } from './ids.js';
import { eventsOfAction, eventsOfOperation, type EventText, type OperationEvents } from './texts.js';
import type { JobRecord } from '../work/journal.js';
import { eventsOf as eventsOfTransfer } from '../transfers/history.js';
import { missingReference } from '../references.js';
import { recordsIn } from '../notes/shared-records.js';
import { unlessGone } from '../work/wait.js';

/** Of how many VMs the history is read: those that changed last. Nova has no history across VMs. */
const VMS = 20;

/** A recent action on a VM, with the VM as it is now. */
export interface Happening {
  readonly vm: Vm;
  readonly action: VmAction;
}

/** One call, and one for each of at most twenty VMs. The journal learns what has ended by then. */
export async function recent(scope: Scope): Promise<Happening[]> {
  const { vms } = scope.session;
  const changed = await lastChanged(scope);
  const actions = await Promise.all(
    changed.map(async (vm) => ((await unlessGone(vms.actions(vm.id))) ?? []).map((action) => ({ vm, action }))),
  );
  const happened = actions.flat();
  for (const vm of changed) seeEnds(scope, vm, happened);
  return happened;
}

/** Of work that was answered once it had begun: the state of the VM that ends it. */
const isOver: Readonly<Record<string, (vm: Vm) => boolean>> = {
  'vms.shutdown': ({ status }) => status === 'down',
  'vms.migrate': ({ status }) => status !== 'migrating',
};

/** Nobody waits for the end of such work; its event is of the time at which it was first seen. */
function seeEnds(scope: Scope, vm: Vm, happened: readonly Happening[]): void {
  const { journal } = scope.work;
  for (const job of journal.of(scope.session.project.id)) {
    if (!job.prompt || job.seenAt !== undefined || job.failure !== undefined || job.vm?.id !== vm.id) continue;
    if (isOver[job.operation]?.(vm) !== true) continue;
    const hasFailed = happened.some((one) => one.action.failed === true && isOf(one, job));
    const wentDown = hasFailed && vm.status === 'down' && job.operation === 'vms.migrate';
    journal.saw(job, {
      ...(hasFailed && { failure: `${scope.words.cloud} reports that it failed.` }),
      ...(wentDown && { as: 'vms.migrate.abort' }),
    });
  }
}

async function lastChanged({ session: { vms } }: Scope): Promise<readonly Vm[]> {
  for await (const page of vms.list({ order: { by: 'updatedAt', descending: true }, first: VMS }))
    return page.slice(0, VMS);
  return [];
}

/** The number of events that engines lack. */
const OTHER = 9999;

/** The number in the engine that the version is of. */
const codeOf = ({ engine }: Viewer, { code, code3 = code }: EventText): number => (engine === '3.6' ? code3 : code);

/** The text with its values; a default for each that is unknown. */
const filledIn = ({ text }: EventText, values: Readonly<Record<'vm' | 'what' | 'user', string | undefined>>): string =>
  text
    .replace(/\{(vm|what|user)\}/g, (_, key: 'vm' | 'what' | 'user') => values[key] ?? '')
    .replace(/ {2,}/g, ' ')
    .replace(/ \./g, '.');

function ofNova(
  scope: Scope,
  { vm, action: { action, requestId, startedAt, userId, failed } }: Happening,
): Event & { id: string } {
  const known = eventsOfAction(action);
  const outcome: EventText = (failed ? known?.failed : known?.done) ?? {
    code: OTHER,
    text: `VM {vm}: ${action}${failed ? ' failed' : ''}.`,
  };
  return {
    id: String(eventId(Date.parse(startedAt), `${requestId}/${vm.id}/${action}`)),
    code: codeOf(scope, outcome),
    severity: outcome.severity ?? (failed ? 'error' : 'normal'),
    time: startedAt,
    description: filledIn(outcome, { vm: vm.name, what: undefined, user: undefined }),
    correlationId: requestId.replace(/^req-/, ''),
    origin: scope.words.cloud,
    vm: { id: vm.id, name: vm.name },
    ...(userId && { user: userOfNova(scope, userId) }),
    ...(vm.host && { host: vm.host }),
    ...(vm.cluster && { cluster: vm.cluster }),
  };
}

/** Nova tells a user's id. The name is known of the one who looks, and version 4 tells it. */
function userOfNova(scope: Scope, userId: string): Ref {
  const { user } = scope.session;
  const id = uuidOf('user', userId);
  return scope.engine !== '3.6' && id === uuidOf('user', user.id) ? { id, name: userNameOf(scope, user.name) } : { id };
}

/** The event of its end. */
const endOf = ({ done, completed, failed, refused }: OperationEvents, { failure, follows }: JobRecord): EventText =>
  failure === undefined ? (follows ? (completed ?? done) : done) : follows ? failed : (refused ?? failed);

/** Its start, where engines have such an event, and its end. */
function ofGateway(viewer: Viewer, job: JobRecord): (Event & { id: string })[] {
  const {
    id,
    operation,
    as = operation,
    title,
    correlationId,
    user,
    login: recorded,
    vm,
    what,
    follows,
    prompt,
    beganAt,
    seenAt,
    failure,
  } = job;
  const texts = eventsOfOperation(as);
  const isSeen = prompt === true && isOver[operation] !== undefined;
  const endedAt = isSeen ? seenAt : job.endedAt;
  const login = recorded === undefined ? undefined : loginShown(viewer, recorded);
  const values = { vm: vm?.name ?? vm?.id, what, user: login ?? user.name };
  const event = (at: number, of: string, eventText: EventText, wrong?: string): Event & { id: string } => ({
    id: String(eventId(at, of)),
    code: codeOf(viewer, eventText),
    severity: eventText.severity ?? (wrong === undefined ? 'normal' : 'error'),
    time: new Date(at).toISOString(),
    description: `${filledIn(eventText, values)}${wrong === undefined ? '' : ` ${wrong}`}`,
    correlationId,
    origin: 'gateway',
    user: { id: user.id, ...(login !== undefined && { name: login }) },
    ...(vm && { vm }),
  });
  const begun = (follows || isSeen) && texts?.begun ? [event(beganAt, `${id}/begun`, texts.begun)] : [];
  if (endedAt === undefined) return begun;
  const end: EventText = (texts && endOf(texts, job)) ?? {
    code: OTHER,
    text: failure === undefined ? `{user}: ${title}.` : `{user}: ${title} failed:`,
  };
  return [...begun, event(endedAt, id, end, failure)];
}

/** How many events sent by clients are kept per project; the oldest are dropped. */
const MOST_KEPT = 100;
const PREFIX = 'event.';
/** A note's name cannot end in a number alone: parts of long ones do. */
const noteOf = (id: string): string => `${PREFIX}e${id}`;

/** As engines number them (AuditLogType EXTERNAL_…). */
const EXTERNAL = { normal: 9801, warning: 9802, error: 9803, alert: 9804 } as const;

/** Events that clients sent, such as backup tools, of this project. One call. */
async function keptEvents(scope: Scope): Promise<(Event & { id: string })[]> {
  const notes = await scope.session.shared.read();
  return recordsIn(scope, notes, { prefix: PREFIX, kind: 'KeptEvent', resource: 'events' }).flatMap(
    ({ project, event }) => (project === scope.session.project.id && isWhole(event) ? [event] : []),
  );
}

const isWhole = (event: EventInput): event is Event & { id: string } =>
  [event.id, event.description, event.code, event.severity, event.time].every((value) => value !== undefined);

const refKept = (ref: Ref | undefined): Ref | undefined =>
  ref && { ...(ref.id !== undefined && { id: ref.id }), ...(ref.name !== undefined && { name: ref.name }) };

/**
 * Stores an event that a client sends, in the notes that all projects share. Throws `conflict` for a repeated one,
 * `not-found.reference` for an unknown VM, `backend.forbidden` for a user who may not write shared notes.
 */
export async function add(scope: Scope, input: EventInput, correlationId: string): Promise<Event> {
  const description = needed(input.description, propertyOf('Event', 'description'), 'add');
  const severity = needed(input.severity, propertyOf('Event', 'severity'), 'add');
  const origin = needed(input.origin, propertyOf('Event', 'origin'), 'add');
  const customId = needed(input.customId, propertyOf('Event', 'customId'), 'add');
  if (origin.toLowerCase() === 'ovirt')
    throw new Fault('conflict', { text: 'Cannot add External Event. Illegal Origin for External Event : oVirt.' });
  const kept = await keptEvents(scope);
  if (kept.some((one) => one.origin === origin && one.customId === customId))
    throw new Fault('conflict', { text: `Cannot add External Event. ${origin} has already sent event ${customId}.` });
  const vm = await vmOf(scope, input.vm);
  const now = Date.now();
  const { user } = scope.session;
  const event: Event = {
    id: String(eventId(now, `${origin}/${customId}`)),
    code: EXTERNAL[severity],
    severity,
    time: new Date(now).toISOString(),
    description,
    origin,
    customId,
    correlationId,
    user: { id: uuidOf('user', user.id), name: userNameOf(scope, user.name) },
    ...(input.customData !== undefined && { customData: input.customData }),
    ...(vm && { vm }),
    ...Object.fromEntries(
      (['host', 'cluster', 'template', 'storageDomain'] as const).flatMap((of) => {
        const ref = refKept(input[of]);
        return ref ? [[of, ref]] : [];
      }),
    ),
  };
  const oldest = kept.sort((a, b) => Number(b.id) - Number(a.id)).slice(MOST_KEPT - 1);
  await scope.session.shared.note({
    ...Object.fromEntries(oldest.map(({ id }) => [noteOf(id), null])),
    [noteOf(event.id)]: JSON.stringify({ project: scope.session.project.id, event }),
  });
  return { ...event, dataCenter: inDataCenter(scope) };
}

/** The VM as events name it, by its id or its name. */
async function vmOf(scope: Scope, ref: Ref | undefined): Promise<Ref | undefined> {
  if (!ref) return undefined;
  const found =
    ref.id === undefined ? await vmNamed(scope, ref.name ?? '') : await unlessGone(scope.session.vms.get(ref.id));
  if (!found) throw missingReference('VM', ref);
  return { id: found.id, name: found.name };
}

async function vmNamed({ session: { vms } }: Scope, name: string): Promise<Vm | undefined> {
  for await (const page of vms.list({ name })) {
    const found = page.find((vm) => vm.name === name);
    if (found) return found;
  }
  return undefined;
}

/** Removes an event that was sent. Throws `not-found`; `unsupported` for one of the cloud's or the gateway's own. */
export async function remove(scope: Scope, id: string, why: string): Promise<void> {
  if ((await keptEvents(scope)).some((event) => event.id === id))
    return scope.session.shared.note({ [noteOf(id)]: null });
  await get(scope, id);
  throw new Fault('unsupported', {
    operation: 'remove event',
    subject: 'This event',
    backend: scope.backend,
    why: worded(why, scope.words),
  });
}

/** How far Nova's clock and the way to it may be off, milliseconds. */
const NEAR_MS = 5_000;

/** Whether the action is the cloud's part of the job. */
function isOf({ vm, action: { action, startedAt } }: Happening, job: JobRecord): boolean {
  const at = Date.parse(startedAt);
  return (
    job.vm?.id === vm.id &&
    [job.operation, job.as ?? ''].some((name) => eventsOfOperation(name)?.nova?.includes(action)) &&
    at >= job.beganAt - NEAR_MS &&
    at <= (job.endedAt ?? Infinity) + NEAR_MS
  );
}

/** Leaves out actions that a job of this gateway describes in more detail. */
export const untold = (happened: readonly Happening[], jobs: readonly JobRecord[]): Happening[] =>
  happened.filter((one) => !jobs.some((job) => isOf(one, job)));
/**
 * Whether the job is of an image transfer, which has events of its own. A request that failed before there was a
 * transfer is not.
 */
export const isOfTransfer = ({ operation, failure }: JobRecord): boolean =>
  operation.startsWith('imagetransfers.') && failure === undefined;

/** Operations on events are no events. */
const OF_EVENTS: ReadonlySet<string> = new Set(['events.add', 'events.delete']);

/** Engines of version 3 took events too; here version 4 alone has them. */
const sentToo = async (scope: Scope): Promise<(Event & { id: string })[]> =>
  scope.engine === '3.6' ? [] : keptEvents(scope);

/** Newest first, as engines list them; only those behind the one of the id `from`. */
export async function list(scope: Scope, { from }: { readonly from?: number } = {}): Promise<Event[]> {
  const dataCenter = inDataCenter(scope);
  const [happened, sent] = await Promise.all([recent(scope), sentToo(scope)]);
  const jobs = scope.work.journal.of(scope.session.project.id);
  const nova = untold(happened, jobs).map((one) => ofNova(scope, one));
  const transfers = (await scope.transfers?.history(scope)) ?? [];
  const own = jobs
    .filter((job) => !isOfTransfer(job) && !OF_EVENTS.has(job.operation))
    .flatMap((job) => ofGateway(scope, job));
  const all = [...nova, ...own, ...transfers.flatMap((record) => eventsOfTransfer(scope, record)), ...sent].sort(
    (a, b) => Number(b.id) - Number(a.id),
  );
  return all.filter(({ id }) => from === undefined || Number(id) > from).map((event) => ({ ...event, dataCenter }));
}

export async function get(scope: Scope, id: string): Promise<Event> {
  const found = (await list(scope)).find((event) => event.id === id);
  if (!found) throw new Fault('not-found', { what: 'Event', id });
  return found;
}
