import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from './clock.js';
import { FaultRules, type ActiveFault, type FaultRule } from './faults.js';
import { Random } from './random.js';
import { Recorder, type CallListener, type RecordedCall } from './recorder.js';
import type { Breach } from './breach.js';
import { WorkQueue, type WorkKind } from './work.js';

export interface Log {
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** How a simulator starts; `I` is its inventory. */
export interface SimulationOptions<I> {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 (default): any free one. */
  readonly port?: number;
  /** Factor on the durations of work: 1 (default) is believable, with 0 work is done at the next look. */
  readonly timeScale?: number;
  /** How long each answer is held back, milliseconds. */
  readonly delayMs?: number;
  /** Time moves by `advance` alone. */
  readonly manualTime?: boolean;
  /** Default: the cloud's default inventory. Use `mergeInventory` to change a part of it. */
  readonly inventory?: I;
  /** Makes ids, addresses and chances repeat. */
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  /**
   * What happens to a request that does not have the form that schemas/ declares: refused and recorded (default), only
   * recorded, or not checked.
   */
  readonly validation?: 'refuse' | 'record' | 'off';
  /** How many calls are kept. Default 1000. */
  readonly keepCalls?: number;
  readonly log?: Log;
}

/** What a world is made from. */
export interface WorldParts<W> {
  readonly clock: Clock;
  readonly random: Random;
  readonly work: WorkQueue<W>;
  readonly faults: FaultRules;
}

interface SimulatedWorld<I> {
  readonly tokens: Map<string, unknown>;
  load(inventory: I): void;
  save(): I;
}

/** What differs from cloud to cloud; `R` is a request as its HTTP side reads it. */
export interface Cloud<W, I, R, B extends Breach> {
  readonly inventory: I;
  readonly workKinds: Readonly<Record<string, WorkKind<W>>>;
  readonly createWorld: (parts: WorldParts<W>) => W;
  /** What is wrong with a request; undefined: nothing. */
  readonly breachOf: (request: R, world: W) => B | undefined;
  readonly createHttp: (
    world: W,
    recorder: Recorder,
    guard: (request: R) => B | undefined,
    log: Log,
    delayMs: number,
  ) => Server;
}

interface Running<W> extends WorldParts<W> {
  readonly world: W;
  readonly recorder: Recorder;
  readonly breaches: readonly Breach[];
  readonly server: Server;
  readonly host: string;
  readonly port: number;
}

const quiet: Log = {
  warn: () => undefined,
  error: (message, fields) => {
    console.error(message, fields);
  },
};

/**
 * How long an idle connection is kept, milliseconds: eventlet's servers keep them for minutes. Node's 5 seconds would
 * end before a client's next call on a slow machine, and reset it.
 */
const KEEP_ALIVE_MS = 300_000;

/** Makes the world and listens. Throws the system's error when it cannot listen there. */
export async function run<W extends SimulatedWorld<I>, I, R, B extends Breach>(
  cloud: Cloud<W, I, R, B>,
  options: SimulationOptions<I>,
): Promise<Running<W>> {
  const { host = '127.0.0.1', validation = 'refuse', keepCalls = 1000, log = quiet } = options;
  const clock = new Clock(options.manualTime ?? false);
  const random = new Random(options.seed ?? randomInt(2 ** 32));
  const faults = new FaultRules(random);
  const work = new WorkQueue<W>(clock, faults, cloud.workKinds, options.timeScale ?? 1);
  const world = cloud.createWorld({ clock, random, faults, work });
  world.load(options.inventory ?? cloud.inventory);
  for (const rule of options.faults ?? []) faults.add(rule);
  const recorder = new Recorder(keepCalls);
  const breaches: Breach[] = [];

  function guard(request: R): B | undefined {
    const breach = validation === 'off' ? undefined : cloud.breachOf(request, world);
    if (breach === undefined) return undefined;
    breaches.push(breach);
    if (breaches.length > keepCalls) breaches.shift();
    // not the body: it may hold a key
    log.warn('a request breaks its declaration', { call: breach.call, errors: breach.errors });
    return validation === 'refuse' ? breach : undefined;
  }
  const server = cloud.createHttp(world, recorder, guard, log, options.delayMs ?? 0);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { clock, random, faults, work, world, recorder, breaches, server, host, port };
}

/** A simulator that runs. */
export class Simulation<W extends SimulatedWorld<I>, I> {
  readonly host: string;
  readonly port: number;
  /** Requests that did not have their declared form. */
  readonly breaches: readonly Breach[];
  readonly #running: Running<W>;

  constructor(running: Running<W>) {
    ({ host: this.host, port: this.port, breaches: this.breaches } = running);
    this.#running = running;
  }

  /** `http://127.0.0.1:1234`. */
  get origin(): string {
    const { host, port } = this;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** The last calls, in the order of their execution. */
  get calls(): readonly RecordedCall[] {
    return this.#running.recorder.calls;
  }

  resetCalls(): void {
    this.#running.recorder.clear();
  }

  /** Adds a rule; returns the way to take it back. Throws a TypeError or SyntaxError for a bad one. */
  addFault(rule: FaultRule): () => void {
    const { faults } = this.#running;
    const id = faults.add(rule);
    return () => {
      faults.remove(id);
    };
  }

  get faults(): readonly ActiveFault[] {
    return this.#running.faults.list();
  }

  /** The records, with all work done that is due. */
  get world(): W {
    const { work, world } = this.#running;
    work.settle(world);
    return world;
  }

  /** The whole state as plain data. */
  save(): I {
    return this.world.save();
  }

  /** Replaces the whole state; logins end. Throws a TypeError for a value that is no inventory. */
  load(inventory: I): void {
    this.#running.world.load(inventory);
  }

  /** Listens to calls; returns the way to stop. */
  onCall(listener: CallListener): () => void {
    return this.#running.recorder.listen(listener);
  }

  /** Moves the simulator's clock, and does what is due then. */
  advance(milliseconds: number): void {
    const { clock, work, world } = this.#running;
    clock.advance(milliseconds);
    work.settle(world);
  }

  /** Ends every login. */
  expireTokens(): void {
    this.#running.world.tokens.clear();
  }

  async close(): Promise<void> {
    const { server } = this.#running;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
