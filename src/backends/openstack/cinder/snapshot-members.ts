import { GIB } from '../../../units.js';
import type { Snapshot as Wire } from '../../../generated/openstack/cinder.js';
import type { Snapshot, SnapshotVolume } from '../../../generated/entities.js';
import { instant, looseNumber } from '../loose.js';
import { join } from '../notes/notes.js';

/**
 * Snapshots of VMs on plain OpenStack, which can only snapshot volumes: a set of volume snapshots, one per volume,
 * linked by their metadata. Each member names the set, the VM, and the number of members, so that a set that a crash
 * left incomplete shows as failed. Where Cinder has a suitable group type, they are consistent (volume-groups.ts).
 */
export const KEY = {
  set: 'ovirt.snapshot',
  vm: 'ovirt.vm',
  of: 'ovirt.of',
  boot: 'ovirt.boot',
  group: 'ovirt.group',
} as const;

/** How long a set may lack members before it counts as interrupted by a crash. */
const MAKING_MS = 60_000;
export const at = (created: string | null | undefined): number => (created ? Date.parse(instant(created)) : 0);

const volumeIn = ({ id, volume_id: volumeId, size, metadata }: Wire): SnapshotVolume => {
  const gib = looseNumber(size);
  return {
    volumeId,
    snapshotId: id,
    bootable: metadata?.[KEY.boot] === 'true',
    ...(gib !== undefined && { sizeBytes: gib * GIB }),
  };
};

/** The boot volume first, because a VM made from the set boots from the first. */
export function snapshotOf(id: string, found: readonly Wire[]): Snapshot {
  const [first] = found;
  const times = found.map((one) => at(one.created_at));
  const words = found.map(({ status }) => status.trim().toLowerCase());
  const incomplete = found.length < Number(first?.metadata?.[KEY.of] ?? found.length);
  const abandoned =
    incomplete && words.every((word) => word === 'available') && Date.now() - Math.max(...times) > MAKING_MS;
  const failure = words.includes('error_deleting')
    ? ('remove' as const)
    : words.includes('error') || abandoned
      ? ('create' as const)
      : undefined;
  const vm = first?.metadata?.[KEY.vm];
  return {
    id,
    type: 'regular',
    persistMemory: false,
    ...(first?.name && { name: first.name }),
    ...(first?.description && { description: first.description }),
    ...(times.length > 0 && { createdAt: new Date(Math.min(...times)).toISOString() }),
    ...(vm !== undefined && { vm: { id: vm } }),
    status: !incomplete && words.every((word) => word === 'available') ? 'ok' : 'locked',
    backendStatus: words.find((word) => word !== 'available') ?? 'available',
    ...(failure !== undefined && { failure }),
    notes: Object.assign({}, ...found.map(({ metadata }) => join(metadata ?? undefined))) as Record<string, string>,
    volumes: found.map(volumeIn).sort((a, b) => Number(b.bootable) - Number(a.bootable)),
  };
}

/** The snapshots that have these members; what belongs to none is left out. */
export function setsOf(members: readonly Wire[]): Snapshot[] {
  const sets = new Map<string, Wire[]>();
  for (const member of members) {
    const id = member.metadata?.[KEY.set];
    if (id !== undefined) sets.set(id, [...(sets.get(id) ?? []), member]);
  }
  return [...sets].map(([id, found]) => snapshotOf(id, found));
}
