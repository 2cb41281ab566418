import type { Registry } from 'prom-client';
import type { BackendCall } from '../model/index.js';
import type { RequestContext, RequestRecord } from '../ovirt/index.js';
import type { JobNews } from '../services/work/journal.js';
import type { Settings } from '../settings/index.js';
import type { Simulator } from '../simulator/index.js';
import type { PowerVsSimulator } from '../simulator/powervs/index.js';
import type { Log } from '../telemetry/index.js';

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
