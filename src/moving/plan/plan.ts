import type { VmInput } from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';
import type { EndpointRecord, InventoryRecord, Part, VmRecord } from '../inventory/index.js';
import type { PlannedBackend } from './backend.js';
import { mappingKinds, type Mapping, type MappingKind, type Used } from './mapping.js';
import { NameIndex } from './names.js';

/**
 * What stands between a VM and its move: `blocked`, the gateway refuses to make it as it
 * is, until somebody decides what is left out; `unmapped`, the mapping file has to
 * say where it goes; `losses`, it moves and something of it has no place; `ready`.
 */
export type Verdict = 'ready' | 'losses' | 'unmapped' | 'blocked';
export const verdicts: readonly Verdict[] = ['ready', 'losses', 'unmapped', 'blocked'];

/** Something of VMs that has no place on the other side, and how many VMs it concerns. */
export interface Reason {
  /** In the engine's document, without indexes: `vm.usb.enabled`. */
  readonly path: string;
  readonly why: string;
  readonly refused: boolean;
  readonly vms: number;
}

/** A name of the old side, and of the new one where it is known. */
export interface Place {
  readonly from: string;
  readonly to?: string;
}

export interface PlannedVm {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly verdict: Verdict;
  readonly shape: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly cluster?: Place;
  readonly disks: readonly PlannedDisk[];
  readonly nics: readonly PlannedNic[];
  readonly tags: readonly string[];
  /** `UserRole for admin`. */
  readonly permissions: readonly string[];
  readonly snapshots: number;
  readonly numaNodes: number;
  /** Whether the engine gives the VM data for cloud-init. */
  readonly cloudInit: boolean;
  /** Indexes into the plan's reasons. */
  readonly reasons: readonly number[];
}
export interface PlannedDisk {
  readonly name: string;
  readonly sizeBytes: number;
  readonly actualBytes?: number;
  readonly bootable: boolean;
  readonly storage?: Place;
}
export interface PlannedNic {
  readonly name: string;
  readonly mac?: string;
  readonly network?: Place;
}

export interface Totals {
  readonly vms: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly disks: number;
  readonly diskBytes: number;
  readonly actualBytes: number;
  readonly nics: number;
  readonly snapshots: number;
  /** Disks that no VM has. */
  readonly floatingDisks: number;
}

export interface Plan {
  readonly backend: string;
  readonly cloud: string;
  readonly source: Pick<EndpointRecord, 'url' | 'product' | 'api' | 'at'>;
  readonly totals: Totals;
  /** Shapes, the most frequent first. */
  readonly shapes: readonly { readonly text: string; readonly vms: number }[];
  readonly places: Readonly<Record<MappingKind, readonly Used[]>>;
  /** What has no place, refusals first, then by the number of VMs. */
  readonly reasons: readonly Reason[];
  /** What becomes of tags, permissions and the like, by the support matrix. */
  readonly belongings: readonly Belonging[];
  readonly problems: number;
  readonly vms: readonly PlannedVm[];
}

export interface Belonging {
  readonly what: string;
  readonly count: number;
  readonly support: string;
  readonly how: string;
}

/** What of a VM is made by operations of its own: where the support matrix tells of it. */
const BELONGINGS: readonly (readonly [what: string, operation: string, count: (vm: PlannedVm) => number])[] = [
  ['tags', 'vms.tags.add', ({ tags }) => tags.length],
  ['permissions', 'vms.permissions.add', ({ permissions }) => permissions.length],
  ['snapshots', 'vms.snapshots.add', ({ snapshots }) => snapshots],
  ['NUMA nodes', 'vms.numanodes.add', ({ numaNodes }) => numaNodes],
];

const processorsOf = ({ sockets = 1, cores = 1, threads = 1 }: VmInput): number => sockets * cores * threads;
const withoutIndexes = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, '');
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Reasons as they come, each once, with the number of VMs that have it. */
class Reasons {
  readonly #found = new Map<string, { path: string; why: string; refused: boolean; vms: number; at: number }>();

  /** The numbers of the reasons of one VM. */
  of(lost: readonly Lost[]): number[] {
    const numbers = new Set<number>();
    for (const { path, why, refused } of lost) {
      const short = withoutIndexes(path);
      const key = `${short} ${why}`;
      const reason = this.#found.get(key) ?? { path: short, why, refused, vms: 0, at: this.#found.size };
      this.#found.set(key, reason);
      if (!numbers.has(reason.at)) reason.vms += 1;
      numbers.add(reason.at);
    }
    return [...numbers];
  }

  /** In their order in the plan, and the new number of each. */
  sorted(): { reasons: Reason[]; renumbered: Map<number, number> } {
    const all = [...this.#found.values()].sort(
      (a, b) => Number(b.refused) - Number(a.refused) || b.vms - a.vms || a.path.localeCompare(b.path),
    );
    return {
      reasons: all.map(({ path, why, refused, vms }) => ({ path, why, refused, vms })),
      renumbered: new Map(all.map(({ at }, index) => [at, index])),
    };
  }
}

/** How often names are used, by kind. */
class Places {
  readonly #uses = new Map<MappingKind, Map<string, number>>(mappingKinds.map((kind) => [kind, new Map()]));

  constructor(private readonly mapping: Mapping) {}

  use(kind: MappingKind, name: string | undefined): Place | undefined {
    if (name === undefined) return undefined;
    const uses = this.#uses.get(kind);
    uses?.set(name, (uses.get(name) ?? 0) + 1);
    const to = this.mapping[kind][name] ?? undefined;
    return { from: name, ...(to !== undefined && { to }) };
  }

  used(kind: MappingKind): Used[] {
    return [...(this.#uses.get(kind) ?? [])]
      .sort(([a, many], [b, more]) => more - many || a.localeCompare(b))
      .map(([name, uses]) => {
        const to = this.mapping[kind][name] ?? undefined;
        return { name, uses, ...(to !== undefined && { to }) };
      });
  }
}

/** What each VM of an inventory becomes. Records are read once, in their order. */
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
