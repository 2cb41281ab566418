import type { JsonObject } from '../json.js';
import { isArray, textIn } from '../json.js';
import { Refusal } from '../refusal.js';
import { created, noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Network, Subnet } from '../world/types.js';
import type { World } from '../world/world.js';
import { parseCidr, subnetsOf } from './addresses.js';
import { bodyOf, checkRevision, list } from './collection.js';
import { neutron } from './refusals.js';

const isAdmin = (call: SimulatedCall): boolean => call.token.roles.includes('admin');

/** Only an administrator sees the provider's attributes (recorded: 070, 074). */
function networkBody(call: SimulatedCall, world: World, network: Network): JsonObject {
  const {
    id,
    name,
    project_id,
    admin_state_up,
    mtu,
    status,
    shared,
    description,
    created_at,
    updated_at,
    revision_number,
  } = network;
  return {
    id,
    name,
    tenant_id: project_id,
    admin_state_up,
    mtu,
    status,
    subnets: subnetsOf(world, id).map((subnet) => subnet.id),
    shared,
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'router:external': false,
    description,
    port_security_enabled: true,
    qos_policy_id: null,
    l2_adjacency: true,
    tags: [],
    created_at,
    updated_at,
    revision_number,
    project_id,
    ...(isAdmin(call)
      ? {
          'provider:network_type': network.network_type,
          'provider:physical_network': network.physical_network,
          'provider:segmentation_id': network.segmentation_id,
        }
      : {}),
  };
}

const NETWORK = new Set([
  'id',
  'name',
  'tenant_id',
  'project_id',
  'admin_state_up',
  'mtu',
  'status',
  'shared',
  'router:external',
  'description',
  'tags',
  'revision_number',
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
  'port_security_enabled',
]);

const visible = (call: SimulatedCall, { shared, project_id }: { shared: boolean; project_id: string }): boolean =>
  shared || project_id === call.token.projectId || isAdmin(call);

function findNetwork(call: SimulatedCall, world: World, id = call.params.network ?? ''): Network {
  const network = world.networks.get(id);
  if (network === undefined || !visible(call, network)) throw neutron.notFound('Network', id);
  return network;
}

function checkVlan(world: World, body: JsonObject, self?: Network): void {
  const vlan = body['provider:segmentation_id'];
  if (typeof vlan !== 'number') return;
  if (vlan < 1 || vlan > 4094) throw neutron.input('segmentation_id out of range (1 through 4094).');
  const physical = textIn(body, 'provider:physical_network') ?? self?.physical_network ?? 'default';
  if (physical !== 'default') throw neutron.input(`physical_network '${physical}' unknown for VLAN provider network.`);
  for (const network of world.networks.values()) {
    if (network !== self && network.segmentation_id === vlan)
      throw neutron.conflict(
        'VlanIdInUse',
        `Unable to create the network. The VLAN ${vlan} on physical network ${physical} is in use.`,
      );
  }
}

function freeVlan(world: World): number {
  const used = new Set([...world.networks.values()].map(({ segmentation_id }) => segmentation_id));
  for (let vlan = 1; vlan <= 4094; vlan++) if (!used.has(vlan)) return vlan;
  throw neutron.conflict(
    'NoNetworkAvailable',
    'Unable to create the network. No tenant network is available for allocation.',
  );
}

function own(call: SimulatedCall, network: { project_id: string }, rule: string): void {
  if (network.project_id !== call.token.projectId && !isAdmin(call)) throw neutron.policy(rule);
}

export const networks = {
  list: (call: SimulatedCall, world: World): Answer =>
    list(
      call,
      world,
      'networks',
      [...world.networks.values()]
        .filter((network) => visible(call, network))
        .map((network) => networkBody(call, world, network)),
      NETWORK,
    ),

  get: (call: SimulatedCall, world: World): Answer =>
    ok({ network: networkBody(call, world, findNetwork(call, world)) }),

  create: (call: SimulatedCall, world: World): Answer => {
    const body = bodyOf(call, 'network', NETWORK);
    const provider = Object.keys(body).find((key) => key.startsWith('provider:'));
    if (provider !== undefined && !isAdmin(call))
      throw new Refusal(403, `(rule:create_network and rule:create_network:${provider}) is disallowed by policy`, {
        type: 'PolicyNotAuthorized',
      });
    checkVlan(world, body);
    if (
      [...world.networks.values()].filter(({ project_id }) => project_id === call.token.projectId).length >=
      world.settings.quota.networks
    )
      throw neutron.conflict('OverQuota', "Quota exceeded for resources: ['network'].");
    const now = world.clock.stamp();
    const vlan = body['provider:segmentation_id'];
    const network = world.add('networks', {
      id: world.random.uuid(),
      name: textIn(body, 'name') ?? '',
      description: textIn(body, 'description') ?? '',
      project_id: call.token.projectId,
      shared: body.shared === true,
      admin_state_up: body.admin_state_up !== false,
      mtu: typeof body.mtu === 'number' ? body.mtu : 1500,
      segmentation_id: typeof vlan === 'number' ? vlan : freeVlan(world),
      created_at: now,
      updated_at: now,
      revision_number: 1,
    });
    return created({ network: networkBody(call, world, network) });
  },

  update: (call: SimulatedCall, world: World): Answer => {
    const network = findNetwork(call, world);
    own(call, network, 'update_network');
    const body = bodyOf(call, 'network', NETWORK);
    checkRevision(
      call,
      network.revision_number,
      (text) => new Refusal(412, text, { type: 'RevisionNumberConstraintFailed' }),
    );
    checkVlan(world, body, network);
    network.name = textIn(body, 'name') ?? network.name;
    network.description = textIn(body, 'description') ?? network.description;
    if (typeof body.admin_state_up === 'boolean') network.admin_state_up = body.admin_state_up;
    if (typeof body.shared === 'boolean') network.shared = body.shared;
    if (typeof body.mtu === 'number') network.mtu = body.mtu;
    if (typeof body['provider:segmentation_id'] === 'number')
      network.segmentation_id = body['provider:segmentation_id'];
    network.updated_at = world.clock.stamp();
    network.revision_number += 1;
    return ok({ network: networkBody(call, world, network) });
  },

  remove: (call: SimulatedCall, world: World): Answer => {
    const network = findNetwork(call, world);
    own(call, network, 'delete_network');
    const used = [...world.ports.values()].filter(({ network_id }) => network_id === network.id).map(({ id }) => id);
    if (used.length > 0)
      throw neutron.conflict(
        'NetworkInUse',
        `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network, id for these ports is: ${used.join(',')}.`,
      );
    for (const subnet of subnetsOf(world, network.id)) world.subnets.delete(subnet.id);
    world.networks.delete(network.id);
    return noContent;
  },
};

const SUBNET = new Set([
  'id',
  'name',
  'tenant_id',
  'project_id',
  'network_id',
  'ip_version',
  'enable_dhcp',
  'gateway_ip',
  'cidr',
  'description',
  'allocation_pools',
  'dns_nameservers',
  'host_routes',
  'tags',
  'revision_number',
]);

function subnetBody({
  id,
  name,
  project_id,
  network_id,
  enable_dhcp,
  gateway_ip,
  cidr,
  allocation_pools,
  dns_nameservers,
  created_at,
  updated_at,
  revision_number,
}: Subnet): JsonObject {
  return {
    id,
    name,
    tenant_id: project_id,
    network_id,
    ip_version: 4,
    subnetpool_id: null,
    enable_dhcp,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    gateway_ip,
    cidr,
    allocation_pools,
    host_routes: [],
    dns_nameservers,
    description: '',
    service_types: [],
    segment_id: null,
    tags: [],
    created_at,
    updated_at,
    revision_number,
    project_id,
  };
}

const seen = (call: SimulatedCall, world: World, subnet: Subnet): boolean => {
  const network = world.networks.get(subnet.network_id);
  return network !== undefined && visible(call, network);
};

function findSubnet(call: SimulatedCall, world: World): Subnet {
  const id = call.params.subnet ?? '';
  const subnet = world.subnets.get(id);
  if (subnet === undefined || !seen(call, world, subnet)) throw neutron.notFound('Subnet', id);
  return subnet;
}

export const subnets = {
  list: (call: SimulatedCall, world: World): Answer =>
    list(
      call,
      world,
      'subnets',
      [...world.subnets.values()].filter((subnet) => seen(call, world, subnet)).map(subnetBody),
      SUBNET,
    ),

  get: (call: SimulatedCall, world: World): Answer => ok({ subnet: subnetBody(findSubnet(call, world)) }),

  create: (call: SimulatedCall, world: World): Answer => {
    const body = bodyOf(call, 'subnet', SUBNET);
    const network = findNetwork(call, world, textIn(body, 'network_id') ?? '');
    own(call, network, 'create_subnet');
    const cidr = textIn(body, 'cidr') ?? '';
    const range = parseCidr(cidr);
    if (range === undefined) throw neutron.input(`${cidr} is not in a CIDR format.`);
    for (const other of subnetsOf(world, network.id)) {
      const held = parseCidr(other.cidr);
      if (held !== undefined && range.first <= held.last && held.first <= range.last)
        throw neutron.input(
          `Requested subnet with cidr: ${cidr} for network: ${network.id} overlaps with another subnet.`,
        );
    }
    const now = world.clock.stamp();
    const pools = isArray(body.allocation_pools)
      ? body.allocation_pools.map((pool) => ({ start: textIn(pool, 'start') ?? '', end: textIn(pool, 'end') ?? '' }))
      : undefined;
    const gateway = body.gateway_ip === null ? null : textIn(body, 'gateway_ip');
    const subnet = world.add('subnets', {
      id: world.random.uuid(),
      network_id: network.id,
      cidr,
      name: textIn(body, 'name') ?? '',
      project_id: call.token.projectId,
      enable_dhcp: body.enable_dhcp !== false,
      created_at: now,
      updated_at: now,
      ...(gateway === undefined ? {} : { gateway_ip: gateway }),
      ...(pools === undefined ? {} : { allocation_pools: pools }),
      dns_nameservers: isArray(body.dns_nameservers) ? body.dns_nameservers.map(String) : [],
    });
    return created({ subnet: subnetBody(subnet) });
  },

  remove: (call: SimulatedCall, world: World): Answer => {
    const subnet = findSubnet(call, world);
    own(call, subnet, 'delete_subnet');
    if ([...world.ports.values()].some(({ fixed_ips }) => fixed_ips.some(({ subnet_id }) => subnet_id === subnet.id))) {
      throw neutron.conflict(
        'SubnetInUse',
        `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`,
      );
    }
    world.subnets.delete(subnet.id);
    return noContent;
  },
};
