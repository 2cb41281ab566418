import { Fault, type ByteSource, type ImageTransfer, type ImageTransferInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { patiently } from '../work/patience.js';
import { unlessGone, collect } from '../work/wait.js';
import { begunBefore, lock, recordOf, subjectOf, type TransferRequest } from './begin.js';
import { carry, isWorking } from './carry.js';
import { imageName } from './image-name.js';
import { alone, newHolder } from './lease.js';
import { TransferLogins, type LoginSeal } from './logins.js';
import { enter, isEnded, type Event, type Phase } from './phases.js';
import { isFull, spoolFull, type TransferRecord, type TransferStore } from './store.js';

/**
 * Image transfers: a disk's bytes over HTTP (docs/reference/v4-wire.md, section 9). An upload waits in the spool until
 * it is finalized, and reaches the disk through an image; a download is an image that the cloud makes of the disk.
 * src/transfers serves the bytes. Any process with the store can serve any transfer, and resumes the work of a killed
 * one.
 */

const DAY_MS = 86_400_000;

/** How long events include a transfer after its end, milliseconds, and how many of them. */
const HISTORY_MS = DAY_MS;
const MOST_ENDED = 500;

/** How long after its last byte a transfer is shown as `active`, milliseconds. */
const ACTIVE_MS = 10_000;

/** The transfers of a store, and the logins with which this process works on them. */
export class Transfers {
  readonly #me = newHolder();
  readonly #logins: TransferLogins;
  /** Id of the transfer whose bytes a ticket opens. */
  #tickets = new Map<string, string>();

  constructor(
    readonly store: TransferStore,
    seal?: LoginSeal,
  ) {
    this.#logins = new TransferLogins(seal);
  }

  /**
   * Begins a transfer. Throws: `unsupported`, `request.incomplete`, `not-found.reference`, `conflict…`, `refused`,
   * `backend.space`.
   */
  async add(scope: Scope, input: ImageTransferInput, requested: TransferRequest): Promise<ImageTransfer> {
    const before = await begunBefore(scope, this.store, input);
    if (before && (await this.store.written(before.id)) === 0) {
      await this.#resume(scope, before);
      return this.#shown(before);
    }
    const subject = await subjectOf(scope, input);
    const record = {
      ...(await recordOf(scope, this.store, input, subject, requested)),
      ...(await this.#logins.kept(scope)),
    };
    await recorded(this.store.add(record));
    try {
      await lock(scope, record);
    } catch (error) {
      await this.store.remove(record.id);
      throw error;
    }
    this.#logins.hold(scope, record.id);
    this.#work(scope, record);
    return this.#shown(record);
  }

  /** Those of the project. Resumes interrupted work. */
  async list(scope: Scope): Promise<ImageTransfer[]> {
    const now = Date.now();
    const records = (await this.history(scope)).filter((record) => this.#isTold(record, now));
    for (const record of records) await this.#resume(scope, record);
    return Promise.all(records.map((record) => this.#shown(record)));
  }

  /** The records of the project, including those that only events show. The oldest first. */
  async history(scope: Scope): Promise<TransferRecord[]> {
    return (await this.store.list()).filter(({ project }) => project === scope.session.project.id);
  }

  /** Throws `not-found`. */
  async get(scope: Scope, id: string): Promise<ImageTransfer> {
    const record = await this.#find(scope, id);
    if (record.looked !== true && !isEnded(record.phase))
      await this.store.change(id, (now) => (now.looked === true ? undefined : { ...now, looked: true }));
    return this.#shown(record);
  }

  /** Throws `not-found`, `conflict` where its phase does not allow it, and `backend.space`. */
  async act(scope: Scope, id: string, event: Event): Promise<void> {
    await this.#find(scope, id);
    if (event === 'extend') await this.store.use(id);
    const record = await recorded(this.store.change(id, (now) => enter(now, event)));
    if (!record) return;
    if (event === 'cancel' && record.direction === 'upload') await patiently(scope, this.#end(scope, record));
    else this.#work(scope, record);
  }

  /** The transfer whose bytes this ticket opens now. */
  async ofTicket(ticket: string): Promise<TransferRecord | undefined> {
    const known = this.#tickets.get(ticket);
    if (known === undefined) {
      const running = (await this.store.list()).filter(({ phase }) => !isEnded(phase));
      this.#tickets = new Map(running.map((one) => [one.ticket, one.id]));
    }
    const id = known ?? this.#tickets.get(ticket);
    const record = id === undefined ? undefined : await this.store.get(id);
    return record?.phase === 'transferring' ? record : undefined;
  }

  /**
   * Bytes of a transfer, from `start` to before `end`. Throws `overloaded` for a download without a valid login: the
   * next request for the transfer brings one.
   */
  async read(record: TransferRecord, start: number, end: number): Promise<ByteSource> {
    if (record.direction === 'upload') return sourceOf(this.store.read(record.id, start, end));
    const scope = await this.#logins.of(record);
    if (!scope || record.image === undefined) throw new Fault('overloaded', { retryAfter: 1 });
    await this.store.reached(record.id, end);
    return scope.session.images.read(record.image, start, end);
  }

  /** Forgets the login with which the bytes were read, because the cloud no longer accepts it. */
  forget({ id }: TransferRecord): void {
    this.#logins.release(id);
  }

  /** Fails a transfer whose bytes cannot be stored. */
  async fail(id: string, why: string): Promise<void> {
    // first: a full folder has no room for the record either. Killed in between, it fails as soon as it is finalized
    await this.store.drop(id);
    const record = await this.store.change(id, (now) => enter(now, 'fail', { why }));
    if (record) await this.#goOn(record);
  }

  /** Periodic work: handles unused transfers, resumes interrupted work, and drops old records. */
  async tick(now = Date.now()): Promise<void> {
    const records = await this.store.list();
    const ended = records.filter(({ phase }) => isEnded(phase));
    const keepMs = Math.max(this.store.limits.keepMs, HISTORY_MS);
    for (const [index, { id, at, endedAt = at }] of ended.entries())
      if (endedAt + keepMs < now || index < ended.length - MOST_ENDED) await this.store.remove(id);
    const running = records.filter(({ phase }) => !isEnded(phase));
    for (const record of running) {
      const idle = now - (await this.store.usedAt(record.id));
      const changed =
        record.phase === 'transferring' && idle > record.inactivityMs
          ? await this.store.change(record.id, (last) =>
              last.phase === 'transferring' ? enter(last, timeoutOf(last), { now }) : undefined,
            )
          : record;
      if (changed) await this.#goOn(changed);
    }
    this.#logins.keepOnly(new Set(running.map(({ id }) => id)));
    await this.store.sweep(now);
  }

  /**
   * Resumes interrupted work. A disk that is locked for an unknown transfer, whose folder was lost, is unlocked after a
   * day: another replica with a folder of its own may know it.
   */
  async tidy(scope: Scope, now = Date.now()): Promise<void> {
    await this.list(scope);
    for (const disk of await collect(scope.session.disks.list())) {
      const [id = '', at = '0'] = (disk.notes?.['transfer'] ?? disk.notes?.['transfer.copy'] ?? '').split(' ');
      if (id === '' || Number(at) + DAY_MS > now || (await this.store.get(id))) continue;
      for (const image of await scope.session.images.named(imageName(id))) await scope.session.images.remove(image);
      if (disk.notes?.['transfer.copy'] === undefined)
        await unlessGone(scope.session.disks.note(disk.id, { transfer: null }));
      else if (disk.status !== 'locked') await unlessGone(scope.session.disks.remove(disk.id));
    }
  }

  #isTold({ phase, endedAt = 0 }: TransferRecord, now: number): boolean {
    return !isEnded(phase) || endedAt + this.store.limits.keepMs >= now;
  }

  async #find(scope: Scope, id: string): Promise<TransferRecord> {
    const record = await this.store.get(id);
    if (record?.project !== scope.session.project.id || !this.#isTold(record, Date.now()))
      throw new Fault('not-found', { what: 'Image transfer', id });
    await this.#resume(scope, record);
    return record;
  }

  /** Resumes it with the login of a request. */
  async #resume(scope: Scope, record: TransferRecord): Promise<void> {
    if (isEnded(record.phase)) return;
    this.#logins.hold(scope, record.id);
    if (this.#logins.outlives(scope, record)) {
      const kept = await this.#logins.kept(scope);
      await this.store.change(record.id, (now) => (isEnded(now.phase) ? undefined : { ...now, ...kept }));
    }
    this.#work(scope, record);
  }

  /** Resumes it without a request, with a known login. */
  async #goOn(record: TransferRecord): Promise<void> {
    const scope = isWorking(record.phase) ? await this.#logins.of(record) : undefined;
    if (scope) this.#work(scope, record);
  }

  #work(scope: Scope, { id, phase }: TransferRecord): void {
    if (isWorking(phase)) scope.work.start(`transfer/${id}`, () => this.#carry(scope, id));
  }

  /**
   * Ends a cancelled upload before its request is answered: it takes a moment, and virt-v2v removes the disk next. What
   * fails is logged, and repeated by whoever reads the transfer.
   */
  async #end(scope: Scope, { id }: TransferRecord): Promise<void> {
    await Promise.allSettled([scope.work.run(`transfer/${id}`, () => this.#carry(scope, id))]);
  }

  #carry(scope: Scope, id: string): Promise<void> {
    return alone(scope, this.store, { me: this.#me, id }, async () => {
      const end = await carry(scope, this.store, id);
      if (end && isEnded(end)) this.#logins.release(id);
    });
  }

  async #shown(record: TransferRecord): Promise<ImageTransfer> {
    const { id, phase, ticket, origin, direction, format } = record;
    // From the start: go-ovirt-client reads the address from the answer to POST, and waits for the phase with GET
    const hasUrl: readonly Phase[] = ['initializing', 'transferring', 'paused_user', 'paused_system'];
    const url = `${origin}/images/${ticket}`;
    const active = phase === 'transferring' && Date.now() - (await this.store.usedAt(id)) < ACTIVE_MS;
    return {
      id,
      phase,
      direction,
      format,
      active,
      inactivityTimeoutSeconds: record.inactivityMs / 1000,
      timeoutPolicy: record.timeoutPolicy,
      shallow: false,
      transferredBytes: record.moved ?? (await this.store.written(id)),
      image: { id: record.disk },
      ...(record.host !== undefined && { host: { id: record.host } }),
      ...(hasUrl.includes(phase) && { url }),
    };
  }
}

/** What a request records. Throws `backend.space` if the folder is full. */
async function recorded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isFull(error)) throw error;
    throw spoolFull(error);
  }
}

/** `legacy`: a download is cancelled, an upload paused (the engine's ImageTransferTimeoutPolicy). */
function timeoutOf({ timeoutPolicy, direction }: TransferRecord): Event {
  if (timeoutPolicy === 'legacy') return direction === 'download' ? 'cancelLate' : 'pauseLate';
  return timeoutPolicy === 'cancel' ? 'cancelLate' : 'pauseLate';
}

const sourceOf = (bytes: AsyncIterable<Uint8Array>): ByteSource => ({
  async passTo(take) {
    for await (const part of bytes) await take(part);
  },
});
