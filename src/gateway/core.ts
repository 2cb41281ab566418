import { Recorder } from '../console/recorder.js';
import type { Backend } from '../model/index.js';
import { Logins, Sessions } from '../ovirt/index.js';
import { Work } from '../services/work/work.js';
import { packageVersion, type Settings } from '../settings/index.js';
import {
  createLog,
  createMetrics,
  type GaugeSources,
  type Log,
  type Metrics,
  type Traces,
} from '../telemetry/index.js';
import { startAudit, type Audit } from './audit.js';
import { kindOf, startBack, type Back } from './back.js';
import { Certificate } from './certificate.js';
import { CloudHealth } from './cloud-health.js';
import { hintFor } from './hints.js';
import type { RunningState } from './lifecycle.js';
import { withLoginsCounted } from './logins.js';
import { sessionSettingsOf, type ChangingSessionSettings } from './protocol-settings.js';
import { apiTls, type Tls } from './tls.js';
import { assertTransfersFolder, startTransfers, type RunningTransfers } from './transfers.js';
import type { GatewayOptions, Siblings } from './types.js';

/** What the parts of a running gateway share, started in this order. */
export interface Core {
  readonly settings: Settings;
  readonly options: GatewayOptions;
  readonly tls: Tls | undefined;
  readonly certificate: Certificate | undefined;
  readonly log: Log;
  readonly audit: Audit | undefined;
  readonly back: Back;
  readonly isSimulated: boolean;
  readonly cloud: CloudHealth;
  readonly traces: Traces | undefined;
  readonly work: Work;
  readonly sessionSettings: ChangingSessionSettings;
  readonly metrics: Metrics;
  /** The backend, with its logins counted. */
  readonly backend: Backend;
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly transfers: RunningTransfers | undefined;
  readonly state: RunningState;
  readonly recorder: Recorder | undefined;
}

/** Loaded on demand: the SDK is large. */
async function startTraces({ traces }: Settings, log: Log): Promise<Traces | undefined> {
  if (traces.exporter !== 'otlp' || process.env['OTEL_SDK_DISABLED'] === 'true') return undefined;
  return (await import('../telemetry/traces.js')).createTraces(packageVersion, log);
}

/** Work in progress, whose jobs are traced, audited, and shared with the other processes of the same address. */
function workOf(log: Log, traces?: Traces, audit?: Audit, siblings?: Siblings): Work {
  const work = new Work(log, traces && { followed: traces.step });
  if (audit) work.journal.onEnd = audit.onJob;
  siblings?.onJob((news) => work.journal.learn(news));
  if (siblings) work.journal.share(siblings.tellJob);
  return work;
}

/** Values that are read with the metrics. */
const gaugeSources = (
  { back, cloud, work, certificate, audit }: Pick<Core, 'back' | 'cloud' | 'work' | 'certificate' | 'audit'>,
  sessions: () => number,
): GaugeSources => ({
  sessions,
  jobs: () => work.journal.states(),
  services: () => cloud.list().map(({ name, state: service }) => ({ name, isUp: service === 'up' })),
  loads: () => back.backend.load(),
  certificateEndsAt: () => certificate?.endsAt,
  auditWaiting: () => audit?.waiting(),
});

/** Starts everything but the server. @throws StartError if a file of the settings cannot be read */
export async function startCore(settings: Settings, options: GatewayOptions): Promise<Core> {
  const tls = await apiTls(settings);
  const certificate = tls && new Certificate(tls.cert, 'server.tls.cert');
  const log = options.log ?? createLog(settings.log);
  // before anything runs that would have to be ended again
  const audit = await startAudit(settings.audit, log);
  await assertTransfersFolder(settings);
  const back = await startBack(settings, log);
  const isSimulated = (back.simulator ?? back.powerVsSimulator) !== undefined;
  const cloud = new CloudHealth(back.backend, log, settings.health.probeMs, hintFor(settings));
  const traces = await startTraces(settings, log);
  const work = workOf(log, traces, audit, options.siblings);
  const sessionSettings = sessionSettingsOf(settings.sessions);
  if (sessionSettings.secrets.length === 0)
    log.info('no sessions.secret is set: sessions end with this process, and no other replica can read them');
  const metrics = createMetrics(
    { version: packageVersion, backend: kindOf(settings), simulated: isSimulated },
    gaugeSources({ back, cloud, work, certificate, audit }, () => sessions.size),
    options.siblings?.counted,
  );
  const backend = withLoginsCounted(back.backend, metrics);
  const logins = new Logins(backend);
  const sessions = new Sessions(backend, sessionSettings, log);
  const secrets = () => sessionSettings.secrets;
  const transfers = startTransfers(settings, { backend, work, log, isSimulated, secrets });
  const state: RunningState = { isDraining: false, url: '', console: undefined };
  const hasConsole = options.console === true && settings.admin.enabled;
  const recorder = hasConsole ? new Recorder(settings.console, () => state.url) : undefined;
  return {
    settings,
    options,
    tls,
    certificate,
    log,
    audit,
    back,
    isSimulated,
    cloud,
    traces,
    work,
    sessionSettings,
    metrics,
    backend,
    logins,
    sessions,
    transfers,
    state,
    recorder,
  };
}
