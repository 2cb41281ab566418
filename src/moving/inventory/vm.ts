import type { XmlElement } from '../../codec/index.js';
import type { Version } from '../../ovirt/index.js';
import type { DiskInput } from '../../generated/entities.js';
import { EndpointError, type Endpoint } from '../endpoint/index.js';
import { documentOf, isHeld, partOf, textIn, type HeldParts } from './documents.js';
import type { VmPart, VmRecord } from './record.js';

type PartName = Exclude<keyof VmRecord, 'record' | 'entity' | 'lost'>;

/** A part of a VM: the member of the document that holds it, its link, and its mapping table. */
interface PartSource {
  readonly name: PartName;
  readonly member: string;
  readonly rel: string;
  readonly table: string;
  /** The value for `follow`, if it is not just the member; null: no document includes it. */
  readonly follow?: string | null;
}

const COMMON: readonly PartSource[] = [
  { name: 'nics', member: 'nics', rel: 'nics', table: 'nic' },
  { name: 'snapshots', member: 'snapshots', rel: 'snapshots', table: 'snapshot' },
  { name: 'cdroms', member: 'cdroms', rel: 'cdroms', table: 'cdrom' },
  { name: 'tags', member: 'tags', rel: 'tags', table: 'tag' },
  { name: 'permissions', member: 'permissions', rel: 'permissions', table: 'permission' },
  // no `follow`: the schema of an engine's VM has no member numa_nodes, and what is unknown may be a 500 there
  { name: 'numaNodes', member: 'numa_nodes', rel: 'numanodes', table: 'numaNode', follow: null },
];

/** By how the version includes sub-collections in a document. */
const SOURCES: Readonly<Record<'detail' | 'follow', readonly PartSource[]>> = {
  detail: [{ name: 'disks', member: 'disks', rel: 'disks', table: 'disk' }, ...COMMON],
  follow: [
    {
      name: 'disks',
      member: 'disk_attachments',
      rel: 'diskattachments',
      table: 'diskAttachment',
      follow: 'disk_attachments.disk',
    },
    ...COMMON,
  ],
};

/** A request for a VM, or a list of VMs, with all of their parts. */
function requestFor(version: Version, path: string): { path: string; headers: Record<string, string> } {
  const included = SOURCES[version.protocol.inline].flatMap(({ member, follow = member }) => follow ?? []);
  if (version.protocol.inline === 'follow') {
    const follow = included.join(',');
    return { path: `${path}${path.includes('?') ? '&' : '?'}follow=${follow}`, headers: { 'all-content': 'true' } };
  }
  const details = included.map((member) => `; detail=${member}`).join('');
  return { path, headers: { accept: `application/xml${details}`, 'all-content': 'true' } };
}

/** A page of VMs: the first is page 1. `size` is a query parameter in version 4, and a matrix parameter in version 3. */
function pagePath({ protocol }: Version, search: string, page: number, size: number): string {
  const query = encodeURIComponent(`${search} page ${page}`.trim());
  return protocol.inline === 'follow' ? `/vms?search=${query}&max=${size}` : `/vms;max=${size}?search=${query}`;
}

/** The entities that are created on the new side. Others are only looked at: what of them is not created is no loss. */
const MOVED = new Set(['disk', 'nic', 'numaNode']);

const itemsOf = (held: unknown): HeldParts[] =>
  isHeld(held) ? Object.values(held).flatMap((list) => (Array.isArray(list) ? list.filter(isHeld) : [])) : [];

/** Reads VMs with their parts: those that the document lacks are read from its links. */
export interface VmReader {
  /** One VM; undefined if it has been removed. @throws EndpointError, UnreadableError */
  one(id: string): Promise<VmRecord | undefined>;
  /** The documents of a page of the VMs that a search finds, for `whole`. @throws EndpointError */
  page(search: string, page: number, size: number): AsyncGenerator<XmlElement>;
  /** A VM of a page. @throws EndpointError, UnreadableError */
  whole(document: XmlElement): Promise<VmRecord>;
}

export function vmReader(endpoint: Endpoint): VmReader {
  const { version } = endpoint;
  const sources = SOURCES[version.protocol.inline];
  const members = sources.map(({ member }) => member);
  /** Members that this endpoint has included before, in a VM of its own or of a list: if one is absent, it is empty. */
  const held = { one: new Set<string>(), page: new Set<string>() };

  return {
    async one(id) {
      const { path, headers } = requestFor(version, `/vms/${encodeURIComponent(id)}`);
      const document = await vmDocument(path, headers);
      return document && recordOf(document, held.one);
    },
    page(search, page, size) {
      const { path, headers } = requestFor(version, pagePath(version, search, page, size));
      return endpoint.items(path, headers);
    },
    whole: (document) => recordOf(document, held.page),
  };

  async function recordOf(document: XmlElement, before: Set<string>): Promise<VmRecord> {
    const { value, unknown } = documentOf(version, 'vm', document);
    for (const member of members) if (value[member] !== undefined) before.add(member);
    const parts = await Promise.all(
      sources.map(async (source) => [source.name, await partsOf(value, source, unknown, before)] as const),
    );
    return {
      record: 'vm',
      ...partOf<VmRecord['entity']>(version, 'vm', value, unknown, members),
      ...(Object.fromEntries(parts) as unknown as Pick<VmRecord, PartName>),
    };
  }

  /** Engines before 4.2 do not have `follow`, and some refuse unknown parameters. Undefined: the VM is gone. */
  async function vmDocument(path: string, headers: Record<string, string>): Promise<XmlElement | undefined> {
    try {
      return await endpoint.read(path, headers);
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      if (error.status === 404) return undefined;
      const at = path.indexOf('?');
      if (at < 0 || (error.status !== 400 && error.status !== 500)) throw error;
      return vmDocument(path.slice(0, at), headers);
    }
  }

  async function partsOf(
    document: HeldParts,
    source: PartSource,
    unknown: readonly string[],
    before: ReadonlySet<string>,
  ): Promise<VmPart<object>[]> {
    const { member, table, rel } = source;
    const inside = document[member];
    if (inside !== undefined || before.has(member)) {
      const begin = `vm.${member}.`;
      const strange = unknown.filter((path) => path.startsWith(begin)).map((path) => path.slice(begin.length));
      const whole = itemsOf(inside).filter((item) => item['id'] !== undefined);
      return Promise.all(whole.map((item, index) => finished(item, table, index === 0 ? strange : [])));
    }
    const link = [document['link']].flat().find((one) => isHeld(one) && one['rel'] === rel);
    const href = isHeld(link) ? textIn(link['href']) : undefined;
    if (href === undefined) return [];
    const found: VmPart<object>[] = [];
    try {
      for await (const element of endpoint.items(href)) {
        const { value, unknown: strange } = documentOf(version, table, element);
        found.push(await finished(value, table, strange));
      }
    } catch (error) {
      // if the endpoint lacks the collection, its VMs have no such part
      if (!(error instanceof EndpointError) || ![400, 404, 405, 501].includes(error.status ?? 0)) throw error;
    }
    return found;
  }

  async function finished(document: HeldParts, table: string, unknown: readonly string[]): Promise<VmPart<object>> {
    if (table === 'diskAttachment') return attached(document, unknown);
    const { lost, ...part } = partOf<object>(version, table, document, unknown);
    return { ...part, ...(lost && MOVED.has(table) && { lost }) };
  }

  /** If the disk is gone or the endpoint has no collection of disks, the attachment is all that is known. */
  async function diskAt(href: string): Promise<HeldParts> {
    try {
      return documentOf(version, 'disk', await endpoint.read(href)).value;
    } catch (error) {
      if (error instanceof EndpointError && error.status === 404) return {};
      throw error;
    }
  }

  /** In version 4 a disk is two documents: its attachment to the VM, and the disk itself. */
  async function attached(document: HeldParts, unknown: readonly string[]): Promise<VmPart<object>> {
    const { disk } = document;
    const reference = isHeld(disk) ? disk : {};
    const href = textIn(reference['href']);
    const own = reference['provisioned_size'] === undefined && href !== undefined ? await diskAt(href) : reference;
    const attachment = partOf<DiskInput>(version, 'diskAttachment', document, unknown, ['disk', 'link']);
    const whole = partOf<DiskInput>(version, 'disk', own, [], ['link', 'vms']);
    const lost = [...(attachment.lost ?? []), ...(whole.lost ?? [])];
    return {
      entity: { ...whole.entity, ...attachment.entity },
      ...(lost.length > 0 && { lost }),
    };
  }
}
