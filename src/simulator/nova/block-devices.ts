import { isArray, isObject, python, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import type { SimulatedCall } from '../router.js';
import type { Image, Volume } from '../world/types.js';
import type { World } from '../world/world.js';

/** A volume that a deployment is to have: one that exists, or one to be made as Cinder's create would. */
export interface PlannedVolume {
  readonly volume?: string;
  readonly make?: JsonObject;
  readonly bootIndex: number | null;
  readonly deleteOnTermination: boolean;
  /** Copied out of this image: bootable afterwards. */
  readonly image?: string;
}

const invalid = (text: string): Error => refuse.bad(`Block Device Mapping is Invalid: ${text}`);

/** Throws Nova's 400 unless the volume may be attached to one more server. */
export function checkAttachable(call: SimulatedCall, volume: Volume): void {
  const held = volume.attachments.map(({ server_id }) => server_id);
  if (held.length > 0 && !volume.multiattach)
    throw refuse.bad(`Invalid volume: volume ${volume.id} is already attached to instances: ${held.join(', ')}`);
  if (volume.status !== 'available' && !(volume.status === 'in-use' && volume.multiattach)) {
    throw refuse.bad(
      `Invalid input received: Invalid volume: Volume ${volume.id} status must be available or downloading ` +
        `to reserve, but the current status is ${volume.status}. (HTTP 400) (Request-ID: ${call.requestId})`,
    );
  }
}

function plannedOne(call: SimulatedCall, world: World, item: JsonObject, name: string): PlannedVolume {
  const source = textIn(item, 'source_type') ?? '';
  const id = textIn(item, 'uuid') ?? '';
  const index =
    typeof item.boot_index === 'number'
      ? item.boot_index
      : typeof item.boot_index === 'string' && item.boot_index !== ''
        ? Number(item.boot_index)
        : null;
  const common = {
    bootIndex: index !== null && index >= 0 ? index : null,
    deleteOnTermination: truthy(item.delete_on_termination),
  };
  const requested = item.volume_size === undefined ? {} : { size: Number(item.volume_size) };
  const type = textIn(item, 'volume_type') === undefined ? {} : { volume_type: textIn(item, 'volume_type') };
  switch (source) {
    case 'volume': {
      const volume = world.volumes.get(id);
      if (volume === undefined) throw invalid(`failed to get volume ${id}.`);
      checkAttachable(call, volume);
      if (common.bootIndex === 0 && !volume.bootable) throw invalid(`Block Device ${id} is not bootable.`);
      return { volume: id, ...common };
    }
    case 'snapshot': {
      const snapshot = world.snapshots.get(id);
      if (snapshot === undefined) throw invalid(`failed to get snapshot ${id}.`);
      return { make: { name, snapshot_id: id, size: snapshot.size, ...requested, ...type }, ...common };
    }
    case 'image': {
      const image = world.images.get(id);
      if (image === undefined) throw invalid(`failed to get image ${id}.`);
      if (item.volume_size === undefined)
        throw invalid("Images with destination_type 'volume' need to have a non-zero size specified");
      return { make: { name, ...requested, ...type }, image: id, ...common };
    }
    case 'blank':
      return { make: { name, size: 1, ...requested, ...type }, ...common };
    default:
      throw refuse.bad(
        `Invalid input for field/attribute source_type. Value: ${source}. '${source}' is not one of ` +
          `['volume', 'image', 'snapshot', 'blank']`,
      );
  }
}

/**
 * What the image brings: a copy of each of its volumes; of one that has none (a plain file), a volume of its least
 * size.
 */
function fromImage(
  image: Image,
  server: { name: string; id: string; root_gb: number; extra_specs: Record<string, string> },
): PlannedVolume[] {
  const volumes =
    image.volumes.length > 0
      ? image.volumes
      : [
          {
            volume_id: null,
            snapshot_id: null,
            size: Math.max(server.root_gb, image.min_disk, 1),
            boot_index: 0,
            volume_type: null,
          },
        ];
  return volumes.map(({ volume_id, snapshot_id, size, boot_index, volume_type }, index) => {
    const type =
      server.extra_specs[`powervm:image_volume_type_${volume_id ?? ''}`] ??
      (boot_index === 0 ? server.extra_specs['powervm:boot_volume_type'] : undefined) ??
      volume_type;
    return {
      make: {
        name: `${server.name}-${server.id.slice(0, 8)}-${boot_index === 0 ? 'boot' : 'data'}-${index}`,
        size,
        ...(type === null ? {} : { volume_type: type }),
        ...(snapshot_id === null ? {} : { snapshot_id }),
      },
      ...(snapshot_id === null ? { image: image.id } : {}),
      bootIndex: boot_index,
      deleteOnTermination: true,
    };
  });
}

/**
 * The volumes of a new server: those of the image unless the request brings a boot device of its own, then those of the
 * request. Throws Nova's 400.
 */
export function plannedVolumes(
  call: SimulatedCall,
  world: World,
  requested: JsonObject,
  image: Image | undefined,
  server: { name: string; id: string; root_gb: number; extra_specs: Record<string, string> },
): PlannedVolume[] {
  const mapping = requested.block_device_mapping_v2 ?? [];
  if (!isArray(mapping) || !mapping.every(isObject))
    throw refuse.bad(
      `Invalid input for field/attribute block_device_mapping_v2. Value: ${python(mapping)}. ` +
        `${python(mapping)} is not of type 'array'`,
    );
  for (const item of mapping) {
    const destination = item.destination_type;
    if (destination !== undefined && destination !== 'local' && destination !== 'volume')
      throw refuse.bad(
        `Invalid input for field/attribute destination_type. Value: ${typeof destination === 'string' ? destination : python(destination)}. ` +
          `${python(destination)} is not one of ['volume', 'local']`,
      );
  }
  const given = mapping
    .filter((item) => textIn(item, 'destination_type') !== 'local')
    .map((item, index) => plannedOne(call, world, item, `${server.name}-${server.id.slice(0, 8)}-${index}`));
  const boots = given.filter(({ bootIndex }) => bootIndex === 0).length;
  if (boots > 1)
    throw invalid('Boot sequence for the instance and image/block device mapping combination is not valid.');
  // OpenStack keeps the root disk of a server from an image on its host, PowerVC in the storage
  const fromVolumes = world.settings.cloud === 'powervc' || (image !== undefined && image.volumes.length > 0);
  return image !== undefined && boots === 0 && fromVolumes ? [...fromImage(image, server), ...given] : given;
}
