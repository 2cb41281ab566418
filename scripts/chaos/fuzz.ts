import { fuzz, type Figures } from '../../test/support/fuzz/campaign.js';
import { fuzzers } from '../../test/support/fuzz/fuzzers.js';
import { openTarget, startApart } from '../../test/support/fuzz/target.js';
import { numberOf, print, Refused, wordOf, type Command } from './command.js';

/** What takes longer is shown: on a machine that nobody else uses it is worth a look. */
const SLOW_MS = 2000;

/**
 * Damaged requests, notes and answers of the cloud, by chance: `--runs` (1000) of each kind, or of the kind `--of`
 * alone. The process may not end, and no answer may be HTML, tell of the inside, or be otherwise than HTTP and its type
 * want it. `--seed` and `--path` of a run that went wrong, as printed, repeat it.
 */
export const run: Command = async (args) => {
  const of = wordOf(args, 'of');
  if (of !== undefined && !Object.hasOwn(fuzzers, of))
    throw new Refused(`--of is one of ${Object.keys(fuzzers).join(', ')}`);
  const options = {
    runs: numberOf(args, 'runs', 1000),
    seed: numberOf(args, 'seed', Math.floor(Math.random() * 2 ** 31)),
    path: wordOf(args, 'path'),
  };
  print(`seed ${options.seed}`);
  const all: Figures[] = [];
  for (const name of of === undefined ? Object.keys(fuzzers) : [of]) {
    // each has a gateway of its own: what one leaves behind does not count for the next, and a case can be repeated
    const target = await openTarget(startApart);
    try {
      const before = target.memory();
      const figures = await fuzz(name, target, options);
      all.push(figures);
      const slowest = `slowest ${figures.slowest.ms.toFixed(0)} ms`;
      const memory = `memory ${before.toFixed(0)} to ${target.memory().toFixed(0)} MiB`;
      print(`${name.padEnd(8)} ${figures.cases} cases: ${endsText(figures)}; ${slowest}; ${memory}`);
      if (name !== 'backend') for (const failure of figures.failures) print(`  5xx: ${failure}`);
      if (figures.slowest.ms > SLOW_MS) print(`  slowest: ${figures.slowest.given}`);
      if (figures.wrong !== undefined) print(`  wrong: ${figures.wrong}`);
    } finally {
      await target.close();
    }
  }
  const requests = all.flatMap(({ ends }) => [...ends.values()]).reduce((sum, count) => sum + count, 0);
  const wrong = all.filter((one) => one.wrong !== undefined).length;
  print(`${requests} requests, ${wrong} kinds with a wrong one`);
  return wrong === 0;
};

const endsText = ({ ends }: Figures): string =>
  [...ends]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([end, count]) => `${end}: ${count}`)
    .join(', ');
