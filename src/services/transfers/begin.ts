import { randomUUID } from 'node:crypto';
import { Fault, uuidOf, type Disk, type ImageTransferInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import * as disks from '../disks/index.js';
import { missingReference } from '../references.js';
import { disksLocked, may } from '../rules.js';
import { look } from '../vms/find.js';
import { isTransferring, isUnfinished } from '../work/volumes.js';
import { isEnded } from './phases.js';
import { spoolFull, type TransferRecord, type TransferStore } from './store.js';

/** The engine's default. */
const INACTIVITY_S = 60;

/** A cow image has tables beside its data: how much larger than the disk it may be. */
const COW_ROOM = 1.1;

/** The request for a transfer. */
export interface TransferRequest {
  /** Scheme and authority that the client used. */
  readonly origin: string;
  readonly correlationId: string;
  /** The user as in a login: `admin@internal`. */
  readonly userLogin: string;
}

/** What is transferred. */
export interface Subject {
  readonly disk: Disk;
  /** Id of the volume snapshot, for the disk of a snapshot. */
  readonly volumeSnapshot?: string;
}

/** The disk that the request names, if it may be transferred. Throws as `Transfers.add`. */
export async function subjectOf(scope: Scope, input: ImageTransferInput): Promise<Subject> {
  const { disk, image, snapshot, backup } = input;
  const refused = (subject: string, why: string): Fault =>
    new Fault('unsupported', { operation: 'add image transfer', subject, backend: scope.backend, why });
  if (backup !== undefined) throw refused('image_transfer.backup', 'there are no backups that report changed blocks.');
  if (snapshot?.id !== undefined) {
    if (input.direction !== 'download')
      throw refused('image_transfer.snapshot', 'a snapshot can only be read: use direction download.');
    return { disk: await diskAtSnapshot(scope, snapshot.id), volumeSnapshot: snapshot.id };
  }
  const id = disk?.id ?? image?.id;
  if (id === undefined)
    throw new Fault('request.incomplete', { text: 'ImageTransfer [image|disk|snapshot.id] required for add' });
  const found = await disks.findAny(scope, id);
  if (!found) throw missingReference('Disk', { id });
  if (isTransferring(found) || isUnfinished(found) || found.status === 'locked')
    throw disksLocked(scope, 'disk.transfer', [found]);
  if (input.direction === 'download' && disks.statusOf(found) === 'illegal')
    throw new Fault('conflict', {
      text: `Cannot transfer Virtual Disk. The following disks are in ILLEGAL status: ${found.alias ?? found.id}.`,
    });
  for (const vm of found.vmIds ?? []) may(scope, 'disk.transfer', await look(scope, vm));
  return { disk: found };
}

/** The disk of a snapshot: `image_id` of a snapshot's disks is its id. Its VM may run meanwhile. */
async function diskAtSnapshot(scope: Scope, id: string): Promise<Disk> {
  const snapshots = (await scope.session.snapshots.listAll?.()) ?? [];
  for (const snapshot of snapshots)
    for (const { snapshotId, volumeId, sizeBytes } of snapshot.volumes ?? []) {
      if (snapshotId !== id) continue;
      const disk = await disks.findAny(scope, volumeId);
      if (!disk) throw missingReference('Disk', { id: volumeId });
      if (snapshot.status !== 'ok') throw disksLocked(scope, 'disk.transfer', [disk]);
      return { ...disk, ...(sizeBytes !== undefined && { sizeBytes }) };
    }
  throw missingReference('Disk snapshot', { id });
}

/**
 * The record of the new transfer, if there is room. Throws `refused` for one that is too large, `conflict` for an upload
 * to an attached disk, `conflict.transition` while too many are in progress, `backend.space` while the folder is full.
 */
export async function recordOf(
  scope: Scope,
  store: TransferStore,
  input: ImageTransferInput,
  { disk, volumeSnapshot }: Subject,
  { origin, correlationId, userLogin }: TransferRequest,
): Promise<TransferRecord> {
  const { direction = 'upload' } = input;
  const { user, project } = scope.session;
  const { limits } = store;
  const refused = (code: 'refused' | 'conflict' | 'conflict.transition', text: string): Fault =>
    new Fault(code, { text: `Cannot transfer Virtual Disk. ${text}` });
  if (direction === 'upload' && disk.vmIds?.length)
    throw refused('conflict', 'The cloud can only write to a disk that is not attached: detach it first.');
  const { format = 'raw', timeoutPolicy = 'legacy' } = input;
  const isCow = direction === 'upload' && format === 'cow';
  const sizeBytes = Math.floor((disk.sizeBytes ?? 0) * (isCow ? COW_ROOM : 1));
  const running = (await store.list()).filter(({ phase }) => !isEnded(phase));
  // passes, as a lock does: clients try again after a 409, and go-ovirt-client after these words
  if (running.length >= limits.maxTransfers)
    throw refused(
      'conflict.transition',
      `Related operation is currently in progress. ${limits.maxTransfers} transfers are in progress or paused ` +
        '(setting transfers.maxTransfers): end one, or try again later.',
    );
  if (direction === 'upload') {
    if (sizeBytes > limits.maxBytes)
      throw refused('refused', `${sizeBytes} bytes exceed the limit for uploads (setting transfers.maxBytes).`);
    if ((await store.room()) === 0) throw spoolFull();
  }
  const host = await hostOf(scope, input.host?.id);
  return {
    id: randomUUID(),
    ticket: randomUUID(),
    project: project.id,
    disk: disk.id,
    ...(volumeSnapshot !== undefined && { volumeSnapshot }),
    direction,
    format,
    sizeBytes,
    inactivityMs: (input.inactivityTimeoutSeconds ?? INACTIVITY_S) * 1000,
    timeoutPolicy,
    // An upload is ready at once; a download waits for its image
    phase: direction === 'upload' ? 'transferring' : 'initializing',
    at: Date.now(),
    origin: limits.url ?? origin,
    ...(host !== undefined && { host }),
    diskName: (disk.alias ?? disk.id).slice(0, 255),
    user: { id: uuidOf('user', user.id), name: user.name },
    userLogin,
    correlationId,
  };
}

/** The host that the client names, or one that is up: clients look at it, although no bytes pass through it. */
async function hostOf(scope: Scope, requested: string | undefined): Promise<string | undefined> {
  const hosts = await scope.session.inventory.hosts();
  const found = hosts.find(({ id }) => id === requested) ?? hosts.find(({ status }) => status === 'up') ?? hosts[0];
  return found?.id;
}

/**
 * The transfer that the same request has begun before, and that nobody has looked at since: CDI's importer sends it
 * again until the phase is no longer `initializing`. A client that begins a second one has looked at the first.
 */
export async function begunBefore(
  scope: Scope,
  store: TransferStore,
  { disk, image, snapshot, direction, format = 'raw' }: ImageTransferInput,
): Promise<TransferRecord | undefined> {
  const id = disk?.id ?? image?.id;
  if (direction !== 'download') return undefined;
  const { user, project } = scope.session;
  return (await store.list()).find(
    (record) =>
      record.direction === direction &&
      record.format === format &&
      record.project === project.id &&
      record.user?.id === uuidOf('user', user.id) &&
      (snapshot?.id === undefined
        ? record.disk === id && record.volumeSnapshot === undefined
        : record.volumeSnapshot === snapshot.id) &&
      record.looked !== true &&
      (record.phase === 'initializing' || record.phase === 'transferring'),
  );
}

/**
 * Locks the disk. A snapshot does not change, so its disk need not be locked. If two replicas begin at once, the later
 * one wins the disk. Throws the engine's fault for a locked disk.
 */
export async function lock(scope: Scope, { id, disk, at, volumeSnapshot }: TransferRecord): Promise<void> {
  if (volumeSnapshot !== undefined) return;
  const note = `${id} ${at}`;
  await scope.session.disks.note(disk, { transfer: note, illegal: null });
  const now = await scope.session.disks.get(disk);
  if (now.notes?.['transfer'] !== note) throw disksLocked(scope, 'disk.transfer', [now]);
}
