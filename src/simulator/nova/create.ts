import { firstOf } from '../../invariant.js';
import { isArray, isObject, objectIn, python, str, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import type { Answer, SimulatedCall } from '../router.js';
import { checkMetadata } from '../cinder/metadata.js';
import { reserve } from '../cinder/attach.js';
import { stableId } from '../stable-id.js';
import type { Image, Server, ServerGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import { plannedVolumes, type PlannedVolume } from './block-devices.js';
import { flavorOf, sizing } from './flavor.js';
import { plannedNics } from './networks.js';
import { checkNewPmem, parsePmemSpecs } from './pmem.js';
import { hostsOf } from './schedule.js';
import { namedGroups } from './security.js';
import { attributesIn, checkName, note } from './servers.js';
import { serverLinks } from './view.js';

const KNOWN = new Set([
  'name',
  'imageRef',
  'flavorRef',
  'flavor',
  'networks',
  'metadata',
  'block_device_mapping_v2',
  'block_device_mapping',
  'availability_zone',
  'user_data',
  'key_name',
  'config_drive',
  'security_groups',
  'adminPass',
  'min_count',
  'max_count',
  'return_reservation_id',
  'personality',
  'OS-DCF:diskConfig',
  'accessIPv4',
  'accessIPv6',
  'os:scheduler_hints',
]);
const LATER: Readonly<Record<string, number>> = {
  description: 19,
  tags: 52,
  host: 74,
  hypervisor_hostname: 74,
  hostname: 90,
};

function serverOf(call: SimulatedCall): JsonObject & { name: string } {
  const requested = objectIn(call.body, 'server');
  if (requested === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute body. Value: ${python(call.body)}. 'server' is a required property`,
    );
  const bad = (why: string): Error =>
    refuse.bad(`Invalid input for field/attribute server. Value: ${python(requested)}. ${why}`);
  const name = textIn(requested, 'name');
  if (name === undefined) throw bad("'name' is a required property");
  checkName(name);
  if (call.version >= 37 && requested.networks === undefined) throw bad("'networks' is a required property");
  const strange = Object.keys(requested).find((key) => !KNOWN.has(key) && call.version < (LATER[key] ?? Infinity));
  if (strange !== undefined) throw bad(`Additional properties are not allowed ('${strange}' was unexpected)`);
  const data = textIn(requested, 'user_data');
  if (data !== undefined && data.length > 65535)
    throw refuse.bad(`Invalid input for field/attribute user_data. Value: ${data}. '${data}' is too long`);
  if (data !== undefined && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data))
    throw refuse.bad('User data needs to be valid base 64.');
  return { ...requested, name };
}

/**
 * The image; none for PowerVC's empty server and for one that boots from a volume. Throws Nova's 400 (recorded: 167,
 * 170).
 */
function imageOf(world: World, requested: JsonObject): Image | undefined {
  const ref = textIn(requested, 'imageRef');
  if (
    ref === undefined &&
    (!Array.isArray(requested.block_device_mapping_v2) || requested.block_device_mapping_v2.length === 0)
  )
    throw refuse.bad('Missing imageRef attribute');
  if (ref === undefined || ref === '') return undefined;
  const image = world.images.get(ref.split('/').at(-1) ?? '');
  if (image === undefined) throw refuse.bad('Can not find requested image');
  if (image.status !== 'active') throw refuse.bad(`Image ${image.id} is not active.`);
  if (image.disk_format === 'iso')
    throw refuse.bad(`Image ${image.id} is unacceptable: an ISO image cannot be deployed`);
  return image;
}

/** Throws Nova's 403 for more than the project may have. */
function checkQuotaOf(call: SimulatedCall, world: World, count: number, cores: number, ram: number): void {
  checkQuota(world, call.token.projectId, { instances: count, cores: cores * count, ram: ram * count });
}

/** The same, of what is to come on top of what the project has. */
export function checkQuota(
  world: World,
  project: string,
  requested: Readonly<Record<'instances' | 'cores' | 'ram', number>>,
): void {
  const quota = world.quotaOf(project);
  const own = [...world.servers.values()].filter(({ project_id }) => project_id === project);
  const used = {
    instances: own.length,
    cores: own.reduce((sum, { cpus }) => sum + cpus, 0),
    ram: own.reduce((sum, { memory_mb }) => sum + memory_mb, 0),
  };
  for (const key of ['instances', 'cores', 'ram'] as const) {
    if (quota[key] >= 0 && requested[key] > 0 && used[key] + requested[key] > quota[key])
      throw refuse.forbidden(
        `Quota exceeded for ${key}: Requested ${requested[key]}, but already used ${used[key]} of ${quota[key]} ${key}`,
      );
  }
}

/** Throws Nova's 403 for more items than the quota allows. */
export function checkMetadataQuota(world: World, metadata: Record<string, string>): Record<string, string> {
  const most = world.settings.quota.metadata_items;
  if (Object.keys(metadata).length > most) throw refuse.forbidden(`Maximum number of metadata items exceeds ${most}`);
  return metadata;
}

/** The server group of the scheduler hints. Throws Nova's 400 for one that is not there. */
function groupIn(call: SimulatedCall, world: World, requested: JsonObject): ServerGroup | undefined {
  const hints =
    objectIn(call.body, 'os:scheduler_hints') ??
    objectIn(call.body, 'OS-SCH-HNT:scheduler_hints') ??
    objectIn(requested, 'os:scheduler_hints');
  const id = textIn(hints, 'group');
  const group = world.serverGroups.get(id ?? '');
  if (id !== undefined && group === undefined) throw refuse.bad(`Instance group ${id} could not be found.`);
  return group;
}

/** The name of the key. Throws Nova's 400 for one that the user does not have. */
function keyIn({ token }: SimulatedCall, world: World, requested: JsonObject): string | undefined {
  const key = textIn(requested, 'key_name');
  if (key !== undefined && world.settings.cloud === 'openstack' && !world.keypairs.has(`${token.userId}/${key}`))
    throw refuse.bad('Invalid key_name provided.');
  return key;
}

/** Volumes that exist belong to the server from now on. */
function reserveAll(world: World, id: string, volumes: readonly PlannedVolume[]): void {
  for (const { volume, bootIndex, deleteOnTermination } of volumes) {
    const existing = world.volumes.get(volume ?? '');
    if (existing !== undefined) reserve(world, existing, id, { bootIndex, deleteOnTermination });
  }
}

/** The server as asked for, in BUILD, with its work begun. */
function begin(
  call: SimulatedCall,
  world: World,
  requested: JsonObject & { name: string },
  name: string,
  reservation_id: string,
): Server {
  const image = imageOf(world, requested);
  const flavor = flavorOf(call, world, requested);
  const sizes = sizing(world.settings.cloud, flavor);
  const zone = textIn(requested, 'availability_zone') ?? world.hostGroups.values().next().value?.name ?? 'nova';
  if (hostsOf(world, zone) === undefined) throw refuse.bad('The requested availability zone is not available');
  const groups = namedGroups(world, call.token.projectId, requested.security_groups);
  const nics = plannedNics(call, world, requested.networks).map((nic) => ({ ...nic, ...(groups && { groups }) }));
  const metadata = checkMetadataQuota(world, checkMetadata(isObject(requested.metadata) ? requested.metadata : {}));
  const pmem = parsePmemSpecs(sizes.extra_specs);
  checkNewPmem(world, pmem, image?.properties.os_distro ?? '');
  const group = groupIn(call, world, requested);
  const id = world.random.uuid();
  const volumes = plannedVolumes(call, world, requested, image, {
    id,
    name,
    root_gb: flavor.disk,
    extra_specs: sizes.extra_specs,
  });
  const key = keyIn(call, world, requested);
  const server = addServer(call, world, requested, {
    ...sizes,
    id,
    name,
    availability_zone: zone.replace(/:.*$/, ''),
    image,
    metadata,
    reservation_id,
    key_name: key ?? null,
  });
  note(call, world, server, 'create');
  group?.members.push(id);
  reserveAll(world, id, volumes);
  world.work.begin('server.schedule', id, {
    zone,
    volumes: JSON.stringify(volumes),
    nics: JSON.stringify(nics),
    pmem: JSON.stringify(pmem),
    group: group?.id ?? '',
  });
  return server;
}

type NewServer = ReturnType<typeof sizing> &
  Pick<Server, 'id' | 'name' | 'availability_zone' | 'metadata' | 'reservation_id' | 'key_name'> & {
    readonly image: Image | undefined;
  };

/** The record of a new server, before it has a host. */
function addServer(call: SimulatedCall, world: World, requested: JsonObject, { image, ...known }: NewServer): Server {
  const now = world.clock.stamp();
  const { id, name } = known;
  return world.add('servers', {
    ...known,
    project_id: call.token.projectId,
    user_id: call.token.userId,
    vm_state: 'building',
    task_state: 'scheduling',
    power_state: 0,
    host: null,
    image_id: image?.id ?? null,
    created: now,
    updated: now,
    launched_at: null,
    description: call.version < 19 ? name : null,
    tags: isArray(requested.tags) ? requested.tags.map(str) : [],
    ...attributesIn(requested),
    config_drive: truthy(requested.config_drive),
    user_data: textIn(requested, 'user_data') ?? null,
    operating_system: image?.properties.operating_system ?? '',
    os_distro: image?.properties.os_distro ?? '',
    rmc_state: 'inactive',
    instance_name: `${name.slice(0, 20)}-${id.slice(0, 8)}`,
  });
}

/** How many servers at least, and at most. Throws Nova's 400. */
function countsOf(requested: JsonObject): [least: number, most: number] {
  const [least, most] = (['min_count', 'max_count'] as const).map((key) => {
    const value = requested[key] ?? requested.min_count ?? 1;
    const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof count !== 'number' || !Number.isInteger(count))
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${str(value)}. ${python(value)} is not of type 'integer'`,
      );
    if (count < 1)
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${count}. ${count} is less than the minimum of 1`,
      );
    return count;
  }) as [number, number];
  if (least > most) throw refuse.bad('min_count must be <= max_count');
  return [least, most];
}

const groupNames = ({ security_groups: groups }: JsonObject): JsonObject[] =>
  isArray(groups) && groups.length > 0
    ? groups.map((one) => ({ name: textIn(one, 'name') ?? '' }))
    : [{ name: 'default' }];

/**
 * `POST /servers`: 202 at once, whatever becomes of it; `min_count` and `max_count` make several, named with their
 * number.
 */
export function createServer(call: SimulatedCall, world: World): Answer {
  const requested = serverOf(call);
  const [least, count] = countsOf(requested);
  const flavor = flavorOf(call, world, requested);
  if ((imageOf(world, requested)?.min_ram ?? 0) > flavor.ram)
    throw refuse.bad("Flavor's memory is too small for requested image.");
  checkQuotaOf(call, world, least, flavor.vcpus, flavor.ram);
  const reservation = `r-${stableId(call.requestId).slice(0, 8)}`;
  const servers = Array.from({ length: count }, (_, index) =>
    begin(call, world, requested, count === 1 ? requested.name : `${requested.name}-${index + 1}`, reservation),
  );
  if (truthy(requested.return_reservation_id)) return { status: 202, body: { reservation_id: reservation } };
  const { id } = firstOf(servers, 'the servers created');
  return {
    status: 202,
    headers: { Location: `${call.endpoint}/servers/${id}` },
    body: {
      server: {
        id,
        links: serverLinks(call, id),
        'OS-DCF:diskConfig': attributesIn(requested).disk_config ?? 'MANUAL',
        security_groups: groupNames(requested),
        adminPass: textIn(requested, 'adminPass') ?? world.random.hex(12),
      },
    },
  };
}
