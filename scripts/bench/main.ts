import { cpus, loadavg } from 'node:os';
import { long, ratios, start } from './http.js';
import { micro } from './micro.js';
import { tableOf } from './report.js';

/**
 * `npm run bench`: ratios, side by side in one run, as times of one machine say little. Loopback only; about a minute.
 */
process.stdout.write(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${loadavg()[0]!.toFixed(1)}. Ratios: higher is faster, but for CPU and memory.\n\n`,
);
// --quick: a minute, without the long list
const quick = process.argv.includes('--quick');
const rows = [...micro(), ...(await start()), ...(await ratios(quick ? 1 : 3)), ...(quick ? [] : await long())];
process.stdout.write(`${tableOf(rows)}\n`);
