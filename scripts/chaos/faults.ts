import type { FaultEffect } from '../../src/simulator/index.js';
import { judgePowerVs, powerVsOperations } from '../../test/support/composed-powervs.js';
import { composedOperations, judge, plainOperations } from '../../test/support/composed.js';
import { Lanes, type Crashing, type Kill, type Lane } from '../../test/support/crash.js';
import { startSevered } from '../../test/support/gateway-severed.js';
import {
  plainOpenStack,
  powerVc,
  powerVs,
  type Faulty,
  type SimulatedCloud,
  type SimulatedKind,
} from '../../test/support/simulated-clouds.js';
import { backendsOf, numberOf, print, wordOf, type Command } from './command.js';

/** A way in which one call of an operation fails: by the cloud's answer, or by the end of the gateway. */
type Way = { readonly name: string } & ({ readonly then: FaultEffect } | { readonly kill: Kill });

const eachCall = true;

/** `done`: the cloud has carried the call out all the same. `watched`: another replica looks before the kill. */
const KILLS_AND_CUTS: readonly Way[] = [
  { name: 'cut, not done', then: { cut: 'before' } },
  { name: 'cut, done', then: { cut: 'after' } },
  { name: 'killed, not done', kill: { eachCall, phase: 'before' } },
  { name: 'killed, done', kill: { eachCall, phase: 'after' } },
  { name: 'watched, killed, not done', kill: { eachCall, phase: 'before', isWatched: true } },
  { name: 'watched, killed, done', kill: { eachCall, phase: 'after', isWatched: true } },
];

const WRONG_ANSWERS: readonly Way[] = [
  { name: '500, not done', then: { status: 500 } },
  { name: '500, done', then: { status: 500, after: true } },
  { name: '502 of a proxy, done', then: { status: 502, body: '<html>Bad Gateway</html>', after: true } },
  { name: '503, not done', then: { status: 503, body: 'busy' } },
  { name: 'garbage, done', then: { status: 200, body: '{"broken": ', after: true } },
];

/** By how much longer a call is held in each further round of `--kills`, milliseconds: the cloud's work goes on. */
const ROUND_MS = 7;

const LANES = 3;

/** On a busy machine work of a second must not run out of its time. */
const PATIENT = 'operations.timeoutMs=10000';

/**
 * Another gateway looks while a call is held, which takes hundreds of milliseconds on a busy machine: a mark whose lease
 * ends before the call is carried out is given up, as it is after a minute by default.
 */
const LEASE_MS = 500;

/** After how many tries the campaign says how far it is. */
const PROGRESS = 50;

interface Outcome {
  readonly operation: string;
  readonly way: string;
  readonly position: number;
  /** Whether the operation came as far as the call that was to fail. */
  readonly isMet: boolean;
  /** Broken promises; empty if there are none. */
  readonly wrongs: readonly string[];
}

interface Campaign<W, I extends Faulty> {
  readonly cloud: SimulatedCloud<W, I>;
  readonly operations: readonly Crashing<W, I>[];
  readonly judge: (world: W, operation: Crashing<W, I>) => { readonly state: string; readonly wrongs: string[] };
}

interface CampaignOptions {
  readonly ways: readonly Way[];
  /** How many of the cases, spread over all; or in rounds, if there are fewer. */
  readonly most: number;
  readonly isRepeated: boolean;
  /** A part of the operations' names. */
  readonly of: string;
}

const campaigns: Readonly<Record<SimulatedKind, (options: CampaignOptions) => Promise<boolean>>> = {
  powervc: (options) => campaign({ cloud: powerVc, operations: composedOperations, judge }, options),
  openstack: (options) => campaign({ cloud: plainOpenStack, operations: plainOperations, judge }, options),
  powervs: (options) => campaign({ cloud: powerVs, operations: powerVsOperations, judge: judgePowerVs }, options),
};

/**
 * Fails each call of each operation with several calls, in each way; then a client reads again. Compares the cloud
 * before and after with what the client was answered: nothing may be lost, duplicated or half done. `--most N` (400)
 * limits the cases per cloud, spread over all; `--kills N`: so many kills and cut connections on each cloud, and
 * nothing else. `--of TEXT` selects operations.
 */
export const run: Command = async (args) => {
  const isRepeated = args.includes('--kills');
  const options = {
    ways: isRepeated ? KILLS_AND_CUTS : [...KILLS_AND_CUTS, ...WRONG_ANSWERS],
    most: isRepeated ? numberOf(args, 'kills', 2000) : numberOf(args, 'most', 400),
    isRepeated,
    of: wordOf(args, 'of') ?? '',
  };
  let isWell = true;
  for (const kind of backendsOf(args)) isWell = (await campaigns[kind](options)) && isWell;
  return isWell;
};

async function campaign<W, I extends Faulty>(one: Campaign<W, I>, options: CampaignOptions): Promise<boolean> {
  const lanes = new Lanes(one.cloud);
  await lanes.open(LANES, (kind, url, ...sets) => startSevered(kind, url, PATIENT, ...sets), LEASE_MS);
  try {
    const operations = one.operations.filter(({ name }) => name.includes(options.of));
    const all = await casesOf(lanes, { ...one, operations }, options.ways);
    const report = progress(one.cloud.kind);
    const run = (cases: readonly Case<W, I>[]): Promise<Outcome[]> =>
      Promise.all(cases.map((which) => lanes.with(async (lane) => report(await tried(lane, one, which)))));
    const outcomes = options.isRepeated ? await inRounds(all, options.most, run) : await run(spread(all, options.most));
    print(`${one.cloud.kind}:`);
    for (const { name } of options.ways) {
      const tries = outcomes.filter(({ way }) => way === name);
      const wrong = tries.filter(({ wrongs }) => wrongs.length > 0);
      print(`${name.padEnd(26)} ${String(tries.length).padStart(5)} tried, ${wrong.length} wrong`);
    }
    const wrong = outcomes.filter(({ wrongs }) => wrongs.length > 0);
    for (const one of wrong) print(described(one));
    print(
      `${one.cloud.kind}: ${outcomes.length} tried of ${operations.length} operations, ` +
        `${all.length} cases, ${wrong.length} wrong`,
    );
    return wrong.length === 0;
  } finally {
    await lanes.close();
  }
}

const described = ({ operation, way, position, wrongs }: Outcome): string =>
  `  ${operation}, call ${position}, ${way}: ${wrongs.join('; ')}`;

/** A campaign takes long, and may be ended before: what is wrong is printed as it is found, and how far it is. */
function progress(kind: SimulatedKind): (outcome: Outcome) => Outcome {
  let met = 0;
  return (outcome) => {
    if (outcome.wrongs.length > 0) print(described(outcome));
    if (outcome.isMet && (met += 1) % PROGRESS === 0) print(`${kind}: ${met} so far`);
    return outcome;
  };
}

/** Exactly `most` tries that met their call: rounds of the cases, whose calls are held longer in each round. */
async function inRounds<W, I>(
  all: readonly Case<W, I>[],
  most: number,
  run: (cases: readonly Case<W, I>[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const met: Outcome[] = [];
  for (let round = 0; met.length < most; round += 1) {
    const before = met.length;
    const cases = spread(all, most - met.length).map((one) => ({ ...one, heldMs: round * ROUND_MS }));
    met.push(...(await run(cases)).filter(({ isMet }) => isMet));
    if (met.length === before) throw new Error('no call was met: nothing was tried');
  }
  return met;
}

function spread<T>(all: readonly T[], most: number): T[] {
  const stride = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

interface Case<W, I> {
  readonly operation: Crashing<W, I>;
  readonly way: Way;
  readonly position: number;
  readonly heldMs?: number;
}

/** Without faults each operation must succeed: otherwise the test would show nothing. */
async function casesOf<W, I extends Faulty>(
  lanes: Lanes<W, I>,
  { operations, judge }: Campaign<W, I>,
  ways: readonly Way[],
): Promise<Case<W, I>[]> {
  const counted = await Promise.all(
    operations.map((operation) =>
      lanes.with(async (lane) => {
        const { calls, status, text } = await lane.run(operation);
        // on a busy machine the work may have run out of time
        await lane.comeBack(operation);
        const { state, wrongs } = judge(lane.simulator.world, operation);
        if (state !== 'done' || wrongs.length > 0)
          throw new Error(`${operation.name}, undisturbed: ${state}; ${wrongs.join('; ')}; ${status} ${text}`);
        return { operation, calls };
      }),
    ),
  );
  return counted.flatMap(({ operation, calls }) =>
    Array.from({ length: calls }, (_, index) => index + 1).flatMap((position) =>
      ways.map((way) => ({ operation, way, position })),
    ),
  );
}

async function tried<W, I extends Faulty>(
  lane: Lane<W, I>,
  { judge }: Campaign<W, I>,
  { operation, way, position, heldMs }: Case<W, I>,
): Promise<Outcome> {
  const { status, isMet } =
    'kill' in way
      ? await killed(lane, operation, position, { ...way.kill, ...(heldMs !== undefined && { pauseMs: heldMs }) })
      : await disturbed(lane, operation, position, heldMs === undefined ? way.then : { delayMs: heldMs, ...way.then });
  await lane.comeBack(operation);
  const { state, wrongs } = judge(lane.simulator.world, operation);
  const reported =
    status === undefined || status >= 300 ? [] : state === 'untouched' ? [`told ${status}, and not done`] : [];
  return {
    operation: operation.name,
    way: way.name,
    position,
    isMet,
    wrongs: [...wrongs, ...reported, ...(state === 'half done' ? ['half done'] : [])],
  };
}

interface KilledOutcome {
  /** What the client was told, if it was. */
  readonly status: number | undefined;
  /** Whether the operation came as far as the call. */
  readonly isMet: boolean;
}

async function killed<W, I extends Faulty>(
  lane: Lane<W, I>,
  operation: Crashing<W, I>,
  position: number,
  kill: Kill,
): Promise<KilledOutcome> {
  const { status, at } = await lane.killAt(operation, position, kill);
  return { status, isMet: at !== undefined };
}

async function disturbed<W, I extends Faulty>(
  lane: Lane<W, I>,
  operation: Crashing<W, I>,
  position: number,
  then: FaultEffect,
): Promise<KilledOutcome> {
  const { status, fired } = await lane.disturb(operation, position, then);
  return { status, isMet: fired };
}
