import { isFault, type Metrics } from '../../model/index.js';
import type { Measure, Resource } from '../../generated/openstack/metrics.js';
import type { Connection } from './connection.js';
import { looseNumber } from './loose.js';
import { removed } from '../http/removal.js';
import { MIB } from '../../units.js';

/** How old a measure may be: six times Gnocchi's usual granularity of five minutes. */
const WINDOW_MS = 30 * 60_000;

/** Gnocchi's default aggregation of measures. */
const MEAN = 'mean';

/** The faults of a Gnocchi that lacks the call, or cannot group the measures: it can still be asked for each VM. */
const UNABLE = ['backend.refused', 'backend.forbidden', 'backend.failed', 'backend.error'] as const;

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
 * Gnocchi's measurements, if the catalog has it: missing ones are no fault (docs/reference/power.md, 1.4, last entry).
 */
export interface Measurements {
  /** Up to three calls. */
  readonly vm: (id: string) => Promise<Metrics>;
  /**
   * Metrics of many VMs, by id, in one call; VMs without measures are absent. Undefined if Gnocchi can only be asked
   * for one at a time.
   */
  readonly vms: (ids: readonly string[]) => Promise<ReadonlyMap<string, Metrics> | undefined>;
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
          query: { start: begin() },
          about: [{ what: 'Metric', id }],
        });
  }
  const latest = async (resource: Resource | undefined, metric: string): Promise<number | undefined> =>
    lastOf(await measures(resource, metric));
  const perSecond = async (resource: Resource | undefined, metric: string): Promise<number | undefined> =>
    rateOf(await measures(resource, metric));
  /** A counter's value and its rate. */
  const counted = async (resource: Resource | undefined, metric: string) => {
    const found = await measures(resource, metric);
    return { total: lastOf(found), rate: rateOf(found) };
  };

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
    const lowerKey = key.toLowerCase();
    const resources = await connection.call('gnocchi.search', {
      params: { type },
      body: { '=': { instance_id: vmId } },
    });
    return resources.find(
      (resource) =>
        of(resource).includes(lowerKey) || of(resource).replaceAll(':', '').includes(lowerKey.replaceAll(':', '')),
    );
  }

  async function vm(id: string): Promise<Metrics> {
    if (!connection.has('metric')) return {};
    const resource = await instance(id);
    const cpu = await latest(resource, names.cpu);
    const memory = await latest(resource, names.memory);
    return metricsOf(cpu, memory);
  }

  async function vms(ids: readonly string[]): Promise<ReadonlyMap<string, Metrics> | undefined> {
    if (!connection.has('metric') || ids.length === 0) return new Map();
    try {
      const { measures: aggregated } = await connection.call('gnocchi.aggregates', {
        query: { start: begin() },
        body: {
          operations: ['metric', [names.cpu, MEAN], [names.memory, MEAN]],
          resource_type: 'instance',
          search: { in: { id: [...ids] } },
        },
      });
      return (
        aggregated &&
        new Map(
          Object.entries(aggregated).map(([id, by]) => [
            id,
            metricsOf(lastOf(by[names.cpu]?.[MEAN]), lastOf(by[names.memory]?.[MEAN])),
          ]),
        )
      );
    } catch (error) {
      if (UNABLE.some((code) => isFault(error, code))) return undefined;
      throw error;
    }
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
    const received = await counted(resource, names.received);
    const sent = await counted(resource, names.sent);
    return {
      ...(received.rate !== undefined && { receivedBytesPerSecond: received.rate }),
      ...(received.total !== undefined && { receivedBytes: Math.round(received.total) }),
      ...(sent.rate !== undefined && { sentBytesPerSecond: sent.rate }),
      ...(sent.total !== undefined && { sentBytes: Math.round(sent.total) }),
    };
  }

  return { vm, vms, disk, nic };
}

const begin = (): string => new Date(Date.now() - WINDOW_MS).toISOString();

const lastOf = (measures: readonly Measure[] | undefined): number | undefined => looseNumber(measures?.at(-1)?.[2]);

const metricsOf = (cpuPercent: number | undefined, memoryMib: number | undefined): Metrics => ({
  ...(cpuPercent !== undefined && { cpuPercent }),
  ...(memoryMib !== undefined && { memoryUsedBytes: Math.round(memoryMib * MIB) }),
});

/**
 * The rate from a counter's last two measures; undefined if there are fewer, or if the counter was reset between them.
 */
function rateOf(measures: readonly Measure[]): number | undefined {
  const [before, last] = measures.slice(-2);
  if (!before || !last) return undefined;
  const seconds = (Date.parse(String(last[0])) - Date.parse(String(before[0]))) / 1000;
  const rise = Number(last[2]) - Number(before[2]);
  return seconds > 0 && rise >= 0 ? rise / seconds : undefined;
}
