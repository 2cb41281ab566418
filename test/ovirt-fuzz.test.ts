import fc from 'fast-check';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseXml } from '../src/codec/index.js';
import { createServer, defaultProtocolSettings } from '../src/ovirt/index.js';
import { Work } from '../src/services/work.js';
import { AUTHORIZATION, createWorld, DISK_ID, fakeBackend, type Gateway, startFake, VM_ID } from './ovirt-fake.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startFake();
});
afterAll(() => gateway.close());

const segment = fc.oneof(
  fc.constantFrom(
    'api',
    'ovirt-engine',
    'v3',
    'vms',
    'disks',
    'nics',
    'snapshots',
    'cdroms',
    'numanodes',
    'pmemvolumes',
    'statistics',
    'start',
    'move',
    'creation_status',
    VM_ID,
    DISK_ID,
    '',
    '..',
    '%2e%2e',
    '%',
    '%00',
    ';',
    ';max=1',
    ';;=',
    'a;b=c;d',
  ),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const path = fc
  .tuple(
    fc.array(segment, { maxLength: 7 }),
    fc.constantFrom('', '?', '?search=', '?search=name%3Da', '?max=x', '?accept=application/json', '?%', '?a&b=c&&'),
  )
  .map(([parts, query]) => `/${parts.join('/')}${query}`);
const body = fc.oneof(
  fc.constantFrom(
    '',
    '<disk/>',
    '<action/>',
    '<vm',
    '{"a":',
    '{}',
    '<disk><provisioned_size>99999999999999999999</provisioned_size></disk>',
    '<nic><mac address="x"/></nic>',
    '{"__proto__":{"x":1},"constructor":[]}',
    '{"link":"x"}',
  ),
  fc.string({ maxLength: 60 }),
  fc.json({ maxDepth: 4 }),
  fc
    .tuple(
      fc.constantFrom('vm', 'disk', 'nic', 'action', 'snapshot', 'cdrom', 'vm_numa_node', 'pmem_volume'),
      fc.constantFrom('name', 'index', 'size', 'file', 'status', 'link', 'async', 'memory', 'foo'),
      fc.string({ maxLength: 8 }).map((text) => text.replace(/[<>&]/g, '')),
    )
    .map(([root, child, text]) => `<${root}><${child}>${text}</${child}></${root}>`),
);

describe('whatever is asked', () => {
  it('gets an answer in a format of the protocol, and nothing of the inside', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND'),
        path,
        body,
        fc.constantFrom('application/xml', 'application/json', 'text/plain', 'application/xml;charset=utf-16'),
        fc.constantFrom(
          'application/xml',
          'application/json',
          '*/*',
          'text/html',
          ',;q=',
          'application/json;q=0.1,application/xml',
        ),
        async (method, target, text, type, accept) => {
          Object.assign(gateway.world, createWorld());
          gateway.logged.length = 0;
          const lines = [
            `${method} ${target.replace(/[^!-~]/g, '')} HTTP/1.1`,
            'Host: gateway',
            `Authorization: ${AUTHORIZATION}`,
            `Accept: ${accept}`,
            `Content-Type: ${type}`,
            `Content-Length: ${Buffer.byteLength(text)}`,
            'Connection: close',
          ];
          const answer = Buffer.from(await gateway.raw(`${lines.join('\r\n')}\r\n\r\n${text}`), 'latin1').toString(
            'utf8',
          );
          const [head = '', ...rest] = answer.split('\r\n\r\n');
          const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
          const payload = rest.join('\r\n\r\n');
          expect(status).toBeGreaterThanOrEqual(200);
          expect(head).not.toMatch(/X-Powered-By|text\/html/i);
          expect(payload).not.toMatch(/node:internal|\.ts:\d|<html/);
          if (/content-type: application\/xml/i.test(head) && payload !== '') parseXml(payload);
          if (/content-type: application\/json/i.test(head) && payload !== '') JSON.parse(payload);
          // 500 is for what the fake backend was not given, and tells it in the log; nothing else may be a bug
          const bugs = gateway.logged.filter(
            ({ level, fields }) => level === 'error' && !String(fields['error']).includes('the fake backend has no'),
          );
          expect(bugs).toEqual([]);
        },
      ),
      { numRuns: 600, interruptAfterTimeLimit: 20_000, seed: 20260201 },
    );
  });
});

describe('what comes before the protocol', () => {
  it('may answer, and may fail', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const server = createServer(
      {
        backend: fakeBackend(createWorld()),
        settings: defaultProtocolSettings,
        log,
        work: new Work(log),
        services: { pollMs: 1, pollMaxMs: 1, timeoutMs: 1, leaseMs: 1, afterCreate: 'stop' },
      },
      {
        fronts: [
          (request, response) => {
            if (request.path === '/metrics') return Promise.resolve(Boolean(response.end('metrics')));
            if (request.path === '/broken') return Promise.reject(new Error('broken'));
            return request.path === '/api' ? Promise.resolve(false) : undefined;
          },
        ],
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('metrics');
    const broken = await fetch(`${url}/broken`);
    expect([broken.status, (await broken.text()).includes('<fault>')]).toEqual([500, true]);
    expect((await fetch(`${url}/api`)).status).toBe(401);
    await new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  });
});
