import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import type { SimulatedCall } from '../router.js';
import { stableId } from '../stable-id.js';
import { volumesByServer, volumesOf } from '../cinder/attach.js';
import type { PmemVolume, Port, Server, Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import { statusOf } from './states.js';

export const portsOf = (world: World, serverId: string): Port[] =>
  [...world.ports.values()].filter(({ device_id }) => device_id === serverId);

/** What belongs to a server, by its id. */
export interface Parts {
  readonly volumes: (serverId: string) => readonly Volume[];
  readonly ports: (serverId: string) => readonly Port[];
}

export const partsIn = (world: World): Parts => ({
  volumes: (id) => volumesOf(world, id),
  ports: (id) => portsOf(world, id),
});

/** The same for a page of servers, in one scan. */
export function partsOfAll(world: World): Parts {
  const ports = new Map<string, Port[]>();
  for (const port of world.ports.values()) {
    const known = ports.get(port.device_id);
    if (known) known.push(port);
    else ports.set(port.device_id, [port]);
  }
  return { volumes: volumesByServer(world), ports: (id) => ports.get(id) ?? [] };
}

export const pmemOf = (world: World, serverId: string): PmemVolume[] =>
  [...world.pmemVolumes.values()].filter(({ server_id }) => server_id === serverId);

const bookmark = (call: SimulatedCall, kind: string, id: string): JsonObject => ({
  rel: 'bookmark',
  href: `${call.endpoint.replace(/\/v2\.1/, '')}/${kind}/${id}`,
});

export const serverLinks = (call: SimulatedCall, id: string): JsonObject[] => [
  { rel: 'self', href: `${call.endpoint}/servers/${id}` },
  bookmark(call, 'servers', id),
];

function addresses(world: World, server: Server, ports: readonly Port[]): Record<string, JsonObject[]> {
  const found: Record<string, JsonObject[]> = {};
  if (server.vm_state === 'building') return found;
  for (const { network_id, fixed_ips, mac_address } of ports) {
    const name = world.networks.get(network_id)?.name ?? network_id;
    for (const { ip_address } of fixed_ips)
      (found[name] ??= []).push({
        version: 4,
        addr: ip_address,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': mac_address,
      });
  }
  return found;
}

/**
 * PowerVC derives a partition's health from its state, its RMC connection and its host (docs/reference/power.md, 1.2).
 */
function health(server: Server): JsonObject {
  const reason = (key: string, value: string): JsonObject[] => [
    {
      resource_local: 'server',
      display_name: server.name,
      resource_id: server.id,
      resource_property_key: key,
      resource_property_value: value,
    },
  ];
  if (server.vm_state === 'error')
    return { health_value: 'CRITICAL', id: server.id, value_reason: reason('vm_state', 'error') };
  if (server.vm_state === 'building')
    return { health_value: 'UNKNOWN', id: server.id, unknown_reason: 'The virtual machine is being built.' };
  if (server.vm_state === 'active' && server.rmc_state === 'inactive')
    return { health_value: 'WARNING', id: server.id, value_reason: reason('rmc_state', 'inactive') };
  return { health_value: 'OK', id: server.id };
}

/** As PowerVC shows pmem: booleans are texts, no `volume_uuid` while CONFIGURING (PowerVC pmem API). */
export const pmemBody = ({
  created_at,
  uuid,
  name,
  size,
  affinity,
  type,
  volume_uuid,
  status,
}: PmemVolume): JsonObject => ({
  created_at: naive(created_at),
  uuid,
  name,
  size,
  affinity: String(affinity),
  type,
  ...(volume_uuid === null ? {} : { volume_uuid }),
  status,
});

/**
 * What IBM adds, quirks included: `cpus` are virtual processors and `vcpus` processing units, both texts; `launched_at`
 * has no zone (docs/reference/power.md, 1.2).
 */
function powervm(world: World, server: Server): JsonObject {
  const units = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
  return {
    cpus: String(server.cpus),
    min_cpus: String(server.min_cpus),
    max_cpus: String(server.max_cpus),
    vcpus: units(server.proc_units),
    min_vcpus: units(server.min_proc_units),
    max_vcpus: units(server.max_proc_units),
    vcpu_mode: server.dedicated ? 'dedicated' : 'shared',
    uncapped: String(server.uncapped),
    shared_weight: server.shared_weight,
    avail_priority: server.avail_priority,
    memory_mb: server.memory_mb,
    min_memory_mb: server.min_memory_mb,
    max_memory_mb: server.max_memory_mb,
    memory_mode: 'dedicated',
    desired_compatibility_mode: 'default',
    current_compatibility_mode: world.hosts.get(server.host ?? '')?.cpu_model ?? 'default',
    dedicated_sharing_mode: '',
    cpu_utilization: server.vm_state === 'active' ? server.cpu_utilization : 0,
    root_gb: server.root_gb,
    ephemeral_gb: 0,
    launched_at: naive(server.launched_at),
    health_status: health(server),
    compliance_status: [{ status: 'compliant', category: 'resource.allocation' }],
    operating_system: server.operating_system,
    os_distro: server.os_distro,
    endianness: server.os_distro === 'aix' || server.os_distro === 'ibmi' ? 'big-endian' : 'little-endian',
    srr_capability: server.srr_capability,
    srr_state: server.srr_capability ? 'Enabled' : 'Disabled',
    // Absent for a partition that was taken over and not deployed.
    ...(server.storage_connectivity_group_id === null
      ? {}
      : { storage_connectivity_group_id: server.storage_connectivity_group_id }),
    // No document shows the key under which a server tells its pmem volumes (docs/reference/power.md, 2): an
    // assumption.
    pmem_volumes: pmemOf(world, server.id).map(pmemBody),
  };
}

/** Since 2.47 a server tells its size instead of its flavor's id, which may be gone by then (recorded: 188). */
const size = (world: World, { flavor_id: id, name, cpus, memory_mb, root_gb, extra_specs }: Server): JsonObject => ({
  vcpus: cpus,
  ram: memory_mb,
  disk: world.flavors.get(id)?.disk ?? root_gb,
  ephemeral: 0,
  swap: 0,
  original_name: world.flavors.get(id)?.name ?? name,
  extra_specs,
});

/** What later microversions add. */
const sinceBase = (call: SimulatedCall, world: World, server: Server): JsonObject => {
  const { id, locked, name, tags, user_data, host } = server;
  const groups = [...world.serverGroups.values()].filter(({ members }) => members.includes(id));
  return {
    ...(call.version >= 3
      ? {
          'OS-EXT-SRV-ATTR:reservation_id': null,
          'OS-EXT-SRV-ATTR:launch_index': 0,
          'OS-EXT-SRV-ATTR:hostname': name,
          'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
          'OS-EXT-SRV-ATTR:kernel_id': '',
          'OS-EXT-SRV-ATTR:ramdisk_id': '',
          'OS-EXT-SRV-ATTR:user_data': user_data,
        }
      : {}),
    ...(call.version >= 9 ? { locked } : {}),
    ...(call.version >= 19 ? { description: null } : {}),
    ...(call.version >= 16 ? { host_status: host === null ? '' : 'UP' } : {}),
    ...(call.version >= 26 ? { tags } : {}),
    ...(call.version >= 63 ? { trusted_image_certificates: null } : {}),
    ...(call.version >= 71 ? { server_groups: groups.map((group) => group.id) } : {}),
    ...(call.version >= 73 ? { locked_reason: null } : {}),
  };
};

/** OpenStack keeps them for administrators (recorded: 480); that PowerVC's roles see them is an assumption. */
const seesHosts = (call: SimulatedCall, world: World): boolean =>
  world.settings.cloud === 'powervc' || call.token.roles.includes('admin');

const groupNames = (world: World, { security_groups }: Port): JsonObject[] =>
  security_groups.map((id) => ({ name: world.securityGroups.get(id)?.name ?? 'default' }));

/** As GET and detailed lists answer: Nova 2.1, and PowerVC's attributes. */
export function serverDetail(call: SimulatedCall, world: World, server: Server, parts = partsIn(world)): JsonObject {
  const { id, image_id, host } = server;
  const shows =
    ['active', 'building', 'resized', 'rescued', 'error'].includes(server.vm_state) && statusOf(server) !== 'ERROR';
  const ports = parts.ports(id);
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
    accessIPv4: '',
    accessIPv6: '',
    links: serverLinks(call, id),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(shows ? { progress: 0 } : {}),
    ...(server.fault === null ? {} : { fault: server.fault }),
    'OS-EXT-AZ:availability_zone': server.availability_zone,
    config_drive: server.config_drive ? 'True' : '',
    key_name: server.key_name,
    'OS-SRV-USG:launched_at': naive(server.launched_at),
    'OS-SRV-USG:terminated_at': null,
    ...(ports.length > 0 && server.vm_state !== 'building'
      ? { security_groups: ports.flatMap((port) => groupNames(world, port)) }
      : {}),
    ...(seesHosts(call, world)
      ? {
          'OS-EXT-SRV-ATTR:host': host,
          'OS-EXT-SRV-ATTR:instance_name': server.instance_name,
          'OS-EXT-SRV-ATTR:hypervisor_hostname': host,
        }
      : {}),
    'OS-EXT-STS:task_state': server.task_state,
    'OS-EXT-STS:vm_state': server.vm_state,
    'OS-EXT-STS:power_state': server.power_state,
    'os-extended-volumes:volumes_attached': parts.volumes(id).map((volume) => ({ id: volume.id })),
    ...sinceBase(call, world, server),
    ...(world.settings.cloud === 'powervc' ? powervm(world, server) : {}),
  };
}

export const serverSummary = (call: SimulatedCall, { id, name }: Server): JsonObject => ({
  id,
  name,
  links: serverLinks(call, id),
});
