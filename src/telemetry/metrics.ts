import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { upTo } from '../text.js';
import { registerGauges, type GaugeSources } from './gauges.js';
import { addProcessMetrics } from './process-metrics.js';

/** What is counted. Every label has a closed or bounded set of values, so clients cannot create series. */
export interface Metrics {
  /**
   * A request that was answered; `operation` is the name of a declaration, or undefined for a request that met none.
   */
  request(operation: string | undefined, status: number, milliseconds: number): void;
  /** A request has arrived; `request` reports its end. */
  begun(): void;
  /** A fault that a request was answered with, by its code in the catalogue. */
  fault(code: string): void;
  /** A login at the cloud, by its outcome. */
  login(outcome: 'accepted' | 'refused' | 'failed'): void;
  /** A call to the backend that was sent again. */
  retry(service: string): void;
  /** A call that went out to the backend. Status 0: there was no answer. */
  backendCall(service: string, method: string, status: number, milliseconds: number): void;
  /** An unhandled failure. */
  unforeseen(kind: 'rejection' | 'exception'): void;
  /** A part of a request that was read and not used. */
  ignored(path: string): void;
  /** Everything in Prometheus' text format, and its content type. */
  readonly text: () => Promise<{ readonly type: string; readonly body: string }>;
}

/** Paths of ignored fields that get a series of their own; later ones count under `other`. */
const MAX_PATHS = 200;
const PATH = /^[\w.@/-]{1,120}$/;

/** The labels of `ovirt_gateway_build_info`. */
export interface Build {
  readonly version: string;
  /** Kind of the backend. */
  readonly backend: string;
  readonly simulated: boolean;
}

/** Seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * A registry of its own for each gateway, so that several live in one process. `shared`: for one of several processes
 * that serve the same address, combines the metrics of all.
 */
export function createMetrics(
  build?: Build,
  sources?: GaugeSources,
  shared?: (registry: Registry) => () => Promise<string>,
): Metrics {
  const registry = new Registry();
  const all = shared?.(registry) ?? (() => registry.metrics());
  addProcessMetrics(registry);
  if (build) describeBuild(registry, build);
  const meters = { ...countRequests(registry), ...countCalls(registry), ...countIncidents(registry) };
  if (sources) registerGauges(registry, sources);
  return { ...meters, text: async () => ({ type: registry.contentType, body: await all() }) };
}

function describeBuild(registry: Registry, { version, backend, simulated }: Build): void {
  new Gauge({
    name: 'ovirt_gateway_build_info',
    help: 'Version and backend of the gateway; always 1',
    aggregator: 'first',
    labelNames: ['version', 'backend', 'simulated'],
    registers: [registry],
  }).set({ version, backend, simulated: String(simulated) }, 1);
}

/** What clients ask for. */
function countRequests(registry: Registry): Pick<Metrics, 'begun' | 'request' | 'ignored'> {
  const registers = [registry];
  const requests = new Counter({
    name: 'ovirt_gateway_requests_total',
    help: 'Requests answered',
    labelNames: ['operation', 'status'],
    registers,
  });
  const requestTime = new Histogram({
    name: 'ovirt_gateway_request_duration_seconds',
    help: 'Time from a request to its answer, by collection',
    labelNames: ['collection'],
    buckets: BUCKETS,
    registers,
  });
  const inFlight = new Gauge({ name: 'ovirt_gateway_requests_in_flight', help: 'Requests in progress', registers });
  const ignoredFields = new Counter({
    name: 'ovirt_gateway_ignored_fields_total',
    help: 'Parts of requests that were left out',
    labelNames: ['path'],
    registers,
  });
  const paths = new Set<string>();
  function bounded(path: string): string {
    if (paths.has(path)) return path;
    if (paths.size >= MAX_PATHS || !PATH.test(path)) return 'other';
    paths.add(path);
    return path;
  }
  return {
    begun: () => inFlight.inc(),
    request(operation = 'none', status, milliseconds) {
      inFlight.dec();
      requests.inc({ operation, status });
      requestTime.observe({ collection: upTo(operation, '.') }, milliseconds / 1000);
    },
    ignored: (path) => ignoredFields.inc({ path: bounded(path) }),
  };
}

/** What is asked of the cloud. */
function countCalls(registry: Registry): Pick<Metrics, 'login' | 'backendCall' | 'retry'> {
  const registers = [registry];
  const calls = new Counter({
    name: 'ovirt_gateway_backend_calls_total',
    help: 'Calls to the cloud',
    labelNames: ['service', 'method', 'status'],
    registers,
  });
  const callTime = new Histogram({
    name: 'ovirt_gateway_backend_call_duration_seconds',
    help: 'Time from a call to its answer',
    labelNames: ['service'],
    buckets: BUCKETS,
    registers,
  });
  const logins = new Counter({
    name: 'ovirt_gateway_logins_total',
    help: 'Logins at the cloud; a cached login counts once',
    labelNames: ['outcome'],
    registers,
  });
  const retries = new Counter({
    name: 'ovirt_gateway_backend_retries_total',
    help: 'Calls to the cloud that were repeated',
    labelNames: ['service'],
    registers,
  });
  return {
    login: (outcome) => logins.inc({ outcome }),
    backendCall(service, method, status, milliseconds) {
      calls.inc({ service, method, status });
      callTime.observe({ service }, milliseconds / 1000);
    },
    retry: (service) => retries.inc({ service }),
  };
}

/** What went wrong. */
function countIncidents(registry: Registry): Pick<Metrics, 'unforeseen' | 'fault'> {
  const registers = [registry];
  const unforeseen = new Counter({
    name: 'ovirt_gateway_unforeseen_total',
    help: 'Uncaught exceptions and unhandled rejections: each is a bug of the gateway',
    labelNames: ['kind'],
    registers,
  });
  const faults = new Counter({
    name: 'ovirt_gateway_faults_total',
    help: 'Faults that requests were answered with: docs/faults.md',
    labelNames: ['code'],
    registers,
  });
  return {
    unforeseen: (kind) => unforeseen.inc({ kind }),
    fault: (code) => faults.inc({ code }),
  };
}
