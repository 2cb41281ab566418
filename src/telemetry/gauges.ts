import { Gauge, type Registry } from 'prom-client';
import { measureLoads, type Load } from './loads.js';

/** Values that are read with the metrics. */
export interface GaugeSources {
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

/** Gauges that are read with the metrics. */
export function registerGauges(
  registry: Registry,
  { sessions, jobs, services, loads, certificateEndsAt, auditWaiting }: GaugeSources,
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
