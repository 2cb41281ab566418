import { packageVersion } from '../settings/index.js';
import type { CloudHealth } from './cloud-health.js';
import type { FrontAnswer, FrontRoutes } from './front.js';

/** What the health routes report. */
export interface HealthSubject {
  readonly cloud: CloudHealth;
  readonly simulated: boolean;
  readonly isDraining: () => boolean;
  /** Whether the cloud is probed; otherwise it counts as healthy until a call fails. */
  readonly isProbed: boolean;
}

const text = (body: string, status = 200): FrontAnswer => ({ type: 'text/plain', body, status });
const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString();

/** Answered from known state, without any call. */
export function healthRoutes({ cloud, simulated, isDraining, isProbed }: HealthSubject): FrontRoutes {
  /** The engine's health page, with its texts and statuses: an engine checks its database, the gateway its cloud. */
  const engine = async (): Promise<FrontAnswer> =>
    cloud.canLogIn ? text('DB Up!Welcome to Health Status!') : text('DB Down!', 500);

  async function ready(): Promise<FrontAnswer> {
    const reasons = [
      ...(isDraining() ? ['the gateway is shutting down'] : []),
      ...(cloud.hasLooked || !isProbed ? [] : ['the cloud has not been probed yet']),
      ...(cloud.canLogIn ? [] : ['the identity service does not answer']),
    ];
    const isReady = reasons.length === 0;
    const services = cloud.list().map(({ name, state, version, lastGoodAt, lastFailureAt, detail }) => ({
      name,
      state,
      version,
      lastGood: iso(lastGoodAt),
      lastFailure: iso(lastFailureAt),
      detail,
    }));
    const report = { ready: isReady, reasons, version: packageVersion, simulated, services };
    return { type: 'application/json', status: isReady ? 200 : 503, body: `${JSON.stringify(report)}\n` };
  }

  return new Map([
    ['/ovirt-engine/services/health', engine],
    // liveness only: restarting the process for a failure of the cloud would help nobody
    ['/healthz', async () => text('ok')],
    ['/readyz', ready],
    // for load balancers that only check for draining
    ['/ready', async () => (isDraining() ? text('ending', 503) : text('ready'))],
  ]);
}
