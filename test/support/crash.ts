import { setTimeout as pause } from 'node:timers/promises';
import type { CallPhase, FaultEffect, Inventory, RecordedCall, World } from '../../src/simulator/index.js';
import { quick } from './testbed.js';
import type { GatewayProcess } from './gateway-process.js';
import type { AnySimulator, Faulty, SimulatedCloud, SimulatedKind } from './simulated-clouds.js';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** An operation of one request, and what a client that comes back looks at. */
export interface Crashing<W = World, I = Inventory> {
  readonly name: string;
  readonly inventory: I;
  readonly request: Request;
  readonly touch: readonly string[];
  readonly done: (world: W) => boolean;
  readonly untouched: (world: W) => boolean;
  /** Ids of volumes and ports that may belong to nothing in the end, beside those that did from the start. */
  readonly floating?: readonly string[];
  /** Ids of original volumes that the operation may remove. */
  readonly removes?: readonly string[];
}

/** The simulated clouds have the same login: on Power Virtual Server the password is the API key. */
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

const LOOKS = 3;

/** On a slow machine a kept connection may end as it is used again, and a client looks once more. */
async function look(gateway: GatewayProcess, path: string, left = LOOKS): Promise<{ status: number; text: string }> {
  const answer = await send(gateway, { method: 'GET', path }).catch((error: unknown) => {
    if (left === 1) throw error;
  });
  return answer && (answer.status < 502 || left === 1) ? answer : look(gateway, path, left - 1);
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

const counter = (): (() => number) => {
  let count = 0;
  return () => (count += 1);
};

/** How a gateway is killed at one of its calls. */
export interface Kill {
  /** Before the call is executed, or after it and before its answer. */
  readonly phase: CallPhase;
  /** Another gateway looks while the call is held, before the kill. */
  readonly isWatched?: boolean;
  /** How long the call is held, milliseconds. */
  readonly pauseMs?: number;
  /** The position counts every call: repeated looks at the same thing, too. */
  readonly eachCall?: boolean;
}

/**
 * A simulator, a gateway that is about to be killed, and one that will take over. The next victim starts while the
 * present one is at work.
 */
export type StartGateway = (kind: SimulatedKind, url: string, ...sets: string[]) => Promise<GatewayProcess>;

export class Lane<W = World, I extends Faulty = Inventory> {
  #victim: Promise<GatewayProcess>;
  readonly #start: () => Promise<GatewayProcess>;
  #executed = 0;

  private constructor(
    readonly cloud: SimulatedCloud<W, I>,
    readonly simulator: AnySimulator<W, I>,
    public survivor: GatewayProcess,
    start: () => Promise<GatewayProcess>,
    private readonly leaseMs: number,
  ) {
    this.#start = start;
    this.#victim = start();
    simulator.onCall(() => {
      this.#executed += 1;
    });
  }

  /** `leaseMs`: of marks; longer than a call is held, else another gateway gives up what is still under way. */
  static async open<W, I extends Faulty>(
    cloud: SimulatedCloud<W, I>,
    start: StartGateway,
    leaseMs = LEASE_MS,
  ): Promise<Lane<W, I>> {
    const simulator = await cloud.start({ timeScale: TIME_SCALE, keepCalls: 200 });
    const begin = (): Promise<GatewayProcess> => start(cloud.kind, simulator.url, `operations.leaseMs=${leaseMs}`);
    return new Lane(cloud, simulator, await begin(), begin, leaseMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.survivor.kill(), this.#victim.then((victim) => victim.kill())]);
    await this.simulator.close();
  }

  /**
   * The cloud as the operation finds it. A gateway in front of Power Virtual Server remembers work that it has begun,
   * by ids that are the same in the next world: there another one takes its place.
   */
  async #load(inventory: I): Promise<void> {
    if (this.cloud.kind === 'powervs') {
      const [fresh] = await Promise.all([this.#start(), this.survivor.kill()]);
      this.survivor = fresh;
    }
    this.simulator.load(inventory);
  }

  /**
   * Sends the request to a gateway that is killed after the call at that position was executed, before its answer; or
   * as `how` says. Gives at which call, undefined when the operation was over before, and the answer's status if the
   * client got one.
   */
  async killAt(
    { inventory, request, touch }: Crashing<W, I>,
    position: number,
    how: Kill = { phase: 'after' },
  ): Promise<{ at: string | undefined; status: number | undefined }> {
    const victim = await this.#victim;
    this.#victim = this.#start();
    await this.#load(inventory);
    const positionOf = how.eachCall ? counter() : positions();
    const looks: number[] = [];
    let last: string | undefined;
    const stop = this.simulator.onCall(async (call, phase) => {
      if (phase !== how.phase || last !== undefined || positionOf(call) < position) return;
      last = `${call.method} ${call.path}`;
      if (how.isWatched) for (const path of touch) looks.push((await look(this.survivor, path)).status);
      if (how.pauseMs !== undefined) await pause(how.pauseMs);
      await victim.kill();
    });
    const answer = await send(victim, request).catch((error: unknown) => {
      if (last === undefined) throw error;
    });
    // an accepted operation goes on
    if (last === undefined) await this.quiet();
    stop();
    await victim.kill();
    if (looks.some((status) => status >= 500)) throw new Error(`another gateway answered ${looks.join(', ')}`);
    return { at: last, status: answer?.status };
  }

  /** Runs the operation undisturbed; gives the number of its positions and the answer. */
  async run({
    inventory,
    request,
  }: Crashing<W, I>): Promise<{ positions: number; calls: number; status: number; text: string }> {
    await this.#load(inventory);
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
  async disturb(
    { inventory, request }: Crashing<W, I>,
    nth: number,
    then: FaultEffect,
  ): Promise<{ status: number; fired: boolean }> {
    await this.#load(inventory);
    this.simulator.addFault({ nth, count: 1, then });
    const { status } = await send(this.survivor, request);
    await this.quiet();
    const { faults } = this.simulator.world;
    const fired = faults.list().some((rule) => rule.nth === nth && rule.fired > 0);
    faults.replace(inventory.faults ?? []);
    return { status, fired };
  }

  /** The client comes back, and once more when the leases of marks are over. */
  async comeBack({ touch }: Crashing<W, I>): Promise<void> {
    for (const wait of [0, this.leaseMs, 0]) {
      await pause(wait);
      for (const path of touch) {
        const { status, text } = await look(this.survivor, path);
        if (status !== 200 && status !== 404) throw new Error(`GET ${path} answered ${status}: ${text}`);
      }
      await this.quiet();
    }
  }

  /** A slow machine may be silent for longer than a gateway is: the survivor is asked, where it can be. */
  async quiet(): Promise<void> {
    for (let seen = -1; seen !== this.#executed; await pause(QUIET_MS)) {
      await this.survivor.settled?.();
      seen = this.#executed;
    }
  }
}

/** Tasks by turns on a number of lanes. */
export class Lanes<W = World, I extends Faulty = Inventory> {
  readonly #free: Lane<W, I>[] = [];
  readonly #waiting: ((lane: Lane<W, I>) => void)[] = [];

  constructor(private readonly cloud: SimulatedCloud<W, I>) {}

  async open(count: number, start: StartGateway, leaseMs?: number): Promise<void> {
    const lanes = Array.from({ length: count }, () => Lane.open(this.cloud, start, leaseMs));
    this.#free.push(...(await Promise.all(lanes)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map((lane) => lane.close()));
  }

  async with<T>(task: (lane: Lane<W, I>) => Promise<T>): Promise<T> {
    const lane =
      this.#free.pop() ??
      (await new Promise<Lane<W, I>>((resolve) => {
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
