import type { IncomingHttpHeaders } from 'node:http';
import type { Backend, BackendCall, CallOptions, FaultCode } from '../../model/index.js';
import type { Log, ServiceSettings } from '../../services/context.js';
import type { Transfers } from '../../services/transfers/transfers.js';
import type { Work } from '../../services/work/work.js';
import type { Ignored } from '../version/ignored.js';
import type { Logins } from '../sessions/logins.js';
import type { Sessions } from '../sessions/sessions.js';
import type { ServedVersion } from '../declare/operation.js';
import type { SessionSettings } from '../sessions/sessions.js';

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
  /** Headers of a request; one with more is refused (400). */
  readonly maxHeaders: number;
  /** Names that `Host` may have, lower case, without port; none: any. */
  readonly allowedHosts: readonly string[];
  /** Addresses and networks of proxies whose X-Forwarded-For, -Proto and -Host are trusted. */
  readonly trustedProxies: readonly string[];
  /** How long a client may read nothing of its answer. */
  readonly writeTimeoutMs: number;
  /** Requests that are processed at the same time; further ones are refused (503). */
  readonly maxRequests: number;
  /** How long a request may take; 0 for no limit. */
  readonly deadlineMs: number;
  /**
   * 200: DELETE answers an `<action>` document, as engines do and SDKs need. 204: nothing, as the documentation's
   * examples show.
   */
  readonly deleteStatus: 200 | 204;
  /**
   * Refuse unknown or untranslatable content instead of reporting it. `Prefer: handling=strict` asks for it per
   * request.
   */
  readonly strict: boolean;
  /**
   * How many results of a search the gateway sorts; more are refused. Does not apply to orders that the backend
   * supports.
   */
  readonly sortLimit: number;
  /** How old the counts of the root document may be; 0 counts for each request. */
  readonly countsMs: number;
  readonly productName: string;
  readonly productVendor: string;
  /** `major.minor.build.revision`. */
  readonly productVersion: string;
  /** As engines of version 4 write it: `4.5.7-1.el9`. */
  readonly productVersion4: string;
  readonly sessions: SessionSettings;
  /** The version at /ovirt-engine/api for clients that request none. */
  readonly version: string;
  /** Answers of at least this size are compressed for clients that take gzip; 0 for none. */
  readonly gzipBytes: number;
}

/** The version of an engine that has this v3 API (docs/reference/ovirt.md, section 2). */
export const defaultProtocolSettings: ProtocolSettings = {
  maxBodyBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  maxHeaders: 100,
  allowedHosts: [],
  trustedProxies: [],
  writeTimeoutMs: 60_000,
  maxRequests: 1000,
  deadlineMs: 60_000,
  deleteStatus: 200,
  strict: false,
  sortLimit: 20_000,
  countsMs: 60_000,
  productName: 'oVirt Engine',
  productVendor: 'ovirt.org',
  productVersion: '3.6.0.0',
  productVersion4: '4.5.7-1.el9',
  version: '4',
  sessions: {
    secrets: [],
    minutes: 180,
    csrf: false,
    checkMs: 1000,
    loginsAtOnce: 8,
    loginQueue: 64,
    longestPauseMs: 60_000,
  },
  gzipBytes: 16 * 1024,
};

/** One request that was answered or aborted. */
export interface RequestRecord {
  /** Unique in this process; the same as in `RequestContext`. */
  readonly serial: number;
  /** When it began, epoch milliseconds. */
  readonly at: number;
  /** Address of the client. */
  readonly client: string;
  readonly userAgent?: string;
  readonly method: string;
  /** Without parameters. */
  readonly path: string;
  /** Name of the operation (`vms.disks.add`); absent when no operation was reached. */
  readonly operation?: string;
  /** The user as in a login, `admin@internal`; of a failed login, the name that was sent. */
  readonly user?: string;
  /** The backend's ids of the user and the project; absent without a login. */
  readonly userId?: string;
  readonly project?: string;
  /** Path of what was created. */
  readonly created?: string;
  /** Id of the job that it began. */
  readonly jobId?: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly correlationId: string;
  /** The same in the backend's form, as in its logs; absent if the backend was not called. */
  readonly backendRequestId?: string;
  /** The client disconnected before the whole answer was sent. */
  readonly aborted: boolean;
  /**
   * The fault that it was answered with. `why`: why a login was refused, which the operator is told and the client is
   * not.
   */
  readonly fault?: { readonly code: FaultCode; readonly detail: string; readonly why?: string };
  /** Content that had no effect, each with its reason. */
  readonly ignored: readonly Ignored[];
  /** How many calls the backend got until the answer. */
  readonly backendCalls: number;
  /** The request as received, without its headers, for recorders. */
  readonly received: { readonly target: string; readonly contentType?: string; readonly body?: Uint8Array };
}

/** Which request something belongs to. */
export interface RequestContext {
  readonly serial: number;
  readonly correlationId: string;
}

/** Called when something happens; must not throw. */
export interface ProtocolHooks {
  onRequest?(record: RequestRecord): void;
  /** Content of a request that was not used: all of it, though the header X-Ovirt-Ignored is bounded. */
  onIgnored?(operation: string, content: readonly Ignored[], context: RequestContext): void;
  /** Also called for calls after the answer, by work that continues. */
  onBackendCall?(call: BackendCall, context: RequestContext): void;
  /** Whether a change may begin: false refuses it with 503. Absent: it may. */
  admit?(method: string): boolean | Promise<boolean>;
  /** A request has arrived; `onRequest` is called at its end. */
  onBegin?(): void;
  /** A call to this service is retried. */
  onRetry?: (service: string) => void;
  /** Runs what answers a request: its work and its backend calls begin inside. */
  follow?: <T>(
    request: { readonly serial: number; readonly method: string; readonly headers: IncomingHttpHeaders },
    act: () => T,
  ) => T;
  /** Called before a backend call is sent. */
  trace?: NonNullable<CallOptions['trace']>;
}

/** What the protocol is built from. */
export interface ProtocolDeps {
  readonly backend: Backend;
  readonly settings: ProtocolSettings;
  readonly services: ServiceSettings;
  readonly work: Work;
  /** Image transfers; without, they are refused. */
  readonly transfers?: Transfers;
  readonly log: Log;
  readonly hooks?: ProtocolHooks;
  /** The versions of the protocol that are served; those of schemas/ovirt by default. */
  readonly versions?: readonly ServedVersion[];
  /** The cached logins; a new set by default. */
  readonly logins?: Logins;
  /** The sessions of clients; a new set by default. */
  readonly sessions?: Sessions;
  /** Whether the process is about to end: then each connection closes after its answer. */
  readonly isDraining?: () => boolean;
}
