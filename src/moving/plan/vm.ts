import type { NicInput, DiskInput, VmInput } from '../../generated/entities.js';
import type { Lost } from '../../mapping/index.js';
import type { LostValue, Part, VmRecord } from '../inventory/index.js';
import type { PlannedBackend } from './backend.js';
import { Places, Reasons } from './collected.js';
import type { Mapping } from './mapping.js';
import type { PlannedDisk, PlannedNic, PlannedVm, Verdict } from './model.js';
import type { NameIndex } from './names.js';

const processorsOf = ({ sockets = 1, cores = 1, threads = 1 }: VmInput): number => sockets * cores * threads;

/** Plans single VMs, and collects what all of them use and lose. */
export class VmPlanner {
  readonly reasons = new Reasons();
  readonly places: Places;
  /** How many VMs become each shape, by its text. */
  readonly shapes = new Map<string, number>();

  constructor(
    private readonly backend: PlannedBackend,
    mapping: Mapping,
    private readonly names: NameIndex,
  ) {
    this.places = new Places(mapping);
  }

  plan(record: VmRecord): PlannedVm {
    const { entity: vm, snapshots, tags, numaNodes } = record;
    const shape = this.backend.shapeOf(vm);
    this.shapes.set(shape.text, (this.shapes.get(shape.text) ?? 0) + 1);
    const cluster = this.places.use('clusters', this.names.of('cluster', vm.cluster));
    const disks = record.disks.map(({ entity }) => this.#disk(entity));
    const nics = record.nics.map(({ entity }) => this.#nic(entity));
    const lost = this.#lost(record);
    const places = [cluster, ...disks.map(({ storage }) => storage), ...nics.map(({ network }) => network)];
    return {
      id: vm.id ?? '',
      name: vm.name ?? vm.id ?? '',
      status: vm.status ?? 'unknown',
      verdict: verdictOf(
        lost,
        places.some((place) => place !== undefined && place.to === undefined),
      ),
      shape: shape.text,
      details: shape.details,
      processors: processorsOf(vm),
      memoryBytes: vm.memoryBytes ?? 0,
      ...(cluster && { cluster }),
      disks,
      nics,
      tags: tags.map(({ entity }) => entity.name ?? this.names.of('tag', entity) ?? ''),
      permissions: this.#permissions(record),
      snapshots: snapshots.filter(({ entity }) => entity.type !== 'active').length,
      numaNodes: numaNodes.length,
      cloudInit: vm.guest !== undefined || vm.userData !== undefined || vm.hostName !== undefined,
      reasons: this.reasons.of(lost),
    };
  }

  #disk(disk: DiskInput): PlannedDisk {
    const storage = this.places.use('storageDomains', this.names.storageDomainOf(disk));
    return {
      name: disk.alias ?? disk.id ?? '',
      sizeBytes: disk.sizeBytes ?? 0,
      ...(disk.actualBytes !== undefined && { actualBytes: disk.actualBytes }),
      bootable: disk.bootable === true,
      ...(storage && { storage }),
    };
  }

  #nic(nic: NicInput): PlannedNic {
    const network = this.places.use('networks', this.names.networkOf(nic));
    return { name: nic.name ?? '', ...(nic.mac !== undefined && { mac: nic.mac }), ...(network && { network }) };
  }

  #permissions({ permissions }: VmRecord): string[] {
    return permissions.map(({ entity: { role, user, group } }) => {
      const holder = this.names.of('user', user) ?? group?.name ?? group?.id ?? 'somebody';
      return `${this.names.of('role', role) ?? 'a role'} for ${holder}`;
    });
  }

  #lost({ entity, lost = [], disks, nics, numaNodes }: VmRecord): Lost[] {
    const { backend } = this;
    const parts: readonly Part<unknown>[] = [...disks, ...nics, ...numaNodes];
    return [
      ...lost,
      ...parts.flatMap((part) => part.lost ?? []),
      ...backend.lacking('vm', entity),
      ...disks.flatMap((disk) => backend.lacking('disk', disk.entity)),
      ...nics.flatMap((nic) => backend.lacking('nic', nic.entity)),
    ].map(({ pattern, ...one }: LostValue) => ({ ...one, why: backend.worded(pattern ?? one.why) }));
  }
}

function verdictOf(lost: readonly Lost[], isUnmapped: boolean): Verdict {
  if (lost.some(({ refused }) => refused)) return 'blocked';
  if (isUnmapped) return 'unmapped';
  return lost.length > 0 ? 'losses' : 'ready';
}
