import type { FaultEffect } from '../../src/simulator/index.js';
import { composedOperations, judge } from '../../test/support/composed.js';
import { Lanes, type Crashing, type Lane } from '../../test/support/crash.js';
import { startSevered } from '../../test/support/gateway-severed.js';
import { numberOf, print, type Command } from './command.js';

/** What goes wrong with one call of an operation. `done`: the cloud has carried it out all the same. */
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
  /** What is wrong; empty where all is as promised. */
  readonly wrongs: readonly string[];
}

/**
 * One call after the other of each operation of several calls goes wrong, in each way; then a client comes back. The
 * judge compares the cloud before, after, and with what the client was told: nothing may be lost, doubled or half done.
 * `--most N` (400) takes so many of the cases, spread over all.
 */
export const run: Command = async (args) => {
  const most = numberOf(args, 'most', 400);
  const lanes = new Lanes();
  await lanes.open(LANES, startSevered);
  try {
    const cases = await casesOf(lanes);
    const stride = Math.max(1, cases.length / most);
    const chosen = cases.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
    const outcomes = await Promise.all(chosen.map((one) => lanes.with((lane) => tried(lane, one))));
    for (const { name } of EFFECTS) {
      const tries = outcomes.filter(({ effect }) => effect === name);
      const wrong = tries.filter(({ wrongs }) => wrongs.length > 0);
      print(`${name.padEnd(24)} ${String(tries.length).padStart(5)} tried, ${wrong.length} wrong`);
    }
    const wrong = outcomes.filter(({ wrongs }) => wrongs.length > 0);
    for (const { operation, effect, position, wrongs } of wrong)
      print(`  ${operation}, call ${position}, ${effect}: ${wrongs.join('; ')}`);
    print(`${outcomes.length} of ${cases.length} cases, ${wrong.length} wrong`);
    return wrong.length === 0;
  } finally {
    await lanes.close();
  }
};

interface Case {
  readonly operation: Crashing;
  readonly effect: (typeof EFFECTS)[number];
  readonly position: number;
}

async function casesOf(lanes: Lanes): Promise<Case[]> {
  const counted = await Promise.all(
    composedOperations.map(async (operation) => ({
      operation,
      calls: (await lanes.with((lane) => lane.run(operation))).calls,
    })),
  );
  return counted.flatMap(({ operation, calls }) =>
    Array.from({ length: calls }, (_, index) => index + 1).flatMap((position) =>
      EFFECTS.map((effect) => ({ operation, effect, position })),
    ),
  );
}

async function tried(lane: Lane, { operation, effect, position }: Case): Promise<Outcome> {
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
