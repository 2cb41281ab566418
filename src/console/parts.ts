import type { Exchange, ExchangeRequest } from '../exchanges/index.js';
import type { JobRecord } from '../services/work/journal.js';
import type { Matrix } from '../support/index.js';
import type { Access } from './access.js';
import type { ServiceHealth } from './observed.js';
import type { Recorder } from './recorder.js';

/** Clouds that the playground can simulate. */
export const playgroundBackends = ['powervc', 'openstack', 'powervs'] as const;
export type PlaygroundBackend = (typeof playgroundBackends)[number];

/** What the console depends on: it knows no backend, no gateway and no simulator. */
export interface ConsoleParts {
  readonly recorder: Recorder;
  readonly access: Access;
  /** Version of this program. */
  readonly version: string;
  /** Name of the cloud behind it: `PowerVC`. */
  readonly cloud: string;
  readonly simulated: boolean;
  /** The simulator's admin entry point, `http://127.0.0.1:40001/simulator`; absent if there is none. */
  readonly simulatorUrl?: string;
  /** Whether it answers under that `Host`. */
  readonly acceptsHost: (host: string | undefined) => boolean;
  /** Where the API is: `http://127.0.0.1:8080`. */
  readonly apiUrl: string;
  /** Days until the certificate of the API expires; absent without TLS. */
  readonly certificateDays?: () => number;
  /** The services' health from probes, beyond observed calls. */
  readonly services?: () => readonly ServiceHealth[];
  /** Called for each login: the user, the address, and whether it was accepted. */
  readonly onLogin?: (user: string, client: string, accepted: boolean) => void;
  readonly jobs: () => readonly JobRecord[];
  readonly support: () => Matrix;
  readonly tryOut: (backend: PlaygroundBackend, request: ExchangeRequest) => Promise<Exchange>;
  readonly log: { warn(message: string, details?: Readonly<Record<string, unknown>>): void };
}
