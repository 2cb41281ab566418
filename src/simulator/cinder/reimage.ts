import { diskIn, pour } from '../glance/content.js';
import { textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { touch } from './attach.js';
import { GIB } from '../../units.js';

/** `os-reimage` (3.68): an image over a volume, which keeps its id (openstack/cinder, volume/api.py, reimage). */
export function reimage(call: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  if (call.version < 68) throw new Refusal(404, 'The resource could not be found.');
  const id = textIn(args, 'image_id') ?? '';
  const image = world.images.get(id);
  if (image === undefined) throw refuse.missing(`Image ${id} could not be found.`);
  if (volume.status !== 'available' && volume.status !== 'error')
    throw refuse.conflict(
      `Invalid volume: Volume ${volume.id} status must be available or error, but current status is: ${volume.status}.`,
    );
  if (image.status !== 'active') throw refuse.bad(`Invalid input received: Image ${id} is not active.`);
  const size = image.data === null ? (image.size ?? 0) : diskIn(image).size;
  if (Math.max(image.min_disk, Math.ceil(size / GIB)) > volume.size)
    throw refuse.bad(
      `Invalid input received: Size of specified image ${Math.ceil(size / GIB)}GB is larger than volume ` +
        `size ${volume.size}GB.`,
    );
  volume.status = 'downloading';
  touch(world, volume);
  world.work.begin('volume.reimage', volume.id, { image: id });
  return accepted();
}

export const reimageWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.reimage': {
    seconds: 10,
    done(world, { id, args }) {
      const [volume, image] = [world.volumes.get(id), world.images.get(args.image ?? '')];
      if (volume?.status !== 'downloading') return;
      // An image that was deleted meanwhile cannot be read to its end
      volume.status = image === undefined ? 'error' : 'available';
      if (image !== undefined) pour(image, volume);
      touch(world, volume);
    },
    failed(world, { id }) {
      const volume = world.volumes.get(id);
      if (volume === undefined) return;
      volume.status = 'error';
      touch(world, volume);
    },
  },
};
