import type { XmlElement } from '../../codec/index.js';
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
  /** How many VMs are read at once; 4 by default. */
  readonly atOnce?: number;
  /** Reads only the VMs that this search finds, in oVirt's search language. */
  readonly search?: string;
  /** Called for each VM with the number of VMs, and of those read so far. */
  readonly onVm?: (read: number, total: number) => void;
}

/**
 * Everything at an endpoint that concerns VMs, record by record. What cannot be read becomes a record, too, and reading
 * goes on. Only the ids of all VMs are held in memory.
 * @throws EndpointError if the endpoint cannot be reached, goes away, or has no collection of VMs.
 */
export async function* readInventory(
  endpoint: Endpoint,
  { atOnce = 4, search, onVm }: InventoryOptions = {},
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
  for (const [kind, path] of COLLECTIONS) yield* things(kind, path);

  const ids: string[] = [];
  for await (const { attributes } of endpoint.items(
    search === undefined ? '/vms' : `/vms?search=${encodeURIComponent(search)}&max=-1`,
  )) {
    const id = attributes.get('id');
    if (id !== undefined) ids.push(id);
  }
  const readVm = vmReader(endpoint);
  let [read, vms] = [0, 0];
  for await (const record of inOrder(ids, atOnce, one)) {
    onVm?.((read += 1), ids.length);
    if (record?.record === 'vm') vms += 1;
    if (record) yield record;
  }
  yield* things('disk', '/disks', isFloating);
  yield { record: 'end', vms, problems };

  async function one(id: string): Promise<InventoryRecord | undefined> {
    try {
      return await readVm(id);
    } catch (error) {
      return problem(`/vms/${id}`, error);
    }
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

/** The document of an attached disk names its VMs. */
const isFloating = ({ children }: XmlElement): boolean =>
  !children.some(({ name, children: vms, attributes }) =>
    name === 'vm' ? attributes.has('id') : name === 'vms' && vms.length > 0,
  );
