import type { Port } from '../world/types.js';
import type { World } from '../world/world.js';

/** The owners of ports that routers have. */
export const INTERFACE = 'network:router_interface';
export const GATEWAY = 'network:router_gateway';
/** The owner of the ports that hold floating IPs. */
export const FLOATING = 'network:floatingip';

/** Floating IPs of a port go free with it. */
export function freeFloatingIps(world: World, { id }: Port): void {
  for (const floating of world.floatingIps.values())
    if (floating.port_id === id) Object.assign(floating, { port_id: null, fixed_address: null, router_id: null });
}
