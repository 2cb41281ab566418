import { readFileSync } from 'node:fs';
import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import type { Ending } from '../../model/index.js';
import type { HttpSettings } from './settings.js';

type DispatcherSettings = Pick<
  HttpSettings,
  'caFile' | 'certFile' | 'keyFile' | 'proxy' | 'insecure' | 'timeouts' | 'connections'
>;

/** The connections that requests use. */
export interface Dispatchers {
  /** For a service at that origin, `https://powervc:8774`: calls to one service never wait for those to another. */
  to(service: string, origin: string): Dispatcher;
  close(how?: Ending): Promise<void>;
}

/**
 * One pool of connections per service, one request at a time on each (docs/reference/performance.md, section 4),
 * through a proxy where there is one. Reads the files of certificates, and throws if it cannot.
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
  // an empty text keeps undici from reading environment variables: schemas/settings.json does that
  if (http !== '' || https !== '') {
    const proxies = { httpProxy: http, httpsProxy: https, noProxy: except };
    return kept(
      (service) => service,
      () => new EnvHttpProxyAgent({ ...options, requestTls, ...proxies }),
    );
  }
  return kept(
    (service, origin) => `${service} ${origin}`,
    (origin) => new Pool(origin, options),
  );
}

function kept(keyOf: (service: string, origin: string) => string, make: (origin: string) => Dispatcher): Dispatchers {
  const made = new Map<string, Dispatcher>();
  return {
    to(service, origin) {
      const key = keyOf(service, origin);
      const known = made.get(key);
      if (known) return known;
      const fresh = make(origin);
      made.set(key, fresh);
      return fresh;
    },
    async close(how = 'orderly') {
      const open = [...made.values()];
      made.clear();
      await Promise.all(open.map((one) => (how === 'cut' ? one.destroy() : one.close())));
    },
  };
}
