import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { filled, sendBy, accept, type Conventions } from '../src/backends/http/calls.js';
import { createRedactor } from '../src/backends/http/redact.js';
import { refusalBy } from '../src/backends/http/refusal.js';
import { httpDefaults } from '../src/backends/http/settings.js';
import { createTransport } from '../src/backends/http/transport.js';
import { declarationOf, type Table } from '../src/backends/http/wire.js';
import { unsupportedPorts } from '../src/backends/unsupported-ports.js';
import {
  Fault,
  type Backend,
  type BackendSession,
  type CallOptions,
  type Capabilities,
  type Vm,
  type Words,
} from '../src/model/index.js';
import { aVm, startFake } from './ovirt-fake.js';

/** The recipe of CONTRIBUTING, "A backend", at its first stage: a cloud with one declared call serves its VMs. */
interface Machine {
  readonly uuid: string;
  readonly label: string;
}

const calls = {
  'machines.list': { service: 'toy', method: 'GET', path: '/zones/{zone}/machines', answers: { 200: 'machines' } },
} as const;
const isList = Object.assign(
  (body: unknown): body is { machines: Machine[] } => Array.isArray((body as { machines?: unknown }).machines),
  {
    errors: [{ instancePath: '/machines', message: 'must be array' }],
  },
);
type Bodies = { 'machines.list': { request: undefined; answer: { machines: Machine[] } } };
const toy: Table<typeof calls, Bodies> = { calls, answerValidators: { 'machines.list': { 200: isList } } };

const words: Words = { cloud: 'Toy', hypervisor: 'Toy', group: 'group', storage: 'store' };
const WHY = 'a toy has only machines.';
const conventions: Conventions = {
  nameOf: () => 'Toy',
  requestId: { header: 'x-request-id', of: (uuid) => uuid },
  redactor: createRedactor({ password: () => '***' }),
  refusal: refusalBy({ codes: [], textIn: String }),
};

function createToy(origin: string): Backend {
  const transport = createTransport(httpDefaults);
  const capabilities = new Proxy({}, { get: () => WHY }) as Capabilities;
  const ports = unsupportedPorts(words, WHY);
  const declaration = declarationOf(toy, 'machines.list');
  const session = (options: CallOptions): BackendSession => ({
    ...ports,
    capabilities,
    architectures: ['ppc64'],
    user: { id: 'toy', name: 'toy' },
    project: { id: '1b0de4a0-c0de-4d0e-8f00-000000000001', name: 'toy' },
    expiresAt: Date.now() + 3_600_000,
    vms: {
      ...ports.vms,
      async *list() {
        const path = filled(declaration.path, { zone: 'a b' });
        const destination = { origin, path, headers: {}, body: undefined };
        const incoming = await sendBy(
          (request) => transport.send(request),
          conventions,
          declaration,
          destination,
          options,
        );
        const { machines } = accept(conventions, toy, 'machines.list', incoming, []);
        yield machines.map(({ uuid, label }): Vm => ({ ...aVm, id: uuid, name: label, notes: {} }));
        if (hasNoMorePages)
          throw new Fault('unsupported', { operation: 'list VMs', subject: 'A page', backend: 'Toy', why: 'a toy' });
      },
    },
    with: session,
    export: () => 'toy',
    hold: () => () => undefined,
    check: async () => true,
    logout: async () => undefined,
  });
  return {
    name: 'toy',
    words,
    capabilities,
    login: async () => session({}),
    resume: () => session({}),
    probe: async () => [],
    load: () => transport.load(),
    renew: (files) => transport.renew(files),
    close: (how) => transport.close(how),
  };
}

/** Whether the list of machines breaks off after its first page. */
let hasNoMorePages = false;
let answer: unknown = { machines: [{ uuid: '5e000000-0000-4000-8000-000000000001', label: 'web1' }] };
const requested: string[] = [];
const cloud = createHttpServer(({ url }, response) => {
  requested.push(url ?? '');
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
});
await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
const backend = createToy(`http://127.0.0.1:${(cloud.address() as AddressInfo).port}`);
const gateway = await startFake({}, undefined, undefined, backend);

afterAll(async () => {
  await gateway.close();
  await backend.close();
  cloud.closeAllConnections();
  await new Promise((resolve) => cloud.close(resolve));
});

it('serves what it has, in both versions', async () => {
  for (const entry of ['/api', '/ovirt-engine/api/v4']) {
    const { status, text } = await gateway.send('GET', `${entry}/vms`);
    expect(status).toBe(200);
    expect(text).toContain('<name>web1</name>');
  }
  expect(new Set(requested)).toEqual(new Set(['/zones/a%20b/machines']));
});

it('refuses by name what it cannot do, and what is not written yet', async () => {
  const vm = '<vm><name>a</name><cluster><name>x</name></cluster><template><name>Blank</name></template></vm>';
  const refused = await gateway.send('POST', '/api/vms', vm);
  expect([refused.status, refused.text]).toEqual([
    409,
    expect.stringContaining('This operation is not supported by Toy: a toy'),
  ]);
  const missing = await gateway.send('POST', '/api/vms/5e000000-0000-4000-8000-000000000001/start', '<action/>');
  expect([missing.status, missing.text]).toEqual([
    409,
    expect.stringContaining('is not supported by Toy: a toy has only machines.]'),
  ]);
});

it('has an empty list of what is not written yet', async () => {
  for (const entry of ['/api', '/ovirt-engine/api/v4']) {
    const { status, text } = await gateway.send('GET', `${entry}/hosts`);
    expect([status, text]).toEqual([200, expect.stringContaining('<hosts/>')]);
  }
});

it('refuses a list that breaks off, so that it does not look complete', async () => {
  hasNoMorePages = true;
  const { status, text } = await gateway.send('GET', '/api/vms');
  hasNoMorePages = false;
  expect([status, text]).toEqual([409, expect.stringContaining('A page is not supported by Toy: a toy')]);
});

it('reports an answer that is not of its form', async () => {
  answer = { machines: {} };
  const { status, text } = await gateway.send('GET', '/api/vms');
  expect([status, text]).toEqual([502, expect.stringContaining('machines.list: /machines must be array')]);
});
