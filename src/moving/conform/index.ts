export { createBench, type Bench, type BenchOptions } from './bench.js';
export { type Check, type CheckResult, type Profile } from './check.js';
export { readKit } from './corpus/index.js';
export { cleanUp, type Cleaned } from './cleanup.js';
export { DeviationsError, noDeviations, readDeviations, type Deviations } from './deviations.js';
export {
  countsText,
  isGood,
  reportHtml,
  reportJunit,
  reportOf,
  reportText,
  resultText,
  type ConformReport,
} from './report.js';
export { checksFor, runChecks } from './run.js';
