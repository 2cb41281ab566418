import type { XmlElement } from '../../codec/index.js';
import { copied } from '../../text.js';
import { EndpointError, type Endpoint } from '../endpoint/index.js';
import { documentOf, partOf, UnreadableError } from './documents.js';
import { FORMAT, type InventoryRecord, type ProblemRecord, type ThingKind } from './record.js';
import { inOrder } from './in-order.js';
import { vmReader } from './vm.js';

/** What VMs refer to, in the order of the file: each kind with its collection. */
const COLLECTIONS: readonly (readonly [kind: ThingKind, path: string])[] = [
  ['dataCenter', '/datacenters'],
  ['cluster', '/clusters'],
  ['host', '/hosts'],
  ['network', '/networks'],
  ['vnicProfile', '/vnicprofiles'],
  ['storageDomain', '/storagedomains'],
  ['template', '/templates'],
  ['instanceType', '/instancetypes'],
  ['tag', '/tags'],
  ['role', '/roles'],
  ['user', '/users'],
];

export interface InventoryOptions {
  /** How many VMs are read at once where a page of them lacks something; 4 by default. */
  readonly atOnce?: number;
  /** Reads only the VMs that this search finds, in oVirt's search language. */
  readonly search?: string;
  /** Called for each VM with the number of VMs, and of those read so far. */
  readonly onVm?: (read: number, total: number) => void;
}

/** VMs of the first page. Further pages are longer, as long as none takes long to read. */
const FIRST_PAGE = 50;
const LONGEST_PAGE = 1600;
/** No page is asked for that is expected to take longer, milliseconds: proxies and engines end a request after 60 s. */
const LONG_MS = 30_000;

/**
 * Everything at an endpoint that concerns VMs, record by record. What cannot be read becomes a record, too, and reading
 * goes on. VMs are read in pages with their parts, and those that were in no page one by one. Only the ids of all VMs
 * and of their disks, and of templates and theirs, are held in memory.
 * @throws EndpointError if the endpoint cannot be reached, goes away, or has no collection of VMs.
 */
export async function* readInventory(
  endpoint: Endpoint,
  { atOnce = 4, search = '', onVm }: InventoryOptions = {},
): AsyncGenerator<InventoryRecord> {
  let problems = 0;
  const problem = (at: string, error: unknown): ProblemRecord => {
    if (!(error instanceof EndpointError) && !(error instanceof UnreadableError)) throw error;
    if (error instanceof EndpointError && error.isAway) throw error;
    problems += 1;
    return { record: 'problem', at, why: error.message };
  };
  yield {
    record: 'endpoint',
    format: FORMAT,
    url: endpoint.url,
    api: endpoint.version.number,
    product: `${endpoint.product.name} ${endpoint.product.version}`.trim(),
    at: new Date().toISOString(),
  };
  const templates: string[] = [];
  for (const [kind, path] of COLLECTIONS)
    yield* things(kind, path, ({ attributes }) => {
      if (kind === 'template') templates.push(copied(attributes.get('id') ?? ''));
      return true;
    });

  /** VMs that have not been read. */
  const waiting = new Set<string>();
  yield* listed();
  const total = waiting.size;
  const done = new Set<string>();
  /** Disks of VMs and templates: in version 4 a disk's own document does not name them. */
  const attached = new Set<string>();
  const isFloating = (disk: XmlElement): boolean => !namesVm(disk) && !attached.has(disk.attributes.get('id') ?? '');
  const reader = vmReader(endpoint);
  let vms = 0;
  if (!/\bpage\s+\d+\s*$/i.test(search)) yield* pages();
  for await (const record of inOrder([...waiting], atOnce, one)) {
    onVm?.(total - waiting.size, total);
    if (record) yield record;
  }
  // with a search, the disks of VMs that it did not find would look as if they had no VM
  if (search === '') {
    for await (const failed of inOrder(templates, atOnce, noteDisksOf)) if (failed) yield failed;
    yield* things('disk', '/disks', isFloating);
  }
  yield { record: 'end', vms, problems };

  /** Notes the disks of a template. One that is gone, or an endpoint without this collection, leaves nothing to note. */
  async function noteDisksOf(template: string): Promise<ProblemRecord | undefined> {
    const collection = endpoint.version.protocol.inline === 'follow' ? 'diskattachments' : 'disks';
    const path = `/templates/${encodeURIComponent(template)}/${collection}`;
    try {
      for await (const { attributes } of endpoint.items(path)) attached.add(copied(attributes.get('id') ?? ''));
      return undefined;
    } catch (error) {
      if (error instanceof EndpointError && [400, 404, 405, 501].includes(error.status ?? 0)) return undefined;
      return problem(path, error);
    }
  }

  /** Finds the ids of all VMs. If the list ends early, what it had is read. */
  async function* listed(): AsyncGenerator<InventoryRecord> {
    try {
      const path = search === '' ? '/vms' : `/vms?search=${encodeURIComponent(search)}&max=-1`;
      for await (const { attributes } of endpoint.items(path)) {
        const id = attributes.get('id');
        if (id !== undefined) waiting.add(copied(id));
      }
    } catch (error) {
      if (waiting.size === 0) throw error;
      yield problem('/vms', error);
    }
  }

  /**
   * Reads page after page. Between two pages VMs come and go: one may be in both, or in none. An endpoint may refuse
   * pages, ignore their numbers, or take too long: what is missing then is left to be read one by one.
   */
  async function* pages(): AsyncGenerator<InventoryRecord> {
    let size = FIRST_PAGE;
    for (let before = 0; waiting.size > 0;) {
      const began = performance.now();
      let first: number | undefined;
      const missing = waiting.size;
      try {
        for await (const record of inOrder(reader.page(search, before / size + 1, size), atOnce, ofPage)) {
          first ??= performance.now();
          onVm?.(total - waiting.size, total);
          if (record) yield record;
        }
      } catch (error) {
        if (!(error instanceof EndpointError) || error.isAway) throw error;
        return;
      }
      if (waiting.size === missing) return;
      before += size;
      // what an endpoint does before the first VM is the same for a page of twice as many
      const ended = performance.now();
      const expected = ended - began + (ended - (first ?? ended));
      if (expected < LONG_MS && size < LONGEST_PAGE && before % (size * 2) === 0) size *= 2;
    }
  }

  async function ofPage(document: XmlElement): Promise<InventoryRecord | undefined> {
    const id = document.attributes.get('id') ?? '';
    if (done.has(id)) return undefined;
    try {
      return finished(id, await reader.whole(document));
    } catch (error) {
      // it is asked for again on its own
      if (error instanceof EndpointError && !error.isAway && waiting.has(id)) return undefined;
      return finished(id, problem(`/vms/${id}`, error));
    }
  }

  async function one(id: string): Promise<InventoryRecord | undefined> {
    try {
      return finished(id, await reader.one(id));
    } catch (error) {
      return finished(id, problem(`/vms/${id}`, error));
    }
  }

  function finished<R extends InventoryRecord>(id: string, record: R | undefined): R | undefined {
    if (done.has(id)) return undefined;
    waiting.delete(id);
    done.add(copied(id));
    if (record?.record === 'vm') {
      vms += 1;
      for (const { entity } of record.disks) if (entity.id !== undefined) attached.add(copied(entity.id));
    }
    return record;
  }

  async function* things(
    kind: ThingKind,
    path: string,
    requested: (element: XmlElement) => boolean = () => true,
  ): AsyncGenerator<InventoryRecord> {
    const { version } = endpoint;
    try {
      for await (const element of endpoint.items(path)) {
        if (!requested(element)) continue;
        try {
          const { value, unknown } = documentOf(version, kind, element);
          yield { record: kind, ...partOf(version, kind, value, unknown) };
        } catch (error) {
          yield problem(`${path}/${element.attributes.get('id') ?? ''}`, error);
        }
      }
    } catch (error) {
      // version 3 of older engines lacks this collection
      if (error instanceof EndpointError && error.status === 404) return;
      yield problem(path, error);
    }
  }
}

/** Whether the document of a disk names a VM. */
const namesVm = ({ children }: XmlElement): boolean =>
  children.some(({ name, children: vms, attributes }) =>
    name === 'vm' ? attributes.has('id') : name === 'vms' && vms.length > 0,
  );
