import { Server as TlsServer } from 'node:tls';
import { Recorder } from './console/recorder.js';
import { kindOf, startBack } from './gateway/back.js';
import { startConsole, type RunningConsole } from './gateway/console.js';
import { aboutRoutes } from './gateway/about.js';
import { startAudit } from './gateway/audit.js';
import { CloudHealth } from './gateway/cloud-health.js';
import { healthRoutes } from './gateway/health.js';
import { hintFor } from './gateway/hints.js';
import { withLoginsCounted } from './gateway/logins.js';
import { observers } from './gateway/observers.js';
import { frontRoutes, type FrontRoutes } from './gateway/front.js';
import { listen, stopListening, within } from './gateway/listen.js';
import { pkiRoutes } from './gateway/pki.js';
import { Certificate } from './gateway/certificate.js';
import { supportedBackends } from './gateway/backends.js';
import { supportRoutes } from './gateway/support.js';
import { apiTls, consoleTls, hstsOf } from './gateway/tls.js';
import { startTransfers } from './gateway/transfers.js';
import type { Registry } from 'prom-client';
import type { BackendCall, Ending } from './model/index.js';
import {
  createServer,
  Logins,
  Sessions,
  type RequestContext,
  type RequestRecord,
  type SessionSettings,
} from './ovirt/index.js';
import type { JobNews } from './services/journal.js';
import { Work } from './services/work.js';
import { packageVersion, type Settings } from './settings/index.js';
import type { Simulator } from './simulator/index.js';
import type { PowerVsSimulator } from './simulator/powervs/index.js';
import { createLog, createMetrics, type Log, type Traces } from './telemetry/index.js';

export { StartError } from './gateway/start-error.js';

export interface Gateway {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** Where the console is, when there is one: `http://127.0.0.1:8081/console`. */
  readonly consoleUrl?: string;
  /** The embedded simulator, if there is one: of PowerVC, or of Power Virtual Server. */
  readonly simulator?: Simulator;
  readonly powerVsSimulator?: PowerVsSimulator;
  /** Logs and counts an unhandled failure. */
  unforeseen(kind: 'rejection' | 'exception', error: unknown): void;
  /**
   * Reports that it is not ready and closes each connection after its answer, but keeps listening for `server.drainMs`,
   * until load balancers have noticed. Call `close` afterwards.
   */
  drain(): Promise<void>;
  /**
   * Applies certificates and secrets of these settings (`x-live` in schemas/settings.json). @throws StartError if their
   * files cannot be used; then nothing has changed
   */
  reload(settings: Settings): Promise<void>;
  /** Certificate files for connections to the cloud: `reload` reads them, too. */
  certificateFiles(): readonly string[];
  /** Resolves when no work is running. */
  settled(): Promise<void>;
  /**
   * Accepts no more requests, waits for running requests and work (at most `server.shutdownMs`), and releases
   * everything (at most 6 s). Calls of work that did not end in time are aborted.
   */
  close(): Promise<void>;
}

/** The other processes that serve the same address, where there are any (`server.workers`). */
export interface Siblings {
  /** Combines their metrics: returns a function that gives those of all, in Prometheus' text format. */
  readonly counted: (registry: Registry) => () => Promise<string>;
  /** Shares the jobs of this process with the others. */
  readonly tellJob: (news: JobNews) => void;
  readonly onJob: (listener: (news: JobNews) => void) => void;
}

export interface GatewayOptions {
  readonly siblings?: Siblings;
  /** The caller's log, which the caller closes; by default one on standard output, according to the settings. */
  readonly log?: Log;
  /** Called after the answer of each backend call. */
  readonly onBackendCall?: (call: BackendCall, context: RequestContext) => void;
  /** Called for each request that was answered or aborted. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Whether to offer the console at the address of `admin`; `admin.enabled` must say so, too. */
  readonly console?: boolean;
  /** Whether to probe the cloud's services, at once and in the background (`health.probeMs`). */
  readonly probe?: boolean;
}

/** Loaded on demand: the SDK is large. */
async function startTraces({ traces }: Settings, log: Log): Promise<Traces | undefined> {
  if (traces.exporter !== 'otlp' || process.env['OTEL_SDK_DISABLED'] === 'true') return undefined;
  return (await import('./telemetry/traces.js')).createTraces(packageVersion, log);
}

/** How long the shutdown waits for connections, audit and traces to close, milliseconds. */
const RELEASE_MS = 6000;

/** All secrets, the present one first. */
const secretsOf = ({ secret, formerSecrets = [] }: Settings['sessions']): readonly string[] =>
  secret === undefined ? [] : [secret, ...formerSecrets];

/** Assembles the layers and listens. @throws StartError if it cannot listen or read a file of the settings */
export async function startGateway(settings: Settings, options: GatewayOptions = {}): Promise<Gateway> {
  const { server: at, operations, protocol } = settings;
  const tls = await apiTls(settings);
  const certificate = tls && new Certificate(tls.cert);
  const log = options.log ?? createLog(settings.log);
  const back = await startBack(settings, log);
  const { backend, simulator, powerVsSimulator } = back;
  const { siblings } = options;
  const simulated = (simulator ?? powerVsSimulator) !== undefined;
  const cloud = new CloudHealth(backend, log, settings.health.probeMs, hintFor(settings));
  const traces = await startTraces(settings, log);
  const audit = await startAudit(settings.audit, log);
  const work = new Work(log, traces && { followed: traces.step });
  siblings?.onJob((news) => work.journal.learn(news));
  if (siblings) work.journal.share(siblings.tellJob);
  const { secret: _secret, formerSecrets: _former, ...sessionRules } = settings.sessions;
  const sessionSettings: { -readonly [K in keyof SessionSettings]: SessionSettings[K] } = {
    ...sessionRules,
    secrets: secretsOf(settings.sessions),
  };
  if (sessionSettings.secrets.length === 0)
    log.info('no sessions.secret is set: sessions end with this process, and no other replica can read them');
  const metrics = createMetrics(
    { version: packageVersion, backend: kindOf(settings), simulated },
    {
      sessions: () => sessions.size,
      jobs: () => work.journal.states(),
      services: () => cloud.list().map(({ name, state }) => ({ name, isUp: state === 'up' })),
      loads: () => backend.load(),
      certificateEndsAt: () => certificate?.endsAt,
      auditWaiting: () => audit?.waiting(),
    },
    siblings?.counted,
  );
  const observed = withLoginsCounted(backend, metrics);
  if (audit) work.journal.onEnd = audit.onJob;
  const logins = new Logins(observed);
  const sessions = new Sessions(observed, sessionSettings, log);
  const transfers = startTransfers(settings, {
    backend: observed,
    work,
    log,
    isSimulated: simulated,
    secrets: () => sessionSettings.secrets,
  });
  const withConsole = options.console === true && settings.admin.enabled;
  const recorder = withConsole ? new Recorder(settings.console, () => url) : undefined;
  let url = '';
  let adminConsole = undefined as RunningConsole | undefined;
  let draining = false;
  const routes: FrontRoutes = new Map([
    ...healthRoutes({ cloud, simulated, isDraining: () => draining, isProbed: options.probe === true }),
    ...aboutRoutes(backend.words.cloud, simulated, () => adminConsole?.url),
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
  const server = createServer(
    {
      backend: observed,
      work,
      ...(transfers && { transfers: transfers.transfers }),
      log,
      logins,
      sessions,
      services: operations,
      isDraining: () => draining,
      hooks: observers(log, metrics, { ...(traces && { traces }), ...(audit && { audit }) }, [
        options,
        { onBackendCall: (call) => cloud.saw(call) },
        ...(recorder ? [recorder.hooks] : []),
      ]),
      settings: {
        ...protocol,
        sessions: sessionSettings,
        maxBodyBytes: at.maxBodyBytes,
        maxHeaderBytes: at.maxHeaderBytes,
        headersTimeoutMs: at.headersTimeoutMs,
        requestTimeoutMs: at.requestTimeoutMs,
        maxHeaders: at.maxHeaders,
        allowedHosts: at.allowedHosts.map((host) => host.toLowerCase()),
        trustedProxies: at.trustedProxies,
        writeTimeoutMs: at.writeTimeoutMs,
        maxRequests: at.maxRequests,
        deadlineMs: at.deadlineMs,
      },
    },
    {
      fronts: [...(transfers ? [transfers.front] : []), frontRoutes(routes)],
      ...(transfers && { streams: transfers.handles }),
      ...(tls ? { tls, headers: hstsOf(settings) } : {}),
    },
  );
  server.keepAliveTimeout = at.keepAliveMs;

  async function reload(next: Settings): Promise<void> {
    const [nextTls, nextConsoleTls] = await Promise.all([apiTls(next), consoleTls(next)]);
    back.renewCertificates?.(next);
    if (nextTls && certificate && server instanceof TlsServer) {
      server.setSecureContext(nextTls);
      certificate.replace(nextTls.cert);
    }
    sessionSettings.secrets = secretsOf(next.sessions);
    back.useSecrets?.(next);
    logins.clear();
    await audit?.reopen();
    adminConsole?.reload(next.admin, nextConsoleTls);
  }

  async function release(how: Ending): Promise<void> {
    cloud.stop();
    certificate?.forget();
    await transfers?.stop();
    await adminConsole?.close();
    await back.close(how);
    await traces?.close();
    await audit?.close();
    if (!options.log) await log.close();
  }

  async function end(): Promise<void> {
    const deadline = Date.now() + at.shutdownMs;
    const { brokenOff } = await stopListening(server, at.shutdownMs);
    const done = await within(work.settled(), Math.max(0, deadline - Date.now()));
    if (brokenOff || !done)
      log.warn('exiting with unfinished work; it is completed when its resource is next used', {
        requests: brokenOff,
        work: !done,
      });
    if (!(await within(release(done ? 'orderly' : 'cut'), RELEASE_MS)))
      log.warn('exiting with connections to the cloud that do not end');
  }

  const port = await listen(server, at.host, at.port).catch(async (error: unknown) => {
    await release('orderly');
    throw error;
  });
  url = `${tls ? 'https' : 'http'}://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
  adminConsole =
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
      apiUrl: url,
      ...(certificate && { certificate }),
    }));
  certificate?.warn(log, settings);
  if (options.probe === true) cloud.start().catch((error: unknown) => log.error('the cloud is not probed', { error }));
  let ended: Promise<void> | undefined;
  return {
    url,
    port,
    ...(adminConsole ? { consoleUrl: adminConsole.url } : {}),
    ...(simulator ? { simulator } : {}),
    ...(powerVsSimulator ? { powerVsSimulator } : {}),
    unforeseen(kind, error) {
      metrics.unforeseen(kind);
      log.error(`unexpected ${kind}`, { error });
    },
    async drain() {
      draining = true;
      log.info('draining', { milliseconds: at.drainMs });
      await new Promise((resolve) => setTimeout(resolve, at.drainMs));
    },
    reload,
    certificateFiles: () => back.certificateFiles?.() ?? [],
    settled: () => work.settled(),
    close: () => (ended ??= end()),
  };
}
