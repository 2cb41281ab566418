import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { randomInt } from 'node:crypto';
import { Clock } from './clock.js';
import { FaultRules, type ActiveFault, type FaultRule } from './faults.js';
import { defaultInventory } from './inventory/default.js';
import { Random } from './random.js';
import { Recorder, type CallListener, type RecordedCall } from './recorder.js';
import { createHttp, type Log } from './server.js';
import { PREFIX, workKinds } from './services.js';
import { breachOf, type Breach } from './validation.js';
import { Work } from './work.js';
import type { Inventory } from './world/types.js';
import { World } from './world/world.js';

export interface SimulatorOptions {
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Factor on the durations of work: 1 is believable, 0 means that work is done at the next look. */
  readonly timeScale?: number;
  /** How long each answer is held back. */
  readonly delayMs?: number;
  /** Time moves by `advance` alone. */
  readonly manualTime?: boolean;
  /** Default: `defaultInventory`. Use `mergeInventory` to change a part of it. */
  readonly inventory?: Inventory;
  /** Makes ids, addresses and chances repeat. */
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  /**
   * What becomes of a request that schemas/openstack and schemas/powervc declare otherwise: refused with 400 and
   * recorded (default), only recorded, or not looked at.
   */
  readonly validation?: 'refuse' | 'record' | 'off';
  /** How many calls are kept. Default 1000. */
  readonly keepCalls?: number;
  readonly log?: Log;
}

export interface Simulator {
  /** Keystone's base: `http://127.0.0.1:1234/powervc/openstack/identity/v3`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The last calls, in the order of their execution. */
  readonly calls: readonly RecordedCall[];
  resetCalls(): void;
  /** Adds a rule; returns the way to take it back. Throws a TypeError or SyntaxError for a bad one. */
  addFault(rule: FaultRule): () => void;
  readonly faults: readonly ActiveFault[];
  /** The whole state as plain data. */
  save(): Inventory;
  /** Replaces the whole state; logins end. */
  load(inventory: Inventory): void;
  /** The records, with all work done that is due. */
  readonly world: World;
  /** Listens to calls; returns the way to stop. */
  onCall(listener: CallListener): () => void;
  /** Requests that broke a declaration. */
  readonly breaches: readonly Breach[];
  /** Moves the simulator's clock, and does what is due then. */
  advance(ms: number): void;
  /** Ends every login. */
  expireTokens(): void;
  close(): Promise<void>;
}

/** Starts a PowerVC of its own. Throws the system's error when it cannot listen there. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    host = '127.0.0.1',
    port = 0,
    timeScale = 1,
    delayMs = 0,
    manualTime = false,
    inventory = defaultInventory,
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
  const world = new World({ clock, random, faults, work: new Work(clock, faults, workKinds, timeScale) });
  world.load(inventory);
  for (const rule of options.faults ?? []) faults.add(rule);
  const recorder = new Recorder(keepCalls);
  const breaches: Breach[] = [];

  const server = createHttp(
    world,
    recorder,
    function guard(call) {
      const breach = validation === 'off' ? undefined : breachOf(call, world.settings.cloud);
      if (breach === undefined) return undefined;
      breaches.push(breach);
      if (breaches.length > keepCalls) breaches.shift();
      log.warn('a request breaks its declaration', { ...breach });
      return validation === 'refuse' ? breach : undefined;
    },
    log,
    delayMs,
  );
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}${PREFIX}/identity/v3`,
    host,
    port: bound,
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
