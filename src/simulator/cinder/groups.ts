import { required } from '../../invariant.js';
import { naive } from '../clock.js';
import { isArray, objectIn, str, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { touch } from './attach.js';
import { makeVolume } from './create.js';
import { listed } from './find.js';
import { findGroup, snapshotsOf, statusIn, volumesIn } from './group-parts.js';
import { findGroupSnapshot } from './group-snapshots.js';
import { findType } from './storage.js';
import { beginDelete } from './volumes.js';

/** Groups of volumes and their snapshots (Cinder 3.11, 3.13, 3.14), as observed on a real Cinder. */
const groupBody = (
  call: SimulatedCall,
  world: World,
  {
    id,
    name,
    description,
    status,
    group_type,
    volume_types,
    created_at,
    group_snapshot_id,
    source_group_id,
  }: VolumeGroup,
): JsonObject => ({
  id,
  name,
  description,
  status,
  group_type,
  volume_types,
  created_at: naive(created_at),
  availability_zone: 'nova',
  ...(call.version >= 14 ? { group_snapshot_id, source_group_id } : {}),
  ...(call.version >= 38 ? { replication_status: 'disabled' } : {}),
  ...(call.version >= 25 && truthy(call.query.get('list_volume') ?? '')
    ? { volumes: volumesIn(world, id).map((volume) => volume.id) }
    : {}),
});

function createGroup(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'group') ?? {};
  const type = [...world.groupTypes.values()].find(
    ({ id, name }) => id === requested.group_type || name === requested.group_type,
  );
  if (type === undefined) throw refuse.missing(`Group type ${str(requested.group_type)} could not be found.`);
  const names = isArray(requested.volume_types) ? requested.volume_types.map(str) : [];
  const volumeTypes = names.flatMap((name) => findType(world, name) ?? world.volumeTypes.get(name) ?? []);
  if (names.length === 0 || volumeTypes.length < names.length)
    throw refuse.bad('volume_types must be provided to create group.');
  const group = world.add('groups', {
    id: world.random.uuid(),
    name: textIn(requested, 'name') ?? '',
    description: textIn(requested, 'description') ?? null,
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
  const requested = objectIn(call.body, 'group') ?? {};
  const ids = (key: string): string[] => (textIn(requested, key) ?? '').split(',').filter(Boolean);
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
  group.name = textIn(requested, 'name') ?? group.name;
  group.description = textIn(requested, 'description') ?? group.description;
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
  const reset = objectIn(call.body, 'reset_status');
  if (reset !== undefined) {
    if (call.version < 20) throw refuse.unknown();
    group.status = statusIn(call, reset, 'group:reset_status');
    return accepted();
  }
  const requested = objectIn(call.body, 'delete');
  if (requested === undefined) throw refuse.bad('There is no such action.');
  if (snapshotsOf(world, group.id).length > 0) throw refuse.bad('Invalid Group: Group has existing snapshots.');
  if (volumesIn(world, group.id).length > 0 && !truthy(requested['delete-volumes']))
    throw refuse.bad(
      `Invalid Group: Group ${group.id} is not empty. delete-volumes flag is required to delete non-empty groups.`,
    );
  for (const volume of volumesIn(world, group.id)) {
    volume.group_id = null;
    beginDelete(world, volume);
  }
  group.status = 'deleting';
  world.work.begin('group.delete', group.id);
  return accepted();
}

/** A group of copies: of another's volumes, or of the snapshots of a group snapshot. */
function createFrom(call: SimulatedCall, world: World): Answer {
  if (call.version < 14) throw refuse.unknown();
  const requested = objectIn(call.body, 'create-from-src') ?? {};
  const [taken, copied] = [textIn(requested, 'group_snapshot_id'), textIn(requested, 'source_group_id')];
  const snapshot = taken === undefined ? undefined : findGroupSnapshot(call, world, taken);
  const source = findGroup(call, world, snapshot?.group_id ?? copied ?? '');
  const group = world.add('groups', {
    id: world.random.uuid(),
    name: textIn(requested, 'name') ?? '',
    description: textIn(requested, 'description') ?? null,
    group_type: source.group_type,
    volume_types: source.volume_types,
    status: 'creating',
    project_id: call.token.projectId,
    created_at: world.clock.stamp(),
    group_snapshot_id: snapshot?.id ?? null,
    source_group_id: copied ?? null,
  });
  const origins =
    snapshot === undefined
      ? volumesIn(world, source.id).map(({ id }) => ({ source_volid: id }))
      : [...world.snapshots.values()]
          .filter(({ group_snapshot_id }) => group_snapshot_id === snapshot.id)
          .map(({ id }) => ({ snapshot_id: id }));
  for (const origin of origins)
    makeVolume(world, call.token.projectId, call.token.userId, { ...origin, group_id: group.id });
  world.work.begin('group.settle', group.id);
  return accepted({ group: { id: group.id, name: group.name } });
}

export const groups = {
  list: (call: SimulatedCall, world: World): Answer => {
    const own = [...world.groups.values()].filter((group) => listed(call, group));
    return ok({ groups: own.map(({ id, name }) => ({ id, name })) });
  },
  detail: (call: SimulatedCall, world: World): Answer =>
    ok({
      groups: [...world.groups.values()]
        .filter((group) => listed(call, group))
        .map((group) => groupBody(call, world, group)),
    }),
  get: (call: SimulatedCall, world: World): Answer => ok({ group: groupBody(call, world, findGroup(call, world)) }),
  create: createGroup,
  update: updateGroup,
  action: groupAction,
  createFrom,
};

const settle = (world: World, id: string, status: string): void => {
  const group = world.groups.get(id);
  if (group !== undefined) group.status = status;
};

export const groupWork: Readonly<Record<string, WorkKind<World>>> = {
  'group.delete': {
    seconds: 1,
    done(world, { id }) {
      world.groups.delete(id);
    },
    failed(world, { id }) {
      settle(world, id, 'error_deleting');
    },
  },
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
