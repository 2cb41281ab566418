import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { Access } from '../console/access.js';
import { createConsole } from '../console/app.js';
import { acceptsHost } from '../console/hosts.js';
import type { ConsoleParts, PlaygroundBackend } from '../console/parts.js';
import type { Recorder } from '../console/recorder.js';
import type { Backend } from '../model/index.js';
import type { Work } from '../services/work/work.js';
import { packageRoot, packageVersion, type Settings } from '../settings/index.js';
import { readMatrix } from '../support/index.js';
import type { Log } from '../telemetry/index.js';
import { supportedBackends } from './backends.js';
import { Certificate } from './certificate.js';
import type { CloudHealth } from './cloud-health.js';
import { listen, stopListening } from './listen.js';
import { tryOut, type Start } from './scratch.js';
import { consoleTls, hstsOf, type Tls } from './tls.js';

/** What the console shows of a running gateway. */
export interface ConsoleSubject {
  readonly settings: Settings;
  readonly backend: Backend;
  readonly recorder: Recorder;
  readonly work: Work;
  readonly log: Log;
  readonly apiUrl: string;
  /** Called for each login to the console. */
  readonly onLogin?: ConsoleParts['onLogin'];
  /** How the cloud's services answer. */
  readonly cloud: CloudHealth;
  /** That of the API. */
  readonly certificate?: Certificate;
  readonly simulator?: { readonly url: string };
  readonly powerVsSimulator?: { readonly url: string };
  /** Starts a gateway to try a request on. */
  readonly start: Start;
}

export interface RunningConsole {
  /** `http://127.0.0.1:8081/console`. */
  readonly url: string;
  /** Applies another login and certificate of the console. */
  reload(admin: Settings['admin'], tls: Tls | undefined): void;
  close(): Promise<void>;
}

/** How long requests of the page may take to finish at the end, milliseconds: they hold no work. */
const CLOSE_MS = 100;

/**
 * Listens at `admin.host` and `admin.port`. A port in use is no reason not to serve: then there is no console, which is
 * logged.
 */
export async function startConsole(subject: ConsoleSubject): Promise<RunningConsole | undefined> {
  const { settings, backend, work, log, certificate } = subject;
  const { admin } = settings;
  const simulatorUrl = (subject.simulator ?? subject.powerVsSimulator)?.url;
  const simulated = simulatorUrl !== undefined;
  const loginOf = (settings: Settings['admin']): Settings['admin'] => ({
    ...settings,
    ...(simulated && settings.user === undefined && backend.name === 'powervs' && SIMULATED_LOGIN),
  });
  const access = new Access(loginOf(admin), backend, pause);
  const tls = await consoleTls(settings);
  const own = tls && new Certificate(tls.cert, 'admin.tls.cert');
  const app = createConsole({
    recorder: subject.recorder,
    access,
    log,
    version: packageVersion,
    cloud: backend.words.cloud,
    simulated,
    acceptsHost: acceptsHost(admin.host, admin.allowedHosts),
    apiUrl: subject.apiUrl,
    ...(simulatorUrl !== undefined && { simulatorUrl: `${new URL(simulatorUrl).origin}/simulator` }),
    ...(certificate !== undefined && { certificateDays: () => certificate.daysLeft() }),
    ...(subject.onLogin && { onLogin: subject.onLogin }),
    services: () => subject.cloud.list(),
    jobs: () => work.journal.all(),
    support: () => readMatrix(`${packageRoot}schemas`, supportedBackends(settings)),
    tryOut: async (kind, request) => tryOut(subject.start, onSimulated(settings, kind), request, log),
  });
  const hsts = Object.entries(tls ? hstsOf(settings) : {});
  const listener: http.RequestListener = (request, response) => {
    for (const [name, value] of hsts) response.setHeader(name, value);
    app(request, response);
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  try {
    const port = await listen(server, admin.host, admin.port, '--admin-port');
    own?.warn(log, admin.tls?.cert, settings.server.tls.warnDays);
    const host = admin.host.includes(':') ? `[${admin.host}]` : admin.host;
    return {
      url: `${tls ? 'https' : 'http'}://${host}:${port}/console`,
      reload(next, nextTls) {
        access.use(loginOf(next));
        if (!nextTls || !(server instanceof https.Server)) return;
        server.setSecureContext(nextTls);
        own?.replace(nextTls.cert);
      },
      async close() {
        own?.forget();
        await stopListening(server, CLOSE_MS);
      },
    };
  } catch (error) {
    log.warn(`the console could not be started at admin.host ${admin.host}, admin.port ${admin.port}`, {
      error: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

/** The simulated Power Virtual Server has no roles; its login is that of the other simulators. */
const SIMULATED_LOGIN = { user: 'admin@internal', password: 'powervc' };

const onSimulated = (settings: Settings, kind: PlaygroundBackend): Settings => ({
  ...settings,
  backend: { ...settings.backend, kind: kind === 'powervc' ? 'simulator' : kind },
});
