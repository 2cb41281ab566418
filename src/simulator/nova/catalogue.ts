import { isObject, isArray, objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Flavor, Image, ServerGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import { findServer } from './servers.js';

const flavorLinks = (call: SimulatedCall, id: string): JsonObject[] => [
  { rel: 'self', href: `${call.endpoint}/flavors/${id}` },
  { rel: 'bookmark', href: `${call.endpoint.replace('/v2.1', '')}/flavors/${id}` },
];

/** Since 2.61 with its extra specs, and swap is a number (recorded: 123, 124). */
export const flavorBody = (call: SimulatedCall, { id, name, ram, vcpus, disk, extra_specs }: Flavor): JsonObject => ({
  id,
  name,
  ram,
  disk,
  swap: call.version >= 75 ? 0 : '',
  'OS-FLV-EXT-DATA:ephemeral': 0,
  'OS-FLV-DISABLED:disabled': false,
  vcpus,
  'os-flavor-access:is_public': true,
  rxtx_factor: 1.0,
  links: flavorLinks(call, id),
  ...(call.version >= 55 ? { description: null } : {}),
  ...(call.version >= 61 ? { extra_specs } : {}),
});

export function findFlavor(call: SimulatedCall, world: World): Flavor {
  const id = call.params.flavor ?? '';
  const flavor = world.flavors.get(id) ?? ownFlavor(world, id);
  if (flavor === undefined) throw refuse.notFound('Flavor', id);
  return flavor;
}

/** An inline flavor is its server's alone, and found by its id all the same. */
function ownFlavor(world: World, id: string): Flavor | undefined {
  const server = [...world.servers.values()].find(({ flavor_id }) => flavor_id === id);
  return server === undefined
    ? undefined
    : {
        id,
        name: server.name,
        ram: server.memory_mb,
        vcpus: server.cpus,
        disk: server.root_gb,
        extra_specs: server.extra_specs,
      };
}

export const flavors = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({ flavors: [...world.flavors.values()].map(({ id, name }) => ({ id, name, links: flavorLinks(call, id) })) }),
  detail: (call: SimulatedCall, world: World): Answer =>
    ok({ flavors: [...world.flavors.values()].map((flavor) => flavorBody(call, flavor)) }),
  get: (call: SimulatedCall, world: World): Answer => ok({ flavor: flavorBody(call, findFlavor(call, world)) }),
  extraSpecs: (call: SimulatedCall, world: World): Answer => ok({ extra_specs: findFlavor(call, world).extra_specs }),
};

const TOTALS = {
  instances: 'maxTotalInstances',
  cores: 'maxTotalCores',
  ram: 'maxTotalRAMSize',
  metadata_items: 'maxServerMeta',
} as const;

function usage(world: World, project: string): Record<'instances' | 'cores' | 'ram' | 'metadata_items', number> {
  const own = [...world.servers.values()].filter(({ project_id }) => project_id === project);
  return {
    instances: own.length,
    cores: own.reduce((sum, { cpus }) => sum + cpus, 0),
    ram: own.reduce((sum, { memory_mb }) => sum + memory_mb, 0),
    metadata_items: 0,
  };
}

function limits(call: SimulatedCall, world: World): Answer {
  const used = usage(world, call.token.projectId);
  const { quota } = world.settings;
  return ok({
    limits: {
      rate: [],
      absolute: {
        ...Object.fromEntries(Object.entries(TOTALS).map(([key, name]) => [name, quota[key as keyof typeof TOTALS]])),
        maxImageMeta: 128,
        maxTotalKeypairs: 100,
        maxServerGroups: 10,
        maxServerGroupMembers: 10,
        totalRAMUsed: used.ram,
        totalCoresUsed: used.cores,
        totalInstancesUsed: used.instances,
        totalServerGroupsUsed: world.serverGroups.size,
      },
    },
  });
}

function quotaSet(call: SimulatedCall, world: World): Answer {
  const project = call.params.project ?? '';
  const used = usage(world, project);
  const detailed = call.path.endsWith('/detail');
  const { quota } = world.settings;
  return ok({
    quota_set: {
      id: project,
      ...Object.fromEntries(
        (Object.keys(TOTALS) as (keyof typeof TOTALS)[]).map((key) => [
          key,
          detailed ? { limit: quota[key], in_use: used[key], reserved: 0 } : quota[key],
        ]),
      ),
    },
  });
}

function setQuota(call: SimulatedCall, world: World): Answer {
  const wanted = objectIn(call.body, 'quota_set') ?? {};
  const quota = { ...world.settings.quota };
  for (const key of Object.keys(TOTALS) as (keyof typeof TOTALS)[])
    if (typeof wanted[key] === 'number') quota[key] = wanted[key];
  world.settings = { ...world.settings, quota };
  return quotaSet(call, world);
}

export const quotas = { limits, get: quotaSet, set: setQuota };

const groupBody = ({ id, name, policies, members, project_id }: ServerGroup, version: number): JsonObject =>
  version >= 64
    ? { id, name, policy: policies[0], rules: {}, members, project_id, user_id: null }
    : { id, name, policies, metadata: {}, members };

function findGroup(call: SimulatedCall, world: World): ServerGroup {
  const id = call.params.group ?? '';
  const group = world.serverGroups.get(id);
  if (group === undefined) throw refuse.notFound('Instance group', id);
  return group;
}

/** Collocation rules. */
export const serverGroups = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({ server_groups: [...world.serverGroups.values()].map((group) => groupBody(group, call.version)) }),
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ server_group: groupBody(findGroup(call, world), call.version) }),
  create: (call: SimulatedCall, world: World): Answer => {
    const wanted = objectIn(call.body, 'server_group');
    const name = textIn(wanted, 'name');
    if (wanted === undefined || name === undefined)
      throw refuse.bad("Invalid input for field/attribute server_group. 'name' is a required property");
    const policy = textIn(wanted, 'policy');
    const policies = isArray(wanted.policies)
      ? wanted.policies.map(String)
      : policy === undefined
        ? ['anti-affinity']
        : [policy];
    return ok({
      server_group: groupBody(
        world.add('serverGroups', { id: world.random.uuid(), name, policies, project_id: call.token.projectId }),
        call.version,
      ),
    });
  },
  remove: (call: SimulatedCall, world: World): Answer => {
    world.serverGroups.delete(findGroup(call, world).id);
    return noContent;
  },
};

/**
 * Nova's old image API, where PowerVC's clients find the volumes of an image as a list (docs/reference/power.md, 1.3).
 */
const imageProxy = (image: Image): JsonObject => ({
  id: image.id,
  name: image.name,
  status: image.status.toUpperCase(),
  created: image.created_at,
  updated: image.updated_at,
  minDisk: image.min_disk,
  minRam: image.min_ram,
  'OS-EXT-IMG-SIZE:size': image.size ?? 0,
  progress: 100,
  metadata: {
    ...image.properties,
    block_device_mapping: image.volumes.map(({ volume_id, size, boot_index, volume_type }) => ({
      volume_id,
      boot_index,
      volume_size: size,
      volume_type,
      source_type: 'volume',
      destination_type: 'volume',
    })),
  },
});

export const images = {
  get: (call: SimulatedCall, world: World): Answer => {
    const image = world.images.get(call.params.image ?? '');
    if (image === undefined) throw refuse.missing('Image not found.');
    return ok({ image: imageProxy(image) });
  },
  list: (_: SimulatedCall, world: World): Answer => ok({ images: [...world.images.values()].map(imageProxy) }),
};

function connectivityGroups(call: SimulatedCall, world: World): Answer {
  const full = call.path.endsWith('/detail');
  const found = [...world.storageConnectivityGroups.values()].map(
    ({ id, display_name, enabled, auto_defined, auto_add_vios, fc_storage_access, created_at, hosts }) => ({
      id,
      display_name,
      ...(full
        ? {
            enabled,
            auto_defined,
            auto_add_vios,
            fc_storage_access,
            created_at,
            host_list: hosts.map((name) => ({
              name,
              vios_list: [{ name: `${name}-vios1` }, { name: `${name}-vios2` }],
            })),
          }
        : {}),
    }),
  );
  return ok({ storage_connectivity_groups: found });
}

export const storageConnectivity = {
  list: connectivityGroups,
  get: (call: SimulatedCall, world: World): Answer => {
    const group = world.storageConnectivityGroups.get(call.params.group ?? '');
    if (group === undefined) throw refuse.notFound('Storage connectivity group', call.params.group ?? '');
    return ok({ storage_connectivity_group: { ...group } });
  },
};

export const instanceActions = {
  list: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    return ok({
      instanceActions: server.actions.map((action) => ({
        ...action,
        start_time: action.start_time.replace('Z', '.000000'),
        instance_uuid: server.id,
        project_id: server.project_id,
        message: null,
      })),
    });
  },
  get: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    const action = server.actions.find(({ request_id }) => request_id === call.params.request);
    if (!isObject(action))
      throw refuse.missing(`Action for request_id ${call.params.request ?? ''} on instance ${server.id} not found`);
    return ok({
      instanceAction: {
        ...action,
        start_time: action.start_time.replace('Z', '.000000'),
        instance_uuid: server.id,
        project_id: server.project_id,
        message: null,
        events: [],
      },
    });
  },
};
