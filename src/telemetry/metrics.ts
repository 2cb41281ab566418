import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { upTo } from '../text.js';
import { measureLoads, type Load } from './loads.js';

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

/** Values that are read with the metrics. */
export interface Looked {
  /** Sessions of clients that are open. */
  readonly sessions: () => number;
  /** Work by its state: running, done, failed, as far as it is kept. */
  readonly jobs: () => Readonly<Record<'running' | 'finished' | 'failed', number>>;
  /** The cloud's services, and whether each answers. */
  readonly services: () => readonly { readonly name: string; readonly isUp: boolean }[];
  /** The load of each of the cloud's services that has been called. */
  readonly loads: () => readonly Load[];
  /** When the certificate ends, epoch milliseconds; undefined without one. */
  readonly certificateEndsAt: () => number | undefined;
  /** Audit events that wait to be written; undefined without an audit. */
  readonly auditWaiting: () => number | undefined;
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

/**
 * A registry of its own for each gateway, so that several live in one process. `shared`: for one of several processes
 * that serve the same address, combines the metrics of all.
 */
export function createMetrics(
  build?: Build,
  looked?: Looked,
  shared?: (registry: Registry) => () => Promise<string>,
): Metrics {
  const registry = new Registry();
  const all = shared?.(registry) ?? (() => registry.metrics());
  collectDefaultMetrics({ register: registry });
  if (build) {
    const { version, backend, simulated } = build;
    new Gauge({
      name: 'ovirt_gateway_build_info',
      help: 'Version and backend of the gateway; always 1',
      aggregator: 'first',
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
    help: 'Calls to the cloud',
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
    help: 'Parts of requests that were left out',
    labelNames: ['path'],
    registers: [registry],
  });

  const unforeseen = new Counter({
    name: 'ovirt_gateway_unforeseen_total',
    help: 'Uncaught exceptions and unhandled rejections: each is a bug of the gateway',
    labelNames: ['kind'],
    registers: [registry],
  });

  const inFlight = new Gauge({
    name: 'ovirt_gateway_requests_in_flight',
    help: 'Requests in progress',
    registers: [registry],
  });
  const faults = new Counter({
    name: 'ovirt_gateway_faults_total',
    help: 'Faults that requests were answered with: docs/faults.md',
    labelNames: ['code'],
    registers: [registry],
  });
  const logins = new Counter({
    name: 'ovirt_gateway_logins_total',
    help: 'Logins at the cloud; a cached login counts once',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const retries = new Counter({
    name: 'ovirt_gateway_backend_retries_total',
    help: 'Calls to the cloud that were repeated',
    labelNames: ['service'],
    registers: [registry],
  });
  if (looked) lookAt(registry, looked);

  const paths = new Set<string>();
  function bounded(path: string): string {
    if (paths.has(path)) return path;
    if (paths.size >= MAX_PATHS || !PATH.test(path)) return 'other';
    paths.add(path);
    return path;
  }

  return {
    begun: () => inFlight.inc(),
    fault: (code) => faults.inc({ code }),
    login: (outcome) => logins.inc({ outcome }),
    retry: (service) => retries.inc({ service }),
    request(operation = 'none', status, milliseconds) {
      inFlight.dec();
      requests.inc({ operation, status });
      requestTime.observe({ collection: upTo(operation, '.') }, milliseconds / 1000);
    },
    backendCall(service, method, status, milliseconds) {
      calls.inc({ service, method, status });
      callTime.observe({ service }, milliseconds / 1000);
    },
    unforeseen: (kind) => unforeseen.inc({ kind }),
    ignored: (path) => ignoredFields.inc({ path: bounded(path) }),
    text: async () => ({ type: registry.contentType, body: await all() }),
  };
}

/** Gauges that are read with the metrics. */
function lookAt(
  registry: Registry,
  { sessions, jobs, services, loads, certificateEndsAt, auditWaiting }: Looked,
): void {
  measureLoads(registry, loads);
  const registers = [registry];
  new Gauge({
    name: 'ovirt_gateway_sessions',
    help: 'Open sessions of clients',
    registers,
    collect() {
      this.set(sessions());
    },
  });
  new Gauge({
    name: 'ovirt_gateway_jobs',
    help: 'Jobs in the list of the gateway, by state',
    aggregator: 'max',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(jobs())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'ovirt_gateway_backend_up',
    help: '1 if the last call to the service was answered, 0 after a 5xx or no answer',
    aggregator: 'min',
    labelNames: ['service'],
    registers,
    collect() {
      for (const { name, isUp } of services()) this.set({ service: name }, isUp ? 1 : 0);
    },
  });
  new Gauge({
    name: 'ovirt_gateway_audit_waiting',
    help: 'Audit events that are waiting to be written; 0 without an audit log',
    registers,
    collect() {
      this.set(auditWaiting() ?? 0);
    },
  });
  new Gauge({
    name: 'ovirt_gateway_certificate_expiry_timestamp_seconds',
    help: 'When the certificate expires; no series without HTTPS',
    aggregator: 'first',
    labelNames: ['use'],
    registers,
    collect() {
      const endsAt = certificateEndsAt();
      if (endsAt !== undefined) this.set({ use: 'api' }, endsAt / 1000);
    },
  });
}
