import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';
import { isArray, isObject, str, textIn } from '../json.js';
import { nextQuery, page, sorted } from '../paging.js';
import { Refusal, refuse } from '../refusal.js';
import { created, noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Image } from '../world/types.js';
import type { World } from '../world/world.js';

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

const hashOf = ({ data }: Image, checksum: string): string =>
  data === null ? checksum.repeat(4) : createHash('sha512').update(Buffer.from(data, 'base64')).digest('hex');

function imageBody(image: Image): JsonObject {
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

const visible = (call: SimulatedCall, { visibility, owner, members }: Image): boolean =>
  visibility === 'public' ||
  visibility === 'community' ||
  owner === call.token.projectId ||
  members.some(({ member_id }) => member_id === call.token.projectId) ||
  call.token.roles.includes('admin');

/** Throws Glance's 404. */
export function findImage(
  call: SimulatedCall,
  world: World,
  text = (id: string) => `No image found with ID ${id}`,
): Image {
  const id = call.params.image ?? '';
  const image = world.images.get(id);
  if (image === undefined || !visible(call, image)) throw refuse.missing(text(id));
  return image;
}

const PLAIN = new Set(['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'member_status', 'size_min', 'size_max']);

function list(call: SimulatedCall, world: World): Answer {
  const filters = [...call.query].filter(([key]) => !PLAIN.has(key));
  const fits = (image: Image): boolean => {
    const body = imageBody(image);
    return filters.every(([key, wanted]) =>
      key === 'tag'
        ? image.tags.includes(wanted)
        : wanted
            .replace(/^in:/, '')
            .split(',')
            .some((option) => String(body[key]) === option),
    );
  };
  const all = sorted(
    [...world.images.values()].filter((image) => visible(call, image) && fits(image)),
    call.query,
    (image, key) => imageBody(image)[key],
    (a, b) => b.created_at.localeCompare(a.created_at) || b.id.localeCompare(a.id),
  );
  const paging = {
    id: (image: Image) => image.id,
    max: Math.min(world.settings.pageLimit, call.query.has('limit') ? Infinity : 25),
    badMarker: () => refuse.bad('Invalid marker'),
  };
  const found = page(all, call.query, paging);
  const first = new URLSearchParams(call.query);
  first.delete('marker');
  const last = found.items.at(-1);
  return ok({
    images: found.items.map(imageBody),
    first: `/v2/images${first.size === 0 ? '' : `?${first.toString()}`}`,
    schema: '/v2/schemas/images',
    ...(found.full && last !== undefined ? { next: `/v2/images?${nextQuery(call.query, last.id)}` } : {}),
  });
}

const FIELDS = new Set([
  'name',
  'disk_format',
  'container_format',
  'visibility',
  'min_ram',
  'min_disk',
  'protected',
  'tags',
  'id',
]);
const FORMATS = new Set(['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop']);

function create(call: SimulatedCall, world: World): Answer {
  if (!isObject(call.body)) throw refuse.bad('Malformed request body');
  const body = call.body;
  const id = textIn(body, 'id') ?? world.random.uuid();
  if (world.images.has(id)) throw refuse.conflict(`Image ID ${id} already exists!`);
  if (body.disk_format !== undefined && !FORMATS.has(str(body.disk_format))) {
    throw refuse.bad(
      `Provided object does not match schema 'image': '${str(body.disk_format)}' is not one of [None, ${[...FORMATS].map((format) => `'${format}'`).join(', ')}]`,
    );
  }
  if (body.visibility === 'public' && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to complete publicize_image action.');
  const now = world.clock.stamp();
  const image = world.add('images', {
    id,
    name: textIn(body, 'name') ?? '',
    status: 'queued',
    size: null,
    visibility: textIn(body, 'visibility') ?? 'shared',
    owner: call.token.projectId,
    created_at: now,
    updated_at: now,
    disk_format: textIn(body, 'disk_format') ?? null,
    container_format: textIn(body, 'container_format') ?? null,
    min_ram: Number(body.min_ram ?? 0),
    min_disk: Number(body.min_disk ?? 0),
    protected: body.protected === true,
    tags: isArray(body.tags) ? body.tags.map(String) : [],
    properties: Object.fromEntries(
      Object.entries(body)
        .filter(([key]) => !FIELDS.has(key))
        .map(([key, value]) => [key, str(value)]),
    ),
  });
  return { ...created(imageBody(image)), headers: { Location: `${call.base}/image/v2/images/${id}` } };
}

function remove(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world, (id) => `Failed to find image ${id} to delete`);
  if (image.protected) throw refuse.forbidden(`Image ${image.id} is protected and cannot be deleted.`);
  if (image.owner !== call.token.projectId && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not permitted to delete this image.');
  world.images.delete(image.id);
  return noContent;
}

const READ_ONLY = new Set([
  'status',
  'size',
  'checksum',
  'created_at',
  'updated_at',
  'self',
  'file',
  'schema',
  'id',
  'owner',
]);

function update(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world);
  const type = call.headers['content-type'] ?? '';
  if (!type.startsWith('application/openstack-images-v2.')) {
    throw new Refusal(415, `The request media type ${type} is not supported by this server. `, {
      headers: {
        'Accept-Patch': [0, 1].map((minor) => `application/openstack-images-v2.${minor}-json-patch`).join(', '),
      },
    });
  }
  if (!isArray(call.body)) throw refuse.bad('Request body must be a JSON array of operation objects.');
  for (const operation of call.body) {
    const key = (textIn(operation, 'path') ?? '').replace(/^\//, '');
    const value = isObject(operation) ? operation.value : undefined;
    if (READ_ONLY.has(key)) throw refuse.forbidden(`Attribute '${key}' is read-only.`);
    if (textIn(operation, 'op') === 'remove') delete image.properties[key];
    else if (key === 'name' || key === 'visibility') image[key] = String(value);
    else if (key === 'protected') image.protected = value === true;
    else if (key === 'min_ram' || key === 'min_disk') image[key] = Number(value);
    else if (key === 'tags') image.tags = isArray(value) ? value.map(String) : [];
    else image.properties[key] = String(value);
  }
  image.updated_at = world.clock.stamp();
  return ok(imageBody(image));
}

export function activation(status: string) {
  return function setStatus(call: SimulatedCall, world: World): Answer {
    findImage(call, world).status = status;
    return noContent;
  };
}

export const images = {
  list,
  create,
  update,
  remove,
  get: (call: SimulatedCall, world: World): Answer => ok(imageBody(findImage(call, world))),
};
