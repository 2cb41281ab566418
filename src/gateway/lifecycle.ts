import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ending } from '../model/index.js';
import type { Logins } from '../ovirt/index.js';
import type { Work } from '../services/work/work.js';
import type { Settings } from '../settings/index.js';
import type { Log, Traces } from '../telemetry/index.js';
import type { Audit } from './audit.js';
import type { Back } from './back.js';
import type { Certificate } from './certificate.js';
import type { CloudHealth } from './cloud-health.js';
import type { RunningConsole } from './console.js';
import { stopListening, within } from './listen.js';
import { secretsOf, type ChangingSessionSettings } from './protocol-settings.js';
import { apiTls, consoleTls } from './tls.js';
import type { RunningTransfers } from './transfers.js';

/** How long the shutdown waits for connections, audit and traces to close, milliseconds. */
const RELEASE_MS = 6000;

/** What changes while a gateway runs. */
export interface RunningState {
  isDraining: boolean;
  /** Where it listens; empty until it does. */
  url: string;
  console: RunningConsole | undefined;
}

/** What runs, and is reloaded or ended. */
export interface RunningParts {
  readonly state: RunningState;
  readonly settings: Settings['server'];
  readonly server: Server;
  readonly back: Back;
  readonly cloud: CloudHealth;
  readonly work: Work;
  readonly logins: Logins;
  readonly sessionSettings: ChangingSessionSettings;
  readonly log: Log;
  /** Whether the caller closes the log. */
  readonly isLogShared: boolean;
  readonly certificate?: Certificate;
  readonly transfers?: RunningTransfers;
  readonly audit?: Audit;
  readonly traces?: Traces;
}

/** Drains, reloads and ends a gateway. */
export class Lifecycle {
  #ended: Promise<void> | undefined;

  constructor(private readonly parts: RunningParts) {}

  async drain(): Promise<void> {
    const { log, settings, state } = this.parts;
    state.isDraining = true;
    log.info('draining', { milliseconds: settings.drainMs });
    await pause(settings.drainMs);
  }

  async reload(next: Settings): Promise<void> {
    const { back, certificate, server, sessionSettings, logins, audit } = this.parts;
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
    this.parts.state.console?.reload(next.admin, nextConsoleTls);
  }

  /** Closes everything but the server. */
  async release(how: Ending): Promise<void> {
    const { cloud, certificate, transfers, back, traces, audit, isLogShared, log } = this.parts;
    cloud.stop();
    certificate?.forget();
    await transfers?.stop();
    await this.parts.state.console?.close();
    await back.close(how);
    await traces?.close();
    await audit?.close();
    if (!isLogShared) await log.close();
  }

  close(): Promise<void> {
    return (this.#ended ??= this.#end());
  }

  async #end(): Promise<void> {
    const { settings, server, work, log } = this.parts;
    const deadline = Date.now() + settings.shutdownMs;
    const { brokenOff } = await stopListening(server, settings.shutdownMs);
    const isDone = await within(work.settled(), Math.max(0, deadline - Date.now()));
    if (brokenOff || !isDone)
      log.warn('exiting with unfinished work; it is completed when its resource is next used', {
        requests: brokenOff,
        work: !isDone,
      });
    if (!(await within(this.release(isDone ? 'orderly' : 'cut'), RELEASE_MS)))
      log.warn('exiting with open connections to the cloud');
  }
}
