import { isArray, python, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import type { SimulatedCall } from '../router.js';
import { isAddress } from '../neutron/addresses.js';
import { bind, makePort } from '../neutron/ports.js';
import type { Network } from '../world/types.js';
import type { World } from '../world/world.js';

/** A NIC that a deployment is to have: a port that exists, or one to be made on the network. */
export interface PlannedNic {
  readonly port?: string;
  readonly network?: string;
  readonly address?: string;
  /** Security groups of a port that is to be made. */
  readonly groups?: readonly string[];
}

const usable = (call: SimulatedCall, world: World): Network[] =>
  [...world.networks.values()].filter(({ shared, project_id }) => shared || project_id === call.token.projectId);

/**
 * What `networks` of a create asks for: a list, `"none"`, or nothing, which means the only network there is. Throws
 * Nova's refusals (recorded: 163, 168, 169, 461, 462).
 */
export function plannedNics(call: SimulatedCall, world: World, requested: unknown): PlannedNic[] {
  if (requested === 'none') return [];
  if (requested === undefined || requested === null || requested === 'auto') {
    const found = usable(call, world);
    if (found.length > 1)
      throw refuse.conflict('Multiple possible networks found, use a Network ID to be more specific.');
    return found.map(({ id }) => ({ network: id }));
  }
  if (!isArray(requested))
    throw refuse.bad(
      `Invalid input for field/attribute networks. Value: ${python(requested)}. ${python(requested)} is not of type 'array'`,
    );
  return requested.map((item) => planned(call, world, item));
}

function planned(call: SimulatedCall, world: World, item: unknown): PlannedNic {
  const portId = textIn(item, 'port');
  if (portId !== undefined) {
    const port = world.ports.get(portId);
    if (port === undefined || (port.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
      throw refuse.bad(`Port id ${portId} could not be found.`);
    if (port.device_id !== '') throw refuse.conflict(`Port ${portId} is still in use.`);
    return { port: portId };
  }
  const network = textIn(item, 'uuid') ?? textIn(item, 'net_id');
  if (network === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute networks. Value: ${python(item)}. ${python(item)} is not valid ` +
        'under any of the given schemas',
    );
  if (!usable(call, world).some(({ id }) => id === network)) throw refuse.bad(`Network ${network} could not be found.`);
  const address = textIn(item, 'fixed_ip');
  if (address === undefined) return { network };
  if (!isAddress(address))
    throw refuse.bad(`Invalid input for field/attribute fixed_ip. Value: ${address}. '${address}' is not a 'ipv4'`);
  const holder = [...world.ports.values()].find(
    ({ network_id, fixed_ips }) => network_id === network && fixed_ips.some(({ ip_address }) => ip_address === address),
  );
  if (holder !== undefined)
    throw refuse.bad(`Fixed IP address ${address} is already in use on instance ${holder.device_id}.`);
  return { network, address };
}

/**
 * Makes and binds what was planned. Throws Neutron's refusals, and one of its own for a port that was taken or removed
 * meanwhile.
 */
export function plug(
  world: World,
  nics: readonly PlannedNic[],
  server: { id: string; project_id: string; host: string | null },
): void {
  for (const { port: portId, network: networkId, address, groups } of nics) {
    const network = world.networks.get(networkId ?? '');
    const port =
      network === undefined
        ? world.ports.get(portId ?? '')
        : makePort(
            world,
            network,
            server.project_id,
            {
              ...(address === undefined ? {} : { fixed_ips: [{ ip_address: address }] }),
              ...(groups === undefined ? {} : { security_groups: groups }),
            },
            true,
          );
    if (port === undefined) throw refuse.bad(`Port id ${portId ?? ''} could not be found.`);
    if (port.device_id !== '') throw refuse.conflict(`Port ${port.id} is still in use.`);
    bind(world, port, server.id, server.host ?? '');
  }
}
