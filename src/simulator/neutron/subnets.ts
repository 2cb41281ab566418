import type { JsonObject } from '../json.js';
import { isArray, textIn } from '../json.js';
import { Refusal } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Subnet } from '../world/types.js';
import type { World } from '../world/world.js';
import { addressAt, isBetween, parseCidr, subnetsOf, type Range } from './addresses.js';
import { bodyOf, checkRevision, list, makeEach, oneOf } from './collection.js';
import { rangeOf } from './kept.js';
import { findNetwork, own, ownerOf, visible } from './networks.js';
import { neutron } from './refusals.js';

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
  'subnetpool_id',
  'prefixlen',
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
  host_routes,
  description,
  subnetpool_id,
  tags,
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
    subnetpool_id,
    enable_dhcp,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    gateway_ip,
    cidr,
    allocation_pools,
    host_routes,
    dns_nameservers,
    description,
    service_types: [],
    segment_id: null,
    tags,
    created_at,
    updated_at,
    revision_number,
    project_id,
  };
}

/** All addresses of the range but its first and last, and but the gateway's. */
function poolsOf({ first, last }: Range, gateway: string | null | undefined): Subnet['allocation_pools'] {
  const [start, end] = [first + 1, last - 1];
  const taken = gateway === null ? undefined : gateway === undefined ? start : parseCidr(`${gateway}/32`)?.first;
  const parts =
    taken === undefined || taken < start || taken > end
      ? [[start, end]]
      : [
          [start, taken - 1],
          [taken + 1, end],
        ];
  return parts.flatMap(([from = 0, to = 0]) => (from > to ? [] : [{ start: addressAt(from), end: addressAt(to) }]));
}

const seen = (call: SimulatedCall, world: World, subnet: Subnet): boolean => {
  const network = world.networks.get(subnet.network_id);
  return network !== undefined && visible(call, world, network);
};

function findSubnet(call: SimulatedCall, world: World): Subnet {
  const id = call.params.subnet ?? '';
  const subnet = world.subnets.get(id);
  if (subnet === undefined || !seen(call, world, subnet)) throw neutron.notFound('Subnet', id);
  return subnet;
}

const pools = (requested: unknown): { start: string; end: string }[] | undefined =>
  isArray(requested)
    ? requested.map((pool) => ({ start: textIn(pool, 'start') ?? '', end: textIn(pool, 'end') ?? '' }))
    : undefined;

const routes = (requested: unknown): { destination: string; nexthop: string }[] | undefined =>
  isArray(requested)
    ? requested.map((one) => ({ destination: textIn(one, 'destination') ?? '', nexthop: textIn(one, 'nexthop') ?? '' }))
    : undefined;

/** The pools of a subnet begin behind its gateway unless the request names them. */
function make(call: SimulatedCall, world: World, body: JsonObject): JsonObject {
  const network = findNetwork(call, world, textIn(body, 'network_id') ?? '');
  own(call, network, 'create_subnet');
  const pool = textIn(body, 'subnetpool_id') ?? null;
  const inNetwork = subnetsOf(world, network.id);
  if (inNetwork.some(({ subnetpool_id }) => subnetpool_id !== pool))
    throw new Refusal(400, 'Subnets hosted on the same network must be allocated from the same subnet pool.', {
      type: 'NetworkSubnetPoolAffinityError',
    });
  const cidr = pool === null ? (textIn(body, 'cidr') ?? '') : rangeOf(call, world, pool, body);
  const range = parseCidr(cidr);
  if (range === undefined) throw neutron.input(`${cidr} is not in a CIDR format.`);
  for (const other of inNetwork) {
    const held = parseCidr(other.cidr);
    if (held !== undefined && range.first <= held.last && held.first <= range.last)
      throw neutron.input(
        `Requested subnet with cidr: ${cidr} for network: ${network.id} overlaps with another subnet.`,
      );
  }
  const project_id = ownerOf(call, body);
  const mine = [...world.subnets.values()].filter((one) => one.project_id === project_id);
  if (mine.length >= world.quotaOf(project_id).subnets)
    throw neutron.conflict('OverQuota', "Quota exceeded for resources: ['subnet'].");
  const now = world.clock.stamp();
  const gateway = body.gateway_ip === null ? null : textIn(body, 'gateway_ip');
  const allocation = pools(body.allocation_pools);
  const subnet = world.add('subnets', {
    id: world.random.uuid(),
    network_id: network.id,
    cidr,
    name: textIn(body, 'name') ?? '',
    description: textIn(body, 'description') ?? '',
    project_id,
    enable_dhcp: body.enable_dhcp !== false,
    created_at: now,
    updated_at: now,
    subnetpool_id: pool,
    gateway_ip: gateway ?? (body.gateway_ip === null ? null : addressAt(range.first + 1)),
    allocation_pools: allocation ?? poolsOf(range, gateway),
    host_routes: routes(body.host_routes) ?? [],
    dns_nameservers: isArray(body.dns_nameservers) ? body.dns_nameservers.map(String) : [],
  });
  touchNetwork(world, network.id);
  return subnetBody(subnet);
}

/** A change of a subnet is one of its network. */
function touchNetwork(world: World, id: string): void {
  const network = world.networks.get(id);
  if (network !== undefined) network.revision_number += 1;
}

function update(call: SimulatedCall, world: World): Answer {
  const subnet = findSubnet(call, world);
  own(call, subnet, 'update_subnet');
  const body = bodyOf(call, 'subnet', SUBNET);
  const fixed = ['network_id', 'cidr', 'ip_version'].find((key) => body[key] !== undefined);
  if (fixed !== undefined) throw neutron.bad(`Cannot update read-only attribute ${fixed}`);
  checkRevision(
    call,
    subnet.revision_number,
    (text) => new Refusal(412, text, { type: 'RevisionNumberConstraintFailed' }),
  );
  const gateway = body.gateway_ip === null ? null : (textIn(body, 'gateway_ip') ?? subnet.gateway_ip);
  const allocation = pools(body.allocation_pools) ?? subnet.allocation_pools;
  const within = allocation.find(({ start, end }) => gateway !== null && isBetween(gateway, start, end));
  if (within !== undefined)
    throw neutron.conflict(
      'GatewayConflictWithAllocationPools',
      `Gateway ip ${String(gateway)} conflicts with allocation pool ${within.start}-${within.end}.`,
    );
  Object.assign(subnet, {
    name: textIn(body, 'name') ?? subnet.name,
    description: textIn(body, 'description') ?? subnet.description,
    enable_dhcp: typeof body.enable_dhcp === 'boolean' ? body.enable_dhcp : subnet.enable_dhcp,
    gateway_ip: gateway,
    allocation_pools: allocation,
    host_routes: routes(body.host_routes) ?? subnet.host_routes,
    dns_nameservers: isArray(body.dns_nameservers) ? body.dns_nameservers.map(String) : subnet.dns_nameservers,
    updated_at: world.clock.stamp(),
    revision_number: subnet.revision_number + 1,
  });
  touchNetwork(world, subnet.network_id);
  return ok({ subnet: subnetBody(subnet) });
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

  get: (call: SimulatedCall, world: World): Answer => oneOf(call, 'subnet', subnetBody(findSubnet(call, world))),

  create: (call: SimulatedCall, world: World): Answer =>
    makeEach(call, 'subnet', 'subnets', SUBNET, (body) => make(call, world, body)),

  update,

  remove: (call: SimulatedCall, world: World): Answer => {
    const subnet = findSubnet(call, world);
    own(call, subnet, 'delete_subnet');
    if ([...world.ports.values()].some(({ fixed_ips }) => fixed_ips.some(({ subnet_id }) => subnet_id === subnet.id))) {
      throw neutron.conflict(
        'SubnetInUse',
        `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from ` +
          'this subnet.',
      );
    }
    touchNetwork(world, subnet.network_id);
    world.subnets.delete(subnet.id);
    return noContent;
  },
};
