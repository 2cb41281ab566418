import http from 'node:http';
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Access } from '../console/access.js';
import { createConsole } from '../console/app.js';
import type { PlaygroundBackend } from '../console/parts.js';
import type { Recorder } from '../console/recorder.js';
import type { Backend } from '../model/index.js';
import type { Work } from '../services/work.js';
import { packageRoot, packageVersion, type Settings } from '../settings/index.js';
import { readMatrix } from '../support/index.js';
import type { Log } from '../telemetry/index.js';
import { supportedBackends } from './backends.js';
import { listen, stopListening } from './listen.js';

/** What the console shows of a running gateway. */
export interface ConsoleSubject {
  readonly settings: Settings;
  readonly backend: Backend;
  readonly recorder: Recorder;
  readonly work: Work;
  readonly log: Log;
  readonly apiUrl: string;
  /** PEM text of the API's certificate. */
  readonly certificate?: string;
  readonly simulator?: { readonly url: string };
  readonly powerVsSimulator?: { readonly url: string };
}

export interface RunningConsole {
  /** `http://127.0.0.1:8081/console`. */
  readonly url: string;
  close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** The page holds no work: what it is in the middle of is broken off. */
const CLOSE_MS = 100;

/**
 * Listens at `admin.host` and `admin.port`. A port that is taken is no reason not to serve: then there is no console, and
 * the log says so.
 */
export async function startConsole(subject: ConsoleSubject): Promise<RunningConsole | undefined> {
  const { settings, backend, work, log, certificate } = subject;
  const { admin } = settings;
  const simulatorUrl = (subject.simulator ?? subject.powerVsSimulator)?.url;
  const simulated = simulatorUrl !== undefined;
  const access = new Access(
    { ...admin, ...(simulated && admin.user === undefined && backend.name === 'powervs' && { ...SIMULATED_LOGIN }) },
    backend,
    pause,
  );
  const app = createConsole({
    recorder: subject.recorder,
    access,
    log,
    version: packageVersion,
    cloud: backend.words.cloud,
    simulated,
    apiUrl: subject.apiUrl,
    ...(simulatorUrl !== undefined && { simulatorUrl: `${new URL(simulatorUrl).origin}/simulator` }),
    ...(certificate !== undefined && { certificateDays: daysLeft(certificate) }),
    jobs: () => work.journal.all(),
    support: () => readMatrix(`${packageRoot}schemas`, supportedBackends(settings)),
    tryOut: async (kind, request) => (await import('./scratch.js')).tryOut(onSimulated(settings, kind), request, log),
  });
  const server = http.createServer(app);
  try {
    const port = await listen(server, admin.host, admin.port);
    const host = admin.host.includes(':') ? `[${admin.host}]` : admin.host;
    return {
      url: `http://${host}:${port}/console`,
      close: async () => void (await stopListening(server, CLOSE_MS)),
    };
  } catch (error) {
    log.warn('there is no console', { error: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

/** The simulated Power Virtual Server tells no roles; its login is that of the other simulators. */
const SIMULATED_LOGIN = { user: 'admin@internal', password: 'powervc' };

const daysLeft = (pem: string) => {
  const ends = Date.parse(new X509Certificate(pem).validTo);
  return (): number => Math.floor((ends - Date.now()) / DAY_MS);
};

const onSimulated = (settings: Settings, kind: PlaygroundBackend): Settings => ({
  ...settings,
  backend: { kind: kind === 'powervc' ? 'simulator' : kind },
});
