import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { damaged, type TreeDamage } from './inputs.js';

/** What becomes of one of the cloud's answers. */
export interface Damage {
  /** Which of the answers, from 1. */
  readonly nth: number;
  /** In place of its status. */
  readonly status?: number | undefined;
  /** In its JSON. */
  readonly tree: readonly TreeDamage[];
  /** In place of its body. */
  readonly body?: string | undefined;
}

/** A way to the cloud on which answers are damaged. The cloud's catalog names the address that it is asked at. */
export interface Damaging {
  readonly url: string;
  /** From now on; undefined: no more. */
  damage(what: Damage | undefined): void;
  close(): Promise<void>;
}

export async function damagingBefore(cloud: string): Promise<Damaging> {
  const { port } = new URL(cloud);
  let now: Damage | undefined;
  let seen = 0;

  const server = createServer((requested, answer) => {
    const far = request(
      { host: '127.0.0.1', port, method: requested.method, path: requested.url, headers: requested.headers },
      (came) => {
        collected(came).then(
          (text) => {
            seen += 1;
            const what = now?.nth === seen ? now : undefined;
            const { 'content-length': _, 'transfer-encoding': __, ...headers } = came.headers;
            const body = what ? changed(text, what) : text;
            answer.writeHead(what?.status ?? came.statusCode ?? 502, headers).end(body);
          },
          () => answer.destroy(),
        );
      },
    );
    far.on('error', () => answer.destroy());
    requested.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: cloud.replace(`:${port}`, `:${(server.address() as AddressInfo).port}`),
    damage(what) {
      now = what;
      seen = 0;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function collected(came: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of came as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

function changed(text: Buffer, { tree, body }: Damage): Buffer {
  if (body !== undefined) return Buffer.from(body);
  if (tree.length === 0 || text.length === 0) return text;
  return Buffer.from(JSON.stringify(damaged(parsed(text), tree) ?? null));
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
