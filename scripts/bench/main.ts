import { cpus, loadavg } from 'node:os';
import { fleet, held, polling, search } from './fleet.js';
import { beside, long, start, variants } from './http.js';
import { ratios } from './ratios.js';
import { micro } from './micro.js';
import { tableOf, type Row } from './report.js';
import { transfers } from './transfers.js';

/**
 * `npm run bench`: ratios, side by side in one run, as times of one machine say little. Loopback only; about a minute.
 */
const machine = [
  `Node ${process.version}`,
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
].join(', ');
process.stdout.write(`${machine}. Ratios: higher is faster, but for CPU and memory.\n\n`);
// --quick: a minute, without what needs a cloud of thousands or several processes
const quick = process.argv.includes('--quick');
const groups: readonly (() => Promise<Row[]> | Row[])[] = quick
  ? [micro, start, () => ratios(1), polling]
  : [micro, start, () => ratios(3), () => variants(1), () => beside(3), polling, held, fleet, search, transfers, long];
// --only=fleet,held: by name
const only = process.argv
  .find((given) => given.startsWith('--only='))
  ?.slice(7)
  .split(',');
const named: Readonly<Record<string, () => Promise<Row[]> | Row[]>> = {
  micro,
  start,
  ratios,
  variants,
  beside,
  polling,
  held,
  fleet,
  search,
  transfers,
  long,
};
const rows: Row[] = [];
for (const group of only?.flatMap((name) => named[name] ?? []) ?? groups) rows.push(...(await group()));
process.stdout.write(`${tableOf(rows)}\n`);
