import { startProcess } from '../../test/support/gateway-process.js';
import { openArena, type Arena, type Race } from '../../test/support/races/arena.js';
import type { SimulatedKind } from '../../test/support/simulated-clouds.js';
import { backendsOf, numberOf, print, wordOf, type Command } from './command.js';

/** By how much the second of two acts is later, at most, milliseconds: a VM's look and its change lie in it. */
const MOST_HEAD_START_MS = 40;

/**
 * Every two operations that touch one resource, at once, through two gateway processes before one cloud; `--rounds N`
 * (3) times. The judge compares the cloud with what both clients were told: it has to be what comes of one after the
 * other, in one order or the other. `--of TEXT` takes those pairs of which one is called so.
 */
export const run: Command = async (args) => {
  const rounds = numberOf(args, 'rounds', 3);
  const of = wordOf(args, 'of') ?? '';
  let isWell = true;
  for (const kind of backendsOf(args)) isWell = (await campaign(kind, rounds, of)) && isWell;
  return isWell;
};

async function campaign(kind: SimulatedKind, rounds: number, of: string): Promise<boolean> {
  const arena = await openArena[kind](startProcess);
  try {
    const pairs = arena.pairs.filter((pair) => pair.some(({ name }) => name.includes(of)));
    const races: Race[] = [];
    for (let round = 0; round < rounds; round += 1) races.push(...(await played(arena, pairs, round)));
    const wrong = races.filter(({ wrongs }) => wrongs.length > 0);
    for (const { names, statuses, wrongs } of wrong)
      print(`  ${names.join(' | ')}: told ${statuses.join(' and ')}; ${wrongs.join('; ')}`);
    const both = races.filter(({ statuses }) => statuses.every((status) => status < 300)).length;
    const failed = races.filter(({ statuses }) => statuses.some((status) => status >= 500)).length;
    const sums = `both done in ${both}, 5xx in ${failed}; ${wrong.length} wrong`;
    print(`${kind}: ${pairs.length} pairs, ${races.length} races; ${sums}`);
    return wrong.length === 0;
  } finally {
    await arena.close();
  }
}

async function played(arena: Arena, pairs: Arena['pairs'], round: number): Promise<Race[]> {
  const races: Race[] = [];
  // at once in the first round, then by chance
  for (const pair of pairs) races.push(await arena.race(pair, round === 0 ? 0 : Math.random() * MOST_HEAD_START_MS));
  return races;
}
