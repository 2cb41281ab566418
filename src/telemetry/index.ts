export { createLog, type Level, type Log, type LogSettings } from './log.js';
export type { Traces } from './traces-port.js';
export { createMetrics, type Metrics } from './metrics.js';
export type { GaugeSources } from './gauges.js';
