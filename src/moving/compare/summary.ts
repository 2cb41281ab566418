import type { DiskInput, NicInput } from '../../generated/entities.js';
import type { Mapping } from '../plan/index.js';
import type { NameIndex } from '../plan/index.js';
import type { InventoryRecord, VmRecord } from '../inventory/index.js';
import { GIB, MIB } from '../../units.js';

/** A VM as it is compared: by names, as ids are others on the other side. */
export interface VmSummary {
  readonly name: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly disks: readonly PartSummary[];
  readonly nics: readonly PartSummary[];
}

/** A disk or a NIC: `key` finds its like on the other side. */
export interface PartSummary {
  readonly key: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

const texts = (fields: Readonly<Record<string, string | number | boolean | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])),
  );

/** Disks are whole GiB on the new side: a size is compared as it is there. */
const gib = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : `${Math.ceil(bytes / GIB)} GiB`;

/** The VMs of an inventory by name. `mapping` says what names of this side are called on the other. */
export async function summariesOf(
  records: AsyncIterable<InventoryRecord>,
  names: NameIndex,
  mapping: Mapping,
): Promise<Map<string, VmSummary[]>> {
  const found = new Map<string, VmSummary[]>();
  for await (const record of records) {
    names.add(record);
    if (record.record !== 'vm') continue;
    const summary = summaryOf(record, names, mapping);
    found.set(summary.name, [...(found.get(summary.name) ?? []), summary]);
  }
  return found;
}

function summaryOf(record: VmRecord, names: NameIndex, mapping: Mapping): VmSummary {
  const { entity: vm, disks, nics, tags, permissions, snapshots, numaNodes } = record;
  const mapped = (kind: keyof Mapping, name: string | undefined): string | undefined =>
    name === undefined ? undefined : (mapping[kind][name] ?? name);
  const disk = ({ alias = '', id = '', ...entity }: DiskInput): PartSummary => ({
    key: alias || id,
    name: alias || id,
    fields: texts({
      size: gib(entity.sizeBytes),
      bootable: entity.bootable,
      shareable: entity.shareable,
      read_only: entity.readOnly,
      active: entity.active,
      storage: mapped('storageDomains', names.storageDomainOf(entity)),
    }),
  });
  const nic = (entity: NicInput): PartSummary => ({
    key: entity.name ?? entity.mac ?? '',
    name: entity.name ?? entity.mac ?? '',
    fields: texts({
      mac: entity.mac,
      network: mapped('networks', names.networkOf(entity)),
      linked: entity.linked,
      plugged: entity.plugged,
    }),
  });
  const { sockets = 1, cores = 1, threads = 1 } = vm;
  return {
    name: vm.name ?? vm.id ?? '',
    id: vm.id ?? '',
    fields: texts({
      status: vm.status,
      memory: vm.memoryBytes === undefined ? undefined : `${vm.memoryBytes / MIB} MiB`,
      processors: sockets * cores * threads,
      topology: `${sockets}x${cores}x${threads}`,
      description: vm.description || undefined,
      comment: vm.comment || undefined,
      os: vm.osType,
      cluster: mapped('clusters', names.of('cluster', vm.cluster)),
      high_availability: vm.highlyAvailable,
      delete_protected: vm.deleteProtected,
      tags:
        tags.length === 0
          ? undefined
          : tags
              .map(({ entity }) => names.of('tag', entity))
              .sort()
              .join(', '),
      permissions:
        permissions
          .map(
            ({ entity: { role, user, group } }) =>
              `${names.of('role', role)}: ${names.of('user', user) ?? group?.name ?? group?.id}`,
          )
          .sort()
          .join(', ') || undefined,
      snapshots: snapshots.filter(({ entity }) => entity.type !== 'active').length,
      numa_nodes: numaNodes.length,
    }),
    disks: disks.map(({ entity }) => disk(entity)),
    nics: nics.map(({ entity }) => nic(entity)),
  };
}
