import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault, isFault, type BackendCall } from '../src/model/index.js';
import { createPowerVcBackend, powerVcSettings } from '../src/backends/powervc/index.js';
import { PROJECT, TinyOpenStack, type Answer, type Raw, type Reply } from './support/tiny-openstack.js';

const VM = '9db9bcc5-0000-4000-8000-000000000001';
const server = (more: object = {}): Reply => ({
  status: 200,
  body: { server: { id: VM, name: 'vm1', status: 'ACTIVE', ...more } },
});
const path = `/powervc/openstack/compute/v2.1/${PROJECT}/servers/${VM}`;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function talk(answer: Answer, change?: Parameters<TinyOpenStack['login']>[0]) {
  const tiny = await TinyOpenStack.start(answer);
  open.push(() => tiny.close());
  const session = await tiny.login(change);
  open.push(() => session.end());
  return { tiny, session };
}

const faultOf = async (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => {
      throw new Error('no fault');
    },
    (error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    },
  );

describe('the way to OpenStack', () => {
  it('takes addresses from the catalog, and a version once', async () => {
    const { tiny, session } = await talk(({ path }) => {
      if (path.includes('/servers/')) return server();
      if (path.includes('/volumes/'))
        return { status: 200, body: { volume: { id: 'd', status: 'available', size: 1 } } };
      if (path.includes('/ports')) return { status: 200, body: { ports: [] } };
      return { status: 200, body: { images: [] } };
    });
    await session.vms.get(VM);
    await session.disks.get('d');
    await session.nics.list(VM);
    await session.inventory.templates();
    expect(tiny.seen.map((one) => one.path)).toEqual([
      path,
      `/volume/v3/${PROJECT}/volumes/d`,
      `/network/v2.0/ports?project_id=${PROJECT}&limit=1000&device_id=${VM}&device_id=`,
      '/image/v2/images?limit=1000',
    ]);
    for (const { headers } of tiny.seen)
      expect(headers).toMatchObject({ accept: 'application/json', 'x-auth-token': 'token-1' });
  });

  it('refuses a login whose catalog has an address that is not HTTP, and names it', async () => {
    const tiny = await TinyOpenStack.start(() => server());
    open.push(() => tiny.close());
    tiny.imageAddress = 'file:///etc/passwd';
    const { code, detail } = await faultOf(tiny.login());
    expect(code).toBe('backend.answer');
    expect(detail).toContain("the catalog's address of image (file:///etc/passwd) is not an HTTP URL");
  });

  it('names a service that the catalog lacks', async () => {
    const { session } = await talk(() => server(), { interface: 'admin' });
    expect(await faultOf(session.vms.get(VM))).toMatchObject({
      code: 'backend.answer',
      detail: '[Keystone returned an answer that cannot be read: its catalog has no admin address of Nova]',
    });
    const elsewhere = await talk(() => server(), { region: 'Nowhere' });
    expect((await faultOf(elsewhere.session.vms.get(VM))).detail).toContain(
      'no public address of Nova in the region Nowhere',
    );
    const here = await talk(() => server(), { region: 'RegionOne' });
    expect((await here.session.vms.get(VM)).id).toBe(VM);
  });

  it('looks again at a catalog that lacked a service, once for all calls, before it gives up', async () => {
    const tiny = await TinyOpenStack.start(() => server());
    open.push(() => tiny.close());
    tiny.unlisted.add('compute');
    const early = await tiny.login();
    open.push(() => early.end());
    tiny.unlisted.clear();
    expect((await early.vms.get(VM)).id).toBe(VM);
    expect([tiny.tokens, tiny.seen.at(-1)?.headers['x-auth-token']]).toEqual([2, 'token-2']);

    tiny.unlisted.add('compute');
    const never = await tiny.login();
    open.push(() => never.end());
    for (let call = 0; call < 3; call += 1)
      expect(await faultOf(never.vms.get(VM))).toMatchObject({ code: 'backend.answer' });
    expect(tiny.tokens).toBe(4);
  });

  it('refuses a wrong password and an unknown profile alike', async () => {
    const tiny = await TinyOpenStack.start(() => undefined);
    open.push(() => tiny.close());
    tiny.refuseLogin = true;
    expect(await faultOf(tiny.login())).toMatchObject({ code: 'auth.refused' });
    const backend = createPowerVcBackend(powerVcSettings(`${tiny.url}/v3`));
    open.push(() => backend.close());
    expect(await faultOf(backend.login({ user: 'admin', password: 'x', profile: 'toString' }))).toMatchObject({
      code: 'auth.refused',
    });
  });

  it('renews a refused token once for all waiting calls, and repeats even a POST', async () => {
    let valid = 'token-2';
    const { tiny, session } = await talk(({ headers, method }) => {
      if (headers['x-auth-token'] !== valid) return { status: 401, body: { error: { code: 401, message: 'expired' } } };
      return method === 'POST' ? { status: 202 } : server();
    });
    await Promise.all([session.vms.get(VM), session.vms.start(VM), session.vms.get(VM)]);
    expect(tiny.tokens).toBe(2);
    valid = 'none';
    const reported: BackendCall[] = [];
    expect(await faultOf(session.with({ onCall: (call) => reported.push(call) }).vms.get(VM))).toMatchObject({
      code: 'backend.token',
      status: 503,
      detail: '[Nova refuses a login that Keystone has just accepted. Please try again later.]',
    });
    expect(reported.map(({ service, status }) => [service, status])).toEqual([
      ['compute', 401],
      ['identity', 201],
      ['compute', 401],
    ]);
    expect(reported[1]!.body).toMatchObject({
      auth: { identity: { methods: ['password'], password: { user: { name: 'admin', password: '***' } } } },
    });
    tiny.refuseLogin = true;
    expect(await faultOf(session.vms.get(VM))).toMatchObject({
      code: 'backend.login',
      cause: expect.objectContaining({ code: 'auth.refused' }) as unknown,
    });
  });

  it('renews a token that nears its end, and none after logout', async () => {
    const tiny = await TinyOpenStack.start(() => server());
    open.push(() => tiny.close());
    tiny.tokenSeconds = 0.3;
    const session = await tiny.login();
    open.push(() => session.end());
    await session.vms.get(VM);
    expect(tiny.tokens).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 280));
    tiny.tokenSeconds = 100;
    await session.vms.get(VM);
    expect(tiny.tokens).toBe(2);
    await session.logout();
    await session.vms.get(VM);
    expect(tiny.tokens).toBe(2);
  });

  it('sends a GET again after a cut connection and a 503, within bounds, and nothing else', async () => {
    const replies: (Reply | 'cut')[] = ['cut', { status: 503 }, server()];
    const { tiny, session } = await talk(({ method }) =>
      method === 'GET' ? (replies.shift() ?? { status: 503, body: 'busy' }) : 'cut',
    );
    expect((await session.vms.get(VM)).name).toBe('vm1');
    expect(tiny.seen).toHaveLength(3);
    expect(await faultOf(session.vms.get(VM))).toMatchObject({ code: 'backend.busy', detail: '[busy]' });
    expect(tiny.seen).toHaveLength(6);
    expect(await faultOf(session.vms.start(VM))).toMatchObject({ code: 'backend.lost', status: 502, retry: 'later' });
    expect(tiny.seen).toHaveLength(7);
  });

  it('gives up on what is slow, too long, broken, or of another form', async () => {
    let reply: Reply | Promise<Reply> = { status: 200 };
    const { session } = await talk(() => reply, {
      timeouts: { connectMs: 1000, headersMs: 500, bodyMs: 500 },
      maxAnswerBytes: 2000,
      retries: { times: 0, pauseMs: 0 },
    });
    reply = server({ name: 'x'.repeat(3000) });
    expect(await faultOf(session.vms.get(VM))).toMatchObject({
      code: 'backend.answer',
      detail: expect.stringContaining('more than 2000 bytes') as unknown,
    });
    reply = { status: 200, body: '{"server":', headers: { 'content-type': 'application/json' } };
    expect(await faultOf(session.vms.get(VM))).toMatchObject({
      code: 'backend.answer',
      detail: expect.stringContaining('broken JSON') as unknown,
    });
    reply = { status: 200, body: { server: { id: VM } } };
    expect(await faultOf(session.vms.get(VM))).toMatchObject({
      code: 'backend.answer',
      detail: expect.stringContaining('nova.servers.get') as unknown,
    });
    reply = { status: 200, body: '<html><title>Login</title>Please log in</html>' };
    expect(await faultOf(session.vms.get(VM))).toMatchObject({ code: 'backend.answer' });
    reply = server({ created: 'yesterday' });
    expect(await faultOf(session.vms.get(VM))).toMatchObject({
      code: 'backend.answer',
      detail: expect.stringContaining('"yesterday" is not an instant') as unknown,
    });
    reply = { status: 302, headers: { location: 'https://elsewhere.invalid' } };
    expect(await faultOf(session.vms.get(VM))).toMatchObject({ code: 'backend.answer' });
    reply = new Promise((resolve) => setTimeout(() => resolve(server()), 3000));
    expect(await faultOf(session.vms.get(VM))).toMatchObject({ code: 'backend.timeout' });
  });

  it.each([
    ['cut', 'cut', 'backend.unreachable', 'the connection was closed before the answer was complete'],
    [
      'no HTTP',
      (response: ServerResponse) => void response.socket?.end('hello\r\n\r\n'),
      'backend.answer',
      'it is not HTTP',
    ],
    ['silence', () => undefined, 'backend.timeout', 'the headers of its answer did not arrive in time'],
  ] as [string, 'cut' | Raw, string, string][])('reports %s in its own words', async (_, reply, code, text) => {
    const { session } = await talk(() => reply, {
      // a call takes at most the last two together
      timeouts: { connectMs: 30_000, headersMs: 500, bodyMs: 30_000 },
      retries: { times: 0, pauseMs: 0 },
    });
    const fault = await faultOf(session.vms.get(VM));
    expect(fault.code).toBe(code);
    expect(fault.detail).toContain(text);
  });

  it("reports each call, under the caller's id and without secrets", async () => {
    const reported: BackendCall[] = [];
    const { tiny, session } = await talk(
      ({ method }) => (method === 'POST' ? { status: 202, body: { server: { id: VM, adminPass: 'hunter2' } } } : 'cut'),
      { retries: { times: 0, pauseMs: 0 } },
    );
    const mine = session.with({ correlationId: 'a1b2c3', onCall: (call) => reported.push(call) });
    await mine.vms.create({ name: 'vm1' });
    await faultOf(mine.vms.get(VM));
    expect(reported).toMatchObject([
      {
        service: 'compute',
        method: 'POST',
        path: `/powervc/openstack/compute/v2.1/${PROJECT}/servers`,
        status: 202,
        answer: { server: { adminPass: '***' } },
      },
      { service: 'compute', method: 'GET', path, status: 0 },
    ]);
    expect(tiny.seen[0]!.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(JSON.stringify(reported)).not.toContain('token-1');
  });

  it('continues after the last item of a page, and stops when a list does not advance', async () => {
    const page = (id: string) => ({
      status: 200,
      body: {
        servers: [
          { id, name: id, status: 'SHUTOFF' },
          { id: `${id}2`, name: 'gone', status: 'DELETED' },
        ],
        servers_links: [{ rel: 'next', href: 'http://proxy.invalid/x' }],
      },
    });
    const { tiny, session } = await talk(({ path }) => {
      const marker = new URL(path, 'http://x').searchParams.get('marker');
      return marker === null ? page('a') : marker === 'a2' ? page('b') : page('b');
    });
    const names: (string | undefined)[] = [];
    const fault = await faultOf(
      (async () => {
        for await (const vms of session.vms.list()) names.push(...vms.map((vm) => vm.name));
      })(),
    );
    expect(names).toEqual(['a', 'b', 'b']);
    expect(isFault(fault, 'backend.answer')).toBe(true);
    expect(tiny.seen.map((one) => new URL(one.path, 'http://x').search)).toEqual([
      '?limit=1000',
      '?limit=1000&marker=a2',
      '?limit=1000&marker=b2',
    ]);
  });
});
