import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';

/** Proxies by the scheme of an address. */
export interface Proxies {
  /** For http addresses; also for https where `https` is absent. */
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached directly, as in NO_PROXY. */
  readonly except?: string;
}

export interface ConnectionOptions {
  readonly proxies?: Proxies;
  /** Certificate authorities to trust, PEM. */
  readonly ca?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  /** How long an answer may take to begin, and to go on, milliseconds. */
  readonly timeoutMs?: number;
  /** Maximum number of connections to an address. */
  readonly connections: number;
}

/** Connections to an endpoint, through a proxy where there is one. */
export function connectionsOf({ proxies, ca, insecure, timeoutMs, connections }: ConnectionOptions): Dispatcher {
  const tls = { ...(ca !== undefined && { ca }), rejectUnauthorized: insecure !== true };
  const options = {
    connections,
    connect: tls,
    ...(timeoutMs !== undefined && { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }),
  };
  if (!proxies?.http && !proxies?.https) return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: tls,
    // an empty text keeps undici from reading environment variables: the command line does that
    httpProxy: proxies.http ?? '',
    httpsProxy: proxies.https ?? '',
    noProxy: proxies.except ?? '',
  });
}
