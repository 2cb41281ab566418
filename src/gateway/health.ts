import { packageVersion } from '../settings/index.js';
import type { CloudHealth } from './cloud-health.js';
import type { FrontAnswer, FrontRoutes } from './front.js';

/** What the routes of health tell of. */
export interface HealthSubject {
  readonly cloud: CloudHealth;
  readonly simulated: boolean;
  readonly isDraining: () => boolean;
  /** Whether the cloud is looked at; without, it is taken for well until a call fails. */
  readonly isProbed: boolean;
}

const text = (body: string, status = 200): FrontAnswer => ({ type: 'text/plain', body, status });
const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString();

/** Answered from what is known already: no call is made for any of them. */
export function healthRoutes({ cloud, simulated, isDraining, isProbed }: HealthSubject): FrontRoutes {
  /** The page of engines, its texts and statuses: theirs asks the database, ours what stands in its place. */
  const engine = async (): Promise<FrontAnswer> =>
    cloud.canLogIn ? text('DB Up!Welcome to Health Status!') : text('DB Down!', 500);

  async function ready(): Promise<FrontAnswer> {
    const reasons = [
      ...(isDraining() ? ['the gateway is ending'] : []),
      ...(cloud.hasLooked || !isProbed ? [] : ['the cloud was not looked at yet']),
      ...(cloud.canLogIn ? [] : ['the service that logs in does not answer']),
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
    // that the process lives is all that it says: who starts it anew for an answer of the cloud's would mend nothing
    ['/healthz', async () => text('ok')],
    ['/readyz', ready],
    // for load balancers that look at the drain alone
    ['/ready', async () => (isDraining() ? text('ending', 503) : text('ready'))],
  ]);
}
