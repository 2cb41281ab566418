import { Fault, isFault, type ImagePort } from '../../../model/index.js';
import type { Image } from '../../../generated/openstack/glance.js';
import type { Connection } from '../connection.js';
import { removed } from '../../http/removal.js';
import { aboutDisk } from '../cinder/volumes.js';

/** Cinder overwrites a volume with an image, and keeps its id, since this microversion (Yoga). */
const REIMAGE = { 'openstack-api-version': 'volume 3.68' };

/** Transfers a disk's bytes through Glance's images: Cinder copies volumes to images, and images to volumes. */
export function createImageData(connection: Connection): ImagePort {
  const at = (id: string) => ({ params: { image: id }, about: [{ what: 'Image', id }] });
  const onDisk = (id: string) => ({ params: { volume: id }, about: aboutDisk(id) });
  return {
    async create(name, format) {
      const body = { name, disk_format: format, container_format: 'bare', visibility: 'private' } as const;
      return (await connection.call('glance.images.create', { body })).id;
    },
    async write(id, length, parts) {
      await connection.send('glance.images.upload', at(id), { length, parts });
    },
    read: (id, start, end) =>
      connection.bytes('glance.images.download', {
        ...at(id),
        headers: { range: `bytes=${start}-${end - 1}`, accept: 'application/octet-stream' },
      }),
    async look(id) {
      try {
        return stateOf(await connection.call('glance.images.get', at(id)));
      } catch (error) {
        if (isFault(error, 'not-found')) return undefined;
        throw error;
      }
    },
    async named(name) {
      const { images } = await connection.call('glance.images.list', { query: { name } });
      return images.map(({ id }) => id);
    },
    async ofDisk(diskId, name, format) {
      const { 'os-volume_upload_image': created } = await connection.call(
        'cinder.volumes.action.os-volume_upload_image',
        {
          ...onDisk(diskId),
          body: { 'os-volume_upload_image': { image_name: name, disk_format: format, container_format: 'bare' } },
        },
      );
      return created.image_id;
    },
    async intoDisk(id, diskId) {
      await connection.call('cinder.volumes.action.os-reimage', {
        ...onDisk(diskId),
        headers: REIMAGE,
        body: { 'os-reimage': { image_id: id } },
      });
    },
    async remove(id) {
      await removed(connection.call('glance.images.delete', at(id)));
    },
  };
}

function stateOf({ id, status, size }: Image): Awaited<ReturnType<ImagePort['look']>> {
  if (status === 'active') {
    const sizeBytes = Number(size);
    if (!Number.isSafeInteger(sizeBytes))
      throw new Fault('backend.answer', { service: 'Glance', text: `image ${id} is active, but has no size` });
    return { state: 'ready', sizeBytes };
  }
  return { state: ['queued', 'saving', 'importing'].includes(status) ? 'pending' : 'failed' };
}
