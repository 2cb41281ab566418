import { Recorder } from './console/recorder.js';
import { aboutRoutes } from './gateway/about.js';
import { startAudit, type Audit } from './gateway/audit.js';
import { kindOf, startBack, type Back } from './gateway/back.js';
import { supportedBackends } from './gateway/backends.js';
import { Certificate } from './gateway/certificate.js';
import { CloudHealth } from './gateway/cloud-health.js';
import { startConsole } from './gateway/console.js';
import { frontRoutes, type FrontRoutes } from './gateway/front.js';
import { healthRoutes } from './gateway/health.js';
import { hintFor } from './gateway/hints.js';
import { Lifecycle, type RunningState } from './gateway/lifecycle.js';
import { listen } from './gateway/listen.js';
import { withLoginsCounted } from './gateway/logins.js';
import { observers } from './gateway/observers.js';
import { pkiRoutes } from './gateway/pki.js';
import { protocolSettingsOf, sessionSettingsOf } from './gateway/protocol-settings.js';
import { supportRoutes } from './gateway/support.js';
import { apiTls, hstsOf } from './gateway/tls.js';
import { assertTransfersFolder, startTransfers } from './gateway/transfers.js';
import type { Gateway, GatewayOptions, Siblings } from './gateway/types.js';
import type { Backend } from './model/index.js';
import { createServer, Logins, Sessions } from './ovirt/index.js';
import { Work } from './services/work/work.js';
import { packageVersion, type Settings } from './settings/index.js';
import { createLog, createMetrics, type Log, type GaugeSources, type Metrics, type Traces } from './telemetry/index.js';

export { StartError } from './gateway/start-error.js';
export type { Gateway, GatewayOptions, Siblings } from './gateway/types.js';

/** Loaded on demand: the SDK is large. */
async function startTraces({ traces }: Settings, log: Log): Promise<Traces | undefined> {
  if (traces.exporter !== 'otlp' || process.env['OTEL_SDK_DISABLED'] === 'true') return undefined;
  return (await import('./telemetry/traces.js')).createTraces(packageVersion, log);
}

interface RouteParts {
  readonly backend: Backend;
  readonly simulated: boolean;
  readonly cloud: CloudHealth;
  readonly certificate?: Certificate;
  readonly metrics: Metrics;
  readonly state: RunningState;
  readonly isProbed: boolean;
}

/** The routes that are answered without a login. */
function routesOf(
  settings: Settings,
  { backend, simulated, cloud, certificate, metrics, state, isProbed }: RouteParts,
): FrontRoutes {
  return new Map([
    ...healthRoutes({ cloud, simulated, isDraining: () => state.isDraining, isProbed }),
    ...aboutRoutes(backend.words.cloud, simulated, () => state.console?.url),
    ...supportRoutes([
      {
        ...supportedBackends(settings).find(({ name }) => name === backend.name),
        name: backend.name,
        words: backend.words,
        get capabilities() {
          return backend.capabilities;
        },
      },
    ]),
    ...(certificate ? pkiRoutes(certificate) : []),
    ...(settings.metrics.enabled ? [[settings.metrics.path, metrics.text] as const] : []),
  ]);
}

const originOf = (host: string, port: number, isSecure: boolean): string =>
  `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

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
  backend: Backend,
  cloud: CloudHealth,
  work: Work,
  sessions: () => number,
  certificate?: Certificate,
  audit?: Audit,
): GaugeSources => ({
  sessions,
  jobs: () => work.journal.states(),
  services: () => cloud.list().map(({ name, state: service }) => ({ name, isUp: service === 'up' })),
  loads: () => backend.load(),
  certificateEndsAt: () => certificate?.endsAt,
  auditWaiting: () => audit?.waiting(),
});

/** Assembles the layers and listens. @throws StartError if it cannot listen or read a file of the settings */
export async function startGateway(settings: Settings, options: GatewayOptions = {}): Promise<Gateway> {
  const { server: at } = settings;
  const tls = await apiTls(settings);
  const certificate = tls && new Certificate(tls.cert);
  const log = options.log ?? createLog(settings.log);
  // before anything runs that would have to be ended again
  const audit = await startAudit(settings.audit, log);
  await assertTransfersFolder(settings);
  const back = await startBack(settings, log);
  const { backend } = back;
  const simulated = (back.simulator ?? back.powerVsSimulator) !== undefined;
  const cloud = new CloudHealth(backend, log, settings.health.probeMs, hintFor(settings));
  const traces = await startTraces(settings, log);
  const work = workOf(log, traces, audit, options.siblings);
  const sessionSettings = sessionSettingsOf(settings.sessions);
  if (sessionSettings.secrets.length === 0)
    log.info('no sessions.secret is set: sessions end with this process, and no other replica can read them');
  const metrics = createMetrics(
    { version: packageVersion, backend: kindOf(settings), simulated },
    gaugeSources(backend, cloud, work, () => sessions.size, certificate, audit),
    options.siblings?.counted,
  );
  const observed = withLoginsCounted(backend, metrics);
  const logins = new Logins(observed);
  const sessions = new Sessions(observed, sessionSettings, log);
  const transfers = startTransfers(settings, {
    backend: observed,
    work,
    log,
    isSimulated: simulated,
    secrets: () => sessionSettings.secrets,
  });
  const state: RunningState = { isDraining: false, url: '', console: undefined };
  const withConsole = options.console === true && settings.admin.enabled;
  const recorder = withConsole ? new Recorder(settings.console, () => state.url) : undefined;
  const isProbed = options.probe === true;
  const routes = routesOf(settings, {
    backend,
    simulated,
    cloud,
    metrics,
    state,
    isProbed,
    ...(certificate && { certificate }),
  });
  const hooks = observers(log, metrics, { ...(traces && { traces }), ...(audit && { audit }) }, [
    options,
    { onBackendCall: (call) => cloud.saw(call) },
    ...(recorder ? [recorder.hooks] : []),
  ]);
  const server = createServer(
    {
      backend: observed,
      work,
      ...(transfers && { transfers: transfers.transfers }),
      log,
      logins,
      sessions,
      services: settings.operations,
      isDraining: () => state.isDraining,
      hooks,
      settings: protocolSettingsOf(settings, sessionSettings),
    },
    {
      fronts: [...(transfers ? [transfers.front] : []), frontRoutes(routes)],
      ...(transfers && { streams: transfers.handles }),
      ...(tls ? { tls, headers: hstsOf(settings) } : {}),
    },
  );
  server.keepAliveTimeout = at.keepAliveMs;
  const lifecycle = new Lifecycle({
    state,
    settings: at,
    server,
    back,
    cloud,
    work,
    logins,
    sessionSettings,
    log,
    isLogShared: options.log !== undefined,
    ...(certificate && { certificate }),
    ...(transfers && { transfers }),
    ...(audit && { audit }),
    ...(traces && { traces }),
  });
  const port = await listen(server, at.host, at.port).catch(async (error: unknown) => {
    await lifecycle.release('orderly');
    throw error;
  });
  state.url = originOf(at.host, port, tls !== undefined);
  state.console =
    recorder &&
    (await startConsole({
      ...back,
      start: startGateway,
      settings,
      recorder,
      ...(audit && { onLogin: audit.onLogin }),
      cloud,
      work,
      log,
      apiUrl: state.url,
      ...(certificate && { certificate }),
    }));
  certificate?.warn(log, settings);
  if (isProbed) cloud.start().catch((error: unknown) => log.error('the cloud is not probed', { error }));
  return facade(state.url, port, { back, work, metrics, log, lifecycle, state });
}

interface FacadeParts {
  readonly back: Back;
  readonly work: Work;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly state: RunningState;
}

/** What a running gateway offers to whoever started it. */
function facade(url: string, port: number, { back, work, metrics, log, lifecycle, state }: FacadeParts): Gateway {
  const { simulator, powerVsSimulator } = back;
  return {
    url,
    port,
    ...(state.console ? { consoleUrl: state.console.url } : {}),
    ...(simulator ? { simulator } : {}),
    ...(powerVsSimulator ? { powerVsSimulator } : {}),
    unforeseen(kind, error) {
      metrics.unforeseen(kind);
      log.error(`unexpected ${kind}`, { error });
    },
    drain: () => lifecycle.drain(),
    reload: (next) => lifecycle.reload(next),
    certificateFiles: () => back.certificateFiles?.() ?? [],
    settled: () => work.settled(),
    close: () => lifecycle.close(),
  };
}
