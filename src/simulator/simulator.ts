import { defaultInventory } from './inventory/default.js';
import { createHttp } from './server.js';
import { PREFIX, workKinds } from './services.js';
import { run, Simulation, type SimulationOptions } from './simulation.js';
import { breachOf } from './validation.js';
import type { Inventory } from './world/types.js';
import { World } from './world/world.js';

/** How a simulated PowerVC or plain OpenStack starts; `cloud` in the inventory's settings tells which. */
export type SimulatorOptions = SimulationOptions<Inventory>;

/** A simulated PowerVC or plain OpenStack. */
export class Simulator extends Simulation<World, Inventory> {
  /** Keystone's base: `http://127.0.0.1:1234/powervc/openstack/identity/v3`. */
  get url(): string {
    return `${this.origin}${PREFIX}/identity/v3`;
  }
}

/** Starts a PowerVC of its own. Throws the system's error when it cannot listen there. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> =>
  new Simulator(
    await run(
      {
        inventory: defaultInventory,
        workKinds,
        createWorld: (parts) => new World(parts),
        breachOf: (call, world) => breachOf(call, world.settings.cloud),
        createHttp,
      },
      options,
    ),
  );
