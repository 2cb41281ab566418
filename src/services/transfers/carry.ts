import { Fault, isFault, type Disk } from '../../model/index.js';
import type { Scope } from '../context.js';
import { collect, insistent, isOutage, isUnfinishedWork, unlessGone, until } from '../work/wait.js';
import { imageName } from './image-name.js';
import { endOf, enter, happened, type Phase } from './phases.js';
import type { TransferRecord, TransferStore } from './store.js';

/**
 * The gateway's own work for a transfer, step by step. Each step is recorded, and may be repeated without harm: the
 * next read of the transfer resumes interrupted work.
 */

/** Phases in which there is something to do. */
const WORKING: readonly Phase[] = [
  'initializing',
  'finalizing_success',
  'finalizing_failure',
  'finalizing_cleanup',
  'cancelled_user',
  'cancelled_system',
];
export const isWorking = (phase: Phase): boolean => WORKING.includes(phase);

/** How often an image is made that goes into error. */
const TRIES = 3;

/** Works until the transfer waits for its client, or has ended. Returns its phase; undefined if it is gone. */
export async function carry(scope: Scope, store: TransferStore, id: string): Promise<Phase | undefined> {
  try {
    return await until(scope, `Image transfer ${id}`, () => store.get(id), createStep(scope, store));
  } catch (error) {
    if (isOutage(error) || isUnfinishedWork(error) || !isFault(error)) throw error;
    const failed = await store.change(id, (record) =>
      record.phase === 'initializing' || record.phase === 'finalizing_success'
        ? enter(record, 'fail', { why: error.detail.replace(/^\[|\]$/g, '') })
        : undefined,
    );
    if (failed?.phase !== 'finalizing_failure') throw error;
    await until(scope, `Image transfer ${id}`, () => store.get(id), createStep(scope, store));
    throw error;
  }
}

function createStep(scope: Scope, store: TransferStore) {
  const { disks, images } = scope.session;
  let tries = 0;
  const attempt = insistent('The transfer');

  return async function step(record: TransferRecord | undefined): Promise<Phase | undefined> {
    if (!record) return 'finished_cleanup';
    const { phase, direction } = record;
    if (phase === 'initializing') return prepare(record);
    if (phase === 'finalizing_success') return direction === 'upload' ? pour(record) : finish(record);
    return isWorking(phase) ? finish(record) : phase;
  };

  async function note({ id }: TransferRecord, change: Partial<TransferRecord>): Promise<void> {
    await store.change(id, (now) => ({ ...now, ...change }));
  }

  /** A download: the cloud makes an image of the disk, or of a copy of one that a VM has. */
  async function prepare(record: TransferRecord): Promise<Phase | undefined> {
    if (record.image !== undefined) return awaitImage(record, record.image);
    const source = await sourceOf(record);
    if (source === undefined) return undefined;
    const format = record.format === 'cow' ? 'qcow2' : 'raw';
    await attempt(async () => {
      const image = await images.ofDisk(source, imageName(record.id), format);
      await note(record, { image });
    });
    return undefined;
  }

  /** The disk to read; undefined while there is none yet. */
  async function sourceOf(record: TransferRecord): Promise<string | undefined> {
    const disk = await disks.get(record.disk);
    if (!needsCopy(record, disk)) return disk.status === 'locked' ? undefined : record.disk;
    if (record.copy === undefined) {
      const copy = await disks.create({
        name: imageName(record.id),
        sizeBytes: record.sizeBytes,
        ...(disk.storageDomain?.id !== undefined && { storageDomainId: disk.storageDomain.id }),
        copyOf: record.volumeSnapshot === undefined ? { diskId: record.disk } : { snapshotId: record.volumeSnapshot },
        notes: { 'transfer.copy': `${record.id} ${record.at}` },
      });
      await note(record, { copy: copy.id });
      return undefined;
    }
    const copy = await disks.get(record.copy);
    if (copy.status === 'illegal') throw failed(`The copy of disk ${record.disk} is in error.`);
    return copy.status === 'ok' ? record.copy : undefined;
  }

  async function awaitImage(record: TransferRecord, image: string): Promise<Phase | undefined> {
    const seen = await images.look(image);
    if (seen?.state === 'pending') return undefined;
    if (seen?.sizeBytes === undefined) throw failed(`The image of disk ${record.disk} was not created.`);
    if (record.copy !== undefined && !(await removeDisk(record.copy))) return undefined;
    const { sizeBytes } = seen;
    const ready = await store.change(record.id, (now) => ({ ...(enter(now, 'ready') ?? now), sizeBytes }));
    return ready?.phase;
  }

  /** An upload: copies the spool to an image, and the image to the disk. */
  async function pour(record: TransferRecord): Promise<Phase | undefined> {
    const { image } = record;
    if (record.poured) return settled(record);
    if (image === undefined) {
      const imageId = await images.create(imageName(record.id), record.format === 'cow' ? 'qcow2' : 'raw');
      await note(record, { image: imageId });
      return undefined;
    }
    const seen = await images.look(image);
    if (!seen || seen.state === 'failed') {
      if ((tries += 1) >= TRIES) throw failed(`The image of the upload went into error ${TRIES} times.`);
      await images.remove(image);
      await store.change(record.id, ({ image: _, ...now }) => now);
      return undefined;
    }
    if (seen.state === 'pending') return attempt(() => send(record, image));
    if ((await disks.get(record.disk)).status === 'locked') return undefined;
    await attempt(async () => {
      await images.intoDisk(image, record.disk);
      await note(record, { poured: true });
    });
    return undefined;
  }

  /** Sends only what was written: the rest of the disk is unchanged, as with an engine. */
  async function send(record: TransferRecord, image: string): Promise<void> {
    const length = await store.written(record.id);
    if (length === 0) throw new Fault('backend.refused', { text: 'Nothing was uploaded.' });
    await images.write(image, length, () => store.read(record.id, 0, length));
  }

  async function settled(record: TransferRecord): Promise<Phase | undefined> {
    const disk = await disks.get(record.disk);
    if (disk.status === 'locked') return undefined;
    if (disk.status === 'ok') return finish(record);
    throw failed(`The cloud could not write the image to disk ${record.disk} (${disk.backendStatus ?? 'in error'}).`);
  }

  /** Cleans up, unlocks the disk, and records the end. */
  async function finish(record: TransferRecord): Promise<Phase | undefined> {
    const disk = await unlessGone(disks.get(record.disk));
    // Only Cinder itself can release a volume that it reads or writes
    if (disk?.status === 'locked' && record.volumeSnapshot === undefined) return undefined;
    for (const image of new Set([
      ...(record.image === undefined ? [] : [record.image]),
      ...(await strayImages(record)),
    ]))
      await images.remove(image);
    for (const copy of await copiesOf(record, disk)) if (!(await removeDisk(copy))) return undefined;
    const moved = record.direction === 'upload' ? await store.written(record.id) : record.sizeBytes;
    await store.drop(record.id);
    const end = endOf(record.phase);
    if (disk && record.volumeSnapshot === undefined) await unlessGone(disks.note(record.disk, unlocked(record, end)));
    const now = Date.now();
    await store.change(record.id, ({ login: _, loginEndsAt: __, holder: ___, heldUntil: ____, ...last }) => ({
      ...endedAs(last, end, now),
      phase: end,
      endedAt: now,
      moved,
    }));
    return end;
  }

  /** Images that were requested but not recorded, because the gateway stopped in between. */
  function strayImages({ id }: TransferRecord): Promise<readonly string[]> {
    return images.named(imageName(id));
  }

  async function copiesOf(record: TransferRecord, disk: Disk | undefined): Promise<readonly string[]> {
    if (record.direction === 'upload' || !needsCopy(record, disk))
      return record.copy === undefined ? [] : [record.copy];
    const all = await collect(disks.list());
    return all.filter(({ notes }) => notes?.['transfer.copy']?.startsWith(record.id)).map(({ id }) => id);
  }

  /** Whether it is gone. */
  async function removeDisk(id: string): Promise<boolean> {
    const disk = await unlessGone(disks.get(id));
    if (!disk) return true;
    if (disk.status !== 'locked') await attempt(() => disks.remove(id));
    return false;
  }
}

/** The record with its end, except for a cancelled one, whose end is recorded already. */
const endedAs = (record: TransferRecord, end: Phase, now: number): TransferRecord =>
  end === 'finished_success'
    ? happened(record, 'success', now)
    : end === 'finished_failure' && record.phase !== 'cancelled_system'
      ? happened(record, 'failure', now)
      : record;

/** Whether the disk must be copied to be read: one that a VM has, and a snapshot. */
const needsCopy = ({ volumeSnapshot }: TransferRecord, disk: Disk | undefined): boolean =>
  volumeSnapshot !== undefined || (disk?.vmIds?.length ?? 0) > 0;

const failed = (text: string): Fault => new Fault('backend.failed', { text });

/** The notes of an unlocked disk: a failed upload stays noted until another succeeds. */
const unlocked = ({ direction, phase, why }: TransferRecord, end: Phase): Record<string, string | null> => ({
  transfer: null,
  ...(direction === 'upload' &&
    end === 'finished_failure' &&
    phase !== 'cancelled_system' && { illegal: (why ?? 'The upload failed.').slice(0, 255) }),
});
