import type { JsonObject } from '../json.js';
import { isArray, isObject, textIn } from '../json.js';
import { Refusal } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Network, Port } from '../world/types.js';
import type { World } from '../world/world.js';
import { allocate, claim, isAddress } from './addresses.js';
import { bodyOf, checkRevision, list, makeEach, oneOf } from './collection.js';
import { visible } from './networks.js';
import { FLOATING, GATEWAY, INTERFACE, freeFloatingIps } from './owners.js';
import { neutron } from './refusals.js';
import { groupsOf } from './security-groups.js';

function portBody(port: Port): JsonObject {
  const bound = port.host_id !== '';
  return {
    id: port.id,
    name: port.name,
    network_id: port.network_id,
    tenant_id: port.project_id,
    mac_address: port.mac_address,
    admin_state_up: port.admin_state_up,
    status: bound && port.admin_state_up ? 'ACTIVE' : 'DOWN',
    device_id: port.device_id,
    device_owner: port.device_owner,
    fixed_ips: port.fixed_ips,
    allowed_address_pairs: port.address_pairs,
    extra_dhcp_opts: port.dhcp_options,
    security_groups: port.security_groups,
    description: port.description,
    'binding:vnic_type': port.vnic_type,
    'binding:profile': port.profile,
    'binding:host_id': port.host_id,
    'binding:vif_type': bound ? 'pvm_sea' : 'unbound',
    'binding:vif_details': {},
    port_security_enabled: true,
    qos_policy_id: null,
    qos_network_policy_id: null,
    resource_request: null,
    ip_allocation: 'immediate',
    tags: port.tags,
    created_at: port.created_at,
    updated_at: port.updated_at,
    revision_number: port.revision_number,
    project_id: port.project_id,
  };
}

const FILTERS = new Set([
  'id',
  'name',
  'network_id',
  'tenant_id',
  'project_id',
  'mac_address',
  'admin_state_up',
  'status',
  'device_id',
  'device_owner',
  'fixed_ips',
  'description',
  'security_groups',
  'binding:vnic_type',
  'binding:host_id',
  'ip_allocation',
  'tags',
  'revision_number',
]);
const WRITABLE = new Set([
  'name',
  'description',
  'admin_state_up',
  'mac_address',
  'fixed_ips',
  'device_id',
  'device_owner',
  'binding:vnic_type',
  'binding:profile',
  'binding:host_id',
  'security_groups',
  'port_security_enabled',
  'allowed_address_pairs',
  'extra_dhcp_opts',
  'qos_policy_id',
  'network_id',
  'tenant_id',
  'project_id',
]);

/** Ports of routers and floating IPs go with those alone. */
const OWNED = new Set([INTERFACE, GATEWAY, FLOATING]);

const mine = (call: SimulatedCall, port: Port): boolean =>
  port.project_id === call.token.projectId || call.token.roles.includes('admin');

function find(call: SimulatedCall, world: World): Port {
  const id = call.params.port ?? '';
  const port = world.ports.get(id);
  if (port === undefined || !mine(call, port)) throw neutron.notFound('Port', id);
  return port;
}

function checkMac(world: World, networkId: string, mac: string, self?: Port): void {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac))
    throw neutron.bad(`Invalid input for mac_address. Reason: '${mac}' is not a valid MAC address.`);
  for (const port of world.ports.values()) {
    if (port !== self && port.network_id === networkId && port.mac_address === mac.toLowerCase()) {
      throw neutron.conflict(
        'MacAddressInUse',
        `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
      );
    }
  }
}

function addresses(world: World, network: Network, requested: unknown): Port['fixed_ips'] {
  if (!isArray(requested)) return allocate(world, network);
  return requested.flatMap((item) => {
    const address = textIn(item, 'ip_address');
    if (address === undefined) return allocate(world, network, textIn(item, 'subnet_id'));
    if (!isAddress(address))
      throw neutron.bad(`Invalid input for fixed_ips. Reason: '${address}' is not a valid IP address.`);
    return [claim(world, network, address)];
  });
}

/** A pair without a MAC address has the port's. */
const pairsOf = (requested: unknown, mac: string): JsonObject[] | undefined =>
  isArray(requested)
    ? requested.flatMap((one) =>
        isObject(one) ? [{ mac_address: textIn(one, 'mac_address') ?? mac, ip_address: one.ip_address }] : [],
      )
    : undefined;

/** A change names options one by one; one without a value goes. */
function optionsOf(requested: unknown, held: readonly JsonObject[] = []): JsonObject[] | undefined {
  if (!isArray(requested)) return undefined;
  const given = requested.filter(isObject);
  const names = new Set(given.map(({ opt_name }) => opt_name));
  return [
    ...held.filter(({ opt_name }) => !names.has(opt_name)),
    ...given.flatMap(({ opt_name, opt_value, ip_version }) =>
      opt_value === null || opt_value === undefined
        ? []
        : [{ opt_name, opt_value: String(opt_value as string), ip_version: ip_version ?? 4 }],
    ),
  ];
}

/** A new port. Nova makes them through this too. Throws Neutron's refusals. */
export function makePort(
  world: World,
  network: Network,
  projectId: string,
  requested: JsonObject,
  madeByNova: boolean,
): Port {
  const held = [...world.ports.values()].filter(({ project_id }) => project_id === projectId);
  if (held.length >= world.quotaOf(projectId).ports)
    throw neutron.conflict('OverQuota', "Quota exceeded for resources: ['port'].");
  const mac = textIn(requested, 'mac_address');
  if (mac !== undefined) checkMac(world, network.id, mac);
  const now = world.clock.stamp();
  const port = world.add('ports', {
    id: world.random.uuid(),
    network_id: network.id,
    project_id: projectId,
    name: textIn(requested, 'name') ?? '',
    description: textIn(requested, 'description') ?? '',
    mac_address: mac?.toLowerCase() ?? freeMac(world),
    admin_state_up: requested.admin_state_up !== false,
    fixed_ips: addresses(world, network, requested.fixed_ips),
    security_groups: groupsOf(world, projectId, requested.security_groups),
    device_id: textIn(requested, 'device_id') ?? '',
    device_owner: textIn(requested, 'device_owner') ?? '',
    host_id: textIn(requested, 'binding:host_id') ?? '',
    vnic_type: textIn(requested, 'binding:vnic_type') ?? 'normal',
    profile: isObject(requested['binding:profile']) ? requested['binding:profile'] : {},
    dhcp_options: optionsOf(requested.extra_dhcp_opts) ?? [],
    created_at: now,
    updated_at: now,
    made_by_nova: madeByNova,
  });
  port.address_pairs = pairsOf(requested.allowed_address_pairs, port.mac_address) ?? [];
  return port;
}

function freeMac(world: World): string {
  const used = new Set([...world.ports.values()].map(({ mac_address }) => mac_address));
  for (;;) {
    const mac = world.random.mac();
    if (!used.has(mac)) return mac;
  }
}

/** Ties a port to a server, or frees it with an empty one. */
export function bind(world: World, port: Port, serverId: string, host: string): void {
  Object.assign(port, {
    device_id: serverId,
    device_owner: serverId === '' ? '' : 'compute:nova',
    host_id: host,
    updated_at: world.clock.stamp(),
    revision_number: port.revision_number + 1,
  });
}

function checkTexts(body: JsonObject): void {
  for (const key of ['name', 'description']) {
    const value = body[key];
    if (typeof value === 'string' && value.length > 255)
      throw neutron.bad(`Invalid input for ${key}. Reason: '${value}' exceeds maximum length of 255.`);
  }
}

function make(call: SimulatedCall, world: World, body: JsonObject): JsonObject {
  checkTexts(body);
  const networkId = textIn(body, 'network_id');
  if (networkId === undefined)
    throw neutron.bad("Failed to parse request. Required attribute 'network_id' not specified");
  const network = world.networks.get(networkId);
  if (network === undefined || !visible(call, world, network)) throw neutron.notFound('Network', networkId);
  const project = textIn(body, 'project_id') ?? textIn(body, 'tenant_id') ?? call.token.projectId;
  return portBody(makePort(world, network, project, body, false));
}

export const ports = {
  list: (call: SimulatedCall, world: World): Answer =>
    list(call, world, 'ports', [...world.ports.values()].filter((port) => mine(call, port)).map(portBody), FILTERS),

  get: (call: SimulatedCall, world: World): Answer => oneOf(call, 'port', portBody(find(call, world))),

  create: (call: SimulatedCall, world: World): Answer =>
    makeEach(call, 'port', 'ports', WRITABLE, (body) => make(call, world, body)),

  update: (call: SimulatedCall, world: World): Answer => {
    const port = find(call, world);
    const body = bodyOf(call, 'port', WRITABLE);
    checkTexts(body);
    checkRevision(
      call,
      port.revision_number,
      (text) => new Refusal(412, text, { type: 'RevisionNumberConstraintFailed' }),
    );
    if (body.network_id !== undefined) throw neutron.bad('Cannot update read-only attribute network_id');
    const mac = textIn(body, 'mac_address')?.toLowerCase();
    if (mac !== undefined && mac !== port.mac_address) {
      checkMac(world, port.network_id, mac, port);
      if (port.host_id !== '')
        throw neutron.conflict(
          'PortBound',
          `Unable to complete operation on port ${port.id}, port is already bound, port type: pvm_sea, ` +
            `old_mac ${port.mac_address}, new_mac ${mac}.`,
        );
      port.mac_address = mac;
    }
    const network = world.networks.get(port.network_id);
    if (body.fixed_ips !== undefined && network !== undefined) {
      const before = port.fixed_ips;
      port.fixed_ips = [];
      try {
        port.fixed_ips = addresses(world, network, body.fixed_ips);
      } catch (error) {
        port.fixed_ips = before;
        throw error;
      }
    }
    port.name = textIn(body, 'name') ?? port.name;
    port.description = textIn(body, 'description') ?? port.description;
    port.device_id = textIn(body, 'device_id') ?? port.device_id;
    port.device_owner = textIn(body, 'device_owner') ?? port.device_owner;
    port.host_id = textIn(body, 'binding:host_id') ?? port.host_id;
    port.vnic_type = textIn(body, 'binding:vnic_type') ?? port.vnic_type;
    if (body.security_groups !== undefined)
      port.security_groups = groupsOf(world, port.project_id, body.security_groups);
    port.address_pairs = pairsOf(body.allowed_address_pairs, port.mac_address) ?? port.address_pairs;
    port.dhcp_options = optionsOf(body.extra_dhcp_opts, port.dhcp_options) ?? port.dhcp_options;
    if (isObject(body['binding:profile'])) port.profile = body['binding:profile'];
    if (typeof body.admin_state_up === 'boolean') port.admin_state_up = body.admin_state_up;
    port.updated_at = world.clock.stamp();
    port.revision_number += 1;
    return ok({ port: portBody(port) });
  },

  /** A bound port goes too: Nova then no longer shows it (network-vif-deleted). */
  remove: (call: SimulatedCall, world: World): Answer => {
    const port = find(call, world);
    if (OWNED.has(port.device_owner))
      throw neutron.conflict(
        'ServicePortInUse',
        `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.device_owner}.`,
      );
    freeFloatingIps(world, port);
    world.ports.delete(port.id);
    return noContent;
  },
};
