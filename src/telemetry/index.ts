export { createLog, type Level, type Log, type LogSettings } from './log.js';
export { createMetrics, type Metrics } from './metrics.js';
