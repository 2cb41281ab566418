import { fill } from '../glance/content.js';
import { naive } from '../clock.js';
import { textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { touch } from './attach.js';
import { typeFor } from './storage.js';

/** `os-volume_upload_image`: a new image of a volume's contents (recorded: 375 to 378). */
export function uploadImage(call: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  const name = textIn(args, 'image_name');
  if (name === undefined)
    throw refuse.bad("Invalid input for field/attribute os-volume_upload_image. 'image_name' is a required property");
  if (volume.status !== 'available' && !(volume.status === 'in-use' && truthy(args.force)))
    throw refuse.bad(
      `Invalid volume: Volume ${volume.id} status must be available but current status is: ${volume.status}.`,
    );
  const now = world.clock.stamp();
  const image = world.add('images', {
    id: world.random.uuid(),
    name,
    status: 'queued',
    visibility: textIn(args, 'visibility') ?? 'shared',
    owner: call.token.projectId,
    disk_format: textIn(args, 'disk_format') ?? 'raw',
    container_format: textIn(args, 'container_format') ?? 'bare',
    size: null,
    created_at: now,
    updated_at: now,
    properties: Object.fromEntries(
      Object.entries(volume.image_metadata ?? {}).filter(([key]) => !NOT_INHERITED.has(key)),
    ),
  });
  volume.status = 'uploading';
  touch(world, volume);
  world.work.begin('volume.upload', volume.id, { image: image.id });
  const type = typeFor(world, volume.volume_type);
  return accepted({
    'os-volume_upload_image': {
      id: volume.id,
      updated_at: naive(volume.updated_at),
      status: volume.status,
      display_description: volume.description,
      size: volume.size,
      volume_type:
        type === undefined
          ? null
          : {
              id: type.id,
              name: type.name,
              description: type.description,
              is_public: type.is_public,
              extra_specs: type.extra_specs,
              qos_specs_id: null,
              created_at: naive(volume.created_at),
              updated_at: null,
              deleted_at: null,
              deleted: false,
            },
      image_id: image.id,
      container_format: image.container_format,
      disk_format: image.disk_format,
      image_name: name,
      protected: false,
      visibility: image.visibility,
    },
  });
}

/** What Cinder stores about an image besides its properties. */
export const NOT_INHERITED = new Set([
  'image_id',
  'image_name',
  'checksum',
  'container_format',
  'disk_format',
  'min_disk',
  'min_ram',
  'size',
]);

export const uploadWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.upload': {
    seconds: 10,
    done(world, { id, args }) {
      const [volume, image] = [world.volumes.get(id), world.images.get(args.image ?? '')];
      if (volume?.status !== 'uploading') return;
      volume.status = volume.attachments.length > 0 ? 'in-use' : 'available';
      touch(world, volume);
      if (image === undefined) return;
      fill(image, volume);
      Object.assign(image, { status: 'active', updated_at: world.clock.stamp() });
    },
    failed(world, { id, args }) {
      const volume = world.volumes.get(id);
      world.images.delete(args.image ?? '');
      if (volume !== undefined) volume.status = volume.attachments.length > 0 ? 'in-use' : 'available';
    },
  },
};
