import { isArray, isObject, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { nextQuery, page } from '../paging.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Kept } from '../world/types.js';
import type { World } from '../world/world.js';

/** What a namespace holds, each by its name. */
type Part = 'objects' | 'properties' | 'tags' | 'resource_types';
type Items = Record<string, JsonObject>;

const itemsOf = (namespace: Kept, part: Part): Items => (isObject(namespace[part]) ? (namespace[part] as Items) : {});

const ROOT = '/v2/metadefs/namespaces';

/** A property by itself has no times, and all else has. */
function stamped(world: World, values: JsonObject, before: JsonObject | undefined): JsonObject {
  const now = world.clock.stamp();
  return { ...values, created_at: before?.created_at ?? now, updated_at: now };
}

const objectBody = (namespace: Kept, object: JsonObject): JsonObject => ({
  ...object,
  self: `${ROOT}/${namespace.id}/objects/${String(object.name)}`,
  schema: '/v2/schemas/metadefs/object',
});

const body = ({ id, objects: _, properties: __, tags: ___, resource_types: ____, ...values }: Kept): JsonObject => ({
  namespace: id,
  ...values,
  self: `${ROOT}/${id}`,
  schema: '/v2/schemas/metadefs/namespace',
});

/** With its objects, properties, tags and types of resources where it has some. */
function detail(namespace: Kept): JsonObject {
  const has = (part: Part): boolean => Object.keys(itemsOf(namespace, part)).length > 0;
  return {
    ...body(namespace),
    ...(has('properties') ? { properties: itemsOf(namespace, 'properties') } : {}),
    ...(has('objects')
      ? { objects: Object.values(itemsOf(namespace, 'objects')).map((one) => objectBody(namespace, one)) }
      : {}),
    ...(has('tags') ? { tags: Object.keys(itemsOf(namespace, 'tags')).map((name) => ({ name })) } : {}),
    ...(has('resource_types')
      ? { resource_type_associations: Object.values(itemsOf(namespace, 'resource_types')) }
      : {}),
  };
}

const isAdmin = (call: SimulatedCall): boolean => call.token.roles.includes('admin');

const seen = (call: SimulatedCall, { visibility, owner }: Kept): boolean =>
  visibility === 'public' || owner === call.token.projectId || isAdmin(call);

function find(call: SimulatedCall, world: World): Kept {
  const name = call.params.namespace ?? '';
  const found = world.metadefs.get(name);
  if (found === undefined || !seen(call, found))
    throw refuse.missing(`Metadata definition namespace=${name} was not found.`);
  return found;
}

/** What the body says of a namespace; what it leaves out is as if it were new. Throws Glance's 400. */
function namespaceIn(call: SimulatedCall): JsonObject & { readonly namespace: string } {
  const namespace = textIn(call.body, 'namespace');
  const sent = isObject(call.body) ? call.body : {};
  if (namespace === undefined)
    throw refuse.bad("Provided object does not match schema 'namespace': 'namespace' is a required property");
  const visibility = sent.visibility ?? 'private';
  if (visibility !== 'public' && visibility !== 'private')
    throw refuse.bad(
      `Provided object does not match schema 'namespace': '${str(visibility)}' is not one of ` +
        "['public', 'private']",
    );
  return {
    namespace,
    ...(sent.display_name === undefined ? {} : { display_name: sent.display_name }),
    ...(sent.description === undefined ? {} : { description: sent.description }),
    visibility,
    protected: truthy(sent.protected),
  };
}

const taken = (name: string): Error => refuse.conflict(`The metadata definition namespace=${name} already exists.`);

function create(call: SimulatedCall, world: World): Answer {
  const { namespace, ...values } = namespaceIn(call);
  if (world.metadefs.has(namespace)) throw taken(namespace);
  const owner = textIn(call.body, 'owner') ?? call.token.projectId;
  const record = world.add('metadefs', { id: namespace, ...stamped(world, { ...values, owner }, undefined) });
  const types =
    isObject(call.body) && isArray(call.body.resource_type_associations) ? call.body.resource_type_associations : [];
  for (const type of types.filter(isObject)) put(world, record, 'resource_types', stamped(world, type, undefined));
  return created(detail(record));
}

/** Replaces all that is said of the namespace itself, its name too. */
function update(call: SimulatedCall, world: World): Answer {
  const before = find(call, world);
  const { namespace, ...values } = namespaceIn(call);
  if (namespace !== before.id && world.metadefs.has(namespace)) throw taken(namespace);
  world.metadefs.delete(before.id);
  const { objects, properties, tags, resource_types } = before;
  const parts = { objects, properties, tags, resource_types };
  const record = world.add('metadefs', {
    id: namespace,
    ...stamped(world, { ...values, owner: before.owner }, before),
    ...Object.fromEntries(Object.entries(parts).filter(([, held]) => held !== undefined)),
  });
  return ok(body(record));
}

function remove(call: SimulatedCall, world: World): Answer {
  const namespace = find(call, world);
  if (namespace.protected === true)
    throw refuse.forbidden(`Metadata definition namespace ${namespace.id} is protected and cannot be deleted.`);
  world.metadefs.delete(namespace.id);
  return noContent;
}

function list(call: SimulatedCall, world: World): Answer {
  const requested = call.query.get('visibility');
  const types = call.query.get('resource_types')?.split(',');
  const all = [...world.metadefs.values()].filter(
    (one) =>
      seen(call, one) &&
      (requested === null || one.visibility === requested) &&
      (types === undefined || types.some((type) => Object.hasOwn(itemsOf(one, 'resource_types'), type))),
  );
  const found = page(all.toReversed(), call.query, {
    id: ({ id }: Kept) => id,
    max: world.settings.pageLimit,
    badMarker: (marker: string) => refuse.missing(`Metadata definition namespace=${marker} was not found.`),
  });
  const last = found.items.at(-1);
  return ok({
    namespaces: found.items.map(body),
    schema: '/v2/schemas/metadefs/namespaces',
    first: call.query.size === 0 ? ROOT : `${ROOT}?${call.query.toString()}`,
    ...(found.full && last !== undefined ? { next: `${ROOT}?${nextQuery(call.query, last.id)}` } : {}),
  });
}

function put(world: World, namespace: Kept, part: Part, item: JsonObject, former?: string): void {
  const others = Object.entries(itemsOf(namespace, part)).filter(([name]) => name !== former);
  namespace[part] = Object.fromEntries([...others, [String(item.name), item]]);
}

/** How Glance names an item, and how it shows one. */
const WORDS = {
  objects: { missing: (name: string) => `Could not find metadata object ${name}`, one: 'object' },
  properties: { missing: (name: string) => `Could not find property ${name}`, one: 'property' },
  tags: { missing: (name: string) => `Could not find metadata tag ${name}`, one: 'tag' },
  resource_types: {
    missing: (name: string) => `The metadata definition resource-type association of ${name} was not found`,
    one: 'resource type',
  },
} as const;

function itemAt(call: SimulatedCall, world: World, part: Part): { namespace: Kept; item: JsonObject } {
  const namespace = find(call, world);
  const name = call.params.name ?? '';
  const item = itemsOf(namespace, part)[name];
  if (item === undefined) throw refuse.missing(WORDS[part].missing(name));
  return { namespace, item };
}

const shown = (namespace: Kept, part: Part, item: JsonObject): JsonObject =>
  part === 'objects' ? objectBody(namespace, item) : item;

/** What the body says of an item. Throws Glance's 400. */
function itemIn(call: SimulatedCall, world: World, part: Part, before?: JsonObject): JsonObject {
  const name = call.params.name !== undefined && part === 'tags' && before === undefined ? call.params.name : undefined;
  const sent = isObject(call.body) ? call.body : {};
  const named = name ?? textIn(sent, 'name');
  if (named === undefined)
    throw refuse.bad(`Provided object does not match schema '${WORDS[part].one}': 'name' is a required property`);
  if (part === 'properties') return { ...sent, name: named };
  const values =
    part === 'objects'
      ? { required: sent.required ?? [], ...sent, properties: objectIn(sent, 'properties') ?? {}, name: named }
      : { ...(part === 'tags' ? {} : sent), name: named };
  return stamped(world, values, before);
}

function createItem(part: Part) {
  return function createIn(call: SimulatedCall, world: World): Answer {
    const namespace = find(call, world);
    const item = itemIn(call, world, part);
    const name = String(item.name);
    if (part !== 'resource_types' && Object.hasOwn(itemsOf(namespace, part), name))
      throw refuse.conflict(
        `A metadata definition ${WORDS[part].one} with name=${name} already exists in namespace=${namespace.id}.`,
      );
    put(world, namespace, part, item);
    return created(shown(namespace, part, item));
  };
}

const getItem = (part: Part) =>
  function getIn(call: SimulatedCall, world: World): Answer {
    const { namespace, item } = itemAt(call, world, part);
    return ok(shown(namespace, part, item));
  };

const updateItem = (part: Part) =>
  function updateIn(call: SimulatedCall, world: World): Answer {
    const { namespace, item: before } = itemAt(call, world, part);
    const item = itemIn(call, world, part, before);
    put(world, namespace, part, item, call.params.name);
    return ok(shown(namespace, part, item));
  };

const removeItem = (part: Part) =>
  function removeIn(call: SimulatedCall, world: World): Answer {
    const { namespace } = itemAt(call, world, part);
    namespace[part] = Object.fromEntries(
      Object.entries(itemsOf(namespace, part)).filter(([name]) => name !== call.params.name),
    );
    return noContent;
  };

const clear = (part: Part) =>
  function clearIn(call: SimulatedCall, world: World): Answer {
    find(call, world)[part] = {};
    return noContent;
  };

/** Tags by one call: in place of those there are. */
function replaceTags(call: SimulatedCall, world: World): Answer {
  const namespace = find(call, world);
  const sent = isObject(call.body) && isArray(call.body.tags) ? call.body.tags : [];
  const names = sent.map((tag) => textIn(tag, 'name') ?? '');
  namespace.tags = Object.fromEntries(names.map((name) => [name, stamped(world, { name }, undefined)]));
  return created({ tags: names.map((name) => ({ name })) });
}

const LISTS: Readonly<Record<Part, (namespace: Kept) => JsonObject>> = {
  objects: (namespace) => ({
    objects: Object.values(itemsOf(namespace, 'objects')).map((one) => objectBody(namespace, one)),
    schema: 'v2/schemas/metadefs/objects',
  }),
  properties: (namespace) => ({ properties: itemsOf(namespace, 'properties') }),
  tags: (namespace) => ({ tags: Object.keys(itemsOf(namespace, 'tags')).map((name) => ({ name })) }),
  resource_types: (namespace) => ({ resource_type_associations: Object.values(itemsOf(namespace, 'resource_types')) }),
};

const listItems =
  (part: Part) =>
  (call: SimulatedCall, world: World): Answer =>
    ok(LISTS[part](find(call, world)));

/** Each type of resource that some namespace is about. */
const resourceTypes = (_: SimulatedCall, world: World): Answer => {
  const all = [...world.metadefs.values()].flatMap((one) => Object.values(itemsOf(one, 'resource_types')));
  const first = new Map(all.map(({ name, created_at, updated_at }) => [name, { name, created_at, updated_at }]));
  return ok({ resource_types: [...first.values()] });
};

const AT = `${ROOT}/{namespace}`;

const itemRoutes = (part: Part): Route[] => [
  route('GET', `${AT}/${part}`, `get_metadef_${part}`, listItems(part)),
  route('GET', `${AT}/${part}/{name}`, `get_metadef_${part}`, getItem(part)),
  route('PUT', `${AT}/${part}/{name}`, `modify_metadef_${part}`, updateItem(part), 'admin'),
  route('DELETE', `${AT}/${part}/{name}`, `delete_metadef_${part}`, removeItem(part), 'admin'),
];

/** Definitions of what images and other resources may say of themselves: catalogs that administrators keep. */
export const metadefRoutes: readonly Route[] = [
  route('GET', ROOT, 'get_metadef_namespaces', list),
  route('POST', ROOT, 'add_metadef_namespace', create, 'admin'),
  route('GET', AT, 'get_metadef_namespace', (call, world) => ok(detail(find(call, world)))),
  route('PUT', AT, 'modify_metadef_namespace', update, 'admin'),
  route('DELETE', AT, 'delete_metadef_namespace', remove, 'admin'),
  ...(['objects', 'properties'] as const).flatMap((part) => [
    ...itemRoutes(part),
    route('POST', `${AT}/${part}`, `add_metadef_${part}`, createItem(part), 'admin'),
    route('DELETE', `${AT}/${part}`, `delete_metadef_${part}`, clear(part), 'admin'),
  ]),
  ...itemRoutes('tags'),
  route('POST', `${AT}/tags`, 'add_metadef_tags', replaceTags, 'admin'),
  route('POST', `${AT}/tags/{name}`, 'add_metadef_tag', createItem('tags'), 'admin'),
  route('DELETE', `${AT}/tags`, 'delete_metadef_tags', clear('tags'), 'admin'),
  route('GET', `${AT}/resource_types`, 'list_metadef_resource_types', listItems('resource_types')),
  route('POST', `${AT}/resource_types`, 'add_metadef_resource_type_association', createItem('resource_types'), 'admin'),
  route(
    'DELETE',
    `${AT}/resource_types/{name}`,
    'remove_metadef_resource_type_association',
    removeItem('resource_types'),
    'admin',
  ),
  route('GET', '/v2/metadefs/resource_types', 'list_metadef_resource_types', resourceTypes),
];
