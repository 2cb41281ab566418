import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { powerVcSettings, createPowerVcBackend, type PowerVcSettings } from '../../src/backends/powervc/index.js';
import type { BackendSession } from '../../src/model/index.js';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** An answer that is no whole: it drips, or never comes. */
export type Raw = (response: ServerResponse) => void;
type Any = Reply | Raw | 'cut';
/** Answers one request; undefined: 404 with Nova's body; 'cut' ends the connection. */
export type Answer = (request: Seen) => Any | undefined | Promise<Any | undefined>;

export const PROJECT = 'dd24eb05bf884459891913c87e47ea09';

/**
 * A few lines of HTTP that answer as told, for what the simulator cannot show: odd bodies, cut connections, tokens that
 * end.
 */
export class TinyOpenStack {
  readonly seen: Seen[] = [];
  tokens = 0;
  /** What the token answer says of its life. */
  tokenSeconds = 21_600;
  refuseLogin = false;
  /** The catalog's address of Glance, where it is another than its own. */
  imageAddress: string | undefined;
  /** Types of services that the catalog does not have yet. */
  readonly unlisted = new Set<string>();
  #server: Server;
  /** What went wrong while it answered: `close` throws it, so that the test fails. */
  #failures: unknown[] = [];

  private constructor(private answer: Answer) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.#failures.push(error);
        response.destroy();
      });
    });
  }

  static async start(answer: Answer): Promise<TinyOpenStack> {
    const tiny = new TinyOpenStack(answer);
    await new Promise<void>((resolve) => tiny.#server.listen(0, '127.0.0.1', resolve));
    return tiny;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async login(change: Partial<PowerVcSettings> = {}): Promise<BackendSession & { end(): Promise<void> }> {
    const backend = createPowerVcBackend(
      powerVcSettings(`${this.url}/v3`, { retries: { times: 2, pauseMs: 1 }, ...change }),
    );
    const session = await backend.login({ user: 'admin', password: 'secret', profile: 'internal' });
    return Object.assign(session, { end: () => backend.close() });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'The cloud of the test failed');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    const seen: Seen = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    const reply = seen.path === '/v3/auth/tokens' ? this.#keystone(seen) : await this.#other(seen);
    if (reply === 'cut') {
      request.socket.destroy();
      return;
    }
    if (typeof reply === 'function') return reply(response);
    const body =
      reply.body === undefined ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    response
      .writeHead(reply.status, {
        'content-type': typeof reply.body === 'string' ? 'text/html' : 'application/json',
        ...reply.headers,
      })
      .end(body);
  }

  async #other(seen: Seen): Promise<Any> {
    this.seen.push(seen);
    return (
      (await this.answer(seen)) ?? {
        status: 404,
        body: { itemNotFound: { code: 404, message: 'The resource could not be found.' } },
      }
    );
  }

  #keystone({ method }: Seen): Reply {
    if (method === 'DELETE') return { status: 204 };
    if (method === 'HEAD') return { status: 200 };
    if (this.refuseLogin)
      return {
        status: 401,
        body: {
          error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
        },
      };
    this.tokens += 1;
    const at = (url: string) => [
      { id: 'i', interface: 'internal', region: 'RegionOne', url: 'http://internal.invalid' },
      { id: 'p', interface: 'public', region: 'RegionOne', region_id: 'RegionOne', url },
    ];
    return {
      status: 201,
      headers: { 'X-Subject-Token': `token-${this.tokens}` },
      body: {
        token: {
          // Without a zone, as IBM's services have it.
          expires_at: new Date(Date.now() + this.tokenSeconds * 1000).toISOString().replace('Z', ''),
          user: { id: 'u1', name: 'admin' },
          project: { id: PROJECT, name: 'ibm-default' },
          catalog: [
            {
              type: 'compute',
              name: 'nova',
              endpoints: at(`${this.url}/powervc/openstack/compute/v2.1/%(tenant_id)s`),
            },
            { type: 'volume', name: 'cinder', endpoints: at(`${this.url}/volume/v3/$(tenant_id)s/`) },
            { type: 'network', name: 'neutron', endpoints: at(`${this.url}/network/v2.0`) },
            { type: 'image', name: 'glance', endpoints: at(this.imageAddress ?? `${this.url}/image`) },
          ].filter(({ type }) => !this.unlisted.has(type)),
        },
      },
    };
  }
}
