import { Counter, Gauge, type Registry } from 'prom-client';

/** The load of one of the cloud's services. */
export interface Load {
  readonly service: string;
  readonly running: number;
  readonly waiting: number;
  readonly shed: number;
  readonly breaker: 'closed' | 'half-open' | 'open';
}

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Gauges that are read with the metrics. */
export function measureLoads(registry: Registry, loads: () => readonly Load[]): void {
  const labelled = { labelNames: ['service'] as const, registers: [registry] };
  const gauge = (name: string, help: string, value: (load: Load) => number): void => {
    new Gauge({
      name,
      help,
      ...labelled,
      collect() {
        for (const load of loads()) this.set({ service: load.service }, value(load));
      },
    });
  };
  gauge('ovirt_gateway_backend_running', 'Calls to a service that are in progress', ({ running }) => running);
  gauge(
    'ovirt_gateway_backend_waiting',
    'Calls that are waiting for a connection to a service',
    ({ waiting }) => waiting,
  );
  gauge(
    'ovirt_gateway_backend_breaker',
    'Circuit breaker of a service: 0 closed, 1 half-open, 2 open',
    ({ breaker }) => BREAKER[breaker],
  );
  new Counter({
    name: 'ovirt_gateway_backend_shed_total',
    help: 'Calls that were refused because the queue for the service was full',
    ...labelled,
    collect() {
      this.reset();
      for (const { service, shed } of loads()) this.inc({ service }, shed);
    },
  });
}
