import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import type { HttpSettings } from './settings.js';

/** A proxy made no connection to the service: it refused, or was not reached. Nothing was sent to the service. */
export class ProxyError extends Error {
  constructor(
    /** The status with which the proxy answered CONNECT; absent if it did not answer. */
    readonly status: number | undefined,
    options?: ErrorOptions,
  ) {
    super(status === undefined ? 'the proxy was not reached' : `the proxy answered CONNECT with ${status}`, options);
    this.name = 'ProxyError';
  }
}

/** Connections through proxies by scheme, and direct ones to the hosts that are excepted. */
export function proxied(
  { http = '', https = '', except }: NonNullable<HttpSettings['proxy']>,
  options: EnvHttpProxyAgent.Options,
): Dispatcher {
  return new EnvHttpProxyAgent({
    ...options,
    clientFactory: connectionsTo,
    // an empty text keeps undici from reading environment variables: schemas/settings.json does that
    httpProxy: http,
    httpsProxy: https,
    noProxy: except,
  });
}

/** undici's errors for the end of a pool: of the gateway's own making. */
const CLOSING = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** Connections to a proxy. Without this their failures look like those of the service behind it. */
function connectionsTo(proxy: URL, options: object): Dispatcher {
  const pool = new Pool(proxy, options);
  const connect: (to: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> = pool.connect.bind(pool);
  return Object.assign(pool, {
    async connect(to: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
      const answer = await connect(to).catch((cause: unknown) => {
        const { code = '' } = cause as { code?: string };
        throw CLOSING.has(code) ? cause : new ProxyError(undefined, { cause });
      });
      if (answer.statusCode === 200) return answer;
      answer.socket.on('error', () => undefined).destroy();
      throw new ProxyError(answer.statusCode);
    },
  });
}
