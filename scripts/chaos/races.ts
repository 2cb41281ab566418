import { startProcess } from '../../test/support/gateway-process.js';
import { openArena, type Arena, type Race } from '../../test/support/races/arena.js';
import type { SimulatedKind } from '../../test/support/simulated-clouds.js';
import { backendsOf, numberOf, print, Refused, wordOf, type Command } from './command.js';

/** By how much one act is later than the first, at most, milliseconds: a VM's look and its change lie in it. */
const MOST_DELAY_MS = 40;

/** After how many races the campaign says how far it is. */
const PROGRESS = 10;

/**
 * Every two operations that touch one resource, at once, through two gateway processes before one cloud; `--rounds N`
 * (3) times. The judge compares the cloud with what the clients were told: it has to be what comes of one after the
 * other, in some order. `--clients 3` takes threes of the operations most in use, `--of TEXT` those whose names, as
 * `one | two`, contain it.
 */
export const run: Command = async (args) => {
  const rounds = numberOf(args, 'rounds', 3);
  const of = wordOf(args, 'of') ?? '';
  const clients = numberOf(args, 'clients', 2);
  if (clients !== 2 && clients !== 3) throw new Refused('--clients is 2 or 3');
  let isWell = true;
  for (const kind of backendsOf(args)) isWell = (await campaign(kind, rounds, { of, clients })) && isWell;
  return isWell;
};

interface Choice {
  /** A part of the names, joined by ` | `. */
  readonly of: string;
  readonly clients: 2 | 3;
}

async function campaign(kind: SimulatedKind, rounds: number, { of, clients }: Choice): Promise<boolean> {
  const arena = await openArena[kind](startProcess);
  try {
    const all = clients === 2 ? arena.pairs : arena.triples;
    const chosen = all.filter((acts) =>
      acts
        .map(({ name }) => name)
        .join(' | ')
        .includes(of),
    );
    const races: Race[] = [];
    for (let round = 0; round < rounds; round += 1) races.push(...(await played(arena, chosen, round)));
    const wrong = races.filter(({ wrongs }) => wrongs.length > 0);
    const done = races.filter(({ statuses }) => statuses.every((status) => status < 300)).length;
    const failed = races.filter(({ statuses }) => statuses.some((status) => status >= 500)).length;
    const sums = `all done in ${done}, 5xx in ${failed}; ${wrong.length} wrong`;
    print(`${kind}: ${chosen.length} ${clients === 2 ? 'pairs' : 'triples'}, ${races.length} races; ${sums}`);
    return wrong.length === 0;
  } finally {
    await arena.close();
  }
}

async function played(arena: Arena, chosen: Arena['pairs'], round: number): Promise<Race[]> {
  const races: Race[] = [];
  // at once in the first round, then by chance
  const delay = (_: unknown, index: number): number => (round === 0 || index === 0 ? 0 : Math.random() * MOST_DELAY_MS);
  for (const acts of chosen) {
    const race = await arena.race(acts, acts.map(delay));
    races.push(race);
    // a campaign takes long, and may be ended before: what is wrong is printed as it is found
    if (races.length % PROGRESS === 0) print(`  ${races.length} of ${chosen.length} so far`);
    const { names, statuses, wrongs } = race;
    if (wrongs.length > 0) print(`  ${names.join(' | ')}: told ${statuses.join(', ')}; ${wrongs.join('; ')}`);
  }
  return races;
}
