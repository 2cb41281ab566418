import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { createLog } from '../src/telemetry/index.js';
import { PassThrough } from 'node:stream';
import { TinyOpenStack, type Answer, type Raw } from './support/tiny-openstack.js';

const LOGIN = { authorization: `Basic ${btoa('admin@internal:powervc')}`, accept: 'application/json' };
const VM = '9db9bcc5-0000-4000-8000-000000000001';
const isServer = (path: string): boolean => path.includes('/servers');

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Started {
  readonly gateway: Gateway;
  readonly tiny: TinyOpenStack;
  /** What it has logged. */
  readonly log: readonly string[];
}

async function start(answer: Answer, ...sets: string[]): Promise<Started> {
  const tiny = await TinyOpenStack.start(answer);
  open.push(() => tiny.close());
  const { settings } = loadSettings({
    sets: [
      'server.port=0',
      `powervc.authUrl=${tiny.url}/v3`,
      'backend.retries.times=0',
      'server.shutdownMs=0',
      ...sets,
    ],
  });
  const log: string[] = [];
  const output = new PassThrough().on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const gateway = await startGateway(settings, { log: createLog(settings.log, output) });
  open.push(() => gateway.close());
  return { gateway, tiny, log };
}

let requested = 0;
/** A VM that nobody else asks for: those who ask for the same share a call. */
const another = (): string => `/api/vms/${VM.slice(0, -6)}${String((requested += 1)).padStart(6, '0')}`;

const get = (gateway: Gateway, path = another(), signal?: AbortSignal): Promise<Response> =>
  fetch(gateway.url + path, { headers: LOGIN, ...(signal && { signal }) });

async function metric(gateway: Gateway, name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
async function becomes(gateway: Gateway, name: string, value: number): Promise<void> {
  while ((await metric(gateway, name)) !== value) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Never answers, until it is told to. */
function hung(): { readonly answer: Answer; release(): void } {
  const held: Parameters<Raw>[0][] = [];
  const raw: Raw = (response) => void held.push(response);
  return {
    answer: ({ path }) => (isServer(path) ? raw : undefined),
    release: () => held.splice(0).forEach((response) => response.writeHead(404).end()),
  };
}

describe('more than a service can take', () => {
  const few = ['backend.connections=2', 'backend.queue=1'];

  it('is refused with 503 and Retry-After, while health, readiness and metrics answer', async () => {
    const nova = hung();
    const { gateway } = await start(nova.answer, ...few);
    const first = [get(gateway), get(gateway)];
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 2);
    first.push(get(gateway));
    await becomes(gateway, 'ovirt_gateway_backend_waiting{service="compute"}', 1);
    const refused = await get(gateway);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.text()).toContain('Too many calls are waiting for Nova');
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
    expect(await metric(gateway, 'ovirt_gateway_backend_shed_total{service="compute"}')).toBe(1);
    expect(await metric(gateway, 'ovirt_gateway_faults_total{code="backend.overloaded"}')).toBe(1);
    // Whoever logs in finds Keystone free
    const login = { ...LOGIN, authorization: `Basic ${btoa('other@internal:powervc')}` };
    expect((await fetch(`${gateway.url}/api?filter=true`, { headers: login })).status).toBe(200);
    nova.release();
    expect((await first[0]!).status).toBe(404);
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 1);
    nova.release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('is polled at Nova only while its client waits', async () => {
    const nova = hung();
    const { gateway, tiny } = await start(nova.answer, ...few, 'backend.queue=50');
    const leaving = new AbortController();
    const gone = Array.from({ length: 20 }, () => get(gateway, undefined, leaving.signal).catch(() => undefined));
    await becomes(gateway, 'ovirt_gateway_backend_waiting{service="compute"}', 18);
    leaving.abort();
    await Promise.all(gone);
    await becomes(gateway, 'ovirt_gateway_backend_waiting{service="compute"}', 0);
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 0);
    expect(tiny.seen.filter(({ path }) => isServer(path))).toHaveLength(2);
  });

  it('is counted in all, too', async () => {
    const nova = hung();
    const { gateway } = await start(nova.answer, 'server.maxRequests=1');
    const first = get(gateway);
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 1);
    const refused = await get(gateway);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    const text = '[The gateway is handling as many requests as it can. Please try again later.]';
    expect(await refused.json()).toMatchObject({ detail: text });
    const origin = new URL(gateway.url).origin;
    const inXml = await fetch(`${origin}/ovirt-engine/api/vms;max=1?x=y`, { headers: { accept: 'application/xml' } });
    expect([inXml.status, inXml.headers.get('content-type')]).toEqual([503, 'application/xml']);
    expect(await inXml.text()).toContain(`<detail>${text}</detail>`);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
    await becomes(gateway, 'ovirt_gateway_faults_total{code="overloaded"}', 2);
    nova.release();
    expect((await first).status).toBe(404);
  });
});

describe('a request that is one too many', () => {
  it('is refused with the id that its client gave it, in the log, too', async () => {
    const nova = hung();
    const { gateway, log } = await start(nova.answer, 'server.maxRequests=1');
    const first = get(gateway);
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 1);
    const headers = { ...LOGIN, 'correlation-id': 'of-the-client', 'user-agent': 'sdk' };
    const refused = await fetch(`${gateway.url}/api/vms?search=x`, { method: 'POST', headers, body: '{}' });
    expect([refused.status, refused.headers.get('correlation-id')]).toEqual([503, 'of-the-client']);
    await becomes(gateway, 'ovirt_gateway_faults_total{code="overloaded"}', 1);
    await becomes(gateway, 'ovirt_gateway_requests_in_flight', 1);
    const line = log
      .join('')
      .split('\n')
      .find((one) => one.includes('fault=overloaded'));
    for (const part of ['method=POST', 'path=/api/vms ', 'status=503', 'correlationId=of-the-client', 'userAgent=sdk'])
      expect(line).toContain(part);
    nova.release();
    expect((await first).status).toBe(404);
  });

  it('has its connection closed if its body is not there: nothing reads it', async () => {
    const nova = hung();
    const { gateway } = await start(nova.answer, 'server.maxRequests=1');
    const first = get(gateway);
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 1);
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write('POST /api/vms HTTP/1.1\r\nHost: gateway\r\nContent-Length: 10\r\n\r\n');
    const answer = (await socket.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/^connection: close\r$/im);
    nova.release();
    expect((await first).status).toBe(404);
  });
});

describe('the deadline of a request', () => {
  const short = 'server.deadlineMs=300';
  const page = (path: string): object => ({
    servers: [{ id: `${VM.slice(0, -6)}${String(path.length).padStart(6, '0')}`, name: 'x', status: 'ACTIVE' }],
    servers_links: [{ rel: 'next', href: 'x' }],
  });
  const drip: Raw = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  const informing: Raw = (response) => {
    const timer = setInterval(() => response.writeProcessing(), 20);
    response.on('close', () => clearInterval(timer));
  };

  it.each([
    ['an answer that never comes', () => undefined],
    ['an answer that drips', drip],
    ['one 102 after the other', informing],
  ] as [string, Raw][])('ends %s', async (_, raw) => {
    const { gateway } = await start(({ path }) => (isServer(path) ? raw : undefined), short);
    const answer = await get(gateway);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([504, null]);
    expect(await answer.text()).toContain('[The request was not answered within 0.3 s.]');
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 0);
  });

  it.each([
    ['/ovirt-engine/api/vms?follow=nics', {}],
    ['/api/vms', { accept: 'application/xml; detail=nics' }],
  ] as [string, Record<string, string>][])(
    'says what to ask instead for objects with their parts: %s',
    async (path, headers) => {
      const { gateway } = await start(({ path: called }) => (isServer(called) ? () => undefined : undefined), short);
      const answer = await fetch(gateway.url + path, { headers: { ...LOGIN, ...headers } });
      expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining('ask for fewer objects')]);
    },
  );

  it('ends pages without end, in an answer that has begun', async () => {
    let pages = 0;
    const { gateway } = await start(async ({ path }) => {
      if (!path.includes('/servers/detail')) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { status: 200, body: page('x'.repeat((pages += 1))) };
    }, short);
    const answer = await get(gateway, '/api/vms');
    // A slow machine may not have sent a first page by then
    expect(await answer.text().catch(() => 'broken off')).toMatch(/broken off|within 0.3 s/);
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 0);
  });

  it('does not undo what has begun: the fault says to check', async () => {
    const nova = hung();
    const { gateway } = await start(
      (seen) =>
        seen.method === 'POST'
          ? nova.answer(seen)
          : isServer(seen.path)
            ? { status: 200, body: { server: { id: VM, name: 'x', status: 'SHUTOFF' } } }
            : undefined,
      short,
    );
    const answer = await fetch(`${gateway.url}/api/vms/${VM}/start`, {
      method: 'POST',
      headers: { ...LOGIN, 'content-type': 'application/xml' },
      body: '<action/>',
    });
    expect(answer.status).toBe(504);
    expect(await answer.text()).toContain('changes already started will be completed: check before you repeat it');
    expect(await metric(gateway, 'ovirt_gateway_backend_running{service="compute"}')).toBe(1);
    nova.release();
    await becomes(gateway, 'ovirt_gateway_backend_running{service="compute"}', 0);
  });
});

it('a service that does not answer is left alone, then tried by one call', async () => {
  let status = 503;
  const { gateway, tiny } = await start(
    ({ path }) => (isServer(path) ? { status } : undefined),
    'backend.breaker.failures=3',
    'backend.breaker.withinMs=0',
    'backend.breaker.pauseMs=2000',
  );
  for (let n = 0; n < 3; n += 1) expect((await get(gateway)).status).toBe(503);
  const held = await get(gateway);
  expect([held.status, Number(held.headers.get('retry-after'))]).toEqual([503, expect.any(Number)]);
  expect(await held.text()).toMatch(/\[Nova has not been answering\. The next attempt is in [12] s\.\]/);
  expect(tiny.seen.filter(({ path }) => isServer(path))).toHaveLength(3);
  status = 404;
  await becomes(gateway, 'ovirt_gateway_backend_breaker{service="compute"}', 1);
  expect((await get(gateway)).status).toBe(404);
  expect(await metric(gateway, 'ovirt_gateway_backend_breaker{service="compute"}')).toBe(0);
});
