import { readFileSync } from 'node:fs';
import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import type { OpenStackSettings } from './settings.js';

type DispatcherSettings = Pick<
  OpenStackSettings,
  'caFile' | 'certFile' | 'keyFile' | 'proxy' | 'insecure' | 'timeouts' | 'connections'
>;

/** What requests go out by. */
export interface Dispatchers {
  /** To that origin: `https://powervc:8774`. */
  to(origin: string): Dispatcher;
  close(): Promise<void>;
}

/**
 * One pool of connections per origin, one request at a time on each (docs/reference/performance.md, section 4), through
 * a proxy where there is one. Reads the files of certificates: throws when it can't.
 */
export function createDispatchers({ timeouts, connections, proxy, ...tls }: DispatcherSettings): Dispatchers {
  const requestTls = {
    timeout: timeouts.connectMs,
    rejectUnauthorized: !tls.insecure,
    ...(tls.caFile !== undefined && { ca: readFileSync(tls.caFile, 'utf8') }),
    // PEM may hold both: without a file of its own the key is in that of the certificate
    ...(tls.certFile !== undefined && {
      cert: readFileSync(tls.certFile, 'utf8'),
      key: readFileSync(tls.keyFile ?? tls.certFile, 'utf8'),
    }),
  };
  const options = {
    connections,
    pipelining: 1,
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    connect: requestTls,
  };
  const { http = '', https = '', except = '' } = proxy ?? {};
  // an empty text keeps undici from the variables of the process: schemas/settings.json names them
  if (http !== '' || https !== '') {
    const agent = new EnvHttpProxyAgent({
      ...options,
      requestTls,
      httpProxy: http,
      httpsProxy: https,
      noProxy: except,
    });
    return { to: () => agent, close: () => agent.close() };
  }
  const pools = new Map<string, Pool>();
  return {
    to(origin) {
      const known = pools.get(origin);
      if (known) return known;
      const made = new Pool(origin, options);
      pools.set(origin, made);
      return made;
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((one) => one.close()));
    },
  };
}
