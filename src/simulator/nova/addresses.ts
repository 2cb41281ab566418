import type { JsonObject } from '../json.js';
import type { Port, Server } from '../world/types.js';
import type { World } from '../world/world.js';

/** Addresses by the network's name; none while the server is built. */
export function addresses(world: World, server: Server, ports: readonly Port[]): Record<string, JsonObject[]> {
  const found: Record<string, JsonObject[]> = {};
  if (server.vm_state === 'building') return found;
  for (const { network_id, fixed_ips, mac_address } of ports) {
    const name = world.networks.get(network_id)?.name ?? network_id;
    for (const { ip_address } of fixed_ips)
      (found[name] ??= []).push({
        version: 4,
        addr: ip_address,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': mac_address,
      });
  }
  return found;
}

/** The same without what a server's own document has besides. */
export const bare = (all: Record<string, JsonObject[]>): Record<string, JsonObject[]> =>
  Object.fromEntries(
    Object.entries(all).map(([name, found]) => [name, found.map(({ version, addr }) => ({ version, addr }))]),
  );
