import { objectIn, type JsonObject } from '../json.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Quota } from '../world/types.js';
import type { World } from '../world/world.js';

const USED = ['volumes', 'gigabytes', 'snapshots'] as const;
/** Limits of what is counted nowhere: a single volume, and backups, which are not simulated. */
const KEYS = [...USED, 'per_volume_gigabytes', 'backups', 'backup_gigabytes'] as const;
const NONE = { volumes: 0, gigabytes: 0, snapshots: 0 };
type Usage = Record<(typeof USED)[number], number>;

function usage(world: World, project: string): Usage {
  const own = [...world.volumes.values()].filter(({ project_id }) => project_id === project);
  const taken = [...world.snapshots.values()].filter(({ project_id }) => project_id === project);
  return {
    volumes: own.length,
    snapshots: taken.length,
    gigabytes: [...own, ...taken].reduce((sum, { size }) => sum + size, 0),
  };
}

export function limits(call: SimulatedCall, world: World): Answer {
  const quota = world.quotaOf(call.token.projectId);
  const used = usage(world, call.token.projectId);
  return ok({
    limits: {
      rate: [],
      absolute: {
        maxTotalVolumes: quota.volumes,
        maxTotalSnapshots: quota.snapshots,
        maxTotalVolumeGigabytes: quota.gigabytes,
        maxTotalBackups: quota.backups,
        maxTotalBackupGigabytes: quota.backup_gigabytes,
        totalVolumesUsed: used.volumes,
        totalGigabytesUsed: used.gigabytes,
        totalSnapshotsUsed: used.snapshots,
        totalBackupsUsed: 0,
        totalBackupGigabytesUsed: 0,
      },
    },
  });
}

/** The class whose limits those have that nobody gave another. */
const DEFAULT = 'default';

/** Each volume type has three quotas of its own, unlimited by default (recorded: 386). */
function set(call: SimulatedCall, world: World, quota: Quota, used: Usage, whose: string): Answer {
  const show = (limit: number, inUse: number): unknown =>
    /^true$/i.test(call.query.get('usage') ?? '') ? { limit, in_use: inUse, reserved: 0 } : limit;
  const ofTypes = [...world.volumeTypes.values()].flatMap(({ name, quotas }) =>
    USED.map((key) => [`${key}_${name}`, show(quotas[whose]?.[key] ?? quotas[DEFAULT]?.[key] ?? -1, 0)] as const),
  );
  return ok({
    quota_set: {
      id: call.params.project,
      volumes: show(quota.volumes, used.volumes),
      per_volume_gigabytes: show(quota.per_volume_gigabytes, 0),
      snapshots: show(quota.snapshots, used.snapshots),
      gigabytes: show(quota.gigabytes, used.gigabytes),
      backups: show(quota.backups, 0),
      backup_gigabytes: show(quota.backup_gigabytes, 0),
      ...Object.fromEntries(ofTypes),
      groups: show(10, 0),
    },
  });
}

const get = (call: SimulatedCall, world: World): Answer => {
  const project = call.params.project ?? '';
  return set(call, world, world.quotaOf(project), usage(world, project), project);
};

function limitIn(requested: JsonObject, key: string): number | undefined {
  const given = requested[key];
  const limit = typeof given === 'string' && /^-?\d+$/.test(given) ? Number(given) : given;
  return typeof limit === 'number' ? limit : undefined;
}

function changesIn(requested: JsonObject): (readonly [(typeof KEYS)[number], number])[] {
  return KEYS.flatMap((key) => {
    const limit = limitIn(requested, key);
    return limit === undefined ? [] : [[key, limit] as const];
  });
}

/** Keeps the limits of volume types that were sent. */
function keepOfTypes(world: World, requested: JsonObject, whose: string): void {
  for (const type of world.volumeTypes.values())
    for (const key of USED) {
      const limit = limitIn(requested, `${key}_${type.name}`);
      if (limit !== undefined) type.quotas[whose] = { ...type.quotas[whose], [key]: limit };
    }
}

function update(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'quota_set') ?? {};
  const project = world.projects.get(call.params.project ?? '');
  const changes = changesIn(requested);
  if (project !== undefined) {
    project.quota = { ...project.quota, ...Object.fromEntries(changes) };
    keepOfTypes(world, requested, project.id);
  }
  return get(call, world);
}

function reset(call: SimulatedCall, world: World): Answer {
  const project = world.projects.get(call.params.project ?? '');
  if (project !== undefined) {
    for (const key of KEYS) delete project.quota[key];
    for (const { quotas: limits } of world.volumeTypes.values()) delete limits[project.id];
  }
  return { status: 200 };
}

/** Of the class `default`: what every project may have that nobody gave another. */
export const quotaClasses = {
  get: (call: SimulatedCall, world: World): Answer => {
    const ofClass = { ...call, params: { project: call.params.class ?? '' } };
    const { body } = set(ofClass, world, world.settings.quota, NONE, DEFAULT);
    return ok({ quota_class_set: objectIn(body, 'quota_set') ?? {} });
  },
  set: (call: SimulatedCall, world: World): Answer => {
    const requested = objectIn(call.body, 'quota_class_set') ?? {};
    const changes = changesIn(requested);
    keepOfTypes(world, requested, DEFAULT);
    world.settings = { ...world.settings, quota: { ...world.settings.quota, ...Object.fromEntries(changes) } };
    const { body } = set(call, world, world.settings.quota, NONE, DEFAULT);
    const { id: _, ...limits } = objectIn(body, 'quota_set') ?? {};
    return ok({ quota_class_set: limits });
  },
};

export const quotas = {
  get,
  set: update,
  reset,
  defaults: (call: SimulatedCall, world: World): Answer => set(call, world, world.settings.quota, NONE, DEFAULT),
};
