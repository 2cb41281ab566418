import { objectIn, textIn, type JsonObject } from '../json.js';
import { naive } from '../clock.js';
import { refuse } from '../refusal.js';
import { accepted, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { makeVolume } from '../cinder/create.js';
import { findSnapshot, findVolume, listed } from '../cinder/find.js';
import { snapshots as cinderSnapshots, makeSnapshot } from '../cinder/snapshots.js';
import { volumes as cinderVolumes } from '../cinder/volumes.js';
import { visible } from '../neutron/networks.js';
import type { Network, Volume, VolumeSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';

/** Nova's old ways to other services end with 2.35: then clients go there themselves. */
const LAST = 35;

const upTo35 =
  (handler: (call: SimulatedCall, world: World) => Answer) =>
  (call: SimulatedCall, world: World): Answer => {
    if (call.version > LAST) throw refuse.unknown();
    return handler(call, world);
  };

const volumeBody = (volume: Volume): JsonObject => ({
  id: volume.id,
  status: volume.status,
  size: volume.size,
  availabilityZone: 'nova',
  createdAt: naive(volume.created_at),
  displayName: volume.name,
  displayDescription: volume.description,
  volumeType: volume.volume_type,
  snapshotId: volume.snapshot_id,
  metadata: volume.metadata,
  attachments:
    volume.attachments.length === 0
      ? [{}]
      : volume.attachments.map(({ server_id, device }) => ({
          id: volume.id,
          volumeId: volume.id,
          serverId: server_id,
          device,
        })),
});

const snapshotBody = (snapshot: VolumeSnapshot): JsonObject => ({
  id: snapshot.id,
  volumeId: snapshot.volume_id,
  status: snapshot.status,
  size: snapshot.size,
  createdAt: naive(snapshot.created_at),
  displayName: snapshot.name,
  displayDescription: snapshot.description,
});

/** `offset` and `limit`, which these lists have alone. Throws Nova's 400. */
function some<T>(call: SimulatedCall, items: readonly T[]): readonly T[] {
  const numberIn = (key: 'limit' | 'offset', unset: number): number => {
    const given = call.query.get(key);
    if (given === null) return unset;
    if (!/^\d+$/.test(given))
      throw refuse.bad(
        `Invalid input for query parameters ${key}. Value: ${given}. '${given}' does not match '^[0-9]*$'`,
      );
    return Number(given);
  };
  const from = numberIn('offset', 0);
  return items.slice(from, from + numberIn('limit', Infinity));
}

const volumesOf = (call: SimulatedCall, world: World): Volume[] =>
  [...world.volumes.values()].filter((volume) => listed(call, volume));

const snapshotsOf = (call: SimulatedCall, world: World): VolumeSnapshot[] =>
  [...world.snapshots.values()].filter((snapshot) => listed(call, snapshot));

function createVolume(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'volume');
  if (requested === undefined)
    throw refuse.bad("Invalid input for field/attribute body. 'volume' is a required property");
  if (requested.size === undefined)
    throw refuse.bad("Invalid input for field/attribute volume. 'size' is a required property");
  const volume = makeVolume(world, call.token.projectId, call.token.userId, {
    ...requested,
    description: requested.display_description,
  });
  return ok({ volume: volumeBody(volume) });
}

function createSnapshot(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'snapshot');
  const id = textIn(requested, 'volume_id');
  if (id === undefined)
    throw refuse.bad("Invalid input for field/attribute snapshot. 'volume_id' is a required property");
  const volume = findVolume(call, world, id);
  if (volume.status !== 'available' && requested?.force !== true)
    throw refuse.bad(
      `Invalid volume: Volume ${id} status must be available, but current status is: ${volume.status}. (HTTP 400)`,
    );
  const snapshot = makeSnapshot(world, id, volume.size, call.token.projectId, {
    name: textIn(requested, 'display_name') ?? null,
    description: textIn(requested, 'display_description') ?? null,
  });
  return ok({ snapshot: snapshotBody(snapshot) });
}

/** What Nova once knew of networks by itself, and has of Neutron's no more. */
const UNKNOWN = [
  'cidr',
  'netmask',
  'gateway',
  'broadcast',
  'dns1',
  'dns2',
  'cidr_v6',
  'gateway_v6',
  'netmask_v6',
  'created_at',
  'updated_at',
  'deleted_at',
  'deleted',
  'injected',
  'bridge',
  'vlan',
  'vpn_public_address',
  'vpn_public_port',
  'vpn_private_address',
  'dhcp_start',
  'project_id',
  'host',
  'bridge_interface',
  'multi_host',
  'priority',
  'rxtx_base',
  'mtu',
  'dhcp_server',
  'enable_dhcp',
  'share_address',
];

const networkBody = ({ id, name }: Network): JsonObject => ({
  id,
  label: name,
  ...Object.fromEntries(UNKNOWN.map((key) => [key, null])),
});
const tenantNetworkBody = ({ id, name }: Network): JsonObject => ({ id, cidr: 'None', label: name });

const networksOf = (call: SimulatedCall, world: World): Network[] =>
  [...world.networks.values()].filter((network) => visible(call, world, network));

function network(call: SimulatedCall, world: World): Network {
  const found = networksOf(call, world).find(({ id }) => id === call.params.network);
  if (found === undefined) throw refuse.missing('Network not found');
  return found;
}

/** Names of the extensions that Nova lists, of what is simulated here. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  NMN: 'Multinic',
  'OS-DCF': 'DiskConfig',
  'OS-EXT-AZ': 'ExtendedAvailabilityZone',
  'OS-EXT-IMG-SIZE': 'ImageSize',
  'OS-EXT-IPS': 'ExtendedIps',
  'OS-EXT-IPS-MAC': 'ExtendedIpsMac',
  'OS-EXT-SRV-ATTR': 'ExtendedServerAttributes',
  'OS-EXT-STS': 'ExtendedStatus',
  'OS-SRV-USG': 'ServerUsage',
  'os-access-ips': 'AccessIPs',
  'os-admin-actions': 'AdminActions',
  'os-admin-password': 'AdminPassword',
  'os-aggregates': 'Aggregates',
  'os-attach-interfaces': 'AttachInterfaces',
  'os-availability-zone': 'AvailabilityZone',
  'os-block-device-mapping': 'BlockDeviceMapping',
  'os-console-output': 'ConsoleOutput',
  'os-consoles': 'Consoles',
  'os-create-backup': 'CreateBackup',
  'os-evacuate': 'Evacuate',
  'os-flavor-access': 'FlavorAccess',
  'os-flavor-extra-specs': 'FlavorExtraSpecs',
  'os-flavor-manage': 'FlavorManage',
  'os-hosts': 'Hosts',
  'os-hypervisors': 'Hypervisors',
  'os-instance-actions': 'InstanceActions',
  'os-instance_usage_audit_log': 'OSInstanceUsageAuditLog',
  'os-keypairs': 'Keypairs',
  'os-lock-server': 'LockServer',
  'os-migrate-server': 'MigrateServer',
  'os-migrations': 'Migrations',
  'os-multiple-create': 'MultipleCreate',
  'os-networks': 'Networks',
  'os-pause-server': 'PauseServer',
  'os-quota-class-sets': 'QuotaClasses',
  'os-quota-sets': 'Quotas',
  'os-rescue': 'Rescue',
  'os-security-groups': 'SecurityGroups',
  'os-server-diagnostics': 'ServerDiagnostics',
  'os-server-external-events': 'ServerExternalEvents',
  'os-server-groups': 'ServerGroups',
  'os-server-password': 'ServerPassword',
  'os-server-start-stop': 'ServerStartStop',
  'os-services': 'Services',
  'os-shelve': 'Shelve',
  'os-simple-tenant-usage': 'SimpleTenantUsage',
  'os-suspend-server': 'SuspendServer',
  'os-tenant-networks': 'OSTenantNetworks',
  'os-used-limits': 'UsedLimits',
  'os-user-data': 'UserData',
  'os-volumes': 'Volumes',
};

const extensionBody = ([alias, name]: readonly [string, string]): JsonObject => ({
  alias,
  name,
  description: name,
  links: [],
  namespace: 'http://docs.openstack.org/compute/ext/fake_xml',
  updated: '2014-12-03T00:00:00Z',
});

function extension(call: SimulatedCall): Answer {
  const found = Object.entries(EXTENSIONS).find(([alias]) => alias === call.params.alias);
  if (found === undefined) throw refuse.unknown();
  return ok({ extension: extensionBody(found) });
}

const VOLUMES = 'os_compute_api:os-volumes';

/** Volumes, snapshots and networks by way of Nova, and the list of its extensions. */
export const proxyRoutes: readonly Route[] = [
  route('GET', '/extensions', 'os_compute_api:extensions', () =>
    ok({ extensions: Object.entries(EXTENSIONS).map(extensionBody) }),
  ),
  route('GET', '/extensions/{alias}', 'os_compute_api:extensions', extension),
  ...['/os-volumes', '/os-volumes/detail'].map((path) =>
    route(
      'GET',
      path,
      VOLUMES,
      upTo35((call, world) => ok({ volumes: some(call, volumesOf(call, world)).map(volumeBody) })),
    ),
  ),
  route('POST', '/os-volumes', VOLUMES, upTo35(createVolume)),
  route(
    'GET',
    '/os-volumes/{volume}',
    VOLUMES,
    upTo35((call, world) => ok({ volume: volumeBody(findVolume(call, world)) })),
  ),
  route(
    'DELETE',
    '/os-volumes/{volume}',
    VOLUMES,
    upTo35((call, world) => {
      cinderVolumes.remove(call, world);
      return accepted();
    }),
  ),
  ...['/os-snapshots', '/os-snapshots/detail'].map((path) =>
    route(
      'GET',
      path,
      VOLUMES,
      upTo35((call, world) => ok({ snapshots: some(call, snapshotsOf(call, world)).map(snapshotBody) })),
    ),
  ),
  route('POST', '/os-snapshots', VOLUMES, upTo35(createSnapshot)),
  route(
    'GET',
    '/os-snapshots/{snapshot}',
    VOLUMES,
    upTo35((call, world) => ok({ snapshot: snapshotBody(findSnapshot(call, world)) })),
  ),
  route(
    'DELETE',
    '/os-snapshots/{snapshot}',
    VOLUMES,
    upTo35((call, world) => cinderSnapshots.remove(call, world)),
  ),
  route(
    'GET',
    '/os-networks',
    'os_compute_api:os-networks:list',
    upTo35((call, world) => ok({ networks: networksOf(call, world).map(networkBody) })),
  ),
  route(
    'GET',
    '/os-networks/{network}',
    'os_compute_api:os-networks:show',
    upTo35((call, world) => ok({ network: networkBody(network(call, world)) })),
  ),
  route(
    'GET',
    '/os-tenant-networks',
    'os_compute_api:os-tenant-networks:list',
    upTo35((call, world) => ok({ networks: networksOf(call, world).map(tenantNetworkBody) })),
  ),
  route(
    'GET',
    '/os-tenant-networks/{network}',
    'os_compute_api:os-tenant-networks:show',
    upTo35((call, world) => ok({ network: tenantNetworkBody(network(call, world)) })),
  ),
];
