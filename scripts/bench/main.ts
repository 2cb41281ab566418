import { cpus, loadavg } from 'node:os';
import { long, ratios } from './http.js';
import { micro } from './micro.js';
import { tableOf } from './report.js';

/**
 * `npm run bench`: ratios, side by side in one run, as times of one machine say little. Loopback only; about a minute.
 */
process.stdout.write(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${loadavg()[0]!.toFixed(1)}. Ratios: higher is faster, but for CPU and memory.\n\n`,
);
const rows = [...micro(), ...(await ratios()), ...(await long())];
process.stdout.write(`${tableOf(rows)}\n`);
