import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { startSimulator, type CloudKind, type Simulator, type SimulatorOptions } from '../../src/simulator/index.js';
import { createLog, type Log } from '../../src/telemetry/index.js';
import { PassThrough } from 'node:stream';

/** Settings that make a gateway quick: it looks often, and its leases are short. */
export const quick = [
  'server.port=0',
  'server.deadlineMs=0',
  'operations.pollMs=2',
  'operations.pollMaxMs=10',
  'operations.timeoutMs=5000',
  'operations.leaseMs=100',
  'backend.retries.pauseMs=5',
  'log.level=error',
] as const;

/** A log that nobody reads. */
export const silent = (settings: Parameters<typeof createLog>[0]): Log =>
  createLog(settings, new PassThrough().resume());

export interface Testbed {
  readonly simulator: Simulator;
  readonly gateways: readonly Gateway[];
  close(): Promise<void>;
}

/** A simulator and as many gateways in front of it, in this process; `cloud` is what they take it for. */
export async function startTestbed(
  options: SimulatorOptions & {
    readonly sets?: readonly string[];
    readonly gateways?: number;
    readonly cloud?: CloudKind;
  } = {},
): Promise<Testbed> {
  const { sets = [], gateways: count = 1, cloud = 'powervc', ...simulated } = options;
  const simulator = await startSimulator({ timeScale: 0, seed: 1, ...simulated });
  const { settings } = loadSettings({
    sets: [
      ...quick,
      `${cloud}.authUrl=${simulator.url}`,
      ...(cloud === 'openstack' ? ['backend.kind=openstack', 'openstack.project=ibm-default'] : []),
      ...sets,
    ],
  });
  const gateways = await Promise.all(
    Array.from({ length: count }, () => startGateway(settings, { log: silent(settings.log) })),
  );
  return {
    simulator,
    gateways,
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await simulator.close();
    },
  };
}
