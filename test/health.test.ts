import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { versionIn, versionsAt } from '../src/backends/http/probe.js';
import { CloudHealth } from '../src/gateway/cloud-health.js';
import type { ServiceAnswer } from '../src/model/index.js';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { plainInventory, startSimulator } from '../src/simulator/index.js';
import { createLog } from '../src/telemetry/index.js';
import { quick } from './support/testbed.js';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

let logged = '';
async function start(authUrl: string, ...sets: string[]): Promise<Gateway> {
  logged = '';
  const { settings } = loadSettings({
    sets: [...quick, 'log.format=json', `powervc.authUrl=${authUrl}`, 'backend.retries.times=0', ...sets],
  });
  const sink = new PassThrough().on('data', (data: Buffer) => (logged += data.toString()));
  const gateway = await startGateway(settings, { log: createLog(settings.log, sink), probe: true });
  ending.push(() => gateway.close());
  return gateway;
}

interface Ready {
  readonly ready: boolean;
  readonly reasons: string[];
  readonly services: { name: string; state: string; version?: string; lastGood?: string; detail?: string }[];
}
const readyOf = async ({ url }: Gateway): Promise<[number, Ready]> => {
  const answer = await fetch(`${url}/readyz`);
  return [answer.status, (await answer.json()) as Ready];
};

/** Looks until it is so. */
async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

const login = { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` };

it('an OpenStack without a project is named at the start, and in the log of a refused login', async () => {
  const simulator = await startSimulator({ timeScale: 0, seed: 1, inventory: plainInventory });
  ending.push(() => simulator.close());
  const gateway = await start(
    simulator.url,
    'backend.kind=openstack',
    `openstack.authUrl=${simulator.url}`,
    'log.level=info',
  );
  const answer = await fetch(`${gateway.url}/api`, { headers: login });
  expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringContaining('project')]);
  await until(
    () => Promise.resolve(logged),
    (text) => text.includes('"message":"request"'),
  );
  const lines = logged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      message: 'every login will be refused: no profile has a project',
      check: expect.stringContaining('OS_PROJECT_NAME') as unknown,
    }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ status: 401, why: 'No project is set for the profile "internal".' }),
  );
});

it.each([
  ['PowerVC', 'powervc.insecure=false', 'Keystone: The request you have made requires authentication.'],
  ['Power Virtual Server', 'backend.kind=powervs', 'IBM Cloud IAM: Provided API key could not be found.'],
  [
    'a gateway with an API key of its own',
    'powervs.apiKey=powervc',
    'This is not the password of the gateway (powervs.password).',
  ],
])('the log of a refused login has the reason of %s, and the answer has not', async (_, set, why) => {
  const simulator = await startSimulator({ timeScale: 0, seed: 1 });
  ending.push(() => simulator.close());
  const sets = set.startsWith('powervs.') ? ['backend.kind=powervs', set, 'powervs.password=gateways own'] : [set];
  const gateway = await start(simulator.url, 'log.level=info', ...sets);
  const wrong = `Basic ${Buffer.from('admin@internal:wrong').toString('base64')}`;
  const answer = await fetch(`${gateway.url}/api`, { headers: { authorization: wrong } });
  expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringContaining(why)]);
  await until(
    () => Promise.resolve(logged),
    (text) => text.includes('"message":"request"'),
  );
  expect(logged).toContain(JSON.stringify({ why }).slice(1, -1));
});

describe('/readyz', () => {
  it('lists each service of the catalog with its version and last good answer', async () => {
    const simulator = await startSimulator({ timeScale: 0, seed: 1 });
    ending.push(() => simulator.close());
    const gateway = await start(simulator.url, 'health.probeMs=10');
    const [, first] = await until(
      () => readyOf(gateway),
      ([status]) => status === 200,
    );
    expect(first.services).toMatchObject([{ name: 'identity', state: 'up', version: 'v3.14' }]);
    await fetch(`${gateway.url}/api/vms`, { headers: login });
    const [, all] = await until(
      () => readyOf(gateway),
      ([, { services }]) => services.length >= 5,
    );
    expect(all.services.map(({ name, state }) => `${name} ${state}`)).toEqual(
      expect.arrayContaining(['compute up', 'image up', 'network up', 'volume up']) as string[],
    );
    expect(all.services.every(({ lastGood = '' }) => !Number.isNaN(Date.parse(lastGood)))).toBe(true);
    const calls = simulator.calls.length;
    await gateway.close();
    expect(simulator.calls.slice(0, calls).every(({ method }) => ['GET', 'POST'].includes(method))).toBe(true);
  });

  it('is 503 with the reason while the cloud does not answer; the log says where and what to check', async () => {
    const gateway = await start('http://127.0.0.1:9/v3');
    const [status, reported] = await until(
      () => readyOf(gateway),
      ([, { services }]) => services.length > 0,
    );
    expect([status, reported.ready]).toEqual([503, false]);
    expect(reported.reasons).toEqual(['the identity service does not answer']);
    expect(reported.services[0]?.detail).toContain('it refuses connections');
    expect(logged).toMatch(
      /"a service of the cloud does not answer".*"url":"http:\/\/127\.0\.0\.1:9\/v3".*powervc\.authUrl/,
    );
    const engine = await fetch(`${gateway.url}/ovirt-engine/services/health`);
    expect([engine.status, await engine.text()]).toEqual([500, 'DB Down!']);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).toContain(
      'ovirt_gateway_backend_up{service="identity"} 0',
    );
  });

  it('is ready again once the cloud answers; a URL that is not Keystone is reported', async () => {
    let status = 503;
    const cloud: Server = createServer((_request, response) => response.writeHead(status).end());
    cloud.listen(0, '127.0.0.1');
    await once(cloud, 'listening');
    ending.push(() => cloud.close());
    const url = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`;
    const gateway = await start(url, 'health.probeMs=10', 'log.level=info');
    await until(
      () => readyOf(gateway),
      ([, { reasons }]) => reasons.includes('the identity service does not answer'),
    );
    status = 300;
    await until(
      () => readyOf(gateway),
      ([code]) => code === 200,
    );
    await until(
      async () => logged,
      (text) => text.includes('answers again'),
    );
    status = 404;
    await start(url);
    await until(
      async () => logged,
      (text) => text.includes('belongs to another service'),
    );
  });
});

it('a service lists its versions at the beginning of its address', () => {
  const at = (address: string): string => versionsAt(new URL(address)).href;
  expect(at('https://c:8774/v2.1/0123')).toBe('https://c:8774/');
  expect(at('https://c/compute/v2.1')).toBe('https://c/compute/');
  expect(at('https://c/image')).toBe('https://c/image/');
  expect(at('https://c/image/')).toBe('https://c/image/');
});

it('a service whose address has no path, as that of Neutron or Glance, lists its versions at /', () => {
  const at = (address: string): string => versionsAt(new URL(address)).href;
  expect(at('http://c:9696')).toBe('http://c:9696/');
  expect(at('http://c:9292/')).toBe('http://c:9292/');
  expect(at('http://c:9292//v2')).toBe('http://c:9292/');
  expect(at('http://c//image')).toBe('http://c//image/');
});

it.each([
  [{ version: { id: 'v3.14', status: 'stable' } }, 'v3.14'],
  [{ versions: { values: [{ id: 'v3.8', status: 'stable' }] } }, 'v3.8'],
  [
    {
      versions: [
        { id: 'v2.0', status: 'SUPPORTED', version: '' },
        { id: 'v2.1', status: 'CURRENT', version: '2.93' },
      ],
    },
    '2.93',
  ],
  [{ versions: [{ id: 'v2.0', status: 'CURRENT' }] }, 'v2.0'],
  ['<html>', undefined],
  [undefined, undefined],
  [{ versions: 'none' }, undefined],
])('the version in %j is %s', (body, version) => {
  expect(versionIn(body)).toBe(version);
});

it('a probe that is cut off when the gateway ends reports nothing', async () => {
  const sink = new PassThrough().setEncoding('utf8');
  const log = createLog({ level: 'info', format: 'text', maxPending: 100 }, sink);
  let cut: () => void = () => undefined;
  const probe = new Promise<readonly ServiceAnswer[]>((resolve) => {
    cut = () => resolve([{ service: 'identity', url: 'http://keystone/', status: 0 }]);
  });
  const health = new CloudHealth({ probe: () => probe }, log, 0, '');
  const looked = health.look();
  health.stop();
  cut();
  await looked;
  await log.close();
  expect(sink.read()).toBeNull();
});
