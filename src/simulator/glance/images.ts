import { isArray, isObject, str, textIn } from '../json.js';
import { nextQuery, page, sorted } from '../paging.js';
import { Refusal, refuse } from '../refusal.js';
import { created, noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Image } from '../world/types.js';
import type { World } from '../world/world.js';
import { imageBody } from './view.js';

const visible = (call: SimulatedCall, { visibility, owner, members }: Image): boolean =>
  visibility === 'public' ||
  visibility === 'community' ||
  owner === call.token.projectId ||
  members.some(({ member_id }) => member_id === call.token.projectId) ||
  call.token.roles.includes('admin');

/**
 * What a list shows of what is visible: a shared image once it is accepted, or as `member_status` asks, and a community
 * image only where these are asked for.
 */
function isListed(call: SimulatedCall, image: Image): boolean {
  const { visibility, owner, members } = image;
  const requested = call.query.get('visibility');
  if (visibility === 'community' && owner !== call.token.projectId) return requested === 'community';
  if (visibility === 'public' || owner === call.token.projectId) return true;
  const member = members.find(({ member_id }) => member_id === call.token.projectId);
  if (member === undefined) return call.token.roles.includes('admin');
  const status = call.query.get('member_status') ?? 'accepted';
  return status === 'all' || member.status === status;
}

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
  const [least, most] = ['size_min', 'size_max'].map((key) => {
    const given = call.query.get(key);
    if (given !== null && !/^\d+$/.test(given)) throw refuse.bad(`Invalid value for option ${key}: ${given}`);
    return given === null ? undefined : Number(given);
  });
  const fits = (image: Image): boolean => {
    const body = imageBody(image);
    if ((image.size ?? 0) < (least ?? 0) || (image.size ?? 0) > (most ?? Infinity)) return false;
    return filters.every(([key, requested]) =>
      key === 'visibility' && requested === 'all'
        ? true
        : key === 'tag'
          ? image.tags.includes(requested)
          : requested
              .replace(/^in:/, '')
              .split(',')
              .some((option) => String(body[key]) === option),
    );
  };
  const all = sorted(
    [...world.images.values()].filter((image) => visible(call, image) && isListed(call, image) && fits(image)),
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
  'owner',
]);
const CONTAINERS = new Set(['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed']);
const FORMATS = new Set(['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop']);

function create(call: SimulatedCall, world: World): Answer {
  if (!isObject(call.body)) throw refuse.bad('Malformed request body');
  const body = call.body;
  const id = textIn(body, 'id') ?? world.random.uuid();
  if (world.images.has(id)) throw refuse.conflict(`Image ID ${id} already exists!`);
  if (body.disk_format !== undefined && !FORMATS.has(str(body.disk_format))) {
    throw refuse.bad(
      `Provided object does not match schema 'image': '${str(body.disk_format)}' is not one of [None, ` +
        `${[...FORMATS].map((format) => `'${format}'`).join(', ')}]`,
    );
  }
  if (body.container_format !== undefined && !CONTAINERS.has(str(body.container_format)))
    throw refuse.bad(
      `Provided object does not match schema 'image': '${str(body.container_format)}' is not one of [None, ` +
        `${[...CONTAINERS].map((format) => `'${format}'`).join(', ')}]`,
    );
  const owner = textIn(body, 'owner') ?? call.token.projectId;
  if (owner !== call.token.projectId && !call.token.roles.includes('admin'))
    throw refuse.forbidden(`You are not permitted to create images owned by '${owner}'.`);
  if (body.visibility === 'public' && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to complete publicize_image action.');
  const now = world.clock.stamp();
  const image = world.add('images', {
    id,
    name: textIn(body, 'name') ?? '',
    status: 'queued',
    size: null,
    visibility: textIn(body, 'visibility') ?? 'shared',
    owner,
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

/** A change, in the form of version 2.1, or of 2.0, where the operation is the key of its path. Throws Glance's 400. */
function operationOf(given: unknown): { readonly op: string; readonly key: string; readonly value: unknown } {
  const old = (['add', 'replace', 'remove'] as const).find((name) => textIn(given, name) !== undefined);
  const [op, path] = old === undefined ? [textIn(given, 'op'), textIn(given, 'path')] : [old, textIn(given, old)];
  if (op === undefined || path?.startsWith('/') !== true || path === '/')
    throw refuse.bad('Operation objects must contain only one member named "add", "remove", or "replace".');
  const value = isObject(given) ? given.value : undefined;
  if (op !== 'remove' && value === undefined) throw refuse.bad(`Operation "${op}" requires a member named "value".`);
  return { op, key: path.slice(1).replace(/~1/g, '/').replace(/~0/g, '~'), value };
}

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
  for (const given of call.body) {
    const { op, key, value } = operationOf(given);
    if (key === 'owner' && call.token.roles.includes('admin')) {
      image.owner = String(value);
      continue;
    }
    if (READ_ONLY.has(key)) throw refuse.forbidden(`Attribute '${key}' is read-only.`);
    if (op === 'remove') delete image.properties[key];
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
    const image = findImage(call, world);
    if (image.owner !== call.token.projectId && !call.token.roles.includes('admin'))
      throw refuse.forbidden(`You are not authorized to complete ${call.path.split('/').at(-1) ?? ''} action.`);
    image.status = status;
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
