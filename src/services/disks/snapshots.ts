import type { Disk, DiskSnapshot, Snapshot } from '../../model/index.js';
import type { Scope } from '../context.js';
import { listAll } from './index.js';

/**
 * The parts of VMs' snapshots, each a snapshot of one disk, page by page. A snapshot has none if the cloud does not
 * report the volumes' own snapshots. One call for the snapshots and, where there are any, one a page of disks.
 */
export async function* onDomain(scope: Scope, domainId: string): AsyncGenerator<DiskSnapshot[]> {
  const byDisk = await partsByDisk(scope);
  if (byDisk.size === 0) return;
  for await (const page of listAll(scope))
    yield page
      .filter(({ storageDomain }) => storageDomain?.id === domainId)
      .flatMap((disk) => (byDisk.get(disk.id) ?? []).map((part) => shown(disk, part)));
}

/** Those of one disk. One call. */
export async function ofDisk(scope: Scope, disk: Disk): Promise<DiskSnapshot[]> {
  return ((await partsByDisk(scope)).get(disk.id) ?? []).map((part) => shown(disk, part));
}

interface SnapshotPart {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly sizeBytes: number | undefined;
}

/** In the order in which they were taken. */
async function partsByDisk(scope: Scope): Promise<Map<string, SnapshotPart[]>> {
  const byDisk = new Map<string, SnapshotPart[]>();
  const existing = [...((await scope.session.snapshots.listAll?.()) ?? [])];
  existing.sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  for (const snapshot of existing)
    for (const { volumeId, snapshotId: id, sizeBytes } of snapshot.volumes ?? []) {
      if (id === undefined) continue;
      byDisk.set(volumeId, [...(byDisk.get(volumeId) ?? []), { id, snapshot, sizeBytes }]);
    }
  return byDisk;
}

function shown(disk: Disk, { id, snapshot, sizeBytes = disk.sizeBytes }: SnapshotPart): DiskSnapshot {
  const { alias, description, storageDomain, sparse, shareable } = disk;
  return {
    id,
    ...(alias !== undefined && { alias }),
    ...(description !== undefined && { description }),
    disk: { id: disk.id },
    snapshot: { id: snapshot.id },
    ...(storageDomain && { storageDomain }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    status: snapshot.failure === 'create' ? 'illegal' : snapshot.status === 'locked' ? 'locked' : 'ok',
    ...(sparse !== undefined && { sparse }),
    ...(shareable !== undefined && { shareable }),
  };
}
