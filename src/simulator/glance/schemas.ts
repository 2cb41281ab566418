import type { JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';

const text = { type: ['null', 'string'] };
const readOnly = (type: JsonObject): JsonObject => ({ ...type, readOnly: true });
const time = readOnly({ type: 'string' });

/** Of an image, as clients read it to know what an image may have (recorded: 045). */
const IMAGE: JsonObject = {
  id: { type: 'string' },
  name: { ...text, maxLength: 255 },
  status: readOnly({
    type: 'string',
    enum: [
      'queued',
      'saving',
      'active',
      'killed',
      'deleted',
      'uploading',
      'importing',
      'pending_delete',
      'deactivated',
    ],
  }),
  visibility: { type: 'string', enum: ['community', 'public', 'private', 'shared'] },
  protected: { type: 'boolean' },
  os_hidden: { type: 'boolean' },
  checksum: readOnly(text),
  os_hash_algo: readOnly(text),
  os_hash_value: readOnly(text),
  owner: { ...text, maxLength: 255 },
  size: readOnly({ type: ['null', 'integer'] }),
  virtual_size: readOnly({ type: ['null', 'integer'] }),
  container_format: { ...text, enum: [null, 'ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'] },
  disk_format: {
    ...text,
    enum: [null, 'ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'],
  },
  created_at: time,
  updated_at: time,
  tags: { type: 'array', items: { type: 'string', maxLength: 255 } },
  min_ram: { type: 'integer' },
  min_disk: { type: 'integer' },
  self: readOnly({ type: 'string' }),
  file: readOnly({ type: 'string' }),
  schema: readOnly({ type: 'string' }),
};

const MEMBER: JsonObject = {
  member_id: { type: 'string' },
  image_id: { type: 'string' },
  created_at: { type: 'string' },
  updated_at: { type: 'string' },
  status: { type: 'string', enum: ['pending', 'accepted', 'rejected'] },
  schema: readOnly({ type: 'string' }),
};

const listOf = (name: string, item: JsonObject): JsonObject => ({
  name,
  properties: {
    [name]: { type: 'array', items: item },
    first: { type: 'string' },
    next: { type: 'string' },
    schema: { type: 'string' },
  },
  links: [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
    { rel: 'describedby', href: '{schema}' },
  ],
});

const image: JsonObject = {
  name: 'image',
  properties: IMAGE,
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};
const member: JsonObject = { name: 'member', properties: MEMBER };

const SCHEMAS: Readonly<Record<string, JsonObject>> = {
  image,
  images: listOf('images', image),
  member,
  members: listOf('members', member),
};

const name = { type: 'string', maxLength: 80 };
const texts = { type: 'array', items: { type: 'string' }, uniqueItems: true };

const PROPERTY: JsonObject = {
  name,
  title: { type: 'string' },
  description: { type: 'string' },
  operators: { type: 'array', items: { type: 'string' } },
  type: { type: 'string', enum: ['array', 'boolean', 'integer', 'number', 'object', 'string', null] },
  required: texts,
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxLength: { type: 'integer', minimum: 0 },
  minLength: { type: 'integer', minimum: 0 },
  pattern: { type: 'string', format: 'regex' },
  enum: { type: 'array' },
  readonly: { type: 'boolean' },
  default: {},
  items: { type: 'object' },
};
const OBJECT: JsonObject = {
  name,
  description: { type: 'string' },
  required: texts,
  properties: { type: 'object', additionalProperties: { type: 'object', properties: PROPERTY } },
  schema: readOnly({ type: 'string' }),
  self: readOnly({ type: 'string' }),
  created_at: time,
  updated_at: time,
};
const TAG: JsonObject = { name, created_at: time, updated_at: time };
const ASSOCIATION: JsonObject = {
  name: { type: 'string', maxLength: 80 },
  prefix: { type: 'string', maxLength: 80 },
  properties_target: { type: 'string', maxLength: 80 },
  created_at: time,
  updated_at: time,
};
const NAMESPACE: JsonObject = {
  namespace: { type: 'string', maxLength: 80 },
  display_name: { type: 'string', maxLength: 80 },
  description: { type: 'string', maxLength: 500 },
  visibility: { type: 'string', enum: ['public', 'private'] },
  protected: { type: 'boolean' },
  owner: { type: 'string', maxLength: 255 },
  created_at: time,
  updated_at: time,
  self: readOnly({ type: 'string' }),
  schema: readOnly({ type: 'string' }),
  resource_type_associations: { type: 'array', items: { type: 'object', properties: ASSOCIATION } },
  properties: { type: 'object', additionalProperties: { type: 'object', properties: PROPERTY } },
  objects: { type: 'array', items: { type: 'object', properties: OBJECT } },
  tags: { type: 'array', items: { type: 'object', properties: TAG } },
};

const named = (one: string, properties: JsonObject, required: readonly string[]): JsonObject => ({
  name: one,
  properties,
  required,
});
const namespace = named('namespace', NAMESPACE, ['namespace']);
const object = named('object', OBJECT, ['name']);
const property = named('property', PROPERTY, ['name', 'title', 'type']);
const tag = named('tag', TAG, ['name']);
const association = named('resource_type_association', ASSOCIATION, ['name']);

const METADEFS: Readonly<Record<string, JsonObject>> = {
  namespace,
  namespaces: listOf('namespaces', namespace),
  object,
  objects: listOf('objects', object),
  property,
  properties: {
    name: 'properties',
    properties: { properties: { type: 'object', additionalProperties: property } },
  },
  tag,
  tags: listOf('tags', tag),
  resource_type: association,
  resource_types: listOf('resource_type_associations', association),
};

/** `GET /v2/schemas/metadefs/{schema}`. */
export function metadefSchema(call: SimulatedCall): Answer {
  const requested = call.params.schema ?? '';
  const found = Object.hasOwn(METADEFS, requested) ? METADEFS[requested] : undefined;
  if (found === undefined) throw refuse.unknown();
  return ok(found);
}

/** `GET /v2/schemas/{schema}`. */
export function schema(call: SimulatedCall): Answer {
  const name = call.params.schema ?? '';
  const found = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (found === undefined) throw refuse.unknown();
  return ok(found);
}
