import { required } from '../../invariant.js';
import { naive } from '../clock.js';
import { isArray, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { GroupSnapshot, GroupType, VolumeGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { touch } from './attach.js';
import { beginSnapshotDelete, makeSnapshot } from './snapshots.js';
import { findType } from './storage.js';

/** Groups of volumes and their snapshots (Cinder 3.11, 3.13, 3.14), as observed on a real Cinder. */
const typeBody = (call: SimulatedCall, { id, name, description, is_public, group_specs }: GroupType): JsonObject => ({
  id,
  name,
  description,
  is_public,
  ...(call.token.roles.includes('admin') ? { group_specs } : {}),
});

const volumesIn = (world: World, group: string) =>
  [...world.volumes.values()].filter(({ group_id }) => group_id === group);
const snapshotsOf = (world: World, group: string) =>
  [...world.groupSnapshots.values()].filter(({ group_id }) => group_id === group);

function findGroup(call: SimulatedCall, world: World, id = call.params.group ?? ''): VolumeGroup {
  const group = world.groups.get(id);
  if (group === undefined || group.project_id !== call.token.projectId) throw refuse.notFound('Group', id);
  return group;
}

const groupBody = (
  call: SimulatedCall,
  world: World,
  { id, name, description, status, group_type, volume_types, created_at }: VolumeGroup,
): JsonObject => ({
  id,
  name,
  description,
  status,
  group_type,
  volume_types,
  created_at: naive(created_at),
  availability_zone: 'nova',
  group_snapshot_id: null,
  source_group_id: null,
  replication_status: 'disabled',
  ...(call.version >= 25 && truthy(call.query.get('list_volume') ?? '')
    ? { volumes: volumesIn(world, id).map((volume) => volume.id) }
    : {}),
});

function createType(call: SimulatedCall, world: World): Answer {
  const wanted = objectIn(call.body, 'group_type');
  const type = world.add('groupTypes', { id: world.random.uuid(), name: textIn(wanted, 'name') ?? '' });
  return { status: 202, body: { group_type: typeBody(call, type) } };
}

function createGroup(call: SimulatedCall, world: World): Answer {
  const wanted = objectIn(call.body, 'group') ?? {};
  const type = [...world.groupTypes.values()].find(
    ({ id, name }) => id === wanted.group_type || name === wanted.group_type,
  );
  if (type === undefined) throw refuse.missing(`Group type ${str(wanted.group_type)} could not be found.`);
  const names = isArray(wanted.volume_types) ? wanted.volume_types.map(str) : [];
  const volumeTypes = names.flatMap((name) => findType(world, name) ?? world.volumeTypes.get(name) ?? []);
  if (names.length === 0 || volumeTypes.length < names.length)
    throw refuse.bad('volume_types must be provided to create group.');
  const group = world.add('groups', {
    id: world.random.uuid(),
    name: textIn(wanted, 'name') ?? '',
    group_type: type.id,
    volume_types: volumeTypes.map(({ id }) => id),
    status: 'creating',
    project_id: call.token.projectId,
    created_at: world.clock.stamp(),
  });
  world.work.begin('group.settle', group.id);
  return accepted({ group: { id: group.id, name: group.name } });
}

/**
 * Volumes are added and removed by their ids, joined by commas (openstack/cinder, group/api.py: _validate_add_volumes,
 * _validate_remove_volumes).
 */
function updateGroup(call: SimulatedCall, world: World): Answer {
  const group = findGroup(call, world);
  const wanted = objectIn(call.body, 'group') ?? {};
  const ids = (key: string): string[] => (textIn(wanted, key) ?? '').split(',').filter(Boolean);
  const [added, removed] = [ids('add_volumes'), ids('remove_volumes')];
  if (group.status !== 'available')
    throw refuse.bad(`Invalid Group: Cannot update group ${group.id}: its status is ${group.status}.`);
  for (const id of added) {
    const volume = world.volumes.get(id);
    const why =
      volume === undefined
        ? 'volume cannot be found'
        : volume.group_id !== null
          ? `it is already in group ${volume.group_id}`
          : volume.status !== 'available' && volume.status !== 'in-use'
            ? `volume is in an invalid state: ${volume.status}`
            : !group.volume_types.includes(findType(world, volume.volume_type)?.id ?? '')
              ? `volume type ${volume.volume_type} is not supported by the group`
              : undefined;
    if (why !== undefined)
      throw refuse.bad(`Invalid volume: Cannot add volume ${id} to group ${group.id} because ${why}.`);
  }
  for (const id of removed)
    if (world.volumes.get(id)?.group_id !== group.id)
      throw refuse.bad(
        `Invalid volume: Cannot remove volume ${id} from group ${group.id} because it is not in the group.`,
      );
  for (const id of [...added, ...removed]) {
    const volume = required(world.volumes.get(id), `volume ${id}`);
    volume.group_id = added.includes(id) ? group.id : null;
    touch(world, volume);
  }
  group.status = 'updating';
  world.work.begin('group.settle', group.id);
  return accepted();
}

function groupAction(call: SimulatedCall, world: World): Answer {
  const group = findGroup(call, world);
  const wanted = objectIn(call.body, 'delete');
  if (wanted === undefined) throw refuse.bad('There is no such action.');
  if (snapshotsOf(world, group.id).length > 0) throw refuse.bad('Invalid Group: Group has existing snapshots.');
  if (volumesIn(world, group.id).length > 0 && !truthy(wanted['delete-volumes']))
    throw refuse.bad(
      `Invalid Group: Group ${group.id} is not empty. delete-volumes flag is required to delete non-empty groups.`,
    );
  world.groups.delete(group.id);
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

function findGroupSnapshot(call: SimulatedCall, world: World): GroupSnapshot {
  const found = world.groupSnapshots.get(call.params.snapshot ?? '');
  if (found === undefined) throw refuse.notFound('GroupSnapshot', call.params.snapshot ?? '');
  return found;
}

function createGroupSnapshot(call: SimulatedCall, world: World): Answer {
  const wanted = objectIn(call.body, 'group_snapshot') ?? {};
  const group = findGroup(call, world, textIn(wanted, 'group_id') ?? '');
  const volumes = volumesIn(world, group.id);
  if (volumes.length === 0)
    throw refuse.bad(`Invalid Group: Source group ${group.id} is empty: it cannot be snapshot.`);
  const taken = world.add('groupSnapshots', {
    id: world.random.uuid(),
    group_id: group.id,
    name: textIn(wanted, 'name') ?? null,
    status: 'available',
    project_id: call.token.projectId,
    created_at: world.clock.stamp(),
  });
  for (const volume of volumes)
    makeSnapshot(world, volume.id, volume.size, call.token.projectId, {
      name: taken.name,
      description: textIn(wanted, 'description') ?? null,
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

export const groups = {
  types: {
    list: (call: SimulatedCall, world: World): Answer =>
      ok({ group_types: [...world.groupTypes.values()].map((type) => typeBody(call, type)) }),
    create: createType,
  },
  list: (call: SimulatedCall, world: World): Answer =>
    ok({
      groups: [...world.groups.values()]
        .filter(({ project_id }) => project_id === call.token.projectId)
        .map((group) => groupBody(call, world, group)),
    }),
  get: (call: SimulatedCall, world: World): Answer => ok({ group: groupBody(call, world, findGroup(call, world)) }),
  create: createGroup,
  update: updateGroup,
  action: groupAction,
  snapshots: {
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
  },
};

const settle = (world: World, id: string, status: string): void => {
  const group = world.groups.get(id);
  if (group !== undefined) group.status = status;
};

export const groupWork: Readonly<Record<string, WorkKind<World>>> = {
  'group.settle': {
    seconds: 1,
    done(world, { id }) {
      settle(world, id, 'available');
    },
    failed(world, { id }) {
      settle(world, id, 'error');
    },
  },
};
