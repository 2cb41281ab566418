import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { quick, silent } from './support/testbed.js';

let simulator: Simulator;
let gateway: Gateway;
let proxy: Server | undefined;
afterEach(async () => {
  await gateway.close();
  await simulator.close();
  proxy?.close();
  proxy = undefined;
});

async function start(environment: Record<string, string>, ...sets: string[]): Promise<void> {
  simulator = await startSimulator({ timeScale: 0, seed: 1 });
  const { settings } = loadSettings({ environment, sets: [...quick, `powervc.authUrl=${simulator.url}`, ...sets] });
  gateway = await startGateway(settings, { log: silent(settings.log), ...observed });
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
