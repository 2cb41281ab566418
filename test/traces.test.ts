import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { quick, silent } from './support/testbed.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[];
}

/** A collector that takes OTLP over HTTP, in JSON, and remembers it. */
let collector: Server;
const spans: Span[] = [];
const resources: string[] = [];
let requested: IncomingHttpHeaders = {};
let simulator: Simulator;
let gateway: Gateway;

beforeEach(async () => {
  collector = createServer((request, response) => {
    const parts: Buffer[] = [];
    requested = request.headers;
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString()) as {
        resourceSpans: { resource: object; scopeSpans: { spans: Span[] }[] }[];
      };
      for (const { resource, scopeSpans } of resourceSpans) {
        resources.push(JSON.stringify(resource));
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  spans.length = 0;
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-key=sesame';
  process.env['OTEL_SERVICE_NAME'] = 'gateway-of-a-test';
  simulator = await startSimulator({ timeScale: 0, seed: 1 });
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
  collector.close();
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
});

async function start(...sets: string[]): Promise<void> {
  const { settings } = loadSettings({ sets: [...quick, `powervc.authUrl=${simulator.url}`, ...sets] });
  gateway = await startGateway(settings, { log: silent(settings.log) });
}

const headers = {
  authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
  accept: 'application/json',
  'content-type': 'application/xml',
};
const valueOf = ({ attributes }: Span, name: string): unknown => {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value && Object.values(value)[0];
};

it('a request, its steps and its backend calls are one trace, which continues that of the client and is sent to the cloud', async () => {
  await start('traces.exporter=otlp');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traced = { ...headers, traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const { vm } = (await (await fetch(`${gateway.url}/api/vms`, { headers })).json()) as { vm: { id: string }[] };
  await fetch(`${gateway.url}/api/vms/${vm[0]?.id}/disks`, {
    method: 'POST',
    headers: traced,
    body: '<disk><provisioned_size>1073741824</provisioned_size></disk>',
  });
  await gateway.settled();
  const sent = simulator.calls.filter(({ headers: reported }) => String(reported['traceparent']).includes(traceId));
  await gateway.close();

  expect(requested['x-key']).toBe('sesame');
  expect(resources.join()).toContain('gateway-of-a-test');
  const mine = spans.filter((span) => span.traceId === traceId);
  const request = mine.find(({ name }) => name === 'POST vms.disks.add');
  expect(request).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331' });
  if (!request) return;
  expect(valueOf(request, 'http.response.status_code')).toBe(202);
  const steps = mine.filter(({ name }) => name === 'step');
  expect(steps.length).toBeGreaterThan(0);
  const parents = new Set([request, ...steps].map(({ spanId }) => spanId));
  const calls = mine.filter(({ kind }) => kind === 3);
  expect(calls.map(({ name }) => name)).toContain('POST volume');
  expect(calls.every(({ parentSpanId = '' }) => parents.has(parentSpanId))).toBe(true);
  expect(calls.some(({ parentSpanId = '' }) => steps.some(({ spanId }) => spanId === parentSpanId))).toBe(true);
  // what the cloud was told is the span of the call
  const reported = sent.map(({ headers: received }) => String(received['traceparent']).split('-')[2]);
  expect(new Set(reported)).toEqual(new Set(calls.map(({ spanId }) => spanId)));
});

it('a request without an operation has a span, too, and a failure of the cloud is an error', async () => {
  await start('traces.exporter=otlp');
  await fetch(`${gateway.url}/nothing`, { headers });
  simulator.addFault({ method: 'GET', path: '/servers/detail', then: { status: 500 } });
  await fetch(`${gateway.url}/api/vms`, { headers });
  await gateway.close();
  expect(spans.find((span) => valueOf(span, 'url.path') === '/nothing')?.status.code ?? 0).toBe(0);
  expect(spans.find(({ name }) => name === 'GET vms.list')?.status.code).toBe(2);
});

it('is off unless it is asked for, and OTEL_SDK_DISABLED turns it off', async () => {
  await start();
  await fetch(`${gateway.url}/api/vms`, { headers });
  await gateway.close();
  process.env['OTEL_SDK_DISABLED'] = 'true';
  await start('traces.exporter=otlp');
  await fetch(`${gateway.url}/api/vms`, { headers });
  await gateway.close();
  expect(spans).toEqual([]);
  expect(simulator.calls.some(({ headers: reported }) => reported['traceparent'] !== undefined)).toBe(false);
});
