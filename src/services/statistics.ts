import { statisticId, type Disk, type Metrics, type Statistic } from '../model/index.js';
import type { Scope } from './context.js';
import * as disks from './disks/index.js';
import { dispensable } from './dispensable.js';
import { host as hostOf } from './inventory/inventory.js';
import * as nics from './nics/index.js';
import {
  ofDisk3,
  ofDisk4,
  ofHost3,
  ofHost4,
  ofNic3,
  ofNic4,
  ofVm3,
  ofVm4,
  type Definition,
} from './statistic-definitions.js';

const is3 = ({ engine }: Pick<Scope, 'engine'>): boolean => engine === '3.6';

/**
 * A statistic's id is derived from its name alone, as in engines: those of the guide's examples 15.19 and 15.28 are the
 * same. Version 3 leaves out what is not known; version 4 names it without a value.
 */
const measure = (
  scope: Scope,
  definitions: readonly Definition[],
  metrics: Metrics,
  parent: Partial<Statistic>,
): Statistic[] =>
  definitions.flatMap(({ of, ...definition }) => {
    const value = of(metrics);
    if (value === undefined && is3(scope)) return [];
    const values = value === undefined ? [] : [value];
    return [{ id: statisticId(definition.name), kind: 'gauge' as const, ...definition, values, ...parent }];
  });

/** Of what is not measured at all, because the metrics service did not answer. */
const unmeasured = (scope: Scope, definitions: readonly Definition[], parent: Partial<Statistic>): Statistic[] =>
  is3(scope) ? [] : measure(scope, definitions, {}, parent).map((statistic) => ({ ...statistic, values: [] }));

/** What `dispensable` knows measurements by. */
const MEASURES = 'measurements';

/** Statistics of a VM that the metrics service tells. */
const MEASURED: ReadonlySet<string> = new Set([
  'memory.used',
  'memory.free',
  'memory.unused',
  'cpu.current.guest',
  'cpu.current.total',
]);

/** Two to four calls, by what the cloud measures. */
export async function vm(scope: Scope, vmId: string): Promise<Statistic[]> {
  const one = await scope.session.vms.get(vmId);
  const { id, status } = one;
  const metrics = await dispensable(scope, MEASURES, () => scope.session.vms.metrics(vmId));
  const all = is3(scope) ? ofVm3(one) : ofVm4(one);
  const parent = { vm: { id } };
  const known = status === 'down' ? { ...metrics, memoryUsedBytes: 0 } : (metrics ?? {});
  const found = measure(scope, all, known, parent);
  if (metrics) return found;
  if (is3(scope)) return found.filter(({ name }) => name === 'memory.installed');
  // what no cloud tells has its value all the same: the VM portal shows no page of a VM whose elapsed.time has none
  return found.map((statistic) => (MEASURED.has(statistic.name) ? { ...statistic, values: [] } : statistic));
}

const ofDisk = (scope: Scope): readonly Definition[] => (is3(scope) ? ofDisk3 : ofDisk4);

export async function disk(scope: Scope, vmId: string, diskId: string): Promise<Statistic[]> {
  await disks.get(scope, vmId, diskId);
  const metrics = await dispensable(scope, MEASURES, () => scope.session.disks.metrics(vmId, diskId));
  return diskStatistics(scope, metrics, diskId);
}

const diskStatistics = (scope: Scope, metrics: Metrics | undefined, id: string): Statistic[] =>
  metrics
    ? measure(scope, ofDisk(scope), metrics, { disk: { id } })
    : unmeasured(scope, ofDisk(scope), { disk: { id } });

/** A disk without its VM is measured where it is attached; a floating one moves no bytes. */
export async function anyDisk(
  scope: Scope,
  { id, vmIds: [vmId] = [] }: Pick<Disk, 'id' | 'vmIds'>,
): Promise<Statistic[]> {
  const metrics =
    vmId === undefined ? {} : await dispensable(scope, MEASURES, () => scope.session.disks.metrics(vmId, id));
  return diskStatistics(scope, metrics, id);
}

/** Nova's statistics of a host, and its load where the hypervisor reports it. */
export async function host(scope: Scope, hostId: string): Promise<Statistic[]> {
  const {
    id,
    status,
    memoryBytes: total,
    memoryFreeBytes: free,
    cores,
    processors = cores,
    processorsUsed: assigned,
  } = await hostOf(scope, hostId);
  const load = status === 'down' ? undefined : await scope.session.inventory.loadAverage?.({ id });
  const used = total === undefined || free === undefined ? undefined : total - free;
  const facts = { total, used, free, processors, assigned, load };
  return measure(scope, is3(scope) ? ofHost3(facts) : ofHost4(facts), {}, { host: { id } });
}

export async function nic(scope: Scope, vmId: string, nicId: string): Promise<Statistic[]> {
  const { mac = '', id } = await nics.get(scope, vmId, nicId);
  const metrics = await dispensable(scope, MEASURES, () => scope.session.nics.metrics(vmId, id, mac));
  const all = is3(scope) ? ofNic3 : ofNic4;
  return metrics ? measure(scope, all, metrics, { nic: { id } }) : unmeasured(scope, all, { nic: { id } });
}
