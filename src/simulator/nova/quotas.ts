import { objectIn, python, str, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Quota } from '../world/types.js';
import type { World } from '../world/world.js';

const KEYS = [
  'instances',
  'cores',
  'ram',
  'key_pairs',
  'metadata_items',
  'server_groups',
  'server_group_members',
] as const;
type Key = (typeof KEYS)[number];

/**
 * What nobody counts, but Nova keeps, up to the microversion that left it out (recorded: 150), and the name of its limit
 * here: Neutron has limits of security groups, too.
 */
const UNCOUNTED: readonly { readonly key: string; readonly limit: keyof Quota; readonly until: number }[] = [
  { key: 'injected_file_content_bytes', limit: 'injected_file_content_bytes', until: 57 },
  { key: 'injected_file_path_bytes', limit: 'injected_file_path_bytes', until: 57 },
  { key: 'injected_files', limit: 'injected_files', until: 57 },
  { key: 'fixed_ips', limit: 'fixed_ips', until: 36 },
  { key: 'floating_ips', limit: 'floating_ips', until: 36 },
  { key: 'security_group_rules', limit: 'nova_security_group_rules', until: 36 },
  { key: 'security_groups', limit: 'nova_security_groups', until: 36 },
];

/** What this microversion shows, and the name of its limit. */
const shown = ({ version }: SimulatedCall): readonly { readonly key: string; readonly limit: keyof Quota }[] => [
  ...KEYS.map((key) => ({ key, limit: key })),
  ...UNCOUNTED.filter(({ until }) => version < until),
];

function usage(world: World, project: string): Record<Key, number> {
  const own = [...world.servers.values()].filter(({ project_id }) => project_id === project);
  return {
    instances: own.length,
    cores: own.reduce((sum, { cpus }) => sum + cpus, 0),
    ram: own.reduce((sum, { memory_mb }) => sum + memory_mb, 0),
    key_pairs: 0,
    metadata_items: 0,
    server_groups: [...world.serverGroups.values()].filter(({ project_id }) => project_id === project).length,
    server_group_members: 0,
  };
}

/** Recorded: 149. */
function limits(call: SimulatedCall, world: World): Answer {
  const used = usage(world, call.token.projectId);
  const quota = world.quotaOf(call.token.projectId);
  return ok({
    limits: {
      rate: [],
      absolute: {
        maxTotalInstances: quota.instances,
        maxTotalCores: quota.cores,
        maxTotalRAMSize: quota.ram,
        maxServerMeta: quota.metadata_items,
        ...(call.version < 39 ? { maxImageMeta: quota.metadata_items } : {}),
        ...(call.version < 57 ? { maxPersonality: 5, maxPersonalitySize: 10_240 } : {}),
        maxTotalKeypairs: quota.key_pairs,
        maxServerGroups: quota.server_groups,
        maxServerGroupMembers: quota.server_group_members,
        ...(call.version < 36 ? { maxTotalFloatingIps: -1, maxSecurityGroups: -1, maxSecurityGroupRules: -1 } : {}),
        totalRAMUsed: used.ram,
        totalCoresUsed: used.cores,
        totalInstancesUsed: used.instances,
        ...(call.version < 36 ? { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 } : {}),
        totalServerGroupsUsed: used.server_groups,
      },
    },
  });
}

/** Throws Nova's 400 for a malformed project id. */
function projectOf(call: SimulatedCall, world: World): string {
  const id = call.params.project ?? '';
  if (!world.projects.has(id)) throw refuse.bad(`Project ID ${id} is not a valid project.`);
  return id;
}

function body(call: SimulatedCall, project: string | undefined, quota: Quota, used?: Record<Key, number>): Answer {
  const show = (limit: number, taken: number): JsonObject | number =>
    used === undefined ? limit : { limit, in_use: taken, reserved: 0 };
  const inUse: Readonly<Record<string, number>> = used ?? {};
  return ok({
    quota_set: {
      ...(project === undefined ? {} : { id: project }),
      ...Object.fromEntries(shown(call).map(({ key, limit }) => [key, show(quota[limit], inUse[key] ?? 0)])),
    },
  });
}

function get(call: SimulatedCall, world: World): Answer {
  const project = projectOf(call, world);
  const detailed = call.path.endsWith('/detail');
  return body(call, project, world.quotaOf(project), detailed ? usage(world, project) : undefined);
}

/** A limit; -1 means none. Throws Nova's 400. */
function limitIn(requested: JsonObject, key: string): number {
  const given = requested[key];
  const limit = typeof given === 'string' && /^-?\d+$/.test(given) ? Number(given) : given;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < -1)
    throw refuse.bad(
      `Invalid input for field/attribute ${key}. Value: ${str(given)}. ${python(given)} is not of type 'integer'`,
    );
  return limit;
}

const changesIn = (call: SimulatedCall, requested: JsonObject): Partial<Quota> =>
  Object.fromEntries(
    shown(call).flatMap(({ key, limit }) =>
      requested[key] === undefined ? [] : [[limit, limitIn(requested, key)] as const],
    ),
  );

function set(call: SimulatedCall, world: World): Answer {
  const project = projectOf(call, world);
  const changes = changesIn(call, objectIn(call.body, 'quota_set') ?? {});
  const held = world.projects.get(project);
  if (held !== undefined) held.quota = { ...held.quota, ...changes };
  return body(call, undefined, world.quotaOf(project));
}

function reset(call: SimulatedCall, world: World): Answer {
  const held = world.projects.get(projectOf(call, world));
  for (const limit of [...KEYS, ...UNCOUNTED.map((one) => one.limit)]) if (held !== undefined) delete held.quota[limit];
  return { status: 202 };
}

/** Of the class `default`: what every project may have that nobody gave another. */
function ofClass(call: SimulatedCall, world: World, id?: string): Answer {
  const { quota_set: limits } = body(call, id, world.settings.quota).body as { quota_set: JsonObject };
  return ok({ quota_class_set: limits });
}

function setClass(call: SimulatedCall, world: World): Answer {
  const changes = changesIn(call, objectIn(call.body, 'quota_class_set') ?? {});
  world.settings = { ...world.settings, quota: { ...world.settings.quota, ...changes } };
  return ofClass(call, world);
}

export const quotaClasses = {
  get: (call: SimulatedCall, world: World): Answer => ofClass(call, world, call.params.class ?? ''),
  set: setClass,
};

export const quotas = {
  limits,
  get,
  set,
  reset,
  defaults: (call: SimulatedCall, world: World): Answer => body(call, call.params.project ?? '', world.settings.quota),
};
