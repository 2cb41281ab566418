import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';
import type { Image } from '../world/types.js';

/** The property of an image that lists its volumes: a JSON text (recorded: 425). */
const blockDevices = ({ volumes }: Image): Record<string, string> =>
  volumes.length === 0
    ? {}
    : {
        root_device_name: '/dev/sda',
        bdm_v2: 'True',
        block_device_mapping: JSON.stringify(
          volumes.map(({ volume_id, snapshot_id, size, boot_index, volume_type }, index) => ({
            volume_id,
            tag: null,
            image_id: null,
            encrypted: null,
            device_type: null,
            volume_type,
            boot_index,
            guest_format: null,
            no_device: null,
            destination_type: 'volume',
            encryption_format: null,
            source_type: snapshot_id === null ? 'volume' : 'snapshot',
            volume_size: size,
            snapshot_id,
            encryption_options: null,
            delete_on_termination: true,
            device_name: `/dev/sd${String.fromCharCode(97 + index)}`,
            encryption_secret_uuid: null,
            disk_bus: null,
          })),
        ),
      };

const hashOf = (image: Image, checksum: string): string =>
  image.data === null ? checksum.repeat(4) : contentHash(image, image.data);

interface Hashed {
  readonly data: string;
  readonly hash: string;
}
const hashed = new WeakMap<Image, Hashed>();

/** Calculated once, when the image is written, as Glance does: 128 MiB take 0.25 s, and lists show all images. */
export function contentHash(image: Image, data: string): string {
  const known = hashed.get(image);
  if (known?.data === data) return known.hash;
  const hash = createHash('sha512').update(Buffer.from(data, 'base64')).digest('hex');
  hashed.set(image, { data, hash });
  return hash;
}

/** As Glance tells an image. */
export function imageBody(image: Image): JsonObject {
  const {
    id,
    name,
    disk_format,
    container_format,
    visibility,
    size,
    status,
    checksum,
    min_ram,
    min_disk,
    owner,
    created_at,
    updated_at,
    tags,
  } = image;
  return {
    ...image.properties,
    ...blockDevices(image),
    name,
    disk_format,
    container_format,
    visibility,
    size,
    virtual_size: image.volumes.length > 0 ? null : size,
    status,
    checksum,
    protected: image.protected,
    min_ram,
    min_disk,
    owner,
    os_hidden: false,
    os_hash_algo: checksum === null ? null : 'sha512',
    os_hash_value: checksum === null ? null : hashOf(image, checksum),
    id,
    created_at,
    updated_at,
    locations: [],
    tags,
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    schema: '/v2/schemas/image',
  };
}
