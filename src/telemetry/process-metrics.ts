import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges of prom-client whose names end as only those of counters may; they exist as `nodejs_active_…`, too. */
const MISNAMED = /^nodejs_active_\w+_total$/;

let ofProcess: Registry | undefined;

/**
 * Adds what concerns the process: memory, CPU, event loop, garbage collection. All gateways of a process share these
 * collectors: their timer and observer cannot be stopped, and would keep each gateway that has ever run in memory.
 */
export function addProcessMetrics(registry: Registry): void {
  if (!ofProcess) collectDefaultMetrics({ register: (ofProcess = new Registry()) });
  for (const { name } of ofProcess.getMetricsAsArray()) {
    const metric = ofProcess.getSingleMetric(name);
    if (metric && !MISNAMED.test(name)) registry.registerMetric(metric);
  }
}
