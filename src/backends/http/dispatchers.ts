import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { Pool, type Dispatcher } from 'undici';
import type { CertificateFiles, Ending } from '../../model/index.js';
import { proxied } from './proxy.js';
import type { HttpSettings } from './settings.js';

type DispatcherSettings = Pick<HttpSettings, 'proxy' | 'insecure' | 'timeouts' | 'connections'> & CertificateFiles;

/** The connections that requests use. */
export interface Dispatchers {
  /** For a service at that origin, `https://powervc:8774`: calls to one service never wait for those to another. */
  to(service: string, origin: string): Dispatcher;
  /**
   * Reads these files, and uses what is in them for new connections; calls under way end on theirs. Throws if they
   * cannot be used, and leaves everything as it is.
   */
  renew(files: CertificateFiles): void;
  close(how?: Ending): Promise<void>;
}

/**
 * One pool of connections per service, one request at a time on each (docs/reference/performance.md, section 4),
 * through a proxy where there is one. Reads the files of certificates, and throws if it cannot.
 */
export function createDispatchers({ proxy, ...settings }: DispatcherSettings): Dispatchers {
  const isProxied = Boolean(proxy?.http) || Boolean(proxy?.https);
  const { timeouts, connections, insecure } = settings;
  let certificates = read(settings);
  const made = new Map<string, Dispatcher>();
  /** Those of certificates before, whose last calls are under way. */
  const leaving = new Set<Dispatcher>();

  function make(origin: string): Dispatcher {
    const requestTls = { timeout: timeouts.connectMs, rejectUnauthorized: !insecure, ...certificates };
    const options = {
      connections,
      pipelining: 1,
      headersTimeout: timeouts.headersMs,
      bodyTimeout: timeouts.bodyMs,
      connect: requestTls,
    };
    return proxy && isProxied
      ? proxied(proxy, { ...options, requestTls, proxyTls: { timeout: timeouts.connectMs } })
      : new Pool(origin, options);
  }

  async function leave(one: Dispatcher): Promise<void> {
    leaving.add(one);
    await one.close();
    leaving.delete(one);
  }

  return {
    to(service, origin) {
      const key = isProxied ? service : `${service} ${origin}`;
      const known = made.get(key);
      if (known) return known;
      const fresh = make(origin);
      made.set(key, fresh);
      return fresh;
    },
    renew(files) {
      const next = read(files);
      // a CA that is none is passed over in silence by a context
      if (next.ca !== undefined) new X509Certificate(next.ca);
      createSecureContext(next);
      if (isDeepStrictEqual(next, certificates)) return;
      certificates = next;
      const before = [...made.values()];
      made.clear();
      // one that is destroyed meanwhile has nothing to wait for
      for (const one of before) leave(one).catch(() => leaving.delete(one));
    },
    async close(how = 'orderly') {
      const open = [...made.values(), ...leaving];
      made.clear();
      await Promise.all(open.map((one) => (how === 'cut' ? one.destroy() : one.close())));
    },
  };
}

interface Certificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const read = ({ caFile, certFile, keyFile }: CertificateFiles): Certificates => ({
  ...(caFile !== undefined && { ca: readFileSync(caFile, 'utf8') }),
  // PEM may hold both: without a file of its own the key is in that of the certificate
  ...(certFile !== undefined && {
    cert: readFileSync(certFile, 'utf8'),
    key: readFileSync(keyFile ?? certFile, 'utf8'),
  }),
});
