import { isObject, str, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import type { Image, Volume, VolumeGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { pour } from '../glance/content.js';
import { tellUnplaced } from './messages.js';
import { checkMetadata } from './metadata.js';
import { checkQuota, isShared, providerFor, take, typeFor } from './storage.js';
import { fails, touch } from './attach.js';

/** The one availability zone of the storage. */
const ZONE = 'nova';

const MALFORMED = 'The server could not comply with the request since it is either malformed or otherwise incorrect.';

/** Where a new volume's contents come from: the size that it needs at least, and what it inherits. */
interface VolumeSource {
  readonly size: number;
  readonly bootable: boolean;
  readonly image: Image | undefined;
  readonly type: string | undefined;
  readonly data: string | null;
}

function sourceOf(world: World, requested: JsonObject): VolumeSource {
  const snapshotId = textIn(requested, 'snapshot_id');
  const sourceId = textIn(requested, 'source_volid');
  const imageId = textIn(requested, 'imageRef') ?? textIn(requested, 'image_id');
  if (snapshotId !== undefined) {
    const snapshot = world.snapshots.get(snapshotId);
    if (snapshot === undefined) throw refuse.notFound('Snapshot', snapshotId);
    if (snapshot.status !== 'available')
      throw refuse.bad(`Invalid snapshot: Originating snapshot status must be one of 'available' values`);
    const origin = world.volumes.get(snapshot.volume_id);
    return {
      size: snapshot.size,
      bootable: origin?.bootable ?? false,
      image: undefined,
      type: origin?.volume_type,
      data: snapshot.data,
    };
  }
  if (sourceId !== undefined) {
    const origin = world.volumes.get(sourceId);
    if (origin === undefined) throw refuse.notFound('Volume', sourceId);
    return {
      size: origin.size,
      bootable: origin.bootable,
      image: undefined,
      type: origin.volume_type,
      data: origin.data,
    };
  }
  if (imageId !== undefined) {
    const image = world.images.get(imageId);
    if (image === undefined) throw refuse.bad('Invalid image identifier or unable to access requested image.');
    if (image.status !== 'active') throw refuse.bad(`Invalid input received: Image ${imageId} is not active.`);
    return { size: Math.max(image.min_disk, 1), bootable: false, image, type: undefined, data: null };
  }
  return { size: 0, bootable: false, image: undefined, type: undefined, data: null };
}

function sizeOf(requested: JsonObject, source: VolumeSource): number {
  const given = requested.size;
  if (given === undefined || given === null) {
    if (source.size === 0 || source.image !== undefined) throw refuse.bad(MALFORMED);
    return source.size;
  }
  const size = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  if (typeof size !== 'number' || !Number.isInteger(size))
    throw refuse.bad(
      `Invalid input for field/attribute size. Value: ${str(given)}. ${JSON.stringify(given)} is not of ` +
        `type 'integer', 'string'`,
    );
  if (size < 1)
    throw refuse.bad(`Invalid input for field/attribute size. Value: ${size}. ${size} is less than the minimum of 1`);
  if (size < source.size) {
    if (source.image !== undefined)
      throw refuse.bad(
        `Invalid input received: Volume size ${size}GB cannot be smaller than the image minDisk size ${source.size}GB.`,
      );
    throw refuse.bad(
      textIn(requested, 'snapshot_id') === undefined
        ? 'Invalid input received: Clones currently must be >= original volume size.'
        : `Invalid input received: Volume size '${size}'GB cannot be smaller than the snapshot size ` +
            `${source.size}GB. They must be >= original snapshot size.`,
    );
  }
  return size;
}

/** The group that the volume is to be in. Throws Cinder's 404. */
function groupFor(world: World, project: string, id: string | undefined): VolumeGroup | undefined {
  const group = id === undefined ? undefined : world.groups.get(id);
  if (id !== undefined && group?.project_id !== project) throw refuse.notFound('Group', id);
  return group;
}

/** A new volume, `creating`. Nova makes volumes through this too. Throws Cinder's refusals. */
export function makeVolume(world: World, project: string, user: string, requested: JsonObject): Volume {
  const source = sourceOf(world, requested);
  const size = sizeOf(requested, source);
  const type = typeFor(world, textIn(requested, 'volume_type') ?? source.type, project);
  const group = groupFor(world, project, textIn(requested, 'group_id'));
  const zone = textIn(requested, 'availability_zone');
  if (zone !== undefined && zone !== ZONE && world.settings.cloud === 'openstack')
    throw refuse.bad(`Availability zone '${zone}' is invalid.`);
  const metadata = isObject(requested.metadata) ? checkMetadata(requested.metadata) : {};
  checkQuota(world, project, size);
  const provider = providerFor(world, type);
  const roomy = provider !== undefined && provider.service_status === 'enabled' && provider.free_capacity_gb >= size;
  const volume = world.add('volumes', {
    id: world.random.uuid(),
    size,
    name: textIn(requested, 'name') ?? textIn(requested, 'display_name') ?? null,
    description: textIn(requested, 'description') ?? null,
    status: 'creating',
    volume_type: type?.name ?? '',
    metadata,
    bootable: source.bootable,
    multiattach: truthy(requested.multiattach) || isShared(type),
    snapshot_id: textIn(requested, 'snapshot_id') ?? null,
    source_volid: textIn(requested, 'source_volid') ?? null,
    data: source.data,
    group_id: group?.id ?? null,
    project_id: project,
    user_id: user,
    created_at: world.clock.stamp(),
    updated_at: null,
    storage_hostname: roomy ? provider.storage_hostname : null,
  });
  if (roomy) take(world, provider.storage_hostname, size);
  if (roomy && world.settings.cloud === 'powervc') {
    volume.metadata = { ...volume.metadata, volume_wwn: `6005076${world.random.hex(25)}`.toUpperCase() };
  }
  // Copying contents takes longer than mapping an empty volume.
  world.work.begin(
    'volume.create',
    volume.id,
    source.image === undefined ? {} : { image: source.image.id },
    source.size > 0 ? 10 : 1,
  );
  return volume;
}

function imageMetadata(image: Image): Record<string, string> {
  return {
    ...image.properties,
    image_id: image.id,
    image_name: image.name,
    checksum: image.checksum ?? '',
    container_format: image.container_format ?? '',
    disk_format: image.disk_format ?? '',
    min_disk: String(image.min_disk),
    min_ram: String(image.min_ram),
    size: String(image.size ?? 0),
  };
}

export const createWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.create': {
    seconds: 2,
    done(world, { id, args }) {
      const volume = world.volumes.get(id);
      if (volume?.status !== 'creating') return;
      const image = world.images.get(args.image ?? '');
      // No back end could take it: the reason is in a message alone (docs/reference/openstack.md, "Cinder"). One that
      // Nova makes for a server is reserved for it as soon as it is there (openstack/nova, virt/block_device.py).
      const rested = volume.attachments.length > 0 ? 'reserved' : 'available';
      volume.status = volume.storage_hostname === null ? 'error' : rested;
      if (volume.storage_hostname === null) tellUnplaced(world, volume);
      if (image !== undefined) {
        volume.bootable = true;
        if (image.data !== null) pour(image, volume);
        volume.image_metadata = imageMetadata(image);
      }
      touch(world, volume);
    },
    failed: fails(() => 'error'),
  },
};
