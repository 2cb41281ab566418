import { isArray, objectIn, textIn, truthy, type JsonObject } from '../json.js';
import { nextLink, page, sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Action, DeletedServer, Flavor, ServerGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import { findServer } from './servers.js';

const flavorLinks = (call: SimulatedCall, id: string): JsonObject[] => [
  { rel: 'self', href: `${call.endpoint}/flavors/${id}` },
  { rel: 'bookmark', href: `${call.endpoint.replace('/v2.1', '')}/flavors/${id}` },
];

/** Since 2.61 with its extra specs, and swap is a number (recorded: 123, 124). */
export const flavorBody = (
  call: SimulatedCall,
  { id, name, ram, vcpus, disk, ephemeral, swap, rxtx_factor, extra_specs, description, is_public }: Flavor,
): JsonObject => ({
  id,
  name,
  ram,
  disk,
  swap: swap > 0 || call.version >= 75 ? swap : '',
  'OS-FLV-EXT-DATA:ephemeral': ephemeral,
  'OS-FLV-DISABLED:disabled': false,
  vcpus,
  'os-flavor-access:is_public': is_public,
  rxtx_factor,
  links: flavorLinks(call, id),
  ...(call.version >= 55 ? { description } : {}),
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
        ephemeral: 0,
        swap: 0,
        rxtx_factor: 1,
        extra_specs: server.extra_specs,
        description: null,
        is_public: false,
        access: [],
      };
}

const usable = (call: SimulatedCall, { is_public, access }: Flavor): boolean =>
  is_public || access.includes(call.token.projectId);

/** Administrators alone may ask for those that are not public. */
function listed(call: SimulatedCall, world: World): Flavor[] {
  const requested = call.token.roles.includes('admin') ? call.query.get('is_public') : 'default';
  const shown = (flavor: Flavor): boolean => {
    if (requested === 'None' || requested === 'none') return true;
    if (requested === null || requested === 'default') return usable(call, flavor);
    return truthy(requested) === flavor.is_public;
  };
  const least = (key: string): number => {
    const text = call.query.get(key) ?? '0';
    if (!/^\d+$/.test(text)) throw refuse.bad(`Invalid ${key} filter [${text}]`);
    return Number(text);
  };
  const [ram, disk] = [least('minRam'), least('minDisk')];
  return [...world.flavors.values()].filter((flavor) => shown(flavor) && flavor.ram >= ram && flavor.disk >= disk);
}

function list(view: (call: SimulatedCall, flavor: Flavor) => JsonObject) {
  return function listFlavors(call: SimulatedCall, world: World): Answer {
    const all = sorted(
      listed(call, world),
      call.query,
      (flavor, key) => ({ ...flavor, flavorid: flavor.id, memory_mb: flavor.ram })[key as 'id'],
      (a, b) => a.id.localeCompare(b.id),
    );
    const paging = {
      id: ({ id }: Flavor) => id,
      max: world.settings.pageLimit,
      badMarker: (marker: string) => refuse.bad(`marker [${marker}] not found`),
    };
    const found = page(all, call.query, paging);
    const next = call.query.has('limit') ? nextLink(call, 'flavors', found, paging) : {};
    return ok({ flavors: found.items.map((flavor) => view(call, flavor)), ...next });
  };
}

export const flavors = {
  list: list((call, { id, name, description }) => ({
    id,
    name,
    links: flavorLinks(call, id),
    ...(call.version >= 55 ? { description } : {}),
  })),
  detail: list(flavorBody),
  get: (call: SimulatedCall, world: World): Answer => ok({ flavor: flavorBody(call, findFlavor(call, world)) }),
  extraSpecs: (call: SimulatedCall, world: World): Answer => ok({ extra_specs: findFlavor(call, world).extra_specs }),
  extraSpec: (call: SimulatedCall, world: World): Answer => {
    const { extra_specs, id } = findFlavor(call, world);
    const key = call.params.key ?? '';
    const value = extra_specs[key];
    if (value === undefined) throw refuse.missing(`Flavor ${id} has no extra specs with key ${key}.`);
    return ok({ [key]: value });
  },
};

const groupBody = ({ id, name, policies, members, project_id, user_id }: ServerGroup, version: number): JsonObject =>
  version >= 64
    ? { id, name, policy: policies[0], rules: {}, members, project_id, user_id }
    : { id, name, policies, metadata: {}, members, ...(version >= 13 ? { project_id, user_id } : {}) };

function findGroup(call: SimulatedCall, world: World): ServerGroup {
  const id = call.params.group ?? '';
  const group = world.serverGroups.get(id);
  if (group === undefined) throw refuse.notFound('Instance group', id);
  return group;
}

/** Collocation rules. */
export const serverGroups = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({
      server_groups: [...world.serverGroups.values()]
        .filter(({ project_id }) => project_id === call.token.projectId || call.query.has('all_projects'))
        .map((group) => groupBody(group, call.version)),
    }),
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ server_group: groupBody(findGroup(call, world), call.version) }),
  create: (call: SimulatedCall, world: World): Answer => {
    const requested = objectIn(call.body, 'server_group');
    const name = textIn(requested, 'name');
    if (requested === undefined || name === undefined)
      throw refuse.bad("Invalid input for field/attribute server_group. 'name' is a required property");
    const policy = textIn(requested, 'policy');
    const policies = isArray(requested.policies)
      ? requested.policies.map(String)
      : policy === undefined
        ? ['anti-affinity']
        : [policy];
    return ok({
      server_group: groupBody(
        world.add('serverGroups', {
          id: world.random.uuid(),
          name,
          policies,
          project_id: call.token.projectId,
          user_id: call.token.userId,
        }),
        call.version,
      ),
    });
  },
  remove: (call: SimulatedCall, world: World): Answer => {
    world.serverGroups.delete(findGroup(call, world).id);
    return noContent;
  },
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

/** Since 2.21 also those of a server that is gone. */
function actionsOf(call: SimulatedCall, world: World): DeletedServer {
  const gone = call.version >= 21 ? world.deletedServers.get(call.params.server ?? '') : undefined;
  const { projectId, roles } = call.token;
  return gone !== undefined && (gone.project_id === projectId || roles.includes('admin'))
    ? gone
    : findServer(call, world);
}

const actionBody = ({ id, project_id }: DeletedServer, { finished: _, ...action }: Action): JsonObject => ({
  ...action,
  start_time: action.start_time.replace('Z', '.000000'),
  instance_uuid: id,
  project_id,
  message: null,
});

const eventsOf = ({ action, start_time, finished }: Action): JsonObject[] => {
  const time = start_time.replace('Z', '.000000');
  const ended = { start_time: time, finish_time: time, result: 'Success', traceback: null };
  return finished === true ? [{ event: `compute_${action}`, ...ended }] : [];
};

export const instanceActions = {
  list: (call: SimulatedCall, world: World): Answer => {
    const server = actionsOf(call, world);
    return ok({ instanceActions: server.actions.map((action) => actionBody(server, action)) });
  },
  get: (call: SimulatedCall, world: World): Answer => {
    const server = actionsOf(call, world);
    const action = server.actions.find(({ request_id }) => request_id === call.params.request);
    if (action === undefined)
      throw refuse.missing(`Action for request_id ${call.params.request ?? ''} on instance ${server.id} not found`);
    return ok({ instanceAction: { ...actionBody(server, action), events: eventsOf(action) } });
  },
};
