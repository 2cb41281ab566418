import { createHash } from 'node:crypto';

/**
 * Ids that must be made up are name-based UUIDs: the same on every replica and after every restart (DESIGN, decision
 * 3).
 */
const NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** The Blank template, the root tag and the CD-ROM drive of a VM (docs/reference/ovirt.md, sections 2 and 11). */
export const ZERO_ID = '00000000-0000-0000-0000-000000000000';

function format(hash: Buffer, version: 3 | 5): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** UUID version 5 (RFC 9562, 5.5) of the parts, joined by a slash. */
export const nameId = (...parts: string[]): string =>
  format(createHash('sha1').update(NAMESPACE).update(parts.join('/')).digest(), 5);

/** The most names whose ids are cached. */
const MOST_REMEMBERED = 10_000;

/** `nameId` of one kind, with a cache: hashing two names of every VM was 4 % of a list. */
export function rememberedIds(kind: string): (name: string) => string {
  const known = new Map<string, string>();
  return function idOf(name) {
    const found = known.get(name);
    if (found !== undefined) return found;
    const id = nameId(kind, name);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(name, id);
    return id;
  };
}

/** UUID version 3, for statistics: the kind that engines use there (RHEV-M REST guide, example 15.19). */
export const statisticId = (...parts: string[]): string =>
  format(createHash('md5').update(parts.join('/')).digest(), 3);

/**
 * A UUID for an id of Keystone, which are 32 hexadecimal digits or any text of a directory: oVirt's paths need UUIDs.
 * The same text always gives the same UUID.
 */
export const uuidOf = (kind: string, text: string): string =>
  isUuid(text)
    ? text.toLowerCase()
    : /^[0-9a-f]{32}$/i.test(text)
      ? text.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      : nameId(kind, text);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID of any version, in the form that Nova, Cinder and oVirt print. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** The name, or the id where the name is blank: clients list by names, and clouds accept blank ones. */
export const nameOrId = (name: string | null | undefined, id: string): string => (name?.trim() ? name : id);
