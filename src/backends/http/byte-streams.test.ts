import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificate } from '../../../test/support/certificate.js';
import type { ByteSource } from '../../model/index.js';
import type { Outgoing, Transport } from './messages.js';
import { httpDefaults, type HttpSettings } from './settings.js';
import { createTransport } from './transport.js';

/** `proxy`: HTTP through one. */
const ways = ['http', 'https', 'proxy'] as const;
type Way = (typeof ways)[number];

let folder: string;
let certificates: { readonly key: Buffer; readonly cert: Buffer };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'byte-streams-'));
  const { key, cert } = certificate(folder, 'glance', 1);
  certificates = { key: readFileSync(key), cert: readFileSync(cert) };
});
afterAll(() => rmSync(folder, { recursive: true }));

const servers = new Set<Server>();
let transport: Transport | undefined;
afterEach(async () => {
  await transport?.close('cut');
  for (const one of servers) one.close();
  servers.clear();
});

async function listening(server: Server): Promise<number> {
  servers.add(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A proxy that knows CONNECT. */
const createProxy = (): Server =>
  createServer((client) => {
    client
      .on('error', () => undefined)
      .once('data', (asked) => {
        const service = connect(Number(/:(\d+) HTTP/.exec(String(asked))?.[1]), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n');
          client.pipe(service).pipe(client);
        });
        service.on('error', () => client.destroy()).on('close', () => client.destroy());
        client.on('close', () => service.destroy());
      });
  });

const bytes = randomBytes(3 * 2 ** 20);
const head = (length: number): string => `HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: ${length}\r\n\r\n`;

/** A GET to a server that answers each connection so. */
async function get(
  way: Way,
  answer: (socket: Socket) => unknown,
  timeouts: Partial<HttpSettings['timeouts']> = {},
): Promise<Awaited<ReturnType<Transport['fetch']>>> {
  const answering = (socket: Socket): void => {
    socket.on('error', () => undefined).once('data', () => answer(socket));
  };
  const port = await listening(way === 'https' ? createTlsServer(certificates, answering) : createServer(answering));
  const proxy = way === 'proxy' && { http: `http://127.0.0.1:${await listening(createProxy())}`, except: '' };
  transport = createTransport({
    ...httpDefaults,
    timeouts: { ...httpDefaults.timeouts, ...timeouts },
    caFile: join(folder, 'glance.pem'),
    ...(proxy && { proxy }),
  });
  return transport.fetch(requestTo(port, way));
}

const requestTo = (port: number, way: Way = 'http'): Outgoing => ({
  service: 'Glance',
  kind: 'image',
  method: 'GET',
  origin: `${way === 'https' ? 'https' : 'http'}://127.0.0.1:${port}`,
  path: '/v2/images/1/file',
  headers: { accept: 'application/octet-stream' },
});

async function sourceOf(answer: Promise<Awaited<ReturnType<Transport['fetch']>>>): Promise<ByteSource> {
  const begun = await answer;
  if (!('bytes' in begun)) throw new Error(`status ${begun.status}`);
  return begun.bytes;
}

/** Reads to the end; each part is copied, as it is valid for a moment only. */
async function read(answer: ReturnType<typeof get>): Promise<Buffer> {
  const parts: Buffer[] = [];
  await (await sourceOf(answer)).passTo((part) => void parts.push(Buffer.from(part)));
  return Buffer.concat(parts);
}

describe.each(ways)('over %s', (way) => {
  describe('bytes that are fetched', () => {
    it('arrive as they were sent', async () => {
      const received = await read(
        get(way, (socket) => socket.end(Buffer.concat([Buffer.from(head(bytes.length)), bytes]))),
      );
      expect(received.equals(bytes)).toBe(true);
    });

    it('arrive when the head comes byte by byte', async () => {
      const few = bytes.subarray(0, 100);
      const received = await read(
        get(way, async (socket) => {
          socket.setNoDelay(true);
          for (const byte of Buffer.concat([Buffer.from(head(few.length)), few])) {
            socket.write(Buffer.of(byte));
            await new Promise(setImmediate);
          }
        }),
      );
      expect(received.equals(few)).toBe(true);
    });

    it('arrive behind an informational answer', async () => {
      const received = await read(
        get(way, (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${head(4)}\r\n\r\n`)),
      );
      expect(received.toString()).toBe('\r\n\r\n');
    });

    it('arrive in chunks of unknown length', async () => {
      const received = await read(
        get(way, (socket) => {
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
          for (let at = 0; at < bytes.length; at += 100_000) {
            const part = bytes.subarray(at, at + 100_000);
            socket.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
          }
          socket.write('0\r\n\r\n');
        }),
      );
      expect(received.equals(bytes)).toBe(true);
    });

    it('end where the connection does if no length was announced', async () => {
      const received = await read(
        get(way, (socket) => socket.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), bytes]))),
      );
      expect(received.equals(bytes)).toBe(true);
    });

    it('may be none', async () => {
      expect(await read(get(way, (socket) => socket.end(head(0))))).toHaveLength(0);
    });

    it('end at the announced length, whatever follows', async () => {
      expect((await read(get(way, (socket) => socket.write(`${head(3)}abcdef`)))).toString()).toBe('abc');
    });
  });

  describe('an answer that is no success', () => {
    it('is read whole', async () => {
      const body = JSON.stringify({ message: 'x'.repeat(600_000) });
      const refusal = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      expect(await get(way, (socket) => socket.write(refusal + body))).toMatchObject({
        status: 404,
        text: body,
        body: JSON.parse(body) as unknown,
      });
    });
  });

  describe('a failure', () => {
    const CLOSED = {
      code: 'backend.unreachable',
      detail: expect.stringContaining('before the answer was complete') as unknown,
    };

    it.each([
      ['before an answer', ''],
      ['in its head', 'HTTP/1.1 200 OK\r\nContent-'],
    ])('of a connection that is closed %s', async (_where, sent) => {
      await expect(get(way, (socket) => socket.end(sent))).rejects.toMatchObject(CLOSED);
    });

    it.each([
      ['of known length', head(10)],
      ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n'],
    ])('of a connection that is closed in a body %s', async (_what, begin) => {
      await expect(read(get(way, (socket) => socket.end(`${begin}short`)))).rejects.toMatchObject(CLOSED);
    });

    it('of a service that is not HTTP', async () => {
      await expect(get(way, (socket) => socket.write('220 smtp\r\n'))).rejects.toMatchObject({
        code: 'backend.answer',
      });
    });

    it('of a service that does not answer in time', async () => {
      await expect(get(way, () => undefined, { headersMs: 100 })).rejects.toMatchObject({
        code: 'backend.timeout',
        detail: expect.stringContaining('the headers') as unknown,
      });
    });

    it.each([
      ['of known length', head(10)],
      ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n'],
    ])('of a body %s that stalls', async (_what, begin) => {
      await expect(read(get(way, (socket) => socket.write(`${begin}short`), { bodyMs: 100 }))).rejects.toMatchObject({
        code: 'backend.timeout',
        detail: expect.stringContaining('the rest of its answer') as unknown,
      });
    });
  });

  describe('the reader of bytes', () => {
    it.each([
      ['of known length', head(bytes.length), ''],
      [
        'in one chunk',
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n`,
        '\r\n0\r\n\r\n',
      ],
    ])('may wait longer than a body %s may stall; meanwhile nothing changes its part', async (_what, begin, end) => {
      const source = await sourceOf(
        get(way, (socket) => socket.end(Buffer.concat([Buffer.from(begin), bytes, Buffer.from(end)])), { bodyMs: 100 }),
      );
      const parts: Buffer[] = [];
      let waiting = 0;
      await source.passTo(async (part) => {
        waiting += 1;
        expect(waiting).toBe(1);
        const before = Buffer.from(part);
        await new Promise((resolve) => setTimeout(resolve, parts.length === 0 ? 300 : 1));
        expect(before.equals(part)).toBe(true);
        parts.push(before);
        waiting -= 1;
      });
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    });

    it('who waits for no more than a turn gets no empty parts', async () => {
      const source = await sourceOf(
        get(way, (socket) => {
          socket.write(head(6));
          socket.write('abc');
          setTimeout(() => socket.write('def'), 50);
        }),
      );
      const parts: string[] = [];
      await source.passTo(async (part) => {
        // each would be followed by another before the next bytes can arrive
        if (part.length === 0) throw new Error('empty');
        parts.push(Buffer.from(part).toString());
        await new Promise<void>((resolve) => process.nextTick(resolve));
      });
      expect(parts.join('')).toBe('abcdef');
    });

    it.each([
      [
        'at once',
        () => {
          throw new Error('left');
        },
      ],
      ['later', () => Promise.reject(new Error('left'))],
    ])('who leaves %s closes the connection', async (_when, take) => {
      let closed: Promise<unknown> = Promise.resolve();
      const source = await sourceOf(
        get(way, (socket) => {
          closed = once(socket, 'close');
          socket.write(head(bytes.length));
          socket.write(bytes.subarray(0, 100));
        }),
      );
      await expect(source.passTo(take)).rejects.toThrow('left');
      await closed;
    });
  });

  describe('a transport that is closed', () => {
    it('waits for the bytes under way', async () => {
      let finish = (): void => undefined;
      const source = await sourceOf(
        get(way, (socket) => {
          socket.write(`${head(6)}abc`);
          finish = () => socket.write('def');
        }),
      );
      const parts: string[] = [];
      const done = source.passTo((part) => void parts.push(Buffer.from(part).toString()));
      const closing = transport!.close();
      finish();
      await done;
      await closing;
      expect(parts.join('')).toBe('abcdef');
    });

    it('cuts them off if it must', async () => {
      const source = await sourceOf(get(way, (socket) => socket.write(`${head(6)}abc`)));
      const done = expect(source.passTo(() => undefined)).rejects.toMatchObject({
        detail: expect.stringContaining('the gateway is shutting down') as unknown,
      });
      await transport!.close('cut');
      await done;
    });
  });
});

describe('a failure without a proxy', () => {
  it('of a service that refuses connections', async () => {
    const closed = createServer();
    const port = await listening(closed);
    servers.delete(closed);
    await once(closed.close(), 'close');
    transport = createTransport(httpDefaults);
    await expect(transport.fetch(requestTo(port))).rejects.toMatchObject({
      code: 'backend.unreachable',
      detail: expect.stringContaining('it refuses connections') as unknown,
    });
  });

  it('of a connection that is reset', async () => {
    const source = await sourceOf(
      get('http', (socket) => {
        socket.write(`${head(10)}abc`);
        socket.once('data', () => undefined);
        setImmediate(() => socket.resetAndDestroy());
      }),
    );
    await expect(source.passTo(() => undefined)).rejects.toMatchObject({ code: 'backend.unreachable' });
  });

  it('of a transport that is closed', async () => {
    transport = createTransport(httpDefaults);
    await transport.close();
    await expect(transport.fetch(requestTo(1))).rejects.toMatchObject({
      detail: expect.stringContaining('the gateway is shutting down') as unknown,
    });
  });

  it('of a service whose certificate is not accepted', async () => {
    const port = await listening(createTlsServer(certificates));
    transport = createTransport(httpDefaults);
    await expect(transport.fetch(requestTo(port, 'https'))).rejects.toMatchObject({
      code: 'backend.unreachable',
      detail: expect.stringContaining('certificate is not accepted') as unknown,
    });
  });

  it('of a certificate ends when its authority is known', async () => {
    const port = await listening(
      createTlsServer(certificates, (socket) => socket.once('data', () => socket.end(head(0)))),
    );
    transport = createTransport(httpDefaults);
    await expect(transport.fetch(requestTo(port, 'https'))).rejects.toMatchObject({ code: 'backend.unreachable' });
    transport.renew({ caFile: join(folder, 'glance.pem') });
    expect(await read(transport.fetch(requestTo(port, 'https')))).toHaveLength(0);
  });
});
