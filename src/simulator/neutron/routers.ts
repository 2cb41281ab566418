import { isObject, textIn, type JsonObject } from '../json.js';
import { created, noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Port, Router, Subnet } from '../world/types.js';
import type { World } from '../world/world.js';
import { bodyOf, list, oneOf } from './collection.js';
import { findNetwork, ownerOf } from './networks.js';
import { makePort } from './ports.js';
import { neutron } from './refusals.js';

const INTERFACE = 'network:router_interface';
const GATEWAY = 'network:router_gateway';

const ATTRIBUTES = new Set([
  'id',
  'name',
  'description',
  'tenant_id',
  'project_id',
  'admin_state_up',
  'status',
  'external_gateway_info',
  'tags',
  'revision_number',
]);

const routerBody = (world: World, router: Router): JsonObject => ({
  id: router.id,
  name: router.name,
  tenant_id: router.project_id,
  admin_state_up: router.admin_state_up,
  status: 'ACTIVE',
  external_gateway_info: gatewayBody(world, router),
  description: router.description,
  availability_zones: [],
  availability_zone_hints: [],
  routes: [],
  flavor_id: null,
  tags: router.tags,
  created_at: router.created_at,
  updated_at: router.updated_at,
  revision_number: router.revision_number,
  project_id: router.project_id,
});

function gatewayBody(world: World, { id, gateway }: Router): JsonObject | null {
  if (gateway === null) return null;
  const port = [...world.ports.values()].find((one) => one.device_id === id && one.device_owner === GATEWAY);
  return { network_id: gateway, enable_snat: true, external_fixed_ips: port?.fixed_ips ?? [] };
}

const seen = (call: SimulatedCall, world: World): Router[] =>
  [...world.routers.values()].filter(
    ({ project_id }) => project_id === call.token.projectId || call.token.roles.includes('admin'),
  );

function find(call: SimulatedCall, world: World): Router {
  const id = call.params.router ?? '';
  const router = seen(call, world).find((one) => one.id === id);
  if (router === undefined) throw neutron.notFound('Router', id);
  return router;
}

const portsOf = (world: World, { id }: Router): Port[] =>
  [...world.ports.values()].filter((port) => port.device_id === id && port.device_owner === INTERFACE);

function touch(world: World, router: Router): void {
  router.updated_at = world.clock.stamp();
  router.revision_number += 1;
}

/** Sets the gateway that the body asks for, or takes it away. Throws Neutron's refusals. */
function setGateway(call: SimulatedCall, world: World, router: Router, body: JsonObject): void {
  const requested = body.external_gateway_info;
  if (requested === undefined) return;
  const id = textIn(requested, 'network_id');
  const network = id === undefined ? undefined : findNetwork(call, world, id);
  if (network !== undefined && !network.external)
    throw neutron.bad(`Bad router request: Network ${network.id} is not an external network.`);
  for (const port of world.ports.values())
    if (port.device_id === router.id && port.device_owner === GATEWAY) world.ports.delete(port.id);
  if (network !== undefined) {
    const fixed = isObject(requested) ? requested.external_fixed_ips : undefined;
    const gateway = {
      device_id: router.id,
      device_owner: GATEWAY,
      ...(fixed === undefined ? {} : { fixed_ips: fixed }),
    };
    makePort(world, network, router.project_id, gateway, false);
  }
  router.gateway = network?.id ?? null;
}

function create(call: SimulatedCall, world: World): Answer {
  const body = bodyOf(call, 'router', ATTRIBUTES);
  const now = world.clock.stamp();
  const router = world.add('routers', {
    id: world.random.uuid(),
    name: textIn(body, 'name') ?? '',
    description: textIn(body, 'description') ?? '',
    project_id: ownerOf(call, body),
    admin_state_up: body.admin_state_up !== false,
    created_at: now,
    updated_at: now,
  });
  try {
    setGateway(call, world, router, body);
  } catch (error) {
    world.routers.delete(router.id);
    throw error;
  }
  return created({ router: routerBody(world, router) });
}

function update(call: SimulatedCall, world: World): Answer {
  const router = find(call, world);
  const body = bodyOf(call, 'router', ATTRIBUTES);
  setGateway(call, world, router, body);
  router.name = textIn(body, 'name') ?? router.name;
  router.description = textIn(body, 'description') ?? router.description;
  if (typeof body.admin_state_up === 'boolean') router.admin_state_up = body.admin_state_up;
  touch(world, router);
  return ok({ router: routerBody(world, router) });
}

function remove(call: SimulatedCall, world: World): Answer {
  const router = find(call, world);
  if (portsOf(world, router).length > 0) throw neutron.conflict('RouterInUse', `Router ${router.id} still has ports`);
  setGateway(call, world, router, { external_gateway_info: null });
  world.routers.delete(router.id);
  return noContent;
}

const interfaceBody = (router: Router, port: Port): JsonObject => ({
  id: router.id,
  tenant_id: router.project_id,
  project_id: router.project_id,
  port_id: port.id,
  network_id: port.network_id,
  subnet_id: port.fixed_ips[0]?.subnet_id ?? null,
  subnet_ids: port.fixed_ips.map(({ subnet_id }) => subnet_id),
});

/** The gateway's address of the subnet, on a port of the router's own. */
function portIn(world: World, router: Router, subnet: Subnet): Port {
  const network = world.networks.get(subnet.network_id);
  if (network === undefined) throw neutron.notFound('Network', subnet.network_id);
  if (subnet.gateway_ip === null)
    throw neutron.bad(`Bad router request: Subnet for router interface must have a gateway IP.`);
  if (portsOf(world, router).some(({ fixed_ips }) => fixed_ips.some(({ subnet_id }) => subnet_id === subnet.id)))
    throw neutron.bad(`Bad router request: Router already has a port on subnet ${subnet.id}.`);
  return makePort(
    world,
    network,
    router.project_id,
    { fixed_ips: [{ ip_address: subnet.gateway_ip }], device_id: router.id, device_owner: INTERFACE },
    false,
  );
}

function addInterface(call: SimulatedCall, world: World): Answer {
  const router = find(call, world);
  const [portId, subnetId] = [textIn(call.body, 'port_id'), textIn(call.body, 'subnet_id')];
  if ((portId === undefined) === (subnetId === undefined))
    throw neutron.bad('Bad router request: Either subnet_id or port_id must be specified.');
  if (subnetId !== undefined) {
    const subnet = world.subnets.get(subnetId);
    if (subnet === undefined) throw neutron.notFound('Subnet', subnetId);
    const port = portIn(world, router, subnet);
    touch(world, router);
    return ok(interfaceBody(router, port));
  }
  const port = world.ports.get(portId ?? '');
  if (port === undefined) throw neutron.notFound('Port', portId ?? '');
  if (port.device_id !== '')
    throw neutron.conflict(
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.network_id}. ` +
        `Port already has an attached device ${port.device_id}.`,
    );
  Object.assign(port, { device_id: router.id, device_owner: INTERFACE, revision_number: port.revision_number + 1 });
  touch(world, router);
  return ok(interfaceBody(router, port));
}

function removeInterface(call: SimulatedCall, world: World): Answer {
  const router = find(call, world);
  const [portId, subnetId] = [textIn(call.body, 'port_id'), textIn(call.body, 'subnet_id')];
  const port = portsOf(world, router).find(
    ({ id, fixed_ips }) => id === portId || fixed_ips.some(({ subnet_id }) => subnet_id === subnetId),
  );
  if (port === undefined)
    throw neutron.missing(
      'RouterInterfaceNotFound',
      `Router ${router.id} does not have an interface with id ${portId ?? subnetId ?? ''}`,
    );
  world.ports.delete(port.id);
  touch(world, router);
  return ok(interfaceBody(router, port));
}

/** Routers between networks; nothing is routed, as nothing is sent. */
export const routers = {
  list: (call: SimulatedCall, world: World): Answer =>
    list(
      call,
      world,
      'routers',
      seen(call, world).map((router) => routerBody(world, router)),
      ATTRIBUTES,
    ),
  get: (call: SimulatedCall, world: World): Answer => oneOf(call, 'router', routerBody(world, find(call, world))),
  create,
  update,
  remove,
  addInterface,
  removeInterface,
};
