import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { createLog } from '../src/telemetry/index.js';
import { runCli } from './support/cli.js';
import { quick } from './support/testbed.js';

let simulator: Simulator;
let gateway: Gateway;
let proxy: Server | undefined;
let logged: PassThrough;
afterEach(async () => {
  await gateway.close();
  await simulator.close();
  proxy?.close();
  proxy = undefined;
});

async function start(environment: Record<string, string>, ...sets: string[]): Promise<void> {
  simulator = await startSimulator({ timeScale: 0, seed: 1 });
  const { settings } = loadSettings({ environment, sets: [...quick, `powervc.authUrl=${simulator.url}`, ...sets] });
  logged = new PassThrough().setEncoding('utf8');
  gateway = await startGateway(settings, { log: createLog(settings.log, logged), probe: true, ...observed });
}

const clients: string[] = [];
const observed = { onRequest: ({ client }: { client: string }) => void clients.push(client) };

const login = { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` };
const listed = async (): Promise<number> => (await fetch(`${gateway.url}/api/vms`, { headers: login })).status;

/** A proxy that notes where it was asked to connect to. */
async function startProxy(): Promise<{ url: string; asked: string[] }> {
  const requested: string[] = [];
  proxy = createServer().on('connect', ({ url = '' }, client) => {
    requested.push(url);
    const [host, port] = url.split(':');
    const server = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.pipe(client).pipe(server);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => other.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked: requested };
}

it('the cloud is reached through the proxy of HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY excepts it', async () => {
  const { url, asked: requested } = await startProxy();
  await start({ HTTP_PROXY: url });
  expect(await listed()).toBe(200);
  expect(new Set(requested)).toEqual(new Set([new URL(simulator.url).host]));
  await gateway.close();
  await simulator.close();
  requested.length = 0;
  await start({ HTTP_PROXY: url, NO_PROXY: 'localhost,127.0.0.1' });
  expect(await listed()).toBe(200);
  expect(requested).toEqual([]);
});

/** A proxy that answers CONNECT with that status. */
async function startRefusingProxy(status: number): Promise<string> {
  proxy = createServer().on('connect', (_request, client) => {
    client.on('error', () => client.destroy());
    client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

describe.each([
  ['that refuses the connection', 403, 'the proxy refuses the connection (403)'],
  ['that requires a login', 407, 'the proxy requires a login (407)'],
  ['that is not there', undefined, 'the proxy cannot be used: it refuses connections'],
])('a proxy %s', (_, status, text) => {
  /** An address at which nobody listens, without a status. */
  async function address(): Promise<string> {
    const url = await startRefusingProxy(status ?? 200);
    if (status === undefined) await new Promise((resolve) => proxy?.close(resolve));
    return url;
  }

  it('is named in the fault, in the log and by /readyz, and the request can be repeated', async () => {
    await start({ HTTP_PROXY: await address() });
    const answer = await fetch(`${gateway.url}/api/vms`, { headers: login });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain(`Keystone cannot be reached: ${text}`);
    await vi.waitFor(async () => {
      const ready = await fetch(`${gateway.url}/readyz`);
      expect(await ready.json()).toMatchObject({ ready: false, services: [{ name: 'identity', detail: text }] });
    });
    await gateway.close();
    expect(logged.read()).toContain(`problem="${text}"`);
  });

  it('is named by check', async () => {
    await start({});
    const environment = { OS_USERNAME: 'admin', OS_PASSWORD: 'powervc', HTTP_PROXY: await address() };
    const { code, stderr } = await runCli(
      ['check', '--backend', 'powervc', '--set', `powervc.authUrl=${simulator.url}`],
      { environment },
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`[Keystone cannot be reached: ${text}]`);
    expect(stderr).toContain(`and proxy.http (HTTP_PROXY) ${environment.HTTP_PROXY}`);
  });
});

const forwarded = {
  ...login,
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'engine.example.com',
};
const linksOf = async (headers: Record<string, string>): Promise<string | null> =>
  (await fetch(`${gateway.url}/ovirt-engine/api`, { method: 'HEAD', headers })).headers.get('link');

it('what a configured proxy says of a client is accepted', async () => {
  await start({}, 'server.trustedProxies=["127.0.0.0/8"]');
  expect(await linksOf(forwarded)).toContain('<https://engine.example.com/ovirt-engine/api/');
  expect(clients.at(-1)).toBe('203.0.113.7');
  expect(await linksOf({ ...forwarded, 'x-forwarded-host': 'evil>; rel="x' })).toContain(
    `<https://127.0.0.1:${gateway.port}/`,
  );
});

it('of anybody else it is ignored', async () => {
  await start({}, 'server.trustedProxies=["10.0.0.0/8"]');
  expect(await linksOf(forwarded)).toContain(`<${gateway.url}/ovirt-engine/api/`);
  expect(clients.at(-1)).toBe('127.0.0.1');
});
