import type { VmInput } from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';
import type { InventoryRecord, Part, VmRecord } from '../inventory/index.js';
import type { PlannedBackend } from './backend.js';
import { Places, Reasons } from './collected.js';
import { type Mapping } from './mapping.js';
import type { Belonging, Plan, PlannedDisk, PlannedNic, PlannedVm, Totals, Verdict } from './model.js';
import { NameIndex } from './names.js';

/** What belongs to a VM but is created by operations of its own: their names in the support matrix. */
const BELONGINGS: readonly (readonly [what: string, operation: string, count: (vm: PlannedVm) => number])[] = [
  ['tags', 'vms.tags.add', ({ tags }) => tags.length],
  ['permissions', 'vms.permissions.add', ({ permissions }) => permissions.length],
  ['snapshots', 'vms.snapshots.add', ({ snapshots }) => snapshots],
  ['NUMA nodes', 'vms.numanodes.add', ({ numaNodes }) => numaNodes],
];

const processorsOf = ({ sockets = 1, cores = 1, threads = 1 }: VmInput): number => sockets * cores * threads;
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Plans each VM of an inventory. The records are read once, in order. */
export async function planOf(
  records: AsyncIterable<InventoryRecord>,
  backend: PlannedBackend,
  mapping: Mapping,
): Promise<Plan> {
  const names = new NameIndex();
  const reasons = new Reasons();
  const places = new Places(mapping);
  const shapes = new Map<string, number>();
  const vms: PlannedVm[] = [];
  let source: Plan['source'] = { url: '', product: '', api: '', at: '' };
  let [problems, floatingDisks] = [0, 0];
  for await (const record of records) {
    if (record.record === 'vm') vms.push(planned(record));
    else if (record.record === 'endpoint') source = record;
    else if (record.record === 'problem') problems += 1;
    else if (record.record === 'disk') floatingDisks += 1;
    else names.add(record);
  }
  const { reasons: sorted, renumbered } = reasons.sorted();
  const numbered = vms.map((vm) => ({
    ...vm,
    reasons: vm.reasons.map((at) => renumbered.get(at) ?? at).sort((a, b) => a - b),
  }));
  return {
    backend: backend.name,
    cloud: backend.cloud,
    source: { url: source.url, product: source.product, api: source.api, at: source.at },
    totals: totalsOf(vms, floatingDisks),
    shapes: [...shapes]
      .map(([text, count]) => ({ text, vms: count }))
      .sort((a, b) => b.vms - a.vms || a.text.localeCompare(b.text)),
    places: {
      clusters: places.used('clusters'),
      networks: places.used('networks'),
      storageDomains: places.used('storageDomains'),
    },
    reasons: sorted,
    belongings: belongingsOf(vms, backend),
    problems,
    vms: numbered,
  };

  function planned(record: VmRecord): PlannedVm {
    const { entity: vm, disks, nics, snapshots, tags, permissions, numaNodes } = record;
    const shape = backend.shapeOf(vm);
    shapes.set(shape.text, (shapes.get(shape.text) ?? 0) + 1);
    const cluster = places.use('clusters', names.of('cluster', vm.cluster));
    const ownDisks = disks.map(({ entity }): PlannedDisk => {
      const storage = places.use('storageDomains', names.storageDomainOf(entity));
      return {
        name: entity.alias ?? entity.id ?? '',
        sizeBytes: entity.sizeBytes ?? 0,
        ...(entity.actualBytes !== undefined && { actualBytes: entity.actualBytes }),
        bootable: entity.bootable === true,
        ...(storage && { storage }),
      };
    });
    const ownNics = nics.map(({ entity }): PlannedNic => {
      const network = places.use('networks', names.networkOf(entity));
      return {
        name: entity.name ?? '',
        ...(entity.mac !== undefined && { mac: entity.mac }),
        ...(network && { network }),
      };
    });
    const lost = lostOf(record);
    const open = [cluster, ...ownDisks.map(({ storage }) => storage), ...ownNics.map(({ network }) => network)].some(
      (place) => place !== undefined && place.to === undefined,
    );
    return {
      id: vm.id ?? '',
      name: vm.name ?? vm.id ?? '',
      status: vm.status ?? 'unknown',
      verdict: verdictOf(lost, open),
      shape: shape.text,
      details: shape.details,
      processors: processorsOf(vm),
      memoryBytes: vm.memoryBytes ?? 0,
      ...(cluster && { cluster }),
      disks: ownDisks,
      nics: ownNics,
      tags: tags.map(({ entity }) => entity.name ?? names.of('tag', entity) ?? ''),
      permissions: permissions.map(
        ({ entity: { role, user, group } }) =>
          `${names.of('role', role) ?? 'a role'} for ${names.of('user', user) ?? group?.name ?? group?.id ?? 'somebody'}`,
      ),
      snapshots: snapshots.filter(({ entity }) => entity.type !== 'active').length,
      numaNodes: numaNodes.length,
      cloudInit: vm.guest !== undefined || vm.userData !== undefined || vm.hostName !== undefined,
      reasons: reasons.of(lost),
    };
  }

  function lostOf({ entity, lost = [], disks, nics, numaNodes }: VmRecord): Lost[] {
    const parts: readonly Part<unknown>[] = [...disks, ...nics, ...numaNodes];
    return [
      ...lost,
      ...parts.flatMap((part) => part.lost ?? []),
      ...backend.lacking('vm', entity),
      ...disks.flatMap((disk) => backend.lacking('disk', disk.entity)),
      ...nics.flatMap((nic) => backend.lacking('nic', nic.entity)),
    ].map((one) => ({ ...one, why: backend.worded(one.why) }));
  }
}

function verdictOf(lost: readonly Lost[], open: boolean): Verdict {
  if (lost.some(({ refused }) => refused)) return 'blocked';
  if (open) return 'unmapped';
  return lost.length > 0 ? 'losses' : 'ready';
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
