import { Fault, isFault, type ImagePort } from '../../../model/index.js';
import type { Image } from '../../../generated/openstack/glance.js';
import type { Connection } from '../connection.js';
import { removed } from '../../http/removal.js';
import { aboutDisk } from '../cinder/volumes.js';

/** Cinder overwrites a volume with an image, and keeps its id, since this microversion (Yoga). */
export const REIMAGE_VERSION = '3.68';
const REIMAGE = { 'openstack-api-version': `volume ${REIMAGE_VERSION}` };

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
      const args = { ...onDisk(diskId), headers: REIMAGE, body: { 'os-reimage': { image_id: id } } };
      await connection.call('cinder.volumes.action.os-reimage', args).catch((error: unknown) => {
        throw reimageFault(error, [id, diskId]);
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

/**
 * A refused reimage says what was refused. An older Cinder answers 406, or 404 without a word of the volume or the image
 * where the microversion did not reach it; its policy may keep the call for administrators (403).
 */
function reimageFault(error: unknown, ids: readonly string[]): unknown {
  if (!isFault(error)) return error;
  const { code, values } = error;
  const text = String(values['text'] ?? '');
  const what = `Cinder cannot write the image to the volume (os-reimage, API version ${REIMAGE_VERSION})`;
  if (code === 'not-found') {
    if (ids.some((id) => text.includes(id))) return error;
    const why =
      'it does not know this call. It may be older than Yoga, or something in front of it may drop the header ' +
      'OpenStack-API-Version.';
    return new Fault('backend.refused', { text: `${what}: ${why}` }, { cause: error });
  }
  if (code !== 'backend.refused' && code !== 'backend.failed' && code !== 'backend.forbidden') return error;
  return new Fault(code, { ...values, text: `${what}: ${text}` }, { cause: error });
}
