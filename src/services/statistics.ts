import { statisticId, type Disk, type Metrics, type Statistic, type Vm } from '../model/index.js';
import type { Scope } from './context.js';
import * as disks from './disks/index.js';
import { dispensable } from './dispensable.js';
import { host as hostOf } from './inventory/inventory.js';
import * as nics from './nics/index.js';

/**
 * Statistics, by the tables 15.4, 15.7 and 15.12 of RHEV-M REST guide. What PowerVC does not measure is 0, as in
 * engines for a guest without an agent; only `memory.used` is left out then, because 0 would be wrong; it is 0 for a VM
 * that is down.
 */
interface Definition {
  readonly name: string;
  readonly description: string;
  readonly unit: Statistic['unit'];
  readonly valueType: Statistic['valueType'];
  readonly kind?: 'counter';
  readonly of: (metrics: Metrics) => number | undefined;
}

const rate = (name: string, description: string, of: Definition['of']): Definition => ({
  name,
  description,
  unit: 'bytes_per_second',
  valueType: 'decimal',
  of,
});
const percent = (name: string, description: string, of: Definition['of']): Definition => ({
  name,
  description,
  unit: 'percent',
  valueType: 'decimal',
  of,
});

const ofDisk: readonly Definition[] = [
  rate('data.current.read', 'Read data rate', ({ readBytesPerSecond = 0 }) => readBytesPerSecond),
  rate('data.current.write', 'Write data rate', ({ writeBytesPerSecond = 0 }) => writeBytesPerSecond),
];

const ofNic: readonly Definition[] = [
  rate('data.current.rx', 'Receive data rate', ({ receivedBytesPerSecond = 0 }) => receivedBytesPerSecond),
  rate('data.current.tx', 'Transmit data rate', ({ sentBytesPerSecond = 0 }) => sentBytesPerSecond),
  {
    name: 'errors.total.rx',
    description: 'Total receive errors',
    kind: 'counter',
    unit: 'none',
    valueType: 'integer',
    of: ({ receiveErrors = 0 }) => receiveErrors,
  },
  {
    name: 'errors.total.tx',
    description: 'Total transmit errors',
    kind: 'counter',
    unit: 'none',
    valueType: 'integer',
    of: ({ sendErrors = 0 }) => sendErrors,
  },
];

const ofVm = (installed: number): readonly Definition[] => [
  {
    name: 'memory.installed',
    description: 'Total memory configured',
    unit: 'bytes',
    valueType: 'integer',
    of: () => installed,
  },
  {
    name: 'memory.used',
    description: 'Memory used (agent)',
    unit: 'bytes',
    valueType: 'integer',
    of: ({ memoryUsedBytes }) => memoryUsedBytes,
  },
  percent('cpu.current.guest', 'CPU used by guest', ({ cpuPercent = 0 }) => cpuPercent),
  percent('cpu.current.hypervisor', 'CPU overhead', () => 0),
  percent('cpu.current.total', 'Total CPU used', ({ cpuPercent = 0 }) => cpuPercent),
];

/**
 * What engines of version 4 list beside those (restapi/resource/VmStatisticalQuery), as far as a cloud tells it (no
 * cloud tells since when a VM runs). The VM portal shows no page of a running VM without `memory.free`: what is not in
 * use, or 0, as for a guest without an agent.
 */
const ofVm4 = (vm: Vm, installed: number): readonly Definition[] => {
  const bytes = { unit: 'bytes', valueType: 'integer' } as const;
  const free = ({ memoryUsedBytes }: Metrics): number =>
    memoryUsedBytes === undefined || vm.status === 'down' ? 0 : Math.max(0, installed - memoryUsedBytes);
  return [
    percent('migration.progress', 'Migration Progress', () => 0),
    { name: 'memory.buffered', description: 'Memory buffered (agent)', ...bytes, of: () => 0 },
    { name: 'memory.cached', description: 'Memory cached (agent)', ...bytes, of: () => 0 },
    { name: 'memory.free', description: 'Memory free (agent)', ...bytes, of: free },
    { name: 'memory.unused', description: 'Memory unused (agent)', ...bytes, of: free },
  ];
};

/**
 * A statistic's id is derived from its name alone, as in engines: those of the guide's examples 15.19 and 15.28 are the
 * same.
 */
const measure = (definitions: readonly Definition[], metrics: Metrics, parent: Partial<Statistic>): Statistic[] =>
  definitions.flatMap(({ of, ...definition }) => {
    const value = of(metrics);
    return value === undefined
      ? []
      : [{ id: statisticId(definition.name), kind: 'gauge' as const, ...definition, values: [value], ...parent }];
  });

/** What `dispensable` knows measurements by. */
const MEASURES = 'measurements';

/** Statistics of a VM that are known without the metrics service. */
const UNMEASURED: ReadonlySet<string> = new Set(['memory.installed', 'migration.progress']);

/** Two to four calls, by what the cloud measures. */
export async function vm(scope: Scope, vmId: string): Promise<Statistic[]> {
  const one = await scope.session.vms.get(vmId);
  const { memoryBytes = 0, id, status } = one;
  const metrics = await dispensable(scope, MEASURES, () => scope.session.vms.metrics(vmId));
  const is3 = scope.engine === '3.6';
  const all = [...ofVm(memoryBytes), ...(is3 ? [] : ofVm4(one, memoryBytes))];
  const known = status === 'down' ? { ...metrics, memoryUsedBytes: 0 } : (metrics ?? {});
  const found = measure(all, known, { vm: { id } });
  if (metrics) return found;
  // version 4 names them without values: the VM portal reads them by name
  return is3
    ? found.filter(({ name }) => UNMEASURED.has(name))
    : found.map((statistic) => (UNMEASURED.has(statistic.name) ? statistic : { ...statistic, values: [] }));
}

export async function disk(scope: Scope, vmId: string, diskId: string): Promise<Statistic[]> {
  await disks.get(scope, vmId, diskId);
  const metrics = await dispensable(scope, MEASURES, () => scope.session.disks.metrics(vmId, diskId));
  return metrics ? measure(ofDisk, metrics, { disk: { id: diskId } }) : [];
}

/** A disk without its VM is measured where it is attached; a floating one moves no bytes. */
export async function anyDisk(
  scope: Scope,
  { id, vmIds: [vmId] = [] }: Pick<Disk, 'id' | 'vmIds'>,
): Promise<Statistic[]> {
  const metrics =
    vmId === undefined ? {} : await dispensable(scope, MEASURES, () => scope.session.disks.metrics(vmId, id));
  return metrics ? measure(ofDisk, metrics, { disk: { id } }) : [];
}

/**
 * Nova's statistics of a host, and its load where the hypervisor reports it. No cloud reports processor utilization and
 * swap, and 0 would be wrong.
 */
export async function host(scope: Scope, hostId: string): Promise<Statistic[]> {
  const {
    id,
    status,
    memoryBytes,
    memoryFreeBytes,
    cores,
    processors = cores,
    processorsUsed,
  } = await hostOf(scope, hostId);
  const load = status === 'down' ? undefined : await scope.session.inventory.loadAverage?.({ id });
  const used = memoryBytes === undefined || memoryFreeBytes === undefined ? undefined : memoryBytes - memoryFreeBytes;
  const counted = (
    name: string,
    description: string,
    unit: Statistic['unit'],
    value: number | undefined,
  ): Definition => ({ name, description, unit, valueType: 'integer', of: () => value });
  return measure(
    [
      counted('memory.total', 'Total memory', 'bytes', memoryBytes),
      counted('memory.used', 'Used memory', 'bytes', used),
      counted('memory.free', 'Free memory', 'bytes', memoryFreeBytes),
      counted('cpu.total', 'Processors', 'none', processors),
      { ...counted('cpu.assigned', 'Virtual processors of the VMs', 'none', processorsUsed), valueType: 'decimal' },
      { ...counted('cpu.load.avg.5m', 'CPU 5 minute load average', 'none', load), valueType: 'decimal' },
    ],
    {},
    { host: { id } },
  );
}

export async function nic(scope: Scope, vmId: string, nicId: string): Promise<Statistic[]> {
  const { mac = '', id } = await nics.get(scope, vmId, nicId);
  const metrics = await dispensable(scope, MEASURES, () => scope.session.nics.metrics(vmId, id, mac));
  return metrics ? measure(ofNic, metrics, { nic: { id } }) : [];
}
