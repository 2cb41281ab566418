import { setTimeout as pause } from 'node:timers/promises';
import {
  startSimulator,
  type FaultEffect,
  type Inventory,
  type RecordedCall,
  type Simulator,
  type World,
} from '../../src/simulator/index.js';
import { quick } from './house.js';
import type { GatewayProcess } from './gateway-process.js';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** An operation of one request, and what a client that comes back looks at. */
export interface Crashing {
  readonly name: string;
  readonly inventory: Inventory;
  readonly request: Request;
  readonly touch: readonly string[];
  readonly done: (world: World) => boolean;
  readonly untouched: (world: World) => boolean;
  /** Ids of volumes and ports that may belong to nothing in the end, beside those that did from the start. */
  readonly floating?: readonly string[];
  /** Ids of original volumes that the operation may remove. */
  readonly removes?: readonly string[];
}

const LOGIN = { authorization: `Basic ${btoa('admin@internal:powervc')}` };
const LEASE_MS = Number(quick.find((set) => set.startsWith('operations.leaseMs='))!.split('=')[1]);
/**
 * A gateway that is at work looks every 10 ms (operations.pollMaxMs): this long without a call, nothing is under way.
 */
const QUIET_MS = 80;
/** Durations of the simulator's work: a build takes 33 ms, an attachment 2 ms. */
const TIME_SCALE = 0.001;

export async function send(
  gateway: GatewayProcess,
  { method, path, body }: Request,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(gateway.url + path, {
    method,
    headers: { ...LOGIN, ...(body === undefined ? {} : { 'content-type': 'application/xml' }) },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

/** The positions of a run: each call is one, but looks at the same thing one after the other are one together. */
function positions(): (call: RecordedCall) => number {
  let position = 0;
  let before = '';
  return ({ method, path }) => {
    const key = `${method} ${path}`;
    if (method !== 'GET' || key !== before) position += 1;
    before = key;
    return position;
  };
}

/**
 * A simulator, a gateway that is about to be killed, and one that will take over. The next victim starts while the
 * present one is at work.
 */
export type StartGateway = (authUrl: string) => Promise<GatewayProcess>;

export class Lane {
  #victim: Promise<GatewayProcess>;
  #executed = 0;

  private constructor(
    readonly simulator: Simulator,
    readonly survivor: GatewayProcess,
    private readonly start: StartGateway,
  ) {
    this.#victim = start(simulator.url);
    simulator.onCall(() => {
      this.#executed += 1;
    });
  }

  static async open(start: StartGateway): Promise<Lane> {
    const simulator = await startSimulator({ timeScale: TIME_SCALE, keepCalls: 200 });
    return new Lane(simulator, await start(simulator.url), start);
  }

  async close(): Promise<void> {
    await Promise.all([this.survivor.kill(), this.#victim.then((victim) => victim.kill())]);
    await this.simulator.close();
  }

  /**
   * Sends the request to a gateway that is killed after the call at that position was executed, before its answer. Says
   * after which call.
   */
  async killAt({ inventory, request }: Crashing, position: number): Promise<string> {
    const victim = await this.#victim;
    this.#victim = this.start(this.simulator.url);
    this.simulator.load(inventory);
    const positionOf = positions();
    let last = 'the last';
    let killed = false;
    const stop = this.simulator.onCall(async (call, phase) => {
      if (phase === 'before' || killed || positionOf(call) < position) return;
      killed = true;
      last = `${call.method} ${call.path}`;
      await victim.kill();
    });
    await send(victim, request).catch((error: unknown) => {
      if (!killed) throw error;
    });
    if (!killed) await this.quiet();
    stop();
    await victim.kill();
    return last;
  }

  /** Runs the operation undisturbed; gives the number of its positions and the answer. */
  async run({
    inventory,
    request,
  }: Crashing): Promise<{ positions: number; calls: number; status: number; text: string }> {
    this.simulator.load(inventory);
    const positionOf = positions();
    let count = 0;
    let calls = 0;
    const stop = this.simulator.onCall((call, phase) => {
      if (phase === 'before') return;
      count = positionOf(call);
      calls += 1;
    });
    const answer = await send(this.survivor, request);
    await this.quiet();
    stop();
    return { positions: count, calls, ...answer };
  }

  /** Runs the operation while one of its calls, counted from 1, goes wrong so. Gives what the client was told. */
  async disturb({ inventory, request }: Crashing, nth: number, then: FaultEffect): Promise<number> {
    const faults = [...(inventory.faults ?? []), { nth, count: 1, then }];
    this.simulator.load({ ...inventory, faults });
    const { status } = await send(this.survivor, request);
    await this.quiet();
    this.simulator.world.faults.replace(inventory.faults ?? []);
    return status;
  }

  /** The client comes back, and once more when the leases of marks are over. */
  async comeBack({ touch }: Crashing): Promise<void> {
    for (const wait of [0, LEASE_MS, 0]) {
      await pause(wait);
      for (const path of touch) {
        const { status, text } = await send(this.survivor, { method: 'GET', path });
        if (status !== 200 && status !== 404) throw new Error(`GET ${path} answered ${status}: ${text}`);
      }
      await this.quiet();
    }
  }

  async quiet(): Promise<void> {
    for (let seen = -1; seen !== this.#executed; await pause(QUIET_MS)) seen = this.#executed;
  }
}

/** Tasks by turns on a number of lanes. */
export class Lanes {
  readonly #free: Lane[] = [];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  async open(count: number, start: StartGateway): Promise<void> {
    this.#free.push(...(await Promise.all(Array.from({ length: count }, () => Lane.open(start)))));
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map((lane) => lane.close()));
  }

  async with<T>(task: (lane: Lane) => Promise<T>): Promise<T> {
    const lane =
      this.#free.pop() ??
      (await new Promise<Lane>((resolve) => {
        this.#waiting.push(resolve);
      }));
    try {
      return await task(lane);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.#free.push(lane);
    }
  }
}
