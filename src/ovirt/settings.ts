import type { Backend, BackendCall } from '../model/index.js';
import type { Log, ServiceSettings } from '../services/context.js';
import type { Work } from '../services/work.js';
import type { SessionSettings } from './sessions/sessions.js';

/** What an operator chooses about the protocol. Sizes are bytes, times milliseconds. */
export interface ProtocolSettings {
  /** A longer request body is refused (413). */
  readonly maxBodyBytes: number;
  /** A longer request line and headers are refused (431). */
  readonly maxHeaderBytes: number;
  /** How long the headers of a request may take to arrive. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutMs: number;
  /**
   * 200: DELETE answers an `<action>` document, as engines do and SDKs need. 204: nothing, as the documentation's
   * examples show.
   */
  readonly deleteStatus: 200 | 204;
  /**
   * Refuse content that is not known or not translatable, rather than report it. `Prefer: handling=strict` asks for it
   * per request.
   */
  readonly strict: boolean;
  /**
   * How many results of a search are held to be sorted; more are refused. What the backend sorts itself needs none of
   * it.
   */
  readonly sortLimit: number;
  readonly productName: string;
  readonly productVendor: string;
  /** `major.minor.build.revision`. */
  readonly productVersion: string;
  readonly sessions: SessionSettings;
  /** Answers of at least this size are compressed for clients that take gzip; 0 for none. */
  readonly gzipBytes: number;
}

/** The version is that of an engine whose v3 API this is (docs/reference/ovirt.md, section 2). */
export const defaultProtocolSettings: ProtocolSettings = {
  maxBodyBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  deleteStatus: 200,
  strict: false,
  sortLimit: 20_000,
  productName: 'oVirt Engine',
  productVendor: 'ovirt.org',
  productVersion: '3.6.0.0',
  sessions: { secrets: [], minutes: 180, csrf: false },
  gzipBytes: 16 * 1024,
};

/** One request that was answered, or broken off. */
export interface RequestRecord {
  readonly method: string;
  /** Without parameters. */
  readonly path: string;
  /** Name of the operation (`vms.disks.add`); absent when no operation was reached. */
  readonly operation?: string;
  readonly user?: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly correlationId: string;
  /** The same in the backend's form, as its logs have it; absent when the backend was not asked. */
  readonly backendRequestId?: string;
  /** The client went away before the whole answer was sent. */
  readonly aborted: boolean;
}

/** Told of what happens; must not throw. */
export interface ProtocolHooks {
  onRequest?(record: RequestRecord): void;
  /** Content of a request that was not used. `paths` as in the X-Ovirt-Ignored header, unbounded. */
  onIgnored?(operation: string, paths: readonly string[]): void;
  onBackendCall?(call: BackendCall): void;
}

/** What the protocol is built from. */
export interface ProtocolDeps {
  readonly backend: Backend;
  readonly settings: ProtocolSettings;
  readonly services: ServiceSettings;
  readonly work: Work;
  readonly log: Log;
  readonly hooks?: ProtocolHooks;
}
