import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Clock } from '../clock.js';
import { FaultRules, type ActiveFault, type FaultRule } from '../faults.js';
import { Random } from '../random.js';
import { Recorder, type CallListener, type RecordedCall } from '../recorder.js';
import type { Log } from '../server.js';
import type { Breach } from '../validation.js';
import { Work } from '../work.js';
import { bulkVolumeWork } from './bulk-volumes.js';
import { breachOf, type PowerVsBreach } from './execute.js';
import { imageWork } from './images.js';
import { instanceWork } from './instances.js';
import { defaultPowerVsInventory } from './inventory.js';
import { networkWork } from './networks.js';
import { partWork } from './parts.js';
import { createHttp } from './server.js';
import type { Inventory } from './types.js';
import { volumeWork } from './volumes.js';
import { World } from './world.js';

/** As `SimulatorOptions` of PowerVC's. */
export interface PowerVsSimulatorOptions {
  readonly host?: string;
  readonly port?: number;
  readonly timeScale?: number;
  readonly delayMs?: number;
  readonly manualTime?: boolean;
  readonly inventory?: Inventory;
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  readonly validation?: 'refuse' | 'record' | 'off';
  readonly keepCalls?: number;
  readonly log?: Log;
}

export interface PowerVsSimulator {
  /** Where both are: IAM at `/identity/token`, the API below `/pcloud` and `/v1`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The workspace's. */
  readonly crn: string;
  readonly calls: readonly RecordedCall[];
  resetCalls(): void;
  addFault(rule: FaultRule): () => void;
  readonly faults: readonly ActiveFault[];
  save(): Inventory;
  load(inventory: Inventory): void;
  readonly world: World;
  onCall(listener: CallListener): () => void;
  readonly breaches: readonly Breach[];
  advance(ms: number): void;
  /** Ends every login. */
  expireTokens(): void;
  close(): Promise<void>;
}

/**
 * Starts a Power Virtual Server of its own: one workspace, and the IAM before it. Throws the system's error when it
 * cannot listen there.
 */
export async function startPowerVsSimulator(options: PowerVsSimulatorOptions = {}): Promise<PowerVsSimulator> {
  const {
    host = '127.0.0.1',
    port = 0,
    timeScale = 1,
    delayMs = 0,
    manualTime = false,
    inventory = defaultPowerVsInventory,
    seed = randomInt(2 ** 32),
    validation = 'refuse',
    keepCalls = 1000,
  } = options;
  const log: Log = options.log ?? {
    warn: () => undefined,
    error: (message, fields) => {
      console.error(message, fields);
    },
  };
  const clock = new Clock(manualTime);
  const random = new Random(seed);
  const faults = new FaultRules(random);
  const world = new World({
    clock,
    random,
    faults,
    work: new Work<World>(
      clock,
      faults,
      { ...instanceWork, ...volumeWork, ...bulkVolumeWork, ...networkWork, ...imageWork, ...partWork },
      timeScale,
    ),
  });
  world.load(inventory);
  for (const rule of options.faults ?? []) faults.add(rule);
  const recorder = new Recorder(keepCalls);
  const breaches: PowerVsBreach[] = [];

  const server = createHttp(
    world,
    recorder,
    function guard(request) {
      const breach = validation === 'off' ? undefined : breachOf(request);
      if (breach === undefined) return undefined;
      breaches.push(breach);
      if (breaches.length > keepCalls) breaches.shift();
      log.warn('a request breaks its declaration', { call: breach.call, errors: breach.errors });
      return validation === 'refuse' ? breach : undefined;
    },
    log,
    delayMs,
  );
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    host,
    port: bound,
    get crn() {
      return world.settings.crn;
    },
    get calls() {
      return recorder.calls;
    },
    resetCalls() {
      recorder.clear();
    },
    addFault(rule) {
      const id = faults.add(rule);
      return () => {
        faults.remove(id);
      };
    },
    get faults() {
      return faults.list();
    },
    save() {
      world.work.settle(world);
      return world.save();
    },
    load(state) {
      world.load(state);
    },
    get world() {
      world.work.settle(world);
      return world;
    },
    onCall: (listener) => recorder.listen(listener),
    get breaches() {
      return breaches;
    },
    advance(ms) {
      clock.advance(ms);
      world.work.settle(world);
    },
    expireTokens() {
      world.tokens.clear();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
