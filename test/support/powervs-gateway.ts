import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { startPowerVsSimulator, type PowerVsSimulator } from '../../src/simulator/powervs/index.js';
import { quick, silent } from './testbed.js';

/** A gateway on a simulated Power Virtual Server. */
export interface PowerVsGateway {
  readonly simulator: PowerVsSimulator;
  readonly gateway: Gateway;
  /** Another gateway with the same settings. */
  readonly start: () => Promise<Gateway>;
  /** Closes this gateway and the simulator. */
  readonly close: () => Promise<void>;
}

/** Starts both. `sets`: settings beyond those that make the gateway quick. */
export async function startPowerVsGateway(sets: readonly string[] = []): Promise<PowerVsGateway> {
  const simulator = await startPowerVsSimulator({ timeScale: 0 });
  const { settings } = loadSettings({
    sets: [
      ...quick,
      'backend.kind=powervs',
      `powervs.crn=${simulator.crn}`,
      `powervs.url=${simulator.url}`,
      `powervs.iamUrl=${simulator.url}`,
      ...sets,
    ],
  });
  const start = (): Promise<Gateway> => startGateway(settings, { log: silent(settings.log) });
  const gateway = await start();
  return {
    simulator,
    gateway,
    start,
    async close() {
      await gateway.close();
      await simulator.close();
    },
  };
}
