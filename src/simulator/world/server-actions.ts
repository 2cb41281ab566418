import type { Action, Server } from './types.js';
import type { World } from './world.js';

/** Writes that something happened to the server, just now. */
export function addAction(world: World, server: Server, action: Omit<Action, 'start_time'>): void {
  server.actions.unshift({ ...action, start_time: world.clock.stamp() });
  server.actions.length = Math.min(server.actions.length, 50);
  server.updated = world.clock.stamp();
}
