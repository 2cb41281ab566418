import { naive } from '../clock.js';
import { objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { GroupSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';
import { listed } from './find.js';
import { findGroup, statusIn, volumesIn } from './group-parts.js';
import { beginSnapshotDelete, makeSnapshot } from './snapshots.js';

/** `POST /group_snapshots/{snapshot}/action`: an administrator sets the status. */
function groupSnapshotAction(call: SimulatedCall, world: World): Answer {
  if (call.version < 19) throw refuse.unknown();
  const taken = findGroupSnapshot(call, world);
  const requested = objectIn(call.body, 'reset_status');
  if (requested === undefined) throw refuse.bad('There is no such action.');
  taken.status = statusIn(call, requested, 'group:reset_group_snapshot_status');
  return accepted();
}

const groupSnapshotBody = (
  { id, name, description, status, group_id, created_at }: GroupSnapshot,
  world: World,
): JsonObject => ({
  id,
  name,
  description,
  status,
  group_id,
  group_type_id: world.groups.get(group_id)?.group_type ?? null,
  created_at: naive(created_at),
});

export function findGroupSnapshot(call: SimulatedCall, world: World, id = call.params.snapshot ?? ''): GroupSnapshot {
  const found = world.groupSnapshots.get(id);
  if (found === undefined) throw refuse.notFound('GroupSnapshot', id);
  return found;
}

function createGroupSnapshot(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'group_snapshot') ?? {};
  const group = findGroup(call, world, textIn(requested, 'group_id') ?? '');
  const volumes = volumesIn(world, group.id);
  if (volumes.length === 0)
    throw refuse.bad(`Invalid Group: Source group ${group.id} is empty: it cannot be snapshot.`);
  const taken = world.add('groupSnapshots', {
    id: world.random.uuid(),
    group_id: group.id,
    name: textIn(requested, 'name') ?? null,
    description: textIn(requested, 'description') ?? null,
    status: 'available',
    project_id: call.token.projectId,
    created_at: world.clock.stamp(),
  });
  for (const volume of volumes)
    makeSnapshot(world, volume.id, volume.size, call.token.projectId, {
      name: taken.name,
      description: textIn(requested, 'description') ?? null,
    }).group_snapshot_id = taken.id;
  return accepted({ group_snapshot: { id: taken.id, name: taken.name, group_type_id: group.group_type } });
}

function removeGroupSnapshot(call: SimulatedCall, world: World): Answer {
  const taken = findGroupSnapshot(call, world);
  for (const snapshot of world.snapshots.values())
    if (snapshot.group_snapshot_id === taken.id) beginSnapshotDelete(world, snapshot);
  world.groupSnapshots.delete(taken.id);
  return accepted();
}

/** Snapshots of groups (Cinder 3.14). */
export const groupSnapshots = {
  action: groupSnapshotAction,
  brief: (call: SimulatedCall, world: World): Answer =>
    ok({
      group_snapshots: [...world.groupSnapshots.values()]
        .filter((one) => listed(call, one))
        .map(({ id, name }) => ({ id, name })),
    }),
  list: (call: SimulatedCall, world: World): Answer =>
    ok({
      group_snapshots: [...world.groupSnapshots.values()]
        .filter(({ group_id }) => call.version < 29 || (call.query.get('group_id') ?? group_id) === group_id)
        .map((one) => groupSnapshotBody(one, world)),
    }),
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ group_snapshot: groupSnapshotBody(findGroupSnapshot(call, world), world) }),
  create: createGroupSnapshot,
  remove: removeGroupSnapshot,
};
