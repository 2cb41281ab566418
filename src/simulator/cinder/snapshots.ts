import { isObject, objectIn, pythonDict, textIn, truthy } from '../json.js';
import { newestFirst, nextLink, page, sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { findSnapshot, findVolume, listed } from './find.js';
import { checkMetadata } from './metadata.js';
import { checkQuota } from './storage.js';
import { snapshotBody, snapshotDetail } from './view.js';

/** Cinder's words, spelling included (recorded: 407). */
const NO_FORCE =
  "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, " +
  "however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored.";

const SORTABLE = new Set(['id', 'status', 'volume_id', 'name', 'display_name', 'created_at', 'updated_at', 'size']);

function list(call: SimulatedCall, world: World): Answer {
  const strange = [...call.query.getAll('sort_key'), ...(call.query.get('sort') ?? '').split(',').filter(Boolean)]
    .map((key) => key.split(':')[0] ?? '')
    .find((key) => !SORTABLE.has(key));
  if (strange !== undefined) throw refuse.bad(`Invalid input received: Invalid sort key: ${strange}.`);
  const metadata = Object.entries(pythonDict(call.query.get('metadata') ?? '{}') ?? {});
  const fits = (snapshot: VolumeSnapshot): boolean =>
    (['volume_id', 'status', 'name', 'id', 'group_snapshot_id'] as const).every(
      (key) => (call.query.get(key) ?? snapshot[key]) === snapshot[key],
    ) && metadata.every(([key, value]) => snapshot.metadata[key] === value);
  const all = sorted(
    [...world.snapshots.values()].filter((snapshot) => listed(call, snapshot) && fits(snapshot)),
    call.query,
    (snapshot, key) => (({ ...snapshot, display_name: snapshot.name }) as Record<string, unknown>)[key],
    newestFirst((snapshot) => snapshot.created_at),
  );
  const paging = {
    id: ({ id }: VolumeSnapshot) => id,
    max: world.settings.pageLimit,
    offset: true,
    badMarker: (marker: string) => refuse.notFound('Snapshot', marker),
  };
  const found = page(all, call.query, paging);
  const view = call.path.endsWith('/detail') ? snapshotDetail : snapshotBody;
  return ok({
    snapshots: found.items.map((snapshot) => view(call, snapshot)),
    ...nextLink(call, 'snapshots', found, paging),
  });
}

/** A snapshot of a volume, `creating`. VM snapshots are made of these. */
export function makeSnapshot(
  world: World,
  volumeId: string,
  size: number,
  project: string,
  values: { name: string | null; description?: string | null; metadata?: Record<string, string> },
): VolumeSnapshot {
  const quota = world.quotaOf(project);
  if ([...world.snapshots.values()].filter(({ project_id }) => project_id === project).length >= quota.snapshots)
    throw refuse.overLimit(`SnapshotLimitExceeded: Maximum number of snapshots allowed (${quota.snapshots}) exceeded`);
  checkQuota(world, project, size, 0);
  const snapshot = world.add('snapshots', {
    id: world.random.uuid(),
    volume_id: volumeId,
    size,
    status: 'creating',
    project_id: project,
    created_at: world.clock.stamp(),
    updated_at: null,
    data: world.volumes.get(volumeId)?.data ?? null,
    ...values,
  });
  world.work.begin('snapshot.create', snapshot.id);
  return snapshot;
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'snapshot');
  const volumeId = textIn(requested, 'volume_id');
  if (requested?.volume_id === null) throw refuse.notFound('Volume', 'None');
  if (requested === undefined || volumeId === undefined)
    throw refuse.bad("Invalid input for field/attribute snapshot. 'volume_id' is a required property");
  const volume = findVolume(call, world, volumeId);
  if (call.version >= 66 && requested.force !== undefined && !truthy(requested.force)) throw refuse.bad(NO_FORCE);
  const force = truthy(requested.force) || call.version >= 66;
  if (volume.status !== 'available' && !(force && volume.status === 'in-use'))
    throw refuse.bad(
      `Invalid volume: Volume ${volume.id} status must be available, but current status is: ${volume.status}.`,
    );
  const metadata = isObject(requested.metadata) ? checkMetadata(requested.metadata) : {};
  const snapshot = makeSnapshot(world, volume.id, volume.size, call.token.projectId, {
    name: textIn(requested, 'name') ?? null,
    description: textIn(requested, 'description') ?? null,
    metadata,
  });
  return accepted({ snapshot: snapshotBody(call, snapshot) });
}

function update(call: SimulatedCall, world: World): Answer {
  const snapshot = findSnapshot(call, world);
  const requested = objectIn(call.body, 'snapshot');
  snapshot.name = textIn(requested, 'name') ?? textIn(requested, 'display_name') ?? snapshot.name;
  snapshot.description =
    textIn(requested, 'description') ?? textIn(requested, 'display_description') ?? snapshot.description;
  snapshot.updated_at = world.clock.stamp();
  return ok({ snapshot: snapshotBody(call, snapshot) });
}

/** Begins to delete; a snapshot that belongs to a VM snapshot is deleted with that. */
export function beginSnapshotDelete(world: World, snapshot: VolumeSnapshot): void {
  snapshot.status = 'deleting';
  snapshot.updated_at = world.clock.stamp();
  world.work.begin('snapshot.delete', snapshot.id);
}

function remove(call: SimulatedCall, world: World): Answer {
  const snapshot = findSnapshot(call, world);
  if (snapshot.status !== 'available' && !snapshot.status.startsWith('error')) {
    throw refuse.bad(
      `Invalid snapshot: Snapshot status must be one of dict_keys(['available', 'error', 'deleted', ` +
        `'error_deleting']) to delete, but current status is ${snapshot.status}.`,
    );
  }
  if (snapshot.group_snapshot_id !== null)
    throw refuse.bad('Invalid snapshot: Snapshot status must be available or error and must not be part of a group.');
  const holder = [...world.instanceSnapshots.values()].find(({ volumes }) =>
    volumes.some(({ snapshot_id }) => snapshot_id === snapshot.id),
  );
  if (holder !== undefined)
    throw refuse.bad(`Invalid snapshot: Snapshot ${snapshot.id} belongs to the virtual machine snapshot ${holder.id}.`);
  beginSnapshotDelete(world, snapshot);
  return accepted();
}

export const snapshots = {
  list,
  create,
  update,
  remove,
  get: (call: SimulatedCall, world: World): Answer => ok({ snapshot: snapshotDetail(call, findSnapshot(call, world)) }),
};

export const snapshotWork: Readonly<Record<string, WorkKind<World>>> = {
  'snapshot.create': {
    seconds: 2,
    done(world, { id }) {
      settle(world, id, 'available');
    },
    failed(world, { id }) {
      settle(world, id, 'error');
    },
  },
  'snapshot.delete': {
    seconds: 2,
    done(world, { id }) {
      world.snapshots.delete(id);
    },
    failed(world, { id }) {
      settle(world, id, 'error_deleting');
    },
  },
};

function settle(world: World, id: string, status: string): void {
  const snapshot = world.snapshots.get(id);
  if (snapshot !== undefined) {
    snapshot.status = status;
    snapshot.updated_at = world.clock.stamp();
  }
}
