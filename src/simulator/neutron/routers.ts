import { isArray, isObject, python, textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { created, noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Port, Router, Subnet } from '../world/types.js';
import type { World } from '../world/world.js';
import { isAddress, parseCidr } from './addresses.js';
import { bodyOf, list, oneOf } from './collection.js';
import { findNetwork, ownerOf } from './networks.js';
import { makePort } from './ports.js';
import { GATEWAY, INTERFACE } from './owners.js';
import { neutron } from './refusals.js';

const ATTRIBUTES = new Set([
  'id',
  'name',
  'description',
  'tenant_id',
  'project_id',
  'admin_state_up',
  'status',
  'external_gateway_info',
  'routes',
  'distributed',
  'ha',
  'tags',
  'revision_number',
]);

const routerBody = (call: SimulatedCall, world: World, router: Router): JsonObject => ({
  id: router.id,
  name: router.name,
  tenant_id: router.project_id,
  admin_state_up: router.admin_state_up,
  status: 'ACTIVE',
  external_gateway_info: gatewayBody(world, router),
  description: router.description,
  availability_zones: [],
  availability_zone_hints: [],
  routes: router.routes,
  ...(call.token.roles.includes('admin') ? { distributed: router.distributed, ha: router.ha } : {}),
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

const inUse = (world: World, { id }: Router): boolean =>
  [...world.floatingIps.values()].some(({ router_id }) => router_id === id);

/** Throws Neutron's 403 for what administrators alone may set. */
function checkKind(call: SimulatedCall, body: JsonObject, verb: string): void {
  for (const key of ['distributed', 'ha'])
    if (body[key] !== undefined && !call.token.roles.includes('admin'))
      throw new Refusal(403, `(rule:${verb}_router and rule:${verb}_router:${key}) is disallowed by policy`, {
        type: 'PolicyNotAuthorized',
      });
}

/** Sets routes beyond those of the interfaces. Throws Neutron's refusals. */
function setRoutes(world: World, router: Router, requested: unknown): void {
  if (requested === undefined) return;
  const routes = (isArray(requested) ? requested : []).map((one) => ({
    destination: textIn(one, 'destination') ?? '',
    nexthop: textIn(one, 'nexthop') ?? '',
  }));
  for (const { destination, nexthop } of routes) {
    if (parseCidr(destination) === undefined)
      throw neutron.bad(`Invalid input for routes. Reason: '${destination}' is not a valid CIDR.`);
    if (!isAddress(nexthop))
      throw neutron.bad(`Invalid input for routes. Reason: '${nexthop}' is not a valid IP address.`);
  }
  const cidrs = [...world.ports.values()]
    .filter(({ device_id }) => device_id === router.id)
    .flatMap(({ fixed_ips }) => fixed_ips.flatMap(({ subnet_id }) => world.subnets.get(subnet_id)?.cidr ?? []));
  const isConnected = (address: string): boolean =>
    cidrs.some((cidr) => {
      const [range, at] = [parseCidr(cidr), parseCidr(`${address}/32`)];
      return range !== undefined && at !== undefined && range.first <= at.first && at.first <= range.last;
    });
  if (!routes.every(({ nexthop }) => isConnected(nexthop)))
    throw new Refusal(400, `Invalid format for routes: ${python(routes)}, the nexthop is not connected with router`, {
      type: 'InvalidRoutes',
    });
  router.routes = routes;
}

/** Sets the gateway that the body asks for, or takes it away. Throws Neutron's refusals. */
function setGateway(call: SimulatedCall, world: World, router: Router, body: JsonObject): void {
  const requested = body.external_gateway_info;
  if (requested === undefined) return;
  const id = textIn(requested, 'network_id');
  const network = id === undefined ? undefined : findNetwork(call, world, id);
  if (router.gateway !== null && router.gateway !== network?.id && inUse(world, router))
    throw neutron.conflict(
      'RouterExternalGatewayInUseByFloatingIp',
      `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${router.gateway} is ` +
        'required by one or more floating IPs.',
    );
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
  checkKind(call, body, 'create');
  const now = world.clock.stamp();
  const router = world.add('routers', {
    id: world.random.uuid(),
    name: textIn(body, 'name') ?? '',
    description: textIn(body, 'description') ?? '',
    project_id: ownerOf(call, body),
    admin_state_up: body.admin_state_up !== false,
    distributed: body.distributed === true,
    ha: body.ha === true,
    created_at: now,
    updated_at: now,
  });
  try {
    setGateway(call, world, router, body);
  } catch (error) {
    world.routers.delete(router.id);
    throw error;
  }
  return created({ router: routerBody(call, world, router) });
}

function update(call: SimulatedCall, world: World): Answer {
  const router = find(call, world);
  const body = bodyOf(call, 'router', ATTRIBUTES);
  checkKind(call, body, 'update');
  if (typeof body.distributed === 'boolean' && body.distributed !== router.distributed) {
    if (router.admin_state_up && body.admin_state_up !== false)
      throw new Refusal(
        400,
        "Bad router request: Cannot change the 'distributed' attribute of active routers. Please set router " +
          'admin_state_up to False prior to upgrade.',
        { type: 'BadRequest' },
      );
    router.distributed = body.distributed;
  }
  setRoutes(world, router, body.routes);
  setGateway(call, world, router, body);
  router.name = textIn(body, 'name') ?? router.name;
  router.description = textIn(body, 'description') ?? router.description;
  if (typeof body.admin_state_up === 'boolean') router.admin_state_up = body.admin_state_up;
  touch(world, router);
  return ok({ router: routerBody(call, world, router) });
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
  checkOverlap(world, router, subnet);
  return makePort(
    world,
    network,
    router.project_id,
    { fixed_ips: [{ ip_address: subnet.gateway_ip }], device_id: router.id, device_owner: INTERFACE },
    false,
  );
}

/** Throws Neutron's 400 for a subnet whose addresses the router has on another side already. */
function checkOverlap(world: World, router: Router, { id, cidr }: Subnet): void {
  const range = parseCidr(cidr);
  for (const { subnet_id } of portsOf(world, router).flatMap(({ fixed_ips }) => fixed_ips)) {
    const other = world.subnets.get(subnet_id);
    const held = parseCidr(other?.cidr ?? '');
    if (range && held && other && range.first <= held.last && held.first <= range.last)
      throw new Refusal(
        400,
        `Bad router request: Cidr ${cidr} of subnet ${id} overlaps with cidr ${other.cidr} of subnet ${other.id}.`,
        { type: 'BadRequest' },
      );
  }
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
  for (const { subnet_id } of port.fixed_ips) {
    const subnet = world.subnets.get(subnet_id);
    if (subnet !== undefined) checkOverlap(world, router, subnet);
  }
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
    throw portId === undefined
      ? neutron.missing(
          'RouterInterfaceNotFoundForSubnet',
          `Router ${router.id} has no interface on subnet ${subnetId ?? ''}`,
        )
      : neutron.missing('RouterInterfaceNotFound', `Router ${router.id} does not have an interface with id ${portId}`);
  const subnets = port.fixed_ips.map(({ subnet_id }) => subnet_id);
  const needed = [...world.floatingIps.values()].find(({ router_id, port_id }) =>
    router_id === router.id
      ? world.ports.get(port_id ?? '')?.fixed_ips.some(({ subnet_id }) => subnets.includes(subnet_id))
      : false,
  );
  if (needed !== undefined)
    throw neutron.conflict(
      'RouterInterfaceInUseByFloatingIP',
      `Router interface for subnet ${subnets[0] ?? ''} on router ${router.id} cannot be deleted, as it is required ` +
        'by one or more floating IPs.',
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
      seen(call, world).map((router) => routerBody(call, world, router)),
      ATTRIBUTES,
    ),
  get: (call: SimulatedCall, world: World): Answer => oneOf(call, 'router', routerBody(call, world, find(call, world))),
  create,
  update,
  remove,
  addInterface,
  removeInterface,
};
