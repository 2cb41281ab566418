import { Fault, uuidOf } from '../../model/index.js';
import { domain, loginName } from '../../services/access/names.js';
import { explained } from './explained.js';
import type { Call, Operation } from './operation.js';
import type { OperationKind } from '../version/declaration.js';
import type { Reply } from '../http/reply.js';
import type { Link } from '../version/document.js';

/** What is work, and so a job and an event. */
const work: ReadonlySet<OperationKind> = new Set(['add', 'update', 'remove', 'action']);

/**
 * Runs an operation, and records in the journal what it was asked to do, by whom, and how it ended. Throws what the
 * operation throws.
 */
export async function journaled(operation: Operation, call: Call<never>): Promise<Reply> {
  if (!work.has(operation.kind) || operation.support === 'refused') {
    try {
      return await operation.run(call);
    } catch (error) {
      throw inDocument(error, call);
    }
  }
  const {
    session,
    work: { journal },
  } = call.scope;
  const { vm } = call.ids as Readonly<Record<string, string>>;
  const job = journal.begin({
    operation: operation.name,
    title: operation.title,
    correlationId: call.exchange.correlationId,
    project: session.project.id,
    user: { id: uuidOf('user', session.user.id), name: session.user.name },
    login: loginOf(call),
    ...(vm !== undefined && { vm: { id: vm } }),
  });
  call.exchange.job = job;
  try {
    const reply = await operation.run(call);
    job.answered();
    return reply;
  } catch (thrown) {
    const error = explained(inDocument(thrown, call), operation, call.scope);
    if (isRefusal(error)) {
      job.refused();
      delete call.exchange.job;
    } else job.answered(error instanceof Fault ? error.detail : 'the gateway failed; see its log.');
    throw error;
  }
}

/** The user as in a login: `admin@internal`. */
export const loginOf = ({ scope: { session }, exchange }: Pick<Call, 'scope' | 'exchange'>): string =>
  loginName(session.user.name, exchange.profile ?? domain.name);

/** A fault names properties as the documents of the request do. */
const inDocument = (error: unknown, call: Call): unknown =>
  error instanceof Fault ? error.inDocument(call.words()) : error;

/** Whether the fault was raised before anything was done. A cloud that refuses may have done a part of it. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Fault && !error.code.startsWith('backend.') && (error.status < 500 || error.code === 'unsupported');

/** The work continues after the answer, and so does its job; a logout does not end its login. */
export function followed(call: Call, finished: Promise<unknown>): void {
  const release = call.scope.session.hold();
  const end = finished.finally(release).catch((error: unknown) => {
    throw explained(inDocument(error, call), call.operation, call.scope);
  });
  end.catch(() => undefined);
  call.exchange.job?.follow(end);
}

/** The end of work that the client waits for: `operations.timeoutMs` bounds it, not the request's deadline. */
export const awaited = <T>({ exchange }: Pick<Call, 'exchange'>, finished: Promise<T>): Promise<T> =>
  exchange.deadline.without(finished);

/** Records what the job of the request made: a VM as a reference, other entities by name. */
export function concerns(call: Call, entity: string, value: object): void {
  const { id, name, alias, description } = value as Readonly<Partial<Record<string, unknown>>>;
  const text = (/^snapshot$/i.test(entity) ? [description] : [name, alias, description]).find(
    (one) => typeof one === 'string' && one !== '',
  );
  if (entity === 'VM' && typeof id === 'string')
    call.exchange.job?.concerns({ vm: { id, ...(typeof name === 'string' && { name }) } });
  else if (typeof text === 'string') call.exchange.job?.concerns({ what: text.slice(0, 255) });
}

/** The events of the request are those of another operation, which its flags or its document make it. */
export function toldAs(
  { exchange }: Pick<Call, 'exchange'>,
  operation: `vms.disks.${'attach' | 'detach' | 'activate' | 'deactivate'}`,
): void {
  exchange.job?.concerns({ as: operation });
}

/** The job of a request that is work, for its action document (docs/reference/ovirt.md, section 9). */
export function jobOf(call: Call): { readonly job?: { href: string; id: string } & Link } {
  const id = call.exchange.job?.id;
  return id === undefined ? {} : { job: { href: `${call.base}/jobs/${id}`, id } };
}
