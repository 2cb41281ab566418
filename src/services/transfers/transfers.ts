import { randomUUID } from 'node:crypto';
import { Fault, type Disk, type ImageTransfer, type ImageTransferInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import * as disks from '../disks.js';
import { missingReference } from '../references.js';
import { may, disksLocked } from '../rules.js';
import { look } from '../vms/find.js';
import { isTransferring, isUnfinished } from '../volumes.js';
import { collect, unlessGone } from '../wait.js';
import { carry, isWorking } from './carry.js';
import { imageName } from './image-name.js';
import { enter, isEnded, type Event, type Phase } from './phases.js';
import type { TransferRecord, TransferStore } from './store.js';

/**
 * Image transfers: a disk's bytes over HTTP (docs/reference/v4-wire.md, section 9). An upload waits in the spool until
 * it is finalized, and goes through an image into the disk; a download is an image that the cloud made of the disk.
 * Where its bytes are asked for is src/transfers.
 */

/** What an engine takes when a client names none. */
const INACTIVITY_S = 60;

/** A cow image has tables beside its data: so much more than the disk may come. */
const COW_ROOM = 1.1;

const DAY_MS = 86_400_000;

/** Bytes move until this long after the last of them, milliseconds: what a client is told as `active`. */
const ACTIVE_MS = 10_000;

interface Held {
  readonly scope: Scope;
  readonly release: () => void;
}

/** The transfers of a store, and the logins that this process works on them with. */
export class Transfers {
  readonly #held = new Map<string, Held>();
  /** End of the last byte of a download that was asked for. */
  readonly #told = new Map<string, number>();

  constructor(readonly store: TransferStore) {}

  /** Throws what refuses it: `unsupported`, `request.incomplete`, `not-found.reference`, `conflict…`, `refused`. */
  async add(scope: Scope, input: ImageTransferInput, origin: string): Promise<ImageTransfer> {
    const { direction = 'upload' } = input;
    const disk = await this.#diskOf(scope, input);
    const record = await this.#recordOf(scope, input, direction, disk, origin);
    await this.store.add(record);
    try {
      await this.#lock(scope, record);
    } catch (error) {
      await this.store.remove(record.id);
      throw error;
    }
    this.#hold(scope, record.id);
    if (direction === 'download') this.#work(scope, record);
    return this.#shown(record);
  }

  /** Those of the project; what was cut off is taken up. */
  async list(scope: Scope): Promise<ImageTransfer[]> {
    const records = await this.#mine(scope);
    for (const record of records) this.#resume(scope, record);
    return Promise.all(records.map((record) => this.#shown(record)));
  }

  /** Throws `not-found`. */
  async get(scope: Scope, id: string): Promise<ImageTransfer> {
    return this.#shown(await this.#find(scope, id));
  }

  /** Throws `not-found`, and `conflict` where its phase does not allow it. */
  async act(scope: Scope, id: string, event: Event): Promise<void> {
    await this.#find(scope, id);
    if (event === 'extend') await this.store.use(id);
    const record = await this.#change(id, event);
    if (record) this.#work(scope, record);
  }

  /** The transfer whose bytes this ticket opens now. */
  async ofTicket(ticket: string): Promise<TransferRecord | undefined> {
    return (await this.store.list()).find((one) => one.ticket === ticket && one.phase === 'transferring');
  }

  /**
   * Bytes of a transfer, from `start` to before `end`. Throws `overloaded` for a download that no login of this process
   * is known for: whoever looks at the transfer brings one.
   */
  async read(record: TransferRecord, start: number, end: number): Promise<AsyncIterable<Uint8Array>> {
    if (record.direction === 'upload') return this.store.read(record.id, start, end);
    const held = this.#held.get(record.id);
    if (!held || record.image === undefined) throw new Fault('overloaded', { retryAfter: 1 });
    this.#told.set(record.id, Math.max(this.#told.get(record.id) ?? 0, end));
    return held.scope.session.images.read(record.image, start, end);
  }

  /** Its bytes cannot be kept: the transfer has failed. */
  async fail(id: string, why: string): Promise<void> {
    const record = await this.store.change(id, (now) => enter(now, 'fail', why));
    const held = this.#held.get(id);
    await this.store.drop(id);
    if (record && held) this.#work(held.scope, record);
  }

  /** What time brings: transfers that nobody uses, work that was cut off, what was remembered long enough. */
  async tick(now = Date.now()): Promise<void> {
    for (const record of await this.store.list()) {
      if (isEnded(record.phase)) {
        if ((record.endedAt ?? record.at) + this.store.limits.keepMs < now) await this.store.remove(record.id);
        continue;
      }
      const idle = now - (await this.store.usedAt(record.id));
      const late = record.phase === 'transferring' && idle > record.inactivityMs;
      const changed = late ? await this.#change(record.id, timeoutOf(record)) : record;
      const held = this.#held.get(record.id);
      if (changed && held) this.#work(held.scope, changed);
    }
  }

  /**
   * Takes up what was cut off. A disk that is locked for a transfer that nobody knows any more, as its folder is lost,
   * is unlocked after a day: another replica with a folder of its own may know it.
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

  async #diskOf(scope: Scope, { disk, image, snapshot, backup }: ImageTransferInput): Promise<Disk> {
    const refused = (subject: string, why: string): Fault =>
      new Fault('unsupported', { operation: 'add image transfer', subject, backend: scope.backend, why });
    if (backup !== undefined) throw refused('image_transfer.backup', 'there are no backups that tell changed blocks.');
    if (snapshot !== undefined)
      throw refused(
        'image_transfer.snapshot',
        'snapshots are those of a whole VM: make a VM from it, and download its disks.',
      );
    const id = disk?.id ?? image?.id;
    if (id === undefined)
      throw new Fault('request.incomplete', { text: 'ImageTransfer [image|disk|snapshot.id] required for add' });
    const found = await disks.findAny(scope, id);
    if (!found) throw missingReference('Disk', { id });
    if (isTransferring(found) || isUnfinished(found) || found.status === 'locked')
      throw disksLocked(scope, 'disk.transfer', [found]);
    for (const vm of found.vmIds ?? []) may(scope, 'disk.transfer', await look(scope, vm));
    return found;
  }

  async #recordOf(
    scope: Scope,
    input: ImageTransferInput,
    direction: 'upload' | 'download',
    disk: Disk,
    origin: string,
  ): Promise<TransferRecord> {
    const { limits } = this.store;
    const refused = (text: string): Fault => new Fault('refused', { text: `Cannot transfer Virtual Disk. ${text}` });
    if (direction === 'upload' && disk.vmIds?.length)
      throw refused('The cloud writes to a disk that no VM has: detach it first.');
    const { format = 'raw', timeoutPolicy = 'legacy' } = input;
    const sizeBytes = Math.floor((disk.sizeBytes ?? 0) * (format === 'cow' ? COW_ROOM : 1));
    const running = (await this.store.list()).filter(({ phase }) => !isEnded(phase));
    if (running.length >= limits.maxTransfers)
      throw refused(`${limits.maxTransfers} transfers are under way already (setting transfers.maxTransfers).`);
    if (direction === 'upload') {
      if (sizeBytes > limits.maxBytes)
        throw refused(`${sizeBytes} bytes are more than an upload may have (setting transfers.maxBytes).`);
      if ((await this.store.room()) === 0) throw refused('The spool folder is full.');
    }
    return {
      id: randomUUID(),
      ticket: randomUUID(),
      project: scope.session.project.id,
      disk: disk.id,
      direction,
      format,
      sizeBytes,
      inactivityMs: (input.inactivityTimeoutSeconds ?? INACTIVITY_S) * 1000,
      timeoutPolicy,
      // An upload waits for nothing; a download for its image
      phase: direction === 'upload' ? 'transferring' : 'initializing',
      at: Date.now(),
      origin: limits.url ?? origin,
    };
  }

  /** Of two who begin at once, on two replicas, the later one has the disk. Throws the text of a locked one. */
  async #lock(scope: Scope, { id, disk, at }: TransferRecord): Promise<void> {
    const note = `${id} ${at}`;
    await scope.session.disks.note(disk, { transfer: note, illegal: null });
    const now = await scope.session.disks.get(disk);
    if (now.notes?.['transfer'] !== note) throw disksLocked(scope, 'disk.transfer', [now]);
  }

  async #mine(scope: Scope): Promise<TransferRecord[]> {
    return (await this.store.list()).filter(({ project }) => project === scope.session.project.id);
  }

  async #find(scope: Scope, id: string): Promise<TransferRecord> {
    const record = await this.store.get(id);
    if (record?.project !== scope.session.project.id) throw new Fault('not-found', { what: 'Image transfer', id });
    this.#resume(scope, record);
    return record;
  }

  #change(id: string, event: Event): Promise<TransferRecord | undefined> {
    return this.store.change(id, (record) => enter(record, event));
  }

  #resume(scope: Scope, record: TransferRecord): void {
    if (isEnded(record.phase)) return;
    this.#hold(scope, record.id);
    this.#work(scope, record);
  }

  /** The login is kept for as long as the transfer: its client may log out, and another process may have begun it. */
  #hold(scope: Scope, id: string): void {
    if (!this.#held.has(id)) this.#held.set(id, { scope, release: scope.session.hold() });
  }

  #work(scope: Scope, { id, phase }: TransferRecord): void {
    if (isWorking(phase))
      scope.work.start(`transfer/${id}`, async () => {
        const end = await carry(scope, this.store, id);
        if (end && isEnded(end)) this.#let(id);
      });
    else if (isEnded(phase)) this.#let(id);
  }

  #let(id: string): void {
    this.#held.get(id)?.release();
    this.#held.delete(id);
    this.#told.delete(id);
  }

  async #shown(record: TransferRecord): Promise<ImageTransfer> {
    const { id, phase, ticket, origin, direction, format } = record;
    const hasBytes: readonly Phase[] = ['transferring', 'paused_user', 'paused_system'];
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
      transferredBytes:
        record.moved ?? (direction === 'upload' ? await this.store.written(id) : (this.#told.get(id) ?? 0)),
      image: { id: record.disk },
      ...(hasBytes.includes(phase) && { url }),
    };
  }
}

/** `legacy`: a download is cancelled, an upload paused (the engine's ImageTransferTimeoutPolicy). */
function timeoutOf({ timeoutPolicy, direction }: TransferRecord): Event {
  if (timeoutPolicy === 'legacy') return direction === 'download' ? 'cancelLate' : 'pauseLate';
  return timeoutPolicy === 'cancel' ? 'cancelLate' : 'pauseLate';
}
