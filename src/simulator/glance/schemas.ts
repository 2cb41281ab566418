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

/** `GET /v2/schemas/{schema}`. */
export function schema(call: SimulatedCall): Answer {
  const name = call.params.schema ?? '';
  const found = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (found === undefined) throw refuse.unknown();
  return ok(found);
}
