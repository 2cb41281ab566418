import type { Metrics } from '../../model/index.js';
import type { Measure, Resource } from '../../generated/openstack/metrics.js';
import type { Connection } from './connection.js';
import { looseNumber } from './loose.js';
import { removed } from '../http/removal.js';
import { MIB } from '../../units.js';

/** How far back a measure may lie: six times Gnocchi's usual granularity of five minutes. */
const WINDOW_MS = 30 * 60_000;

/** Names of Gnocchi's metrics and types of resources. */
export interface MetricNames {
  readonly diskResource: string;
  readonly nicResource: string;
  readonly cpu: string;
  readonly memory: string;
  readonly read: string;
  readonly write: string;
  readonly received: string;
  readonly sent: string;
}

/** As Ceilometer names them. */
export const plainMetrics: MetricNames = {
  diskResource: 'instance_disk',
  nicResource: 'instance_network_interface',
  cpu: 'cpu_util',
  memory: 'memory.usage',
  read: 'disk.device.read.bytes',
  write: 'disk.device.write.bytes',
  received: 'network.incoming.bytes',
  sent: 'network.outgoing.bytes',
};

/**
 * What Gnocchi has measured, where the catalog has it: none of it is a fault when it is missing
 * (docs/reference/power.md, 1.4, last entry).
 */
export interface Measurements {
  readonly vm: (id: string) => Promise<Metrics>;
  /** Two calls, and one a counter. */
  readonly disk: (vmId: string, diskId: string) => Promise<Metrics>;
  readonly nic: (vmId: string, mac: string) => Promise<Metrics>;
}

export function createMeasurements(connection: Connection, names: MetricNames): Measurements {
  async function measures(resource: Resource | undefined, metric: string): Promise<Measure[]> {
    const id = resource?.metrics?.[metric];
    return id === undefined
      ? []
      : connection.call('gnocchi.measures', {
          params: { metric: id },
          query: { start: new Date(Date.now() - WINDOW_MS).toISOString() },
          about: [{ what: 'Metric', id }],
        });
  }
  const latest = async (resource: Resource | undefined, metric: string): Promise<number | undefined> =>
    looseNumber((await measures(resource, metric)).at(-1)?.[2]);
  const perSecond = async (resource: Resource | undefined, metric: string): Promise<number | undefined> =>
    rateOf(await measures(resource, metric));

  async function instance(id: string): Promise<Resource | undefined> {
    let found: Resource | undefined;
    await removed(
      connection.call('gnocchi.instance', { params: { server: id }, about: [{ what: 'VM', id }] }).then((resource) => {
        found = resource;
      }),
    );
    return found;
  }

  /**
   * The resource of a disk or NIC of the VM: its name or first id holds the volume's id, or the address without its
   * colons.
   */
  async function part(type: string, vmId: string, key: string): Promise<Resource | undefined> {
    const of = (resource: Resource): string =>
      `${resource.name ?? ''} ${resource.original_resource_id ?? ''}`.toLowerCase();
    const wanted = key.toLowerCase();
    const resources = await connection.call('gnocchi.search', {
      params: { type },
      body: { '=': { instance_id: vmId } },
    });
    return resources.find(
      (resource) =>
        of(resource).includes(wanted) || of(resource).replaceAll(':', '').includes(wanted.replaceAll(':', '')),
    );
  }

  async function vm(id: string): Promise<Metrics> {
    if (!connection.has('metric')) return {};
    const resource = await instance(id);
    const cpu = await latest(resource, names.cpu);
    const memory = await latest(resource, names.memory);
    return {
      ...(cpu !== undefined && { cpuPercent: cpu }),
      ...(memory !== undefined && { memoryUsedBytes: Math.round(memory * MIB) }),
    };
  }

  async function disk(vmId: string, diskId: string): Promise<Metrics> {
    if (!connection.has('metric')) return {};
    const resource = await part(names.diskResource, vmId, diskId);
    const read = await perSecond(resource, names.read);
    const written = await perSecond(resource, names.write);
    return {
      ...(read !== undefined && { readBytesPerSecond: read }),
      ...(written !== undefined && { writeBytesPerSecond: written }),
    };
  }

  async function nic(vmId: string, mac: string): Promise<Metrics> {
    if (!connection.has('metric')) return {};
    const resource = await part(names.nicResource, vmId, mac);
    const received = await perSecond(resource, names.received);
    const sent = await perSecond(resource, names.sent);
    return {
      ...(received !== undefined && { receivedBytesPerSecond: received }),
      ...(sent !== undefined && { sentBytesPerSecond: sent }),
    };
  }

  return { vm, disk, nic };
}

/** Of a counter's last two measures; undefined when there are fewer, or when the counter began anew between them. */
function rateOf(measures: readonly Measure[]): number | undefined {
  const [before, last] = measures.slice(-2);
  if (!before || !last) return undefined;
  const seconds = (Date.parse(String(last[0])) - Date.parse(String(before[0]))) / 1000;
  const rise = Number(last[2]) - Number(before[2]);
  return seconds > 0 && rise >= 0 ? rise / seconds : undefined;
}
