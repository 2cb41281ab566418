import type { JsonObject } from '../json.js';
import { ok, route, type Route, type SimulatedCall } from '../router.js';
import { stableUuid } from '../stable-id.js';
import type { Network } from '../world/types.js';
import type { World } from '../world/world.js';
import { parseCidr, subnetsOf } from './addresses.js';
import { list, oneOf } from './collection.js';
import { findNetwork, visible } from './networks.js';
import { neutron } from './refusals.js';

/** Each network has one segment: the VLAN that it is. */
const segment = ({
  id,
  physical_network,
  network_type,
  segmentation_id,
  created_at,
  updated_at,
}: Network): JsonObject => ({
  id: stableUuid('segment', id),
  network_id: id,
  name: null,
  description: null,
  physical_network,
  network_type,
  segmentation_id,
  created_at,
  updated_at,
  revision_number: 0,
});

const SEGMENT = new Set([
  'id',
  'network_id',
  'name',
  'description',
  'physical_network',
  'network_type',
  'segmentation_id',
  'revision_number',
]);

const address = (text: string): number => parseCidr(`${text}/32`)?.first ?? 0;

/** Addresses of a network, and how many of them ports have. */
function availability(world: World, { id, name, project_id }: Network): JsonObject {
  const subnets = subnetsOf(world, id).map((subnet) => {
    const used = [...world.ports.values()].flatMap(({ fixed_ips }) =>
      fixed_ips.filter(({ subnet_id }) => subnet_id === subnet.id),
    );
    const total = subnet.allocation_pools.reduce((sum, { start, end }) => sum + address(end) - address(start) + 1, 0);
    return {
      subnet_id: subnet.id,
      ip_version: 4,
      cidr: subnet.cidr,
      subnet_name: subnet.name,
      used_ips: used.length,
      total_ips: total,
    };
  });
  return {
    network_id: id,
    network_name: name,
    tenant_id: project_id,
    project_id,
    subnet_ip_availability: subnets,
    used_ips: subnets.reduce((sum, { used_ips }) => sum + used_ips, 0),
    total_ips: subnets.reduce((sum, { total_ips }) => sum + total_ips, 0),
  };
}

const AVAILABILITY = new Set(['network_id', 'network_name', 'tenant_id', 'project_id']);

const seen = (call: SimulatedCall, world: World): Network[] =>
  [...world.networks.values()].filter((network) => visible(call, world, network));

/** Recorded of a Neutron with the L3 plugin alone. */
const PROVIDERS = ['dvrha', 'dvr', 'ha', 'single_node'];

/** What Neutron tells of its networks besides themselves. */
export const reportRoutes: readonly Route[] = [
  route(
    'GET',
    '/v2.0/segments',
    'get_segment',
    (call, world) => list(call, world, 'segments', seen(call, world).map(segment), SEGMENT),
    'admin',
  ),
  route(
    'GET',
    '/v2.0/segments/{segment}',
    'get_segment',
    (call, world) => {
      const id = call.params.segment ?? '';
      const found = seen(call, world)
        .map(segment)
        .find((one) => one.id === id);
      if (found === undefined) throw neutron.missing('SegmentNotFound', `Segment ${id} could not be found.`);
      return oneOf(call, 'segment', found);
    },
    'admin',
  ),
  route(
    'GET',
    '/v2.0/network-ip-availabilities',
    'get_network_ip_availability',
    (call, world) =>
      list(
        call,
        world,
        'network_ip_availabilities',
        seen(call, world).map((network) => availability(world, network)),
        AVAILABILITY,
      ),
    'admin',
  ),
  route(
    'GET',
    '/v2.0/network-ip-availabilities/{network}',
    'get_network_ip_availability',
    (call, world) => oneOf(call, 'network_ip_availability', availability(world, findNetwork(call, world))),
    'admin',
  ),
  route('GET', '/v2.0/service-providers', 'get_service_provider', () =>
    ok({
      service_providers: PROVIDERS.map((name) => ({ service_type: 'L3_ROUTER_NAT', name, default: false })),
    }),
  ),
];
