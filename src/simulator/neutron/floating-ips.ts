import { textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { FloatingIp, Router } from '../world/types.js';
import type { World } from '../world/world.js';
import { bodyOf, list, oneOf } from './collection.js';
import { findNetwork, ownerOf } from './networks.js';
import { makePort } from './ports.js';
import { neutron } from './refusals.js';
import { FLOATING, INTERFACE } from './owners.js';

const ATTRIBUTES = new Set([
  'id',
  'tenant_id',
  'project_id',
  'floating_network_id',
  'floating_ip_address',
  'subnet_id',
  'port_id',
  'fixed_ip_address',
  'router_id',
  'status',
  'description',
  'tags',
  'revision_number',
]);

const isUuid = (value: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

function body(world: World, one: FloatingIp): JsonObject {
  const port = one.port_id === null ? undefined : world.ports.get(one.port_id);
  const { id, project_id, router_id, port_id, description, tags, created_at, updated_at, revision_number } = one;
  return {
    id,
    tenant_id: project_id,
    floating_ip_address: one.address,
    floating_network_id: one.network_id,
    router_id,
    port_id,
    fixed_ip_address: one.fixed_address,
    status: port_id === null ? 'DOWN' : 'ACTIVE',
    description,
    qos_policy_id: null,
    port_details:
      port === undefined
        ? null
        : {
            name: port.name,
            network_id: port.network_id,
            mac_address: port.mac_address,
            admin_state_up: port.admin_state_up,
            status: port.host_id === '' ? 'DOWN' : 'ACTIVE',
            device_id: port.device_id,
            device_owner: port.device_owner,
          },
    tags,
    created_at,
    updated_at,
    revision_number,
    project_id,
  };
}

const seen = (call: SimulatedCall, world: World): FloatingIp[] =>
  [...world.floatingIps.values()].filter(
    ({ project_id }) => project_id === call.token.projectId || call.token.roles.includes('admin'),
  );

function find(call: SimulatedCall, world: World): FloatingIp {
  const id = call.params.floatingip ?? '';
  const found = seen(call, world).find((one) => one.id === id);
  if (found === undefined) throw neutron.missing('FloatingIPNotFound', `Floating IP ${id} could not be found`);
  return found;
}

const request = (text: string): Refusal => new Refusal(400, `Bad floatingip request: ${text}`, { type: 'BadRequest' });

/** The router with an interface in the subnet and its gateway in the network. */
function routerBetween(world: World, subnet: string, network: string): Router | undefined {
  const interfaces = [...world.ports.values()].filter(
    ({ device_owner, fixed_ips }) =>
      device_owner === INTERFACE && fixed_ips.some(({ subnet_id }) => subnet_id === subnet),
  );
  return interfaces
    .flatMap(({ device_id }) => world.routers.get(device_id) ?? [])
    .find((one) => one.gateway === network);
}

/** Lets the address stand for the port that the body names, or for none. Throws Neutron's refusals. */
function associate(call: SimulatedCall, world: World, floating: FloatingIp, sent: JsonObject): void {
  if (sent.port_id === undefined && sent.fixed_ip_address === undefined) return;
  const id = sent.port_id === null ? null : (textIn(sent, 'port_id') ?? floating.port_id);
  if (id === null) {
    if (typeof sent.fixed_ip_address === 'string')
      throw request('fixed_ip_address cannot be specified without a port_id.');
    Object.assign(floating, { port_id: null, fixed_address: null, router_id: null });
    return;
  }
  if (!isUuid(id)) throw neutron.bad(`Invalid input for port_id. Reason: '${id}' is not a valid UUID.`);
  const port = world.ports.get(id);
  if (port === undefined || (port.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw neutron.notFound('Port', id);
  const requested = textIn(sent, 'fixed_ip_address');
  const address = port.fixed_ips.find(({ ip_address }) => requested === undefined || ip_address === requested);
  if (address === undefined)
    throw request(
      requested === undefined
        ? `Cannot add floating IP to port ${id} that has no fixed IPv4 addresses.`
        : `Port ${id} does not have fixed ip ${requested}.`,
    );
  const router = routerBetween(world, address.subnet_id, floating.network_id);
  if (router === undefined)
    throw neutron.missing(
      'ExternalGatewayForFloatingIPNotFound',
      `External network ${floating.network_id} is not reachable from subnet ${address.subnet_id}.  Therefore, cannot ` +
        `associate Port ${id} with a Floating IP.`,
    );
  const other = [...world.floatingIps.values()].find(
    (one) => one !== floating && one.port_id === id && one.fixed_address === address.ip_address,
  );
  if (other !== undefined)
    throw neutron.conflict(
      'FloatingIPPortAlreadyAssociated',
      `Cannot associate floating IP ${floating.address} (${floating.id}) with port ${id} using fixed IP ` +
        `${address.ip_address}, as that fixed IP already has a floating IP on external network ${floating.network_id}.`,
    );
  Object.assign(floating, { port_id: id, fixed_address: address.ip_address, router_id: router.id });
}

function create(call: SimulatedCall, world: World): Answer {
  const sent = bodyOf(call, 'floatingip', ATTRIBUTES);
  const id = textIn(sent, 'floating_network_id');
  if (id === undefined)
    throw neutron.bad("Failed to parse request. Required attribute 'floating_network_id' not specified");
  const network = findNetwork(call, world, id);
  if (!network.external) throw request(`Network ${id} is not a valid external network.`);
  const address = textIn(sent, 'floating_ip_address');
  const subnet = textIn(sent, 'subnet_id');
  const now = world.clock.stamp();
  const floatingId = world.random.uuid();
  const project = ownerOf(call, sent);
  const fixed = {
    ...(address === undefined ? {} : { ip_address: address }),
    ...(subnet === undefined ? {} : { subnet_id: subnet }),
  };
  const holder = makePort(
    world,
    network,
    '',
    {
      device_id: floatingId,
      device_owner: FLOATING,
      security_groups: [],
      ...(Object.keys(fixed).length === 0 ? {} : { fixed_ips: [fixed] }),
    },
    false,
  );
  const [own] = holder.fixed_ips;
  if (own === undefined) {
    world.ports.delete(holder.id);
    throw neutron.missing('ExternalIpAddressExhausted', `Unable to find any IP address on external network ${id}.`);
  }
  const floating = world.add('floatingIps', {
    id: floatingId,
    network_id: id,
    address: own.ip_address,
    description: textIn(sent, 'description') ?? '',
    project_id: project,
    created_at: now,
    updated_at: now,
  });
  try {
    associate(call, world, floating, sent);
  } catch (error) {
    take(world, floating);
    throw error;
  }
  return created({ floatingip: body(world, floating) });
}

function take(world: World, { id }: FloatingIp): void {
  for (const port of world.ports.values())
    if (port.device_id === id && port.device_owner === FLOATING) world.ports.delete(port.id);
  world.floatingIps.delete(id);
}

function update(call: SimulatedCall, world: World): Answer {
  const floating = find(call, world);
  const sent = bodyOf(call, 'floatingip', ATTRIBUTES);
  const fixed = ['floating_network_id', 'floating_ip_address', 'subnet_id'].find((key) => sent[key] !== undefined);
  if (fixed !== undefined) throw neutron.bad(`Cannot update read-only attribute ${fixed}`);
  associate(call, world, floating, sent);
  Object.assign(floating, {
    description: textIn(sent, 'description') ?? floating.description,
    updated_at: world.clock.stamp(),
    revision_number: floating.revision_number + 1,
  });
  return ok({ floatingip: body(world, floating) });
}

export const floatingIpRoutes: readonly Route[] = [
  route('GET', '/v2.0/floatingips', 'get_floatingip', (call, world) =>
    list(
      call,
      world,
      'floatingips',
      seen(call, world).map((one) => body(world, one)),
      ATTRIBUTES,
    ),
  ),
  route('POST', '/v2.0/floatingips', 'create_floatingip', create),
  route('GET', '/v2.0/floatingips/{floatingip}', 'get_floatingip', (call, world) =>
    oneOf(call, 'floatingip', body(world, find(call, world))),
  ),
  route('PUT', '/v2.0/floatingips/{floatingip}', 'update_floatingip', update),
  route('DELETE', '/v2.0/floatingips/{floatingip}', 'delete_floatingip', (call, world) => {
    take(world, find(call, world));
    return noContent;
  }),
];
