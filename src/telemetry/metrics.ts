import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted. Every label takes its values from a closed or bounded set: a client cannot make series. */
export interface Metrics {
  /**
   * A request that was answered; `operation` is the name of a declaration, or undefined for a request that met none.
   */
  request(operation: string | undefined, status: number, milliseconds: number): void;
  /** A call that went out to the backend. Status 0: there was no answer. */
  backendCall(service: string, method: string, status: number, milliseconds: number): void;
  /** A failure that no code took. */
  unforeseen(kind: 'rejection' | 'exception'): void;
  /** A part of a request that was read and not used. */
  ignored(path: string): void;
  /** Everything in Prometheus' text format, and its content type. */
  readonly text: () => Promise<{ readonly type: string; readonly body: string }>;
}

/** Paths of ignored fields that get a series of their own; later ones count under `other`. */
const MAX_PATHS = 200;
const PATH = /^[\w.@/-]{1,120}$/;

/** What runs, as `ovirt_gateway_build_info` tells it. */
export interface Build {
  readonly version: string;
  /** Kind of the backend. */
  readonly backend: string;
  readonly simulated: boolean;
}

/** A registry of its own for each gateway, so that several live in one process. */
export function createMetrics(build?: Build): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  if (build) {
    const { version, backend, simulated } = build;
    new Gauge({
      name: 'ovirt_gateway_build_info',
      help: 'What runs: always 1',
      labelNames: ['version', 'backend', 'simulated'],
      registers: [registry],
    }).set({ version, backend, simulated: String(simulated) }, 1);
  }
  const requests = new Counter({
    name: 'ovirt_gateway_requests_total',
    help: 'Requests answered',
    labelNames: ['operation', 'status'],
    registers: [registry],
  });
  const requestTime = new Histogram({
    name: 'ovirt_gateway_request_duration_seconds',
    help: 'Time from a request to its answer, by collection',
    labelNames: ['collection'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const calls = new Counter({
    name: 'ovirt_gateway_backend_calls_total',
    help: 'Calls to the backend',
    labelNames: ['service', 'method', 'status'],
    registers: [registry],
  });
  const callTime = new Histogram({
    name: 'ovirt_gateway_backend_call_duration_seconds',
    help: 'Time from a call to its answer',
    labelNames: ['service'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const ignoredFields = new Counter({
    name: 'ovirt_gateway_ignored_fields_total',
    help: 'Parts of requests that were read and not used',
    labelNames: ['path'],
    registers: [registry],
  });

  const unforeseen = new Counter({
    name: 'ovirt_gateway_unforeseen_total',
    help: 'Failures that no code took: each is a fault of the gateway',
    labelNames: ['kind'],
    registers: [registry],
  });

  const paths = new Set<string>();
  function bounded(path: string): string {
    if (paths.has(path)) return path;
    if (paths.size >= MAX_PATHS || !PATH.test(path)) return 'other';
    paths.add(path);
    return path;
  }

  return {
    request(operation = 'none', status, milliseconds) {
      requests.inc({ operation, status });
      requestTime.observe({ collection: operation.split('.', 1)[0]! }, milliseconds / 1000);
    },
    backendCall(service, method, status, milliseconds) {
      calls.inc({ service, method, status });
      callTime.observe({ service }, milliseconds / 1000);
    },
    unforeseen: (kind) => unforeseen.inc({ kind }),
    ignored: (path) => ignoredFields.inc({ path: bounded(path) }),
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
