import { run, Simulation, type SimulationOptions } from '../simulation.js';
import { breachOf } from './execute.js';
import { imageWork } from './images.js';
import { instanceWork } from './instance-work.js';
import { defaultPowerVsInventory } from './inventory.js';
import { networkWork } from './networks.js';
import { partWork } from './parts.js';
import { createHttp } from './server.js';
import type { Inventory } from './types.js';
import { volumeCloneWork } from './volume-clones.js';
import { volumeWork } from './volumes.js';
import { World } from './world.js';

export type PowerVsSimulatorOptions = SimulationOptions<Inventory>;

/** A simulated workspace of Power Virtual Server, and the IAM before it. */
export class PowerVsSimulator extends Simulation<World, Inventory> {
  /** Where both are: IAM at `/identity/token`, the API below `/pcloud` and `/v1`. */
  get url(): string {
    return this.origin;
  }

  /** The workspace's. */
  get crn(): string {
    return this.world.settings.crn;
  }
}

/** Starts a Power Virtual Server of its own. Throws the system's error when it cannot listen there. */
export const startPowerVsSimulator = async (options: PowerVsSimulatorOptions = {}): Promise<PowerVsSimulator> =>
  new PowerVsSimulator(
    await run(
      {
        inventory: defaultPowerVsInventory,
        workKinds: {
          ...instanceWork,
          ...volumeWork,
          ...volumeCloneWork,
          ...networkWork,
          ...imageWork,
          ...partWork,
        },
        createWorld: (parts) => new World(parts),
        breachOf,
        createHttp,
      },
      options,
    ),
  );
