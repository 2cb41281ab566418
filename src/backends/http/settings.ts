import type { BreakerSettings } from './breaker.js';

/** How a cloud's services are reached. */
export interface HttpSettings {
  /** Path of the certificate authority that signed the services' certificates, PEM. */
  readonly caFile?: string;
  /** Paths of the gateway's own certificate and its key, PEM. Without the latter, the key is in the former. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** URLs of proxies by the scheme of the request, and hosts reached without one, separated by commas. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly except: string };
  /** Milliseconds: to connect; to wait for the head of an answer; between two parts of its body. */
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  /** Connections to one service, 16 to 128 (docs/reference/performance.md, section 4). */
  readonly connections: number;
  /** Calls to one service that wait for a connection; further ones are refused. */
  readonly queue: number;
  readonly breaker: BreakerSettings;
  /** The longest answer that is read, bytes. */
  readonly maxAnswerBytes: number;
  /** How often a GET is retried after a failed connection or a 503, and the first pause (it doubles), milliseconds. */
  readonly retries: { readonly times: number; readonly pauseMs: number };
}

/** Unless an operator says otherwise. */
export const httpDefaults = {
  insecure: false,
  timeouts: { connectMs: 10_000, headersMs: 120_000, bodyMs: 60_000 },
  connections: 64,
  queue: 256,
  breaker: { failures: 10, withinMs: 2000, pauseMs: 5000 },
  maxAnswerBytes: 64 * 1024 * 1024,
  retries: { times: 2, pauseMs: 200 },
} as const satisfies HttpSettings;
