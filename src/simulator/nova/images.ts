import { isObject, str, type JsonObject } from '../json.js';
import { nextLink, page } from '../paging.js';
import { refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Image } from '../world/types.js';
import type { World } from '../world/world.js';

const bookmark = (call: SimulatedCall, kind: string, id: string): JsonObject => ({
  rel: 'bookmark',
  href: `${call.endpoint.replace('/v2.1', '')}/${kind}/${id}`,
});

const links = (call: SimulatedCall, id: string): JsonObject[] => [
  { rel: 'self', href: `${call.endpoint}/images/${id}` },
  bookmark(call, 'images', id),
  {
    rel: 'alternate',
    type: 'application/vnd.openstack.image',
    href: `${call.base}/image/images/${id}`,
  },
];

/** Nova's words for Glance's (openstack/nova, api/openstack/compute/views/images.py). */
const STATUS: Readonly<Record<string, readonly [status: string, progress: number]>> = {
  active: ['ACTIVE', 100],
  queued: ['SAVING', 25],
  saving: ['SAVING', 50],
  deleted: ['DELETED', 0],
};

/** PowerVC's clients find the volumes of an image here, as a list (docs/reference/power.md, 1.3). */
const volumesOf = ({ volumes }: Image): JsonObject[] =>
  volumes.map(({ volume_id, size, boot_index, volume_type }) => ({
    volume_id,
    boot_index,
    volume_size: size,
    volume_type,
    source_type: 'volume',
    destination_type: 'volume',
  }));

function imageBody(call: SimulatedCall, world: World, image: Image): JsonObject {
  const [status, progress] = STATUS[image.status] ?? ['UNKNOWN', 0];
  const server = image.properties.instance_uuid;
  return {
    id: image.id,
    name: image.name,
    minRam: image.min_ram,
    minDisk: image.min_disk,
    metadata: {
      ...image.properties,
      ...(world.settings.cloud === 'powervc' ? { block_device_mapping: volumesOf(image) } : {}),
    },
    created: image.created_at,
    updated: image.updated_at,
    status,
    progress,
    'OS-EXT-IMG-SIZE:size': image.size ?? 0,
    ...(server === undefined
      ? {}
      : {
          server: {
            id: server,
            links: [{ rel: 'self', href: `${call.endpoint}/servers/${server}` }, bookmark(call, 'servers', server)],
          },
        }),
    links: links(call, image.id),
  };
}

const seen = (call: SimulatedCall, { owner, visibility }: Image): boolean =>
  visibility === 'public' || owner === call.token.projectId || call.token.roles.includes('admin');

/** Up to 2.35; then clients go to Glance themselves. `until`: the last version that the route has. */
function upTo(call: SimulatedCall, until: number): void {
  if (call.version > until) throw refuse.unknown();
}

function find(call: SimulatedCall, world: World): Image {
  const image = world.images.get(call.params.image ?? '');
  if (image === undefined || !seen(call, image)) throw refuse.missing('Image not found.');
  return image;
}

/** Filters of the lists, by parameter. */
const FILTERS: Readonly<Record<string, (image: Image, requested: string) => boolean>> = {
  name: ({ name }, requested) => name === requested,
  status: ({ status }, requested) => (STATUS[status]?.[0] ?? 'UNKNOWN') === requested.toUpperCase(),
  server: ({ properties }, requested) => properties.instance_uuid === requested.split('/').at(-1),
  type: ({ properties }, requested) => (properties.image_type ?? 'base') === requested,
  minRam: ({ min_ram }, requested) => min_ram >= Number(requested),
  minDisk: ({ min_disk }, requested) => min_disk >= Number(requested),
  'changes-since': ({ updated_at }, requested) => Date.parse(updated_at) >= Date.parse(requested),
};

function list(view: (call: SimulatedCall, world: World, image: Image) => JsonObject) {
  return function listImages(call: SimulatedCall, world: World): Answer {
    upTo(call, 35);
    const requested = Object.entries(FILTERS).flatMap(([key, fits]) => {
      const requested = call.query.get(key);
      return requested === null ? [] : [{ fits, wanted: requested }];
    });
    const all = [...world.images.values()]
      .filter((image) => seen(call, image) && requested.every(({ fits, wanted: requested }) => fits(image, requested)))
      .sort((a, b) => b.created_at.localeCompare(a.created_at) || b.id.localeCompare(a.id));
    const paging = {
      id: ({ id }: Image) => id,
      max: world.settings.pageLimit,
      badMarker: (marker: string) => refuse.bad(`marker [${marker}] not found`),
    };
    const found = page(all, call.query, paging);
    const next = call.query.has('limit') ? nextLink(call, 'images', found, paging) : {};
    return ok({ images: found.items.map((image) => view(call, world, image)), ...next });
  };
}

/** What the body has under that name, as texts. Throws Nova's 400. */
function given(call: SimulatedCall, key: 'metadata' | 'meta'): Record<string, string> {
  const held = isObject(call.body) ? call.body[key] : undefined;
  if (!isObject(held)) throw refuse.bad(`Invalid input for field/attribute body. '${key}' is a required property`);
  return Object.fromEntries(Object.entries(held).map(([name, value]) => [name, str(value)]));
}

/** Those of the caller's own projects can be changed. */
function own(call: SimulatedCall, world: World): Image {
  upTo(call, 38);
  const image = find(call, world);
  if (image.owner !== call.token.projectId && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not allowed to change that image');
  return image;
}

function itemOf(image: Image, key: string): string {
  const value = image.properties[key];
  if (value === undefined) throw refuse.missing('Metadata item was not found');
  return value;
}

/** Metadata of images, up to 2.38: their properties in Glance. */
const metadata = {
  list: (call: SimulatedCall, world: World): Answer => {
    upTo(call, 38);
    return ok({ metadata: find(call, world).properties });
  },
  merge: (call: SimulatedCall, world: World): Answer => {
    const image = own(call, world);
    image.properties = { ...image.properties, ...given(call, 'metadata') };
    return ok({ metadata: image.properties });
  },
  replace: (call: SimulatedCall, world: World): Answer => {
    const image = own(call, world);
    image.properties = given(call, 'metadata');
    return ok({ metadata: image.properties });
  },
  get: (call: SimulatedCall, world: World): Answer => {
    upTo(call, 38);
    const key = call.params.key ?? '';
    return ok({ meta: { [key]: itemOf(find(call, world), key) } });
  },
  set: (call: SimulatedCall, world: World): Answer => {
    const image = own(call, world);
    const meta = given(call, 'meta');
    if (Object.keys(meta).length !== 1 || meta[call.params.key ?? ''] === undefined)
      throw refuse.bad('Request body and URI mismatch');
    image.properties = { ...image.properties, ...meta };
    return ok({ meta });
  },
  remove: (call: SimulatedCall, world: World): Answer => {
    const image = own(call, world);
    const key = call.params.key ?? '';
    itemOf(image, key);
    image.properties = Object.fromEntries(Object.entries(image.properties).filter(([name]) => name !== key));
    return noContent;
  },
};

/** Nova's old way to Glance's images. */
export const images = {
  list: list((call, _, { id, name }) => ({ id, name, links: links(call, id) })),
  detail: list(imageBody),
  get: (call: SimulatedCall, world: World): Answer => {
    upTo(call, 35);
    return ok({ image: imageBody(call, world, find(call, world)) });
  },
  remove: (call: SimulatedCall, world: World): Answer => {
    upTo(call, 35);
    const image = find(call, world);
    if (image.owner !== call.token.projectId && !call.token.roles.includes('admin'))
      throw refuse.forbidden('You are not allowed to delete the image.');
    if (image.protected) throw refuse.forbidden('You are not allowed to delete the image.');
    world.images.delete(image.id);
    return noContent;
  },
  metadata,
};
