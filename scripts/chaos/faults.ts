import type { FaultEffect } from '../../src/simulator/index.js';
import { judgePowerVs, powerVsOperations } from '../../test/support/composed-powervs.js';
import { composedOperations, judge, plainOperations } from '../../test/support/composed.js';
import { Lanes, type Crashing, type Lane } from '../../test/support/crash.js';
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

/** The ways in which one call of an operation fails. `done`: the cloud has carried it out all the same. */
const EFFECTS: readonly { readonly name: string; readonly then: FaultEffect }[] = [
  { name: 'cut, not done', then: { cut: 'before' } },
  { name: 'cut, done', then: { cut: 'after' } },
  { name: '500, not done', then: { status: 500 } },
  { name: '500, done', then: { status: 500, after: true } },
  { name: '502 of a proxy, done', then: { status: 502, body: '<html>Bad Gateway</html>', after: true } },
  { name: '503, not done', then: { status: 503, body: 'busy' } },
  { name: 'garbage, done', then: { status: 200, body: '{"broken": ', after: true } },
  { name: 'killed, done', then: {} },
];

const LANES = 3;

interface Outcome {
  readonly operation: string;
  readonly effect: string;
  readonly position: number;
  /** Broken promises; empty if there are none. */
  readonly wrongs: readonly string[];
}

interface Campaign<W, I extends Faulty> {
  readonly cloud: SimulatedCloud<W, I>;
  readonly operations: readonly Crashing<W, I>[];
  readonly judge: (world: W, operation: Crashing<W, I>) => { readonly state: string; readonly wrongs: string[] };
}

interface Wanted {
  /** How many of the cases, spread over all. */
  readonly most: number;
  /** A part of the operations' names. */
  readonly of: string;
}

const campaigns: Readonly<Record<SimulatedKind, (wanted: Wanted) => Promise<boolean>>> = {
  powervc: (wanted) => campaign({ cloud: powerVc, operations: composedOperations, judge }, wanted),
  openstack: (wanted) => campaign({ cloud: plainOpenStack, operations: plainOperations, judge }, wanted),
  powervs: (wanted) => campaign({ cloud: powerVs, operations: powerVsOperations, judge: judgePowerVs }, wanted),
};

/**
 * Fails each call of each operation with several calls, in each way; then a client reads again. Compares the cloud
 * before and after with what the client was answered: nothing may be lost, duplicated or half done. `--most N` (400)
 * limits the cases per cloud, spread over all; `--of TEXT` selects operations.
 */
export const run: Command = async (args) => {
  const wanted = { most: numberOf(args, 'most', 400), of: wordOf(args, 'of') ?? '' };
  let isWell = true;
  for (const kind of backendsOf(args)) isWell = (await campaigns[kind](wanted)) && isWell;
  return isWell;
};

async function campaign<W, I extends Faulty>(one: Campaign<W, I>, { most, of }: Wanted): Promise<boolean> {
  const lanes = new Lanes(one.cloud);
  await lanes.open(LANES, startSevered);
  try {
    const operations = one.operations.filter(({ name }) => name.includes(of));
    const cases = await casesOf(lanes, { ...one, operations });
    const stride = Math.max(1, cases.length / most);
    const chosen = cases.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
    const outcomes = await Promise.all(chosen.map((which) => lanes.with((lane) => tried(lane, one, which))));
    print(`${one.cloud.kind}:`);
    for (const { name } of EFFECTS) {
      const tries = outcomes.filter(({ effect }) => effect === name);
      const wrong = tries.filter(({ wrongs }) => wrongs.length > 0);
      print(`${name.padEnd(24)} ${String(tries.length).padStart(5)} tried, ${wrong.length} wrong`);
    }
    const wrong = outcomes.filter(({ wrongs }) => wrongs.length > 0);
    for (const { operation, effect, position, wrongs } of wrong)
      print(`  ${operation}, call ${position}, ${effect}: ${wrongs.join('; ')}`);
    print(`${one.cloud.kind}: ${outcomes.length} of ${cases.length} cases, ${wrong.length} wrong`);
    return wrong.length === 0;
  } finally {
    await lanes.close();
  }
}

interface Case<W, I> {
  readonly operation: Crashing<W, I>;
  readonly effect: (typeof EFFECTS)[number];
  readonly position: number;
}

/** Without faults each operation must succeed: otherwise the test would show nothing. */
async function casesOf<W, I extends Faulty>(
  lanes: Lanes<W, I>,
  { operations, judge }: Campaign<W, I>,
): Promise<Case<W, I>[]> {
  const counted = await Promise.all(
    operations.map((operation) =>
      lanes.with(async (lane) => {
        const { calls, status, text } = await lane.run(operation);
        const { state, wrongs } = judge(lane.simulator.world, operation);
        if (state !== 'done' || wrongs.length > 0)
          throw new Error(`${operation.name}, undisturbed: ${state}; ${wrongs.join('; ')}; ${status} ${text}`);
        return { operation, calls };
      }),
    ),
  );
  return counted.flatMap(({ operation, calls }) =>
    Array.from({ length: calls }, (_, index) => index + 1).flatMap((position) =>
      EFFECTS.map((effect) => ({ operation, effect, position })),
    ),
  );
}

async function tried<W, I extends Faulty>(
  lane: Lane<W, I>,
  { judge }: Campaign<W, I>,
  { operation, effect, position }: Case<W, I>,
): Promise<Outcome> {
  const status =
    effect.name === 'killed, done'
      ? await lane.killAt(operation, position).then(() => undefined)
      : await lane.disturb(operation, position, effect.then);
  await lane.comeBack(operation);
  const { state, wrongs } = judge(lane.simulator.world, operation);
  const told =
    status === undefined || status >= 300 ? [] : state === 'untouched' ? [`told ${status}, and not done`] : [];
  return {
    operation: operation.name,
    effect: effect.name,
    position,
    wrongs: [...wrongs, ...told, ...(state === 'half done' ? ['half done'] : [])],
  };
}
