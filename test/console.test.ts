import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { runCli } from './support/cli.js';
import { silent } from './support/testbed.js';

const settings = (...sets: string[]) =>
  loadSettings({
    sets: ['server.port=0', 'admin.port=0', 'simulator.timeScale=0', 'operations.pollMs=1', 'log.level=error', ...sets],
  }).settings;
const log = silent({ level: 'error', format: 'text', maxPending: 100 });

let gateway: Gateway;
let consoleUrl: string;
beforeAll(async () => {
  gateway = await startGateway(settings(), { console: true, log });
  consoleUrl = gateway.consoleUrl!;
});
afterAll(() => gateway.close());

async function login(user: string, password: string): Promise<Response> {
  return fetch(`${consoleUrl}/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ user, password }),
  });
}
async function visitor(): Promise<(path: string, options?: RequestInit) => Promise<Response>> {
  const answer = await login('admin@internal', 'powervc');
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  return (path, options = {}) =>
    fetch(`${consoleUrl}/api/${path}`, { ...options, headers: { ...options.headers, cookie } });
}
const client = (path: string, options: RequestInit = {}): Promise<Response> =>
  fetch(`${gateway.url}/api${path}`, {
    ...options,
    headers: {
      authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
      'content-type': 'application/xml',
      'user-agent': 'ovirt-sdk/3.6.9.1',
      ...options.headers,
    },
  });

describe('who may see the console', () => {
  it('without a login: a page with a form, and a 401 for its data', async () => {
    const page = await fetch(consoleUrl);
    expect([page.status, await page.text()]).toEqual([401, expect.stringContaining('SIMULATED')]);
    expect((await fetch(`${consoleUrl}/api/requests`)).status).toBe(401);
  });

  it('nobody under a name that others own: a page that points its name at the console gets nothing', async () => {
    const { port } = new URL(consoleUrl);
    const under = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port, path: '/console', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asked.on('error', reject).end();
      });
    expect(await Promise.all(['attacker.example', `attacker.example:${port}`, `localhost:${port}`].map(under))).toEqual(
      [400, 400, 401],
    );
  });

  it('administrators of the cloud, by a cookie that scripts and other sites cannot use', async () => {
    const answer = await login('admin@internal', 'powervc');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('set-cookie')).toMatch(/^console=[\w-]{43}; Path=\/console; HttpOnly; SameSite=Strict$/);
  });

  it.each([
    ['admin@internal', 'wrong'],
    ['admin', 'powervc'],
    ['nobody@internal', 'powervc'],
  ])('not %s with the password %s', async (user, password) => {
    const answer = await login(user, password);
    expect([answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
      '/console?login=refused',
      null,
    ]);
  });

  it('who logs out is out', async () => {
    const cookie = (await login('admin@internal', 'powervc')).headers.get('set-cookie')!.split(';')[0]!;
    await fetch(`${consoleUrl}/logout`, { method: 'POST', redirect: 'manual', headers: { cookie } });
    expect((await fetch(`${consoleUrl}/api/health`, { headers: { cookie } })).status).toBe(401);
  });

  it('the login of the settings alone, when they name one', async () => {
    const own = await startGateway(settings('admin.user=ops', 'admin.password=correct horse'), { console: true, log });
    try {
      const enter = async (user: string, password: string) =>
        (
          await fetch(`${own.consoleUrl}/login`, {
            method: 'POST',
            redirect: 'manual',
            body: new URLSearchParams({ user, password }),
          })
        ).headers.has('set-cookie');
      expect(await enter('ops', 'correct horse')).toBe(true);
      expect(await enter('admin@internal', 'powervc')).toBe(false);
      const answer = await runCli(['report', '--url', own.consoleUrl!, '--user', 'ops'], {
        environment: { CONSOLE_PASSWORD: 'correct horse' },
      });
      expect(answer).toMatchObject({ code: 0, stdout: 'Nothing: no request was refused or left out in part.\n' });
      const folder = mkdtempSync(join(tmpdir(), 'report-'));
      const passwordFile = join(folder, 'password');
      writeFileSync(passwordFile, 'correct horse\n');
      const withFile = ['report', '--url', own.consoleUrl!, '--user', 'ops', '--password-file'];
      expect(await runCli([...withFile, passwordFile])).toMatchObject({ code: 0 });
      expect(await runCli([...withFile, join(folder, 'nowhere')])).toMatchObject({ code: 2 });
      rmSync(folder, { recursive: true });
      const report = (url: string, password = 'correct horse') =>
        runCli(['report', '--url', url, '--user', 'ops'], { environment: { CONSOLE_PASSWORD: password } });
      for (const url of [new URL(own.consoleUrl!).origin, `${own.consoleUrl!}/`])
        expect(await report(url), url).toMatchObject({ code: 0 });
      expect(await report(own.consoleUrl!, 'wrong')).toMatchObject({
        code: 1,
        stderr: `ovirt-powervc-gateway: ${own.consoleUrl!} refused the login.\n`,
      });
      expect((await report(own.url)).stderr).toContain(`${own.url}/console is not the console of a gateway`);
      expect(await report('nonsense')).toMatchObject({ code: 2 });
    } finally {
      await own.close();
    }
  });
});

it('every page and file has a policy without inline script', async () => {
  for (const path of ['', '/app.js', '/style.css', '/api/health']) {
    const { headers } = await fetch(consoleUrl + path);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

it('a request is shown with its calls, its fault, what had no effect and why, and no secret', async () => {
  const ask = await visitor();
  const { id } = (await client('/vms?search=name%3Daix73-db01').then((answer) => answer.text())).match(
    /<vm href="[^"]*" id="(?<id>[^"]*)"/,
  )!.groups!;
  await client(`/vms/${id}/disks`, {
    method: 'POST',
    headers: { 'correlation-id': 'my-disk' },
    body: '<disk><provisioned_size>8589934592</provisioned_size><sgio>filtered</sgio></disk>',
  });
  await client(`/vms/${id}/start`, {
    method: 'POST',
    headers: { 'correlation-id': 'my-start' },
    body: '<action><vm><initialization><root_password>geheim</root_password></initialization></vm></action>',
  });
  await gateway.settled();
  const { requests } = (await (await ask('requests')).json()) as {
    requests: { serial: number; correlationId: string }[];
  };
  const detailOf = async (correlationId: string) => {
    const { serial } = requests.find((request) => request.correlationId === correlationId)!;
    return (await ask(`requests/${serial}`)).json() as Promise<Record<string, unknown>>;
  };
  expect(await detailOf('my-disk')).toMatchObject({
    operation: 'vms.disks.add',
    status: 202,
    userAgent: 'ovirt-sdk/3.6.9.1',
    ignored: [{ path: 'disk.sgio', why: expect.stringContaining('PowerVM') as unknown }],
    calls: expect.arrayContaining([
      expect.objectContaining({ service: 'volume', method: 'POST', status: 202, afterAnswer: false }),
      expect.objectContaining({ service: 'compute', method: 'POST', afterAnswer: true }),
    ]) as unknown,
    curl: expect.stringMatching(
      /^curl -sS -X POST -u "\$OVIRT_USER" -H 'Content-Type: application\/xml' -d /,
    ) as unknown,
  });
  expect(JSON.stringify(await detailOf('my-start'))).not.toContain('geheim');
});

it('what clients asked for and did not get is counted, as JSON and as CSV', async () => {
  const ask = await visitor();
  await client('/no/such/path');
  const { rows } = (await (await ask('unmet')).json()) as { rows: object[] };
  expect(rows).toContainEqual(
    expect.objectContaining({ kind: 'refused', client: 'ovirt-sdk/3.6', subject: 'request.unknown-path', count: 1 }),
  );
  const csv = await ask('unmet?format=csv');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(await csv.text()).toContain('refused,ovirt-sdk/3.6,GET /api/no/such/path,request.unknown-path');
  expect((await ask('unmet?format=xls')).status).toBe(400);
});

it('the stream sends each request when it is answered', async () => {
  const ask = await visitor();
  const stream = await ask('requests/stream');
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  await client('/clusters', { headers: { 'correlation-id': 'streamed' } });
  let seen = '';
  while (!seen.includes('streamed')) seen += (await reader.read()).value;
  expect(JSON.parse(/data: (.*streamed.*)/.exec(seen)![1]!)).toMatchObject({ operation: 'clusters.list', status: 200 });
  await reader.cancel();
});

describe('the playground', () => {
  it.each([
    ['powervc', 'curl -u "$OVIRT_USER" https://engine/api/clusters'],
    ['openstack', 'curl -u jane@corp:secret -b JSESSIONID=x https://engine/api/clusters'],
    ['powervc', 'GET http://engine.example.com/api/clusters HTTP/1.1\nHost: engine.example.com\n'],
  ])('runs a request on a simulated %s, with a login of its own: %s', async (backend, text) => {
    const ask = await visitor();
    const answer = await ask('playground', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ backend, text }),
    });
    expect(await answer.json()).toMatchObject({
      answer: { status: 200 },
      calls: expect.any(Array) as unknown,
      ignored: [],
    });
  });

  it.each([
    [{ backend: 'vmware', text: 'GET /api' }, 'backend must be one of'],
    [{ backend: 'powervc', text: 'curl' }, 'names no URL'],
    [{ backend: 'powervc', text: 'nonsense' }, 'not a request line'],
    [{ backend: 'powervc', version: '5', text: 'GET /api' }, 'version is 3 or 4'],
  ])('%j is a 400: %s', async (body, message) => {
    const ask = await visitor();
    const answer = await ask('playground', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)]);
  });
});

it('a fault rule is added to the simulator, shown and removed', async () => {
  const ask = await visitor();
  const rule = { service: 'network', path: '^/none$', then: { status: 500 } };
  const { id } = (await (await ask('simulator/faults', { method: 'POST', body: JSON.stringify(rule) })).json()) as {
    id: number;
  };
  expect(JSON.stringify(await (await ask('simulator/faults')).json())).toContain('^/none$');
  expect((await ask(`simulator/faults/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await ask('simulator/calls')).status).toBe(400);
});

it.each(['/', '/ovirt-engine', '/ovirt-engine/'])(
  'a browser at the address of an engine gets a page that says what this is; an API client does not: %s',
  async (path) => {
    const get = (accept: string): Promise<Response> => fetch(gateway.url + path, { headers: { accept } });
    for (const accept of ['text/html,application/xml;q=0.9', '*/*', 'text/*']) {
      const page = await get(accept);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8']);
      expect(await page.text()).toContain(consoleUrl);
    }
    for (const accept of ['application/xml', 'application/json']) expect((await get(accept)).status).toBe(404);
  },
);

it('a port in use does not prevent serving', async () => {
  const port = new URL(consoleUrl).port;
  const second = await startGateway(settings(`admin.port=${port}`), { console: true, log });
  expect(second.consoleUrl).toBeUndefined();
  await second.close();
});
