import type { BreakerSettings } from './breaker.js';

/** A project by its name, which is one within its domain. */
export interface NamedProject {
  readonly domain: string;
  readonly project: string;
}

/**
 * What any OpenStack backend is made from; marks as in docs/reference/power.md: [V] read in IBM's documents or clients.
 */
export interface OpenStackSettings {
  /**
   * Keystone's address with its version: `https://powervc.example.com:5000/v3`. Every other address comes from its
   * catalog.
   */
  readonly authUrl: string;
  /** Region of the catalog's entries to use. Absent: any. */
  readonly region?: string;
  /** Which of the catalog's addresses to use. IBM: the public ones [V]. */
  readonly interface: 'public' | 'internal' | 'admin';
  /** Domain of the users that log in. `Default` is the only one that PowerVC supports [V]. */
  readonly userDomain: string;
  /**
   * oVirt's profile (`internal` in `admin@internal`) → Keystone's project and its domain. A login with another profile
   * is refused.
   */
  readonly projectsByProfile: Readonly<Record<string, NamedProject | { readonly id: string }>>;
  /** File of the certificate authority that signed PowerVC's certificate, PEM. */
  readonly caFile?: string;
  /** Logs in instead of any user: for `check`. */
  readonly applicationCredential?: { readonly id: string; readonly secret: string };
  /** Files of the gateway's own certificate and its key, PEM; without the latter the key is in the former. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Accept any certificate. */
  readonly insecure: boolean;
  /**
   * URLs of proxies by the scheme of what is asked for, and hosts that are reached without one, with commas between.
   */
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
  /**
   * How often a GET that found no connection, or a 503, is sent again, and the first pause (it doubles), milliseconds.
   */
  readonly retries: { readonly times: number; readonly pauseMs: number };
  /**
   * A token is renewed when it has fewer seconds left than this, or a sixth of its life. IBM: an hour before its end
   * [V].
   */
  readonly renewBeforeSeconds: number;
  /** Items of a page of servers, volumes and images. Nova gives 1000 at most unless configured otherwise. */
  readonly pageSize: number;
  /** How long storage templates, host groups and hosts are remembered, for names and ids in other answers. */
  readonly referenceSeconds: number;
}
