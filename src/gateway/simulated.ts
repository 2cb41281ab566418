import { existsSync } from 'node:fs';
import { open, rename, unlink, writeFile } from 'node:fs/promises';
import type { Settings } from '../settings/index.js';
import {
  defaultInventory,
  plainInventory,
  sizedInventory,
  startSimulator,
  type Simulator,
  type Size,
} from '../simulator/index.js';
import {
  defaultPowerVsInventory,
  sizedPowerVsInventory,
  startPowerVsSimulator,
  type PowerVsSimulator,
} from '../simulator/powervs/index.js';
import type { Log } from '../telemetry/index.js';
import { inventoryFrom, type InventorySchema } from './inventory-file.js';
import { listenError, StartError } from './start-error.js';

/** Writes a temporary file and renames it, so that a crash leaves either the old or the new state. */
async function saveTo(file: string, inventory: object): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(inventory, null, 1));
  await rename(`${file}.new`, file);
}

/** Checks at the start that the state can be written at the end. @throws StartError */
async function writable(file: string): Promise<void> {
  try {
    await (await open(`${file}.new`, 'w')).close();
    await unlink(`${file}.new`);
  } catch (error) {
    throw new StartError(`simulator.state: ${file} cannot be written to: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The size without undefined properties. */
const known = (size: { readonly [K in keyof Size]: Size[K] | undefined }): Size =>
  Object.fromEntries(Object.entries(size).filter(([, value]) => value !== undefined));

/** A running simulator, and its orderly end, which writes the state file. */
export interface Simulated<S = Simulator> {
  readonly simulator: S;
  readonly close: () => Promise<void>;
}

interface Where {
  readonly host: string;
  readonly port: number;
}

/** What differs between simulators. */
interface SimulatorKind<I, S extends { save(): I; close(): Promise<void> }> {
  readonly inventory: I;
  /** Its schema: a file below schemas/simulator. */
  readonly schema: InventorySchema;
  readonly sized: (inventory: I, size: Size) => I;
  readonly start: (
    options: Where & { readonly timeScale: number; readonly delayMs: number; readonly inventory: I; readonly log: Log },
  ) => Promise<S>;
}

/**
 * Starts from the state file if there is one, else from the inventory file, else from the simulator's own inventory.
 * @throws StartError
 */
async function started<I extends { readonly settings?: object }, S extends { save(): I; close(): Promise<void> }>(
  kind: SimulatorKind<I, S>,
  settings: Settings['simulator'],
  where: Where,
  log: Log,
): Promise<Simulated<S>> {
  const { state, inventory: seed, tokenSeconds, timeScale, delayMs, vms, hosts, disksPerVm, networks } = settings;
  if (state !== undefined) await writable(state);
  const size = { vms, hosts, disksPerVm, networks };
  const isSized = Object.values(size).some((one) => one !== undefined);
  const own = isSized ? kind.sized(kind.inventory, known(size)) : kind.inventory;
  const source = state !== undefined && existsSync(state) ? state : seed;
  const given = source === undefined ? own : await inventoryFrom<I>(source, kind.schema);
  const inventory = tokenSeconds === undefined ? given : { ...given, settings: { ...given.settings, tokenSeconds } };
  const simulator = await kind.start({ ...where, timeScale, delayMs, inventory, log }).catch((error: unknown) => {
    throw error instanceof TypeError && source !== undefined
      ? new StartError(`${source}: ${error.message}`, { cause: error })
      : listenError(error, where.host, where.port);
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

/**
 * The simulated PowerVC that the settings describe. `validation`: whether a request that the gateway would not send is
 * refused, or only recorded, for other programs that use more of OpenStack. @throws StartError
 */
export const startSimulated = (
  settings: Settings['simulator'],
  { host, port }: Where,
  log: Log,
  validation: 'refuse' | 'record' = 'refuse',
): Promise<Simulated> =>
  started(
    {
      inventory: defaultInventory,
      schema: 'inventory',
      sized: sizedInventory,
      start: (options) => startSimulator({ ...options, validation }),
    },
    settings,
    { host, port },
    log,
  );

/** The same simulator as plain OpenStack, whatever its inventory says. @throws StartError */
export const startSimulatedOpenStack = (
  settings: Settings['simulator'],
  { host, port }: Where,
  log: Log,
  validation: 'refuse' | 'record' = 'refuse',
): Promise<Simulated> =>
  started(
    {
      inventory: plainInventory,
      schema: 'inventory',
      sized: sizedInventory,
      start: ({ inventory, ...options }) =>
        startSimulator({
          ...options,
          validation,
          inventory: { ...inventory, settings: { ...inventory.settings, cloud: 'openstack' } },
        }),
    },
    settings,
    { host, port },
    log,
  );

/** The simulated Power Virtual Server. @throws StartError */
export const startSimulatedPowerVs = (
  settings: Settings['simulator'],
  { host, port }: Where,
  log: Log,
): Promise<Simulated<PowerVsSimulator>> =>
  started(
    {
      inventory: defaultPowerVsInventory,
      schema: 'powervs-inventory',
      sized: sizedPowerVsInventory,
      start: startPowerVsSimulator,
    },
    settings,
    { host, port },
    log,
  );
