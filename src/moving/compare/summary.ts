import type { DiskInput, NicInput } from '../../generated/entities.js';
import type { Mapping } from '../plan/index.js';
import type { NameIndex } from '../plan/index.js';
import type { InventoryRecord, VmRecord } from '../inventory/index.js';
import { GIB, MIB } from '../../units.js';

/** A VM as it is compared: by names, because ids differ between the sides. */
export interface VmSummary {
  readonly name: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly disks: readonly PartSummary[];
  readonly nics: readonly PartSummary[];
}

/** A disk or a NIC; `key` finds its counterpart on the other side. */
export interface PartSummary {
  readonly key: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The fields that are compared: of a VM, its disks and its NICs. */
const VM_FIELDS = [
  ...(['status', 'memory', 'processors', 'topology', 'description', 'comment', 'os', 'cluster'] as const),
  ...(['high_availability', 'delete_protected', 'tags', 'permissions', 'snapshots', 'numa_nodes'] as const),
] as const;
const DISK_FIELDS = ['size', 'bootable', 'shareable', 'read_only', 'active', 'storage'] as const;
const NIC_FIELDS = ['mac', 'network', 'linked', 'plugged'] as const;
/** What a comparison can ignore: a field, or everything about `disk` or `nic`. */
export const ignorable: readonly string[] = [...VM_FIELDS, ...DISK_FIELDS, ...NIC_FIELDS, 'disk', 'nic'];

const texts = <F extends string>(
  fields: Readonly<Record<F, string | number | boolean | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries<string | number | boolean | undefined>(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as const],
    ),
  );

/** Disks on the new side are whole GiB, so sizes are compared rounded up to GiB. */
const gib = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : `${Math.ceil(bytes / GIB)} GiB`;

/** The VMs of an inventory by name. `mapping`: names on this side → names on the other. */
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
    fields: texts<(typeof DISK_FIELDS)[number]>({
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
    fields: texts<(typeof NIC_FIELDS)[number]>({
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
    fields: texts<(typeof VM_FIELDS)[number]>({
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
