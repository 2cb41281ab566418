import { naive } from '../clock.js';
import { objectIn, textIn, type JsonObject } from '../json.js';
import { newestFirst } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { InstanceSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { listed } from './find.js';
import { beginSnapshotDelete } from './snapshots.js';

/** PowerVC's VM snapshots, Cinder's side of them. The resource's shape is an assumption: see InstanceSnapshot. */
const instanceSnapshotBody = (
  world: World,
  { id, name, description, status, server_id, server_name, created_at, updated_at, volumes }: InstanceSnapshot,
): JsonObject => ({
  id,
  name,
  description,
  status,
  created_at: naive(created_at),
  updated_at: naive(updated_at),
  server_id,
  server_name,
  volume_snapshots: volumes.map(({ volume_id, snapshot_id, size, bootable }) => ({
    id: snapshot_id,
    volume_id,
    size,
    is_boot_volume: bootable ? 'True' : 'False',
    status: world.snapshots.get(snapshot_id)?.status ?? 'error',
  })),
});

export function findInstanceSnapshot(
  call: SimulatedCall,
  world: World,
  id = call.params.snapshot ?? '',
): InstanceSnapshot {
  const snapshot = world.instanceSnapshots.get(id);
  if (snapshot === undefined || (snapshot.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw refuse.notFound('Instance snapshot', id);
  return snapshot;
}

function list(call: SimulatedCall, world: World): Answer {
  const requested = call.query.get('server_id') ?? call.query.get('instance_uuid');
  const found = [...world.instanceSnapshots.values()]
    .filter((snapshot) => listed(call, snapshot) && (requested === null || requested === snapshot.server_id))
    .sort(newestFirst((snapshot) => snapshot.created_at));
  return ok({ instance_snapshots: found.map((snapshot) => instanceSnapshotBody(world, snapshot)) });
}

function update(call: SimulatedCall, world: World): Answer {
  const snapshot = findInstanceSnapshot(call, world);
  const requested = objectIn(call.body, 'instance_snapshot') ?? objectIn(call, 'body');
  snapshot.name = textIn(requested, 'name') ?? snapshot.name;
  snapshot.description = textIn(requested, 'description') ?? snapshot.description;
  snapshot.updated_at = world.clock.stamp();
  return ok({ instance_snapshot: instanceSnapshotBody(world, snapshot) });
}

const BUSY = new Set(['creating', 'restoring', 'rolling back', 'deleting']);

function remove(call: SimulatedCall, world: World): Answer {
  const snapshot = findInstanceSnapshot(call, world);
  if (snapshot.status === 'deleting') return accepted();
  if (BUSY.has(snapshot.status))
    throw refuse.bad(
      `Invalid instance snapshot: the status of ${snapshot.id} must be available or error, ` +
        `but current status is ${snapshot.status}.`,
    );
  setStatus(world, snapshot, 'deleting');
  world.work.begin('instance-snapshot.delete', snapshot.id);
  return accepted();
}

/** `?action=vm-snapshot&task_id=…&id=…`: the progress of what a server action began. */
function progress(call: SimulatedCall, world: World): Answer {
  const id = call.query.get('id') ?? '';
  const task = call.query.get('task_id');
  const snapshot = [...world.instanceSnapshots.values()].find(
    (candidate) => candidate.id === id || (task !== null && candidate.task_id === task),
  );
  if (snapshot === undefined) throw refuse.notFound('Task', task ?? id);
  const busy = BUSY.has(snapshot.status);
  return ok({
    task: {
      id: snapshot.task_id,
      action: call.query.get('action'),
      status: busy ? 'running' : snapshot.status.includes('error') ? 'failed' : 'completed',
      progress: busy ? 50 : 100,
    },
  });
}

export function setStatus(world: World, snapshot: InstanceSnapshot, status: string): void {
  snapshot.status = status;
  snapshot.updated_at = world.clock.stamp();
}

export const instanceSnapshots = {
  list,
  update,
  remove,
  progress,
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ instance_snapshot: instanceSnapshotBody(world, findInstanceSnapshot(call, world)) }),
};

export const instanceSnapshotWork: Readonly<Record<string, WorkKind<World>>> = {
  'instance-snapshot.delete': {
    seconds: 3,
    done(world, { id }) {
      const snapshot = world.instanceSnapshots.get(id);
      if (snapshot === undefined) return;
      world.instanceSnapshots.delete(id);
      for (const { snapshot_id } of snapshot.volumes) {
        const part = world.snapshots.get(snapshot_id);
        if (part !== undefined) beginSnapshotDelete(world, part);
      }
    },
    failed(world, { id }) {
      const snapshot = world.instanceSnapshots.get(id);
      if (snapshot !== undefined) setStatus(world, snapshot, 'error_deleting');
    },
  },
};
