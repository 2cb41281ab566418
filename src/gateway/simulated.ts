import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Settings } from '../settings/index.js';
import { defaultInventory, startSimulator, type Inventory, type Simulator } from '../simulator/index.js';
import type { Log } from '../telemetry/index.js';
import { listenError, StartError } from './start-error.js';

async function inventoryFrom(file: string): Promise<Inventory> {
  try {
    return parse(await readFile(file, 'utf8')) as Inventory;
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Written beside and moved into place: a crash leaves the old state or the new, never half of one. */
async function saveTo(file: string, inventory: Inventory): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(inventory, null, 1));
  await rename(`${file}.new`, file);
}

/** A running simulator, and its orderly end, which writes the state file. */
export interface Simulated { readonly simulator: Simulator; readonly close: () => Promise<void> }

/**
 * The simulator that the settings describe. It starts from its state file when there is one, else from the inventory file, else from its
 * own inventory.
 * @throws StartError
 */
export async function startSimulated(settings: Settings['simulator'], where: { readonly host: string; readonly port: number }, log: Log): Promise<Simulated> {
  const { state, inventory: seed, tokenSeconds, timeScale } = settings;
  const source = state !== undefined && existsSync(state) ? state : seed;
  const given = source === undefined ? defaultInventory : await inventoryFrom(source);
  const inventory = tokenSeconds === undefined ? given : { ...given, settings: { ...given.settings, tokenSeconds } };
  const simulator = await startSimulator({ host: where.host, port: where.port, timeScale, inventory, log }).catch((error: unknown) => {
    throw error instanceof TypeError && source !== undefined ? new StartError(`${source}: ${error.message}`, { cause: error }) : listenError(error, where.host, where.port);
  });
  return {
    simulator,
    close: async () => {
      const left = simulator.save();
      await simulator.close();
      if (state !== undefined) await saveTo(state, left);
    },
  };
}
