import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPowerVsBackend, placeOf, powerVsSettings, type PowerVsSettings } from '../src/backends/powervs/index.js';
import type { Backend, BackendCall } from '../src/model/index.js';
import { startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';

let simulator: PowerVsSimulator;
const backends: Backend[] = [];
const credentials = { user: 'admin', password: 'powervc', profile: 'internal' };

function backendWith(change: Partial<PowerVsSettings> = {}): Backend {
  const created = createPowerVsBackend(
    powerVsSettings(simulator.crn, {
      url: simulator.url,
      iamUrl: simulator.url,
      retries: { times: 1, pauseMs: 1 },
      ...change,
    }),
  );
  backends.push(created);
  return created;
}
const tokens = (): number => simulator.calls.filter(({ service }) => service === 'iam').length;

beforeEach(async () => {
  simulator = await startPowerVsSimulator({ seed: 1, timeScale: 0 });
});
afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
  await simulator.close();
});

test('an API key is exchanged by form, and the workspace asked for', async () => {
  const session = await backendWith().login(credentials);
  expect(session.user).toEqual({ id: 'IBMid-550000ADM1', name: 'admin@internal' });
  expect(session.project.name).toBe('ibm-default');
  expect(session.expiresAt - Date.now()).toBeGreaterThan(3_500_000);
  expect(simulator.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /identity/token',
    'GET /pcloud/v1/cloud-instances/121d5ee5-b87d-4a0e-86b8-aaff42213547',
    // the notes of sizes, once per process
    'GET /pcloud/v1/cloud-instances/121d5ee5-b87d-4a0e-86b8-aaff42213547/placement-groups',
  ]);
});

test.each(['wrong', 'locked', 'stranger'])('the key %s is refused', async (password) => {
  await expect(backendWith().login({ ...credentials, password })).rejects.toMatchObject({ code: 'auth.refused' });
});

test("with a service key, clients log in with the gateway's password", async () => {
  const backend = backendWith({ apiKey: 'powervc', password: 'of the gateway' });
  await expect(backend.login(credentials)).rejects.toMatchObject({ code: 'auth.refused' });
  expect(tokens()).toBe(0);
  await expect(backend.login({ ...credentials, password: 'of the gateway' })).resolves.toMatchObject({
    user: { name: 'admin@internal' },
  });
});

test('a token is renewed at 80 % of its life, once for all who wait', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const session = await backendWith().login(credentials);
    const after = (part: number): void => {
      vi.setSystemTime(session.expiresAt - 3_600_000 * (1 - part));
    };
    after(0.79);
    await session.inventory.networks();
    expect(tokens()).toBe(1);
    after(0.81);
    await Promise.all([session.inventory.networks(), session.inventory.clusters(), session.inventory.hosts()]);
    expect(tokens()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test('a refused token is renewed, and the call sent again, a POST too', async () => {
  const session = await backendWith().login(credentials);
  simulator.expireTokens();
  await session.disks.create({ name: 'd', sizeBytes: 1 });
  expect(tokens()).toBe(2);
  expect([...simulator.world.volumes.values()].filter(({ name }) => name === 'd')).toHaveLength(1);
});

test('a key that was revoked meanwhile is refused once', async () => {
  const session = await backendWith().login(credentials);
  simulator.world.collections.apiKeys.clear();
  simulator.expireTokens();
  await expect(session.inventory.networks()).rejects.toMatchObject({ code: 'backend.login' });
  expect(tokens()).toBe(2);
});

test('a token that IAM has just issued and the service refuses is a fault of the cloud', async () => {
  const session = await backendWith().login(credentials);
  simulator.addFault({ path: '/pcloud/*', then: { status: 401, body: '{"code":401,"description":"unauthorized"}' } });
  await expect(session.inventory.networks()).rejects.toMatchObject({
    code: 'backend.token',
    status: 503,
    detail: '[Power Virtual Server refuses a login that IBM Cloud IAM has just accepted. Please try again later.]',
  });
});

test('an exported login continues elsewhere, without the key, until its token expires', async () => {
  const first = backendWith();
  const text = (await first.login(credentials)).export();
  expect(text).not.toContain('powervc"');
  const session = backendWith().resume(text);
  expect(await session.inventory.networks()).toHaveLength(2);
  simulator.expireTokens();
  await expect(session.inventory.networks()).rejects.toMatchObject({ code: 'backend.login' });
  await expect(backendWith().resume(text, credentials).inventory.networks()).resolves.toHaveLength(2);
  expect(() => first.resume('{"expiresAt":1}')).toThrow(expect.objectContaining({ code: 'auth.refused' }) as Error);
  expect(() => first.resume('no login')).toThrow(expect.objectContaining({ code: 'auth.refused' }) as Error);
});

test('what is reported of calls contains no key and no token', async () => {
  const calls: BackendCall[] = [];
  const session = (await backendWith().login(credentials)).with({
    onCall: (call) => calls.push(call),
    correlationId: 'abc',
  });
  simulator.expireTokens();
  await session.vms.console('5e000000-0000-4000-8000-000000000002', 'vnc');
  const text = JSON.stringify(calls);
  expect(calls.map(({ service, status }) => `${service} ${status}`)).toEqual(['pcloud 401', 'iam 200', 'pcloud 201']);
  expect(new Set(calls.map(({ requestId }) => requestId)).size).toBe(1);
  expect(text).toContain('"apikey":"***"');
  expect(text).toContain('vnc_auto.html?***');
  expect(text).not.toMatch(/eyJ|token=[0-9a-f]/);
  expect(JSON.stringify(simulator.calls)).not.toContain('"apikey":"powervc"');
});

test('a GET is sent again after a lost connection, a POST never', async () => {
  const session = await backendWith().login(credentials);
  simulator.addFault({ service: 'pcloud', path: 'networks$', count: 1, then: { cut: 'before' } });
  expect(await session.inventory.networks()).toHaveLength(2);
  simulator.addFault({ service: 'pcloud', method: 'POST', count: 1, then: { cut: 'after' } });
  await expect(session.disks.create({ name: 'once', sizeBytes: 1 })).rejects.toMatchObject({
    code: 'backend.lost',
  });
  expect([...simulator.world.volumes.values()].filter(({ name }) => name === 'once')).toHaveLength(1);
});

test('an answer of another form is reported as such', async () => {
  const session = await backendWith().login(credentials);
  simulator.addFault({ service: 'pcloud', path: 'networks$', then: { status: 200, body: { networks: 'none' } } });
  await expect(session.inventory.networks()).rejects.toMatchObject({
    code: 'backend.answer',
    message: expect.stringContaining('networks.list') as string,
  });
});

test('a malformed CRN is refused at once', () =>
  expect(() => createPowerVsBackend(powerVsSettings('crn:v1:x'))).toThrow('is not the CRN'));

test('the URL of the region comes from the list of regions, otherwise from the table', async () => {
  const list = { datacenters: [{ location: { region: 'us-south', url: simulator.url } }] };
  simulator.addFault({ path: '/v1/datacenters$', then: { status: 200, body: list } });
  const created = createPowerVsBackend(
    powerVsSettings(simulator.crn, { iamUrl: simulator.url, regionsUrl: simulator.url }),
  );
  backends.push(created);
  const session = await created.login(credentials);
  const resumed = created.resume(session.export(), credentials);
  for await (const page of resumed.vms.list()) expect(page).toHaveLength(4);
  await created.login(credentials);
  expect(simulator.calls.filter(({ path }) => path === '/v1/datacenters')).toHaveLength(1);
  expect(placeOf(powerVsSettings(simulator.crn)).address.href).toBe('https://us-south.power-iaas.cloud.ibm.com/');
});

test('a 404 of a list means that the workspace does not exist', async () => {
  const session = await backendWith().login(credentials);
  simulator.addFault({ path: '/networks$', then: { status: 404, body: { code: 404, message: 'no such workspace' } } });
  await expect(session.inventory.networks()).rejects.toMatchObject({ code: 'not-found', status: 404 });
});
