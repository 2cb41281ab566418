import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../model/index.js';
import { boundReaders, checkEdge } from './edge.js';

const settings = { maxHeaders: 100, allowedHosts: [] as string[], writeTimeoutMs: 60_000 };

function refusal(headers: readonly string[], version = '1.1', allowedHosts: string[] = []): string | undefined {
  const named = Object.fromEntries(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1]]] : [])),
  );
  const [major, minor] = version.split('.').map(Number);
  const request = {
    rawHeaders: headers,
    headers: named,
    httpVersion: version,
    httpVersionMajor: major,
    httpVersionMinor: minor,
  };
  try {
    checkEdge(request as unknown as IncomingMessage, { ...settings, allowedHosts });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).status).toBe(400);
    return (error as Fault).detail;
  }
}

describe('a request is believed only', () => {
  it.each(['gateway', 'gateway.example.com:8443', '127.0.0.1:8080', '[::1]:8080'])('for one valid host: %s', (host) => {
    expect(refusal(['Host', host])).toBeUndefined();
  });

  it.each(['', 'a b', 'a/b', 'a@b', 'a,b', 'a:b', '[::1', 'a:123456', 'ä'])('not for a host like "%s"', (host) => {
    expect(refusal(['Host', host])).toBeDefined();
  });

  it('not for two hosts, none, or one of others', () => {
    expect(refusal(['Host', 'a', 'hOST', 'a'])).toContain('more than one');
    expect(refusal(['Accept', '*/*'])).toContain('no Host');
    expect(refusal(['Accept', '*/*'], '1.0')).toBeUndefined();
    expect(refusal(['Host', 'EVIL'], '1.1', ['gateway'])).toContain('allowedHosts');
    expect(refusal(['Host', 'Gateway:8080'], '1.1', ['gateway'])).toBeUndefined();
  });

  it('in HTTP/1, with at most a hundred headers', () => {
    expect(refusal(['Host', 'a'], '2.0')).toContain('HTTP/2.0');
    const many = Array.from({ length: 100 }, (_, at) => [`X-${at}`, '1']).flat();
    expect(refusal(['Host', 'a', ...many])).toContain('more than 100');
    expect(refusal(['Host', 'a', ...many.slice(2)])).toBeUndefined();
  });
});

describe('a client that reads nothing', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is broken off, and one that waits for a slow answer is not', async () => {
    let broken = 0;
    server = createServer((request, response) => {
      bound(response);
      if (request.url === '/slow') return void setTimeout(() => response.end('done'), 2500);
      response.on('close', () => (broken += 1));
      response.end(Buffer.alloc(64 * 1024 * 1024));
    });
    const bound = boundReaders(server, 1000);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const deaf = connect(port, '127.0.0.1');
    deaf.pause();
    deaf.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await (await fetch(`http://127.0.0.1:${port}/slow`)).text()).toBe('done');
    while (broken === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    deaf.resume();
    deaf.on('error', () => undefined);
    await once(deaf, 'close');
    expect(deaf.bytesRead).toBeLessThan(64 * 1024 * 1024);
  });
});
