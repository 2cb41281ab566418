import type { Metrics, Statistic, Vm } from '../model/index.js';

/**
 * What engines measure, by the tables 15.4, 15.7 and 15.12 of RHEV-M REST guide, and for version 4 by an engine's
 * restapi/resource/{Vm,Host,Nic,Disk}StatisticalQuery, in the order of both. Version 4 lists every statistic: one that
 * the cloud does not tell has what an engine says of an unknown one, 0 or no value.
 */
export interface Definition extends Pick<Statistic, 'name' | 'unit' | 'valueType'> {
  readonly description: string;
  readonly kind?: 'counter';
  /** Undefined: not known. */
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
const whole = (
  name: string,
  description: string,
  unit: 'bytes' | 'none' | 'seconds',
  of: Definition['of'],
): Definition => ({ name, description, unit, valueType: 'integer', of });
const counter = (...[name, description, unit, of]: Parameters<typeof whole>): Definition => ({
  ...whole(name, description, unit, of),
  kind: 'counter',
});
const zero = (): number => 0;
const unknown = (): undefined => undefined;

export const ofDisk3: readonly Definition[] = [
  rate('data.current.read', 'Read data rate', ({ readBytesPerSecond = 0 }) => readBytesPerSecond),
  rate('data.current.write', 'Write data rate', ({ writeBytesPerSecond = 0 }) => writeBytesPerSecond),
];
const [read, write] = ofDisk3 as readonly [Definition, Definition];
const operations = (name: string, description: string): Definition => ({
  ...counter(name, description, 'none', unknown),
  valueType: 'decimal',
});
const latency = (name: string, description: string): Definition => ({
  ...whole(name, description, 'seconds', zero),
  valueType: 'decimal',
});
export const ofDisk4: readonly Definition[] = [
  read,
  operations('data.current.read_ops', 'Read data ops'),
  write,
  operations('data.current.write_ops', 'Write data ops'),
  latency('disk.read.latency', 'Read latency'),
  latency('disk.write.latency', 'Write latency'),
  latency('disk.flush.latency', 'Flush latency'),
];

const received = rate(
  'data.current.rx',
  'Receive data rate',
  ({ receivedBytesPerSecond = 0 }) => receivedBytesPerSecond,
);
const sent = rate('data.current.tx', 'Transmit data rate', ({ sentBytesPerSecond = 0 }) => sentBytesPerSecond);
const errors = (unmeasured: 0 | undefined): readonly Definition[] => [
  counter('errors.total.rx', 'Total receive errors', 'none', ({ receiveErrors = unmeasured }) => receiveErrors),
  counter('errors.total.tx', 'Total transmit errors', 'none', ({ sendErrors = unmeasured }) => sendErrors),
];
const inBits = ({ name, description, of }: Definition): Definition => ({
  name: `${name}.bps`,
  description,
  unit: 'bits_per_second',
  valueType: 'decimal',
  of: (metrics) => (of(metrics) ?? 0) * 8,
});
export const ofNic3: readonly Definition[] = [received, sent, ...errors(0)];
export const ofNic4: readonly Definition[] = [
  received,
  sent,
  inBits(received),
  inBits(sent),
  ...errors(undefined),
  counter('data.total.rx', 'Total received data', 'bytes', ({ receivedBytes }) => receivedBytes),
  counter('data.total.tx', 'Total transmitted data', 'bytes', ({ sentBytes }) => sentBytes),
];

/** Version 3 leaves out memory that is in use and not measured: 0 would be wrong. */
export const ofVm3 = ({ memoryBytes = 0 }: Pick<Vm, 'memoryBytes'>): readonly Definition[] => [
  whole('memory.installed', 'Total memory configured', 'bytes', () => memoryBytes),
  whole('memory.used', 'Memory used (agent)', 'bytes', ({ memoryUsedBytes }) => memoryUsedBytes),
  percent('cpu.current.guest', 'CPU used by guest', ({ cpuPercent = 0 }) => cpuPercent),
  percent('cpu.current.hypervisor', 'CPU overhead', zero),
  percent('cpu.current.total', 'Total CPU used', ({ cpuPercent = 0 }) => cpuPercent),
];

const history = (of: 'cpu' | 'memory' | 'network', word: string): Definition =>
  percent(
    `${of}.usage.history`,
    `List of ${word} usage history, sorted by date from newest to oldest, at intervals of 30 seconds`,
    unknown,
  );

/**
 * A guest without an agent tells an engine nothing of its memory: that is 0 then, and so is what is free of it. No cloud
 * tells since when a VM runs (clients take its start time where this is 0), its network's load in percent, and a history
 * in steps of an engine's.
 */
export const ofVm4 = (vm: Pick<Vm, 'memoryBytes' | 'status'>): readonly Definition[] => {
  const { memoryBytes = 0, status } = vm;
  const free = ({ memoryUsedBytes }: Metrics): number =>
    memoryUsedBytes === undefined || status === 'down' ? 0 : Math.max(0, memoryBytes - memoryUsedBytes);
  return [
    ...ofVm3(vm).map((one) => ({ ...one, of: (metrics: Metrics): number => one.of(metrics) ?? 0 })),
    percent('migration.progress', 'Migration Progress', zero),
    whole('memory.buffered', 'Memory buffered (agent)', 'bytes', zero),
    whole('memory.cached', 'Memory cached (agent)', 'bytes', zero),
    whole('memory.free', 'Memory free (agent)', 'bytes', free),
    whole('memory.unused', 'Memory unused (agent)', 'bytes', free),
    percent('network.current.total', 'Total network used', zero),
    {
      name: 'disks.usage',
      description: 'Disk usage, in bytes, per filesystem as JSON (agent)',
      unit: 'none',
      valueType: 'string',
      of: unknown,
    },
    counter('elapsed.time', 'Elapsed VM runtime', 'seconds', zero),
    history('cpu', 'CPU'),
    history('memory', 'memory'),
    history('network', 'network'),
  ];
};

/** What a cloud tells of a host. Absent: not known. */
export interface HostFacts {
  readonly total?: number | undefined;
  readonly used?: number | undefined;
  readonly free?: number | undefined;
  readonly processors?: number | undefined;
  readonly assigned?: number | undefined;
  readonly load?: number | undefined;
}

/** The processors are of the gateway's own: engines have no such statistics. */
const ownOfHost = ({ processors, assigned }: HostFacts): readonly Definition[] => [
  whole('cpu.total', 'Processors', 'none', () => processors),
  { ...whole('cpu.assigned', 'Virtual processors of the VMs', 'none', () => assigned), valueType: 'decimal' },
];

/** What the cloud does not tell is left out. */
export const ofHost3 = (facts: HostFacts): readonly Definition[] => [
  whole('memory.total', 'Total memory', 'bytes', () => facts.total),
  whole('memory.used', 'Used memory', 'bytes', () => facts.used),
  whole('memory.free', 'Free memory', 'bytes', () => facts.free),
  ...ownOfHost(facts),
  { ...whole('cpu.load.avg.5m', 'CPU 5 minute load average', 'none', () => facts.load), valueType: 'decimal' },
];

/**
 * Engines say 0 of what a host has not told, and always of buffers and caches (recording 11 of version 4). They name huge
 * pages by the sizes that a host reports: no cloud reports any.
 */
export const ofHost4 = (facts: HostFacts): readonly Definition[] => [
  whole('memory.total', 'Total memory', 'bytes', () => facts.total ?? 0),
  whole('memory.used', 'Used memory', 'bytes', () => facts.used ?? 0),
  whole('memory.free', 'Free memory', 'bytes', () => facts.free ?? 0),
  whole(
    'memory.shared',
    'The amount of memory, in bytes, shared among Virtual-Machines on this Host by Kernel Same-page Merging (KSM)',
    'bytes',
    zero,
  ),
  whole('memory.buffers', 'IO buffers', 'bytes', zero),
  whole('memory.cached', 'OS caches', 'bytes', zero),
  whole('swap.total', 'Total swap', 'bytes', zero),
  whole('swap.free', 'Free swap', 'bytes', zero),
  whole('swap.used', 'Used swap', 'bytes', zero),
  whole('swap.cached', 'Swap also in memory', 'bytes', zero),
  percent('ksm.cpu.current', 'KSM CPU usage', zero),
  percent('cpu.current.user', 'User CPU usage', zero),
  percent('cpu.current.system', 'System CPU usage', zero),
  percent('cpu.current.idle', 'Idle CPU usage', zero),
  // a load average, although engines call it a percentage
  percent('cpu.load.avg.5m', 'CPU 5 minute load average', () => facts.load ?? 0),
  whole('boot.time', 'Boot time of the machine', 'none', zero),
  ...ownOfHost(facts).filter(({ of }) => of({}) !== undefined),
];
