import type { JsonObject } from '../json.js';
import { textIn } from '../json.js';
import { Refusal } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Network } from '../world/types.js';
import type { World } from '../world/world.js';
import { subnetsOf } from './addresses.js';
import { bodyOf, checkRevision, list, makeEach, oneOf } from './collection.js';
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
    ipv4_address_scope: scopeOf(world, id),
    ipv6_address_scope: null,
    'router:external': network.external,
    description,
    port_security_enabled: true,
    qos_policy_id: null,
    l2_adjacency: true,
    tags: network.tags,
    created_at,
    updated_at,
    revision_number,
    project_id,
    ...(isAdmin(call)
      ? {
          'provider:network_type': network.network_type,
          'provider:physical_network': network.physical_network,
          'provider:segmentation_id': network.segmentation_id,
          ...(network.external ? { is_default: false } : {}),
        }
      : {}),
  };
}

/** That of the pool which its subnets came from. */
const scopeOf = (world: World, id: string): unknown => {
  const pool = subnetsOf(world, id).find(({ subnetpool_id }) => subnetpool_id !== null)?.subnetpool_id;
  return world.subnetPools.get(pool ?? '')?.address_scope_id ?? null;
};

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

/** Whether who calls may see it: as its own project's, as shared with all, or by a policy of its own. */
export const visible = (
  call: SimulatedCall,
  world: World,
  { id, shared, external, project_id }: { id: string; shared: boolean; external?: boolean; project_id: string },
): boolean =>
  shared ||
  external === true ||
  project_id === call.token.projectId ||
  isAdmin(call) ||
  [...world.rbacPolicies.values()].some(
    ({ object_id, target_tenant }) =>
      object_id === id && (target_tenant === '*' || target_tenant === call.token.projectId),
  );

/** The project that is to own what the body asks for: an administrator may name another. Throws Neutron's 403. */
export function ownerOf(call: SimulatedCall, body: JsonObject): string {
  const project = textIn(body, 'project_id') ?? textIn(body, 'tenant_id') ?? call.token.projectId;
  if (project !== call.token.projectId && !isAdmin(call)) throw neutron.policy('admin_or_owner');
  return project;
}

/** Throws Neutron's 404. */
export function findNetwork(call: SimulatedCall, world: World, id = call.params.network ?? ''): Network {
  const network = world.networks.get(id);
  if (network === undefined || !visible(call, world, network)) throw neutron.notFound('Network', id);
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

/** Throws Neutron's 403 for what belongs to another project. */
export function own(call: SimulatedCall, network: { project_id: string }, rule: string): void {
  if (network.project_id !== call.token.projectId && !isAdmin(call)) throw neutron.policy(rule);
}

function make(call: SimulatedCall, world: World, body: JsonObject): JsonObject {
  const provider = Object.keys(body).find((key) => key.startsWith('provider:'));
  if (provider !== undefined && !isAdmin(call))
    throw new Refusal(403, `(rule:create_network and rule:create_network:${provider}) is disallowed by policy`, {
      type: 'PolicyNotAuthorized',
    });
  checkVlan(world, body);
  const project_id = ownerOf(call, body);
  const own = [...world.networks.values()].filter((one) => one.project_id === project_id);
  if (own.length >= world.quotaOf(project_id).networks)
    throw neutron.conflict('OverQuota', "Quota exceeded for resources: ['network'].");
  const now = world.clock.stamp();
  const vlan = body['provider:segmentation_id'];
  const network = world.add('networks', {
    id: world.random.uuid(),
    name: textIn(body, 'name') ?? '',
    description: textIn(body, 'description') ?? '',
    project_id,
    shared: body.shared === true,
    external: body['router:external'] === true,
    admin_state_up: body.admin_state_up !== false,
    mtu: typeof body.mtu === 'number' ? body.mtu : 1500,
    segmentation_id: typeof vlan === 'number' ? vlan : freeVlan(world),
    created_at: now,
    updated_at: now,
    revision_number: 1,
  });
  return networkBody(call, world, network);
}

export const networks = {
  list: (call: SimulatedCall, world: World): Answer =>
    list(
      call,
      world,
      'networks',
      [...world.networks.values()]
        .filter((network) => visible(call, world, network))
        .map((network) => networkBody(call, world, network)),
      NETWORK,
    ),

  get: (call: SimulatedCall, world: World): Answer =>
    oneOf(call, 'network', networkBody(call, world, findNetwork(call, world))),

  create: (call: SimulatedCall, world: World): Answer =>
    makeEach(call, 'network', 'networks', NETWORK, (body) => make(call, world, body)),

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
    if (typeof body['router:external'] === 'boolean') network.external = body['router:external'];
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
        `Unable to complete operation on network ${network.id}. There are one or more ports still in use on ` +
          `the network, id for these ports is: ${used.join(',')}.`,
      );
    for (const subnet of subnetsOf(world, network.id)) world.subnets.delete(subnet.id);
    world.networks.delete(network.id);
    return noContent;
  },
};
