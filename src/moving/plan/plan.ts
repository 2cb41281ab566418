import type { InventoryRecord } from '../inventory/index.js';
import type { PlannedBackend } from './backend.js';
import type { Mapping } from './mapping.js';
import type { Belonging, Plan, PlannedVm, Totals, Verdict } from './model.js';
import { NameIndex } from './names.js';
import { VmPlanner } from './vm.js';

/** What belongs to a VM but is created by operations of its own: their names in the support matrix. */
const BELONGINGS: readonly (readonly [what: string, operation: string, count: (vm: PlannedVm) => number])[] = [
  ['tags', 'vms.tags.add', ({ tags }) => tags.length],
  ['permissions', 'vms.permissions.add', ({ permissions }) => permissions.length],
  ['snapshots', 'vms.snapshots.add', ({ snapshots }) => snapshots],
  ['NUMA nodes', 'vms.numanodes.add', ({ numaNodes }) => numaNodes],
];

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Plans each VM of an inventory. The records are read once, in order. */
export async function planOf(
  records: AsyncIterable<InventoryRecord>,
  backend: PlannedBackend,
  mapping: Mapping,
): Promise<Plan> {
  const names = new NameIndex();
  const planner = new VmPlanner(backend, mapping, names);
  const vms: PlannedVm[] = [];
  let source: Plan['source'] = { url: '', product: '', api: '', at: '' };
  let [problems, floatingDisks] = [0, 0];
  for await (const record of records) {
    if (record.record === 'vm') vms.push(planner.plan(record));
    else if (record.record === 'endpoint') source = record;
    else if (record.record === 'problem') problems += 1;
    else if (record.record === 'disk') floatingDisks += 1;
    else names.add(record);
  }
  const { reasons: sorted, renumbered } = planner.reasons.sorted();
  const numbered = vms.map((vm) => ({
    ...vm,
    reasons: vm.reasons.map((at) => renumbered.get(at) ?? at).sort((a, b) => a - b),
  }));
  return {
    backend: backend.name,
    cloud: backend.cloud,
    source: { url: source.url, product: source.product, api: source.api, at: source.at },
    totals: totalsOf(vms, floatingDisks),
    shapes: [...planner.shapes]
      .map(([text, count]) => ({ text, vms: count }))
      .sort((a, b) => b.vms - a.vms || a.text.localeCompare(b.text)),
    places: {
      clusters: planner.places.used('clusters'),
      networks: planner.places.used('networks'),
      storageDomains: planner.places.used('storageDomains'),
    },
    reasons: sorted,
    belongings: belongingsOf(vms, backend),
    problems,
    vms: numbered,
  };
}

function totalsOf(vms: readonly PlannedVm[], floatingDisks: number): Totals {
  const of = (verdict: Verdict): number => vms.filter((vm) => vm.verdict === verdict).length;
  const disks = vms.flatMap((vm) => vm.disks);
  return {
    vms: vms.length,
    verdicts: { ready: of('ready'), losses: of('losses'), unmapped: of('unmapped'), blocked: of('blocked') },
    processors: sum(vms, ({ processors }) => processors),
    memoryBytes: sum(vms, ({ memoryBytes }) => memoryBytes),
    disks: disks.length,
    diskBytes: sum(disks, ({ sizeBytes }) => sizeBytes),
    actualBytes: sum(disks, ({ actualBytes = 0 }) => actualBytes),
    nics: sum(vms, ({ nics }) => nics.length),
    snapshots: sum(vms, ({ snapshots }) => snapshots),
    floatingDisks,
  };
}

const belongingsOf = (vms: readonly PlannedVm[], backend: PlannedBackend): Belonging[] =>
  BELONGINGS.flatMap(([what, operation, count]) => {
    const standing = backend.standing(operation);
    const total = sum(vms, count);
    return standing === undefined || total === 0 ? [] : [{ what, count: total, ...standing }];
  });
