import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { BackendSession, Credentials, Fault } from '../../model/index.js';
import type { RunningJob } from '../../services/work/journal.js';
import { Client } from '../http/client.js';
import { Deadline } from '../http/deadline.js';
import type { Declaration } from '../version/declaration.js';
import { originOf } from '../http/forwarded.js';
import type { EntryPoint } from '../version/entry-points.js';
import { takesGzip } from '../http/gzip.js';
import type { Ignored } from '../version/ignored.js';
import { detailsOf, type Format, negotiate, preferred } from '../http/negotiation.js';
import { Parameters } from '../http/parameters.js';
import { parseTarget } from '../http/url.js';
import type { Version } from '../version/version.js';
import type { OpenSession } from '../sessions/sessions.js';

/** Echoed ids are stripped of what is not one of these, and cut (docs/reference/ovirt.md, section 4). */
const NOT_IN_ID = /[^0-9a-zA-Z_-]/g;
const LONGEST_ID = 50;

let requests = 0;

/** The next request's number, unique in this process. */
export const nextSerial = (): number => ++requests;

/** For a request that has not been parsed yet. Shared, because nothing changes them. */
const NO_PARAMETERS = new Parameters(new Map(), new Map());
const NO_DETAILS: ReadonlySet<string> = new Set();
const NO_DEADLINE = new Deadline(0, () => undefined);

/**
 * The state of one request while it is processed. Starts with safe values, so that a fault can be answered at any time.
 */
export class Exchange {
  readonly began = performance.now();
  /** Epoch milliseconds. */
  readonly at = Date.now();
  /** Unique in this process. */
  readonly serial = nextSerial();
  readonly method: string;
  format: Format = 'xml';
  /** The header as it came. */
  accept: string | undefined;
  /** Path without parameters, still escaped; the entry point's prefix is part of it. */
  path = '';
  parameters = NO_PARAMETERS;
  correlationId: string = randomUUID();
  /** The `X-Request-Id` that the client sent, to be echoed. */
  requestId: string | undefined;
  /** The client's address, or its proxy's; empty when the connection is gone. */
  address = '';
  entryPoint: EntryPoint | undefined;
  /** The version of the protocol that the request is in. */
  version: Version;
  operation: Declaration | undefined;
  credentials: Credentials | undefined;
  session: BackendSession | undefined;
  /** The session of the client's cookie; absent if it sent only credentials. */
  opened: OpenSession | undefined;
  /** Headers of the answer that are known before there is one. */
  readonly headers: Record<string, string> = {};
  /** The correlation id in the form that the backend received. */
  backendRequestId: string | undefined;
  /** Content of the request that was not used, for the X-Ovirt-Ignored header. */
  readonly ignored: Ignored[] = [];
  /** The fault that it is answered with. */
  fault: Fault | undefined;
  /** Path of what it created. */
  created: string | undefined;
  /** Calls that the backend got. */
  backendCalls = 0;
  /** The body as it came, once it was read. */
  body: Uint8Array | undefined;
  /**
   * The action document that the client posted: a failure is reported inside it (docs/reference/ovirt.md, section 9).
   */
  action: object | undefined;
  /** Its entry in the journal, if it is work. */
  job: RunningJob | undefined;
  /** The client that waits for the answer. */
  readonly client = new Client();
  /** How long it may take; none until it is set. */
  deadline = NO_DEADLINE;
  /**
   * Nothing reads the request's body, which may never arrive: unless it is complete by then, the answer closes the
   * connection.
   */
  leavesBody = false;

  takesGzip = false;
  /** Sub-collections that the documents are to hold. */
  details = NO_DETAILS;

  /** `gzipBytes`: from how many bytes on an answer is compressed; 0 for never. */
  constructor(
    private readonly request: Request,
    version: Version,
    private readonly gzipBytes = 0,
  ) {
    this.method = request.method;
    this.version = version;
  }

  /** Parses the request line and the headers. Throws `request.*`; what was parsed until then is kept. */
  open(request: Request): void {
    this.path = request.url;
    const { headers } = request;
    const { accept } = headers;
    this.accept = accept;
    this.format = preferred(accept);
    this.takesGzip = takesGzip(headers['accept-encoding']?.toString());
    this.requestId = idOf(headers['x-request-id']);
    const { path, parameters } = parseTarget(request.url);
    this.path = path;
    this.parameters = parameters;
    this.correlationId =
      idOf(headers['correlation-id'] ?? parameters.text('correlation_id')) ?? this.requestId ?? this.correlationId;
    this.details = detailsOf(accept, parameters.text('detail'));
  }

  /** Decides the format of the answer. Throws `request.not-acceptable`. */
  negotiate(): void {
    this.format = negotiate(this.parameters.text('accept') ?? this.accept);
  }

  /** The profile that the user logged in with (`internal` in `admin@internal`); undefined without a login. */
  get profile(): string | undefined {
    return this.opened?.sealed.profile ?? this.credentials?.profile;
  }

  /** Whether the answer closes the connection, because part of the request was not read. */
  get close(): boolean {
    return this.leavesBody && !this.request.complete;
  }

  /** Whether an answer of this many bytes is compressed for clients that take gzip. */
  mayPack(bytes: number): boolean {
    return this.gzipBytes > 0 && bytes >= this.gzipBytes;
  }

  /** `https://engine.example.com`: where the client thinks it is. */
  get origin(): string {
    return originOf(this.request);
  }

  /** The base of hrefs: the entry point that the request came through. */
  get base(): string {
    return this.entryPoint?.prefix ?? '';
  }
}

/** An id that a client sent, in the form in which it is echoed; undefined if nothing of it can be. */
export const idOf = (text: string | readonly string[] | undefined): string | undefined =>
  text === undefined ? undefined : String(text).replace(NOT_IN_ID, '').slice(0, LONGEST_ID) || undefined;

/** The exchange of a request: the protocol's first handler puts it into the response's locals. Absent before that. */
export const exchangeAt = (locals: Record<string, unknown>): Exchange | undefined =>
  locals['exchange'] as Exchange | undefined;

/** The same, where the first handler has run. */
export function exchangeOf(locals: Record<string, unknown>): Exchange {
  const exchange = exchangeAt(locals);
  if (!exchange) throw new Error('the protocol has not opened this request');
  return exchange;
}
