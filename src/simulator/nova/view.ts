import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import type { SimulatedCall } from '../router.js';
import { stableId } from '../stable-id.js';
import { volumesByServer, volumesOf } from '../cinder/attach.js';
import type { Port, Server, Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import { addresses, bare } from './addresses.js';
import { powervm } from './powervm.js';
import { statusOf } from './states.js';

export const portsOf = (world: World, serverId: string): Port[] =>
  [...world.ports.values()].filter(({ device_id }) => device_id === serverId);

/** What belongs to a server, by its id. */
export interface ViewParts {
  readonly volumes: (serverId: string) => readonly Volume[];
  readonly ports: (serverId: string) => readonly Port[];
}

export const partsIn = (world: World): ViewParts => ({
  volumes: (id) => volumesOf(world, id),
  ports: (id) => portsOf(world, id),
});

/** The same for a page of servers, in one scan. */
export function partsOfThese(world: World, servers: readonly Server[]): ViewParts {
  const ports = new Map<string, Port[]>(servers.map(({ id }) => [id, []]));
  for (const port of world.ports.values()) ports.get(port.device_id)?.push(port);
  return { volumes: volumesByServer(world, servers), ports: (id) => ports.get(id) ?? [] };
}

const bookmark = (call: SimulatedCall, kind: string, id: string): JsonObject => ({
  rel: 'bookmark',
  href: `${call.endpoint.replace(/\/v2\.1/, '')}/${kind}/${id}`,
});

export const serverLinks = (call: SimulatedCall, id: string): JsonObject[] => [
  { rel: 'self', href: `${call.endpoint}/servers/${id}` },
  bookmark(call, 'servers', id),
];

/** Since 2.47 a server tells its size instead of its flavor's id, which may be gone by then (recorded: 188). */
const size = (world: World, { flavor_id: id, name, cpus, memory_mb, root_gb, extra_specs }: Server): JsonObject => ({
  vcpus: cpus,
  ram: memory_mb,
  disk: world.flavors.get(id)?.disk ?? root_gb,
  ephemeral: world.flavors.get(id)?.ephemeral ?? 0,
  swap: world.flavors.get(id)?.swap ?? 0,
  original_name: world.flavors.get(id)?.name ?? name,
  extra_specs,
});

/** What later microversions add, to a list without details, too, of what a change answers. */
const sinceBase = (call: SimulatedCall, { locked, tags, description }: Server): JsonObject => ({
  ...(call.version >= 9 ? { locked } : {}),
  ...(call.version >= 19 ? { description } : {}),
  ...(call.version >= 26 ? { tags } : {}),
  ...(call.version >= 63 ? { trusted_image_certificates: null } : {}),
});

/** Shown for a single server, never in lists (openstack/nova, views/servers.py). */
const groupsOf = (call: SimulatedCall, world: World, { id }: Server): JsonObject =>
  call.version >= 71
    ? {
        server_groups: [...world.serverGroups.values()]
          .filter(({ members }) => members.includes(id))
          .map((group) => group.id),
      }
    : {};

/**
 * Where it runs: OpenStack keeps that for administrators (recorded: 480); that PowerVC's roles see it is an assumption.
 */
function whereabouts(call: SimulatedCall, server: Server): JsonObject {
  const { host, instance_name, user_data } = server;
  return {
    'OS-EXT-SRV-ATTR:host': host,
    'OS-EXT-SRV-ATTR:instance_name': instance_name,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': host,
    ...(call.version >= 3
      ? {
          'OS-EXT-SRV-ATTR:reservation_id': server.reservation_id,
          'OS-EXT-SRV-ATTR:launch_index': 0,
          'OS-EXT-SRV-ATTR:hostname': hostNameOf(server),
          'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
          'OS-EXT-SRV-ATTR:kernel_id': '',
          'OS-EXT-SRV-ATTR:ramdisk_id': '',
          'OS-EXT-SRV-ATTR:user_data': user_data,
        }
      : {}),
    ...(call.version >= 16 ? { host_status: host === null ? '' : 'UP' } : {}),
  };
}

/** The name that a guest is given: the server's, of what a host name may have. */
const hostNameOf = ({ hostname, name, id }: Server): string =>
  hostname ??
  (name
    .replace(/[ _]/g, '-')
    .replace(/[^A-Za-z0-9.-]/g, '')
    .replace(/^[.-]+|[.-]+$/g, '')
    .toLowerCase()
    .slice(0, 63) ||
    `server-${id}`);

/** Since 2.90 everybody sees the host name. */
const hostNameFor = (call: SimulatedCall, server: Server): JsonObject =>
  call.version >= 90 ? { 'OS-EXT-SRV-ATTR:hostname': hostNameOf(server) } : {};

const goesWith = ({ attachments }: Volume, { id }: Server): boolean =>
  attachments.some(({ server_id, delete_on_termination }) => server_id === id && delete_on_termination);

const seesHosts = (call: SimulatedCall, world: World): boolean =>
  world.settings.cloud === 'powervc' || call.token.roles.includes('admin');

const groupNames = (world: World, { security_groups }: Port): JsonObject[] =>
  security_groups.map((id) => ({ name: world.securityGroups.get(id)?.name ?? 'default' }));

/** What each answer of a server has, in the form of 2.1 with what later microversions add. */
function common(call: SimulatedCall, world: World, server: Server, ports: readonly Port[]): JsonObject {
  const { id, image_id, host } = server;
  const shows =
    ['active', 'building', 'resized', 'rescued', 'error'].includes(server.vm_state) && statusOf(server) !== 'ERROR';
  return {
    id,
    name: server.name,
    status: statusOf(server),
    tenant_id: server.project_id,
    user_id: server.user_id,
    metadata: server.metadata,
    hostId: host === null ? '' : `${stableId(server.project_id, host)}${stableId(host)}`.slice(0, 56),
    // A server without an image has an empty text here.
    image: image_id === null ? '' : { id: image_id, links: [bookmark(call, 'images', image_id)] },
    flavor:
      call.version >= 47
        ? size(world, server)
        : { id: server.flavor_id, links: [bookmark(call, 'flavors', server.flavor_id)] },
    created: server.created,
    updated: server.updated,
    addresses: addresses(world, server, ports),
    accessIPv4: server.access_ipv4,
    accessIPv6: server.access_ipv6,
    links: serverLinks(call, id),
    'OS-DCF:diskConfig': server.disk_config,
    ...(shows ? { progress: 0 } : {}),
    ...(server.fault === null ? {} : { fault: server.fault }),
    ...sinceBase(call, server),
  };
}

/** Since 2.75 changes answer as GET does (openstack/nova, rest_api_version_history). */
export function changedServer(call: SimulatedCall, world: World, server: Server): JsonObject {
  if (call.version >= 75 || world.settings.cloud === 'powervc') return oneServer(call, world, server);
  const body = common(call, world, server, portsOf(world, server.id));
  return {
    ...body,
    addresses: bare(addresses(world, server, portsOf(world, server.id))),
    ...groupsOf(call, world, server),
  };
}

/** One server, as GET answers. */
export const oneServer = (call: SimulatedCall, world: World, server: Server): JsonObject => ({
  ...serverDetail(call, world, server),
  ...groupsOf(call, world, server),
});

/** As detailed lists answer: Nova 2.1, and PowerVC's attributes. */
export function serverDetail(call: SimulatedCall, world: World, server: Server, parts = partsIn(world)): JsonObject {
  const ports = parts.ports(server.id);
  return {
    ...common(call, world, server, ports),
    'OS-EXT-AZ:availability_zone': server.availability_zone,
    config_drive: server.config_drive ? 'True' : '',
    key_name: server.key_name,
    'OS-SRV-USG:launched_at': naive(server.launched_at),
    'OS-SRV-USG:terminated_at': null,
    ...(ports.some(({ security_groups }) => security_groups.length > 0) && server.vm_state !== 'building'
      ? { security_groups: ports.flatMap((port) => groupNames(world, port)) }
      : {}),
    ...(seesHosts(call, world) ? whereabouts(call, server) : hostNameFor(call, server)),
    'OS-EXT-STS:task_state': server.task_state,
    'OS-EXT-STS:vm_state': server.vm_state,
    'OS-EXT-STS:power_state': server.power_state,
    'os-extended-volumes:volumes_attached': parts.volumes(server.id).map((volume) => ({
      id: volume.id,
      ...(call.version >= 3 ? { delete_on_termination: goesWith(volume, server) } : {}),
    })),
    ...(call.version >= 73 ? { locked_reason: server.locked_reason } : {}),
    ...(world.settings.cloud === 'powervc' ? powervm(world, server) : {}),
  };
}

export const serverSummary = (call: SimulatedCall, { id, name }: Server): JsonObject => ({
  id,
  name,
  links: serverLinks(call, id),
});
