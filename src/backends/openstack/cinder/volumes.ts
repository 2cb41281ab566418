import { firstOf } from '../../../invariant.js';
import { Fault, isFault, type Disk, type DiskPort, type DiskSpec, type NotesPatch } from '../../../model/index.js';
import type { NewVolume, Volume } from '../../../generated/openstack/cinder.js';
import type { CallArguments } from '../calls.js';
import type { Connection } from '../connection.js';
import type { Target } from '../../http/refusal.js';
import { applyPatch, split } from '../notes/notes.js';
import { all, hasNext, pages, type Page } from '../paging.js';
import { removed } from '../../http/removal.js';
import { GIB } from '../../../units.js';

/** How many volumes are read one by one. */
const MOST_SINGLE = 16;

/**
 * How many volumes of a project are listed to find those of a VM. Each takes about 20 µs of CPU, a call 500: among 900
 * volumes the two of a VM took 21 ms as a list, and 5 ms one by one.
 */
const FEW = 50;

export const aboutDisk = (id: string): readonly Target[] => [{ what: 'Disk', id }];
const aboutAttachment = (vmId: string, diskId: string): readonly Target[] => [
  { what: 'VM', id: vmId },
  { what: 'Disk', id: diskId },
];

/** Whether the last list of all volumes had more than FEW; absent before the first. */
export interface Extent {
  manyVolumes: boolean | undefined;
}

/** What a backend adds to plain Cinder. */
export interface VolumeReading {
  /** Maps all volumes at once, because they may need names to be looked up. */
  readonly disksOf: (volumes: readonly Volume[]) => Promise<Disk[]>;
  readonly extent: Extent;
  readonly pageSize: number;
  /** Headers of the call that attaches: a microversion. */
  readonly attachHeaders: Readonly<Record<string, string>>;
}

/** The part of the disk port that is plain Cinder and Nova. */
export type PlainVolumes = Pick<
  DiskPort,
  'grainBytes' | 'list' | 'ofVm' | 'get' | 'create' | 'remove' | 'attach' | 'detach' | 'note'
> & {
  /** Runs a call that attaches; succeeds for a disk that is attached to the VM already. */
  readonly attaching: (vmId: string, diskId: string, call: () => Promise<unknown>) => Promise<void>;
};

export function createVolumes(
  connection: Connection,
  { disksOf, extent, pageSize, attachHeaders }: VolumeReading,
): PlainVolumes {
  const act = (id: string) => ({ params: { volume: id }, about: aboutDisk(id) });
  const volume = async (id: string): Promise<Volume> => (await connection.call('cinder.volumes.get', act(id))).volume;
  const diskOf = async (one: Volume): Promise<Disk> => firstOf(await disksOf([one]), 'the disk of a volume');

  async function page(marker: string | undefined, metadata?: Readonly<Record<string, string>>): Promise<Page<Volume>> {
    const { volumes, volumes_links } = await connection.call('cinder.volumes.list', {
      query: { limit: pageSize, marker, metadata: metadata && JSON.stringify(metadata) },
    });
    const more = hasNext(volumes_links);
    if (metadata === undefined && (more || marker === undefined)) extent.manyVolumes = more || volumes.length > FEW;
    return { items: volumes, more };
  }
  const listed = (metadata?: Readonly<Record<string, string>>) => pages((marker) => page(marker, metadata));

  async function* list(query?: Parameters<DiskPort['list']>[0]): AsyncGenerator<Disk[]> {
    for await (const page of listed(query && split(Object.fromEntries([query.note])))) yield disksOf(page);
  }

  /**
   * For projects with more than FEW volumes, so that the cost depends on the VM's own volumes: one call for those that
   * name it in their notes, and one for each other. Cinder before Queens cannot filter by metadata, and returns all.
   */
  async function ofVm({
    id,
    volumeIds,
  }: Parameters<NonNullable<DiskPort['ofVm']>>[0]): ReturnType<NonNullable<DiskPort['ofVm']>> {
    // for a VM with very many volumes, pages take fewer calls
    if (extent.manyVolumes === false || volumeIds.length > MOST_SINGLE) return undefined;
    if (extent.manyVolumes === undefined) {
      const { items, more } = await page(undefined);
      if (!more) return disksOf(items);
    }
    const noting = watched(all(listed(split({ vm: id }))));
    const attached = await Promise.all(volumeIds.map((one) => volume(one).catch(unlessGone)));
    const found = new Map([...attached.flatMap((one) => one ?? []), ...(await noting)].map((one) => [one.id, one]));
    return disksOf([...found.values()].sort(asListed));
  }

  async function create(spec: Parameters<DiskPort['create']>[0]): Promise<Disk> {
    const created: NewVolume = {
      name: spec.name,
      size: Math.max(1, Math.ceil(spec.sizeBytes / GIB)),
      ...(spec.description !== undefined && { description: description(spec.description) }),
      ...(spec.storageDomainId !== undefined && { volume_type: spec.storageDomainId }),
      ...(spec.shareable && { multiattach: true }),
      ...(spec.imageId !== undefined && { imageRef: spec.imageId }),
      ...(spec.copyOf !== undefined && sourceOf(spec.copyOf)),
      metadata: { ...split(spec.notes ?? {}), ...(spec.bootable && { is_boot_volume: 'True' }) },
    };
    const about = spec.storageDomainId === undefined ? [] : [{ what: 'Storage domain', id: spec.storageDomainId }];
    return diskOf((await connection.call('cinder.volumes.create', { about, body: { volume: created } })).volume);
  }

  async function note(id: string, patch: NotesPatch): Promise<void> {
    await applyPatch(patch, {
      merge: async (metadata) =>
        (await connection.call('cinder.volumes.metadata.merge', { ...act(id), body: { metadata } })).metadata,
      remove: (key) =>
        removed(
          connection.call('cinder.volumes.metadata.remove', {
            params: { volume: id, key },
            about: [{ what: 'Metadata', id: key }],
          }),
        ),
    });
  }

  /** The refusal of a second attachment has several forms (400, 409), so the volume is read instead. */
  async function attaching(vmId: string, diskId: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!isFault(error, 'backend.refused') && !isFault(error, 'backend.conflict')) throw error;
      if (!isAttached(await volume(diskId), vmId)) throw error;
    }
  }

  async function attach(vmId: string, diskId: string): Promise<void> {
    const args: CallArguments<'nova.volumes.attach'> = {
      params: { server: vmId },
      about: aboutAttachment(vmId, diskId),
      headers: attachHeaders,
      body: { volumeAttachment: { volumeId: diskId } },
    };
    await attaching(vmId, diskId, () => connection.call('nova.volumes.attach', args));
  }

  async function detach(vmId: string, diskId: string): Promise<void> {
    try {
      await removed(
        connection.call('nova.volumes.detach', {
          params: { server: vmId, volume: diskId },
          about: aboutAttachment(vmId, diskId),
        }),
      );
    } catch (error) {
      if (!isFault(error, 'backend.refused') && !isFault(error, 'backend.conflict')) throw error;
      const now = await volume(diskId);
      if (isAttached(now, vmId) && now.status !== 'detaching') throw error;
    }
  }

  return {
    grainBytes: GIB,
    list,
    ofVm,
    create,
    note,
    attach,
    attaching,
    detach,
    get: async (id) => diskOf(await volume(id)),
    async remove(id) {
      await connection.call('cinder.volumes.delete', act(id));
    },
  };
}

/** Cinder lists the newest first, and of equals the greater id. */
const asListed = (a: Volume, b: Volume): number =>
  descending(a.created_at ?? '', b.created_at ?? '') || descending(a.id, b.id);
const descending = (a: string, b: string): number => (a === b ? 0 : a < b ? 1 : -1);

/** Undefined for a volume that is gone by now. */
function unlessGone(error: unknown): undefined {
  if (!isFault(error, 'not-found')) throw error;
}

/** Handles the rejection of a promise that is awaited later. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

const sourceOf = (source: NonNullable<DiskSpec['copyOf']>): Pick<NewVolume, 'source_volid' | 'snapshot_id'> =>
  'diskId' in source ? { source_volid: source.diskId } : { snapshot_id: source.snapshotId };

const isAttached = ({ attachments }: Volume, vmId: string): boolean =>
  attachments?.some((one) => one.server_id === vmId) ?? false;

/** Cinder's limit. Throws `request.value`. */
export function description(text: string): string {
  if (Array.from(text).length > 255)
    throw new Fault('request.value', { text: "A disk's description has at most 255 characters." });
  return text;
}
