import { gunzipSync } from 'node:zlib';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { defaultIds, startSimulator, type Simulator } from '../../src/simulator/index.js';
import { createLog } from '../../src/telemetry/index.js';
import { PassThrough } from 'node:stream';
import { parse } from 'yaml';
import { quick } from '../support/testbed.js';
import { ask, LOGIN } from './entry-point.js';

/** docs/reference/ovirt.md, section 4: headers. */
const VM = `/api/vms/${defaultIds.servers.rhel}`;
const XML = { 'content-type': 'application/xml' };

let simulator: Simulator;
let gateway: Gateway;
let lines = '';
beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0, seed: 1 });
  const { settings } = loadSettings({
    sets: [
      ...quick,
      `powervc.authUrl=${simulator.url}`,
      'log.level=info',
      'log.format=json',
      'protocol.gzipBytes=4000',
      // calls are counted: no list begins to tidy
      'operations.leaseMs=600000',
    ],
  });
  const sink = new PassThrough().on('data', (chunk: Buffer) => {
    lines += chunk.toString();
  });
  gateway = await startGateway(settings, { log: createLog(settings.log, sink) });
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});
beforeEach(() => {
  simulator.resetCalls();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  ask(gateway.url + path, { headers: { ...LOGIN, ...headers } });
const send = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
  ask(gateway.url + path, { method, body, headers: { ...LOGIN, ...XML, ...headers } });

describe('Accept', () => {
  it.each([
    [undefined, 'application/xml'],
    ['*/*', 'application/xml'],
    ['application/xml', 'application/xml'],
    ['application/json', 'application/json'],
    ['application/xml; detail=disks; detail=nics; detail=statistics', 'application/xml'],
  ])('%s gives %s', async (accept, type) => {
    const answer = await get(VM, accept === undefined ? {} : { accept });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
  });

  it.each(['?accept=application/json', ';accept=application%2Fjson'])('%s does the same', async (suffix) => {
    expect((await get(`/api/vms${suffix}`)).headers['content-type']).toBe('application/json');
  });

  it.each([
    ['accept', { accept: 'application/xml; detail=disks; detail=nics; detail=statistics' }, ''],
    ['matrix', {}, ';detail=disks+nics+statistics'],
    ['query', {}, '?detail=disks%2Bnics%2Bstatistics'],
  ] as const)('detail by %s has the sub-collections inside the VM (rbovirt)', async (_, headers, suffix) => {
    const { text } = await get(VM + suffix, headers);
    const disks = (await get(`${VM}/disks`)).text;
    const inner = (document: string, element: string): string =>
      new RegExp(`<${element}>([^]*)</${element}>`).exec(document)![1]!.replaceAll(/^ +/gm, '');
    expect(inner(text, 'disks')).toBe(inner(disks, 'disks'));
    expect(inner(text, 'nics')).toBe(inner((await get(`${VM}/nics`)).text, 'nics'));
    expect(text.indexOf('<statistics>')).toBeLessThan(text.indexOf('<disks>'));
    expect(text.indexOf('<disks>')).toBeLessThan(text.indexOf('<nics>'));
    expect(text).not.toContain('<cdroms>');
  });

  it('detail in JSON, and in a list: the volumes of all VMs are asked for once', async () => {
    const alone = (await get('/api/vms', { accept: 'application/json' })).text;
    expect(alone).not.toContain('"disks":{');
    await gateway.settled();
    simulator.resetCalls();
    const id = '12345678-1234-4234-8234-00000000d15c';
    const requested = { accept: 'application/json; detail=disks', 'correlation-id': id };
    const { vm } = JSON.parse((await get('/api/vms', requested)).text) as {
      vm: { id: string; disks: { disk?: { id: string }[] } }[];
    };
    expect(vm.every(({ disks }) => typeof disks === 'object')).toBe(true);
    expect(vm.find(({ id }) => id === defaultIds.servers.rhel)!.disks.disk!.length).toBeGreaterThan(0);
    const lists = simulator.calls.filter(
      ({ service, path, headers }) =>
        service === 'volume' && path.startsWith('/volumes/detail') && headers['x-openstack-request-id'] === `req-${id}`,
    );
    expect(lists).toHaveLength(1);
    expect(vm.length).toBeGreaterThan(2);
  });

  it('details that a type does not have are passed over: clients send them with every request', async () => {
    for (const path of ['/api/clusters', VM]) {
      const { status, headers } = await get(path, { accept: 'application/xml; detail=hosts; detail=nonsense' });
      expect([status, headers['x-ovirt-ignored']]).toEqual([200, undefined]);
    }
  });

  it('application/x-yaml of 3.x is the JSON in another form, in and out', async () => {
    const yaml = { accept: 'application/x-yaml' };
    for (const path of [VM, '/api/clusters', '/api/vms', '/api/bookmarks', '/api']) {
      const answer = await get(path, yaml);
      if (answer.status === 404) continue;
      expect(answer.headers['content-type']).toBe('application/x-yaml');
      const json = JSON.parse((await get(path, { accept: 'application/json' })).text) as { time?: number };
      expect({ ...(parse(answer.text) as object), time: json.time }).toEqual({ ...json, time: json.time });
    }
    const named = await send('PUT', VM, 'comment: by yaml\n', { ...yaml, 'content-type': 'application/x-yaml' });
    expect([named.status, (parse(named.text) as { comment: string }).comment]).toEqual([200, 'by yaml']);
    const fault = await send('PUT', VM, 'a: &a [b]\nc: *a\n', { ...yaml, 'content-type': 'application/x-yaml' });
    expect([fault.status, Object.keys(parse(fault.text) as object)]).toEqual([400, ['reason', 'detail']]);
  });

  it('406 for what cannot be made', async () => {
    expect((await get('/api/vms', { accept: 'image/png' })).status).toBe(406);
  });
});

describe('Content-Type', () => {
  it('is needed on a body', async () => {
    expect((await ask(`${gateway.url}/api/vms`, { method: 'POST', body: '<vm/>', headers: LOGIN })).status).toBe(415);
  });

  it('on a GET with Content-Length: 0 is nothing', async () => {
    expect((await get('/api/vms', { 'content-type': 'application/xml', 'content-length': '0' })).status).toBe(200);
  });
});

describe('All-Content and Filter', () => {
  it('All-Content: true, in any case, or ?all_content, asks for the costly parts', async () => {
    const plain = await get(`${VM}/snapshots`);
    expect(plain.text).not.toContain('<initialization>');
    for (const [suffix, headers] of [
      ['', { 'all-content': 'true' }],
      ['', { 'all-content': 'TRUE' }],
      ['?all_content', {}],
      [';all_content=true', {}],
    ] as const) {
      expect((await get(`${VM}/snapshots${suffix}`, headers)).text, suffix).toContain('<initialization>');
    }
    expect((await get(`${VM}/snapshots`, { 'all-content': 'false' })).text).not.toContain('<initialization>');
  });

  it.each([
    ['True', false],
    ['true', false],
    ['False', true],
    ['yes', true],
  ])('Filter: %s (SDK v3 and fence_rhevm send it): the host is told: %s', async (filter, host) => {
    const { status, text } = await get(VM, { filter });
    expect([status, /<host /.test(text), text.includes('<placement_policy>')]).toEqual([200, host, host]);
  });
});

describe('Correlation-Id', () => {
  it('is echoed, without what it cannot hold, cut; a missing one is made', async () => {
    expect((await get('/api/clusters', { 'correlation-id': 'a b/c<1>_-' })).headers['correlation-id']).toBe('abc1_-');
    expect((await get('/api/clusters', { 'correlation-id': 'x'.repeat(80) })).headers['correlation-id']).toBe(
      'x'.repeat(50),
    );
    expect((await get('/api/clusters?correlation_id=from-query')).headers['correlation-id']).toBe('from-query');
    expect((await get('/api/clusters')).headers['correlation-id']).toMatch(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  });

  it('is carried to PowerVC in the form that OpenStack takes, the same each time, and the log has both', async () => {
    const uuid = '12345678-1234-4234-8234-123456789abc';
    const sent = async (id: string): Promise<Set<string | undefined>> => {
      // what a look at the VMs takes up goes on under the id of the request that began it
      await gateway.settled();
      simulator.resetCalls();
      await get('/api/vms', { 'correlation-id': id });
      // the gateway's own probes, which may run now, have no id
      const looks = simulator.calls.filter(({ path }) => path.includes('/servers'));
      return new Set(looks.map(({ headers }) => headers['x-openstack-request-id']));
    };
    expect(await sent(uuid)).toEqual(new Set([`req-${uuid}`]));
    const [first, second] = [await sent('job-42'), await sent('job-42')];
    expect(first).toEqual(second);
    expect([...first][0]).toMatch(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    // lines are written together, some milliseconds later
    const line = await vi.waitUntil(() => lines.split('\n').find((candidate) => candidate.includes('"job-42"')));
    expect(JSON.parse(line)).toMatchObject({ correlationId: 'job-42', backendRequestId: [...first][0] });
  });
});

describe('Expect and X-Ovirt-Expect', () => {
  const DISK =
    '<disk><provisioned_size>1073741824</provisioned_size><interface>virtio</interface><format>cow</format></disk>';

  it.each([
    [{}, 202, 'locked'],
    [{ expect: '201-created' }, 201, 'ok'],
    [{ 'x-ovirt-expect': '201-created' }, 201, 'ok'],
    [{ expect: '201-created', 'x-ovirt-expect': '201-created' }, 201, 'ok'],
  ] as const)(
    'a creation with %o answers %i, the disk %s: 201-created waits until it is complete',
    async (headers, status, state) => {
      const answer = await send('POST', `${VM}/disks`, DISK, headers);
      expect([answer.status, new RegExp(`<state>${state}</state>`).test(answer.text)]).toEqual([status, true]);
      await gateway.settled();
    },
  );

  it('Expect: 202-accepted does a PUT and a DELETE in the background', async () => {
    const created = await send('POST', `${VM}/disks`, DISK, { expect: '201-created' });
    const href = created.headers['location']!;
    expect((await send('PUT', href, '<disk><alias>other</alias></disk>', { expect: '202-accepted' })).status).toBe(202);
    await gateway.settled();
    // a plugged disk of a running VM is not removed
    expect((await send('POST', `${href}/deactivate`, '<action><async>false</async></action>')).status).toBe(200);
    const gone = await ask(gateway.url + href, {
      method: 'DELETE',
      headers: { ...LOGIN, 'x-ovirt-expect': '202-accepted' },
    });
    expect(gone.status).toBe(202);
    await gateway.settled();
    expect((await get(href)).status).toBe(404);
  });

  it("another expectation is no 417 of Node's", async () => {
    expect((await get('/api/clusters', { expect: 'miracles' })).status).toBe(200);
  });
});

describe('what engines and their proxy do besides', () => {
  it('Accept-Language changes nothing: fault texts are for comparing', async () => {
    const texts = await Promise.all(
      ['de-DE', 'en', 'ja'].map(
        async (language) => (await send('POST', '/api/vms', '<vm/>', { 'accept-language': language })).text,
      ),
    );
    expect(new Set(texts).size).toBe(1);
  });

  it('answers of some size are compressed for who takes gzip, single documents and lists; small ones never', async () => {
    for (const path of ['/api/capabilities', '/api/vms', '/api?rsdl', '/api?schema']) {
      const [plain, packed] = [await get(path), await get(path, { 'accept-encoding': 'deflate, gzip;q=0.5' })];
      expect([
        path,
        plain.headers['content-encoding'],
        packed.headers['content-encoding'],
        packed.headers['vary'],
      ]).toEqual([path, undefined, 'gzip', 'Accept-Encoding']);
      expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(
        gunzipSync(packed.bytes)
          .toString('utf8')
          .replace(/<time>.*/, ''),
      ).toBe(plain.text.replace(/<time>.*/, ''));
    }
    expect((await get('/api/clusters', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
    expect(
      (await get('/api/capabilities', { 'accept-encoding': 'gzip;q=0, identity' })).headers['content-encoding'],
    ).toBeUndefined();
    expect(
      (
        await ask(`${gateway.url}/api/capabilities`, {
          method: 'HEAD',
          headers: { ...LOGIN, 'accept-encoding': 'gzip' },
        })
      ).status,
    ).toBe(200);
  });

  it('a GET whose announced body never comes is answered, and ends the connection (N3 b; libgovirt after a 401)', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(gateway.port, '127.0.0.1', () =>
        socket.write(
          `GET /api HTTP/1.1\r\nHost: x\r\nAuthorization: ${LOGIN.authorization}\r\nContent-Length: 10\r\n\r\n`,
        ),
      );
      socket
        .on('data', (chunk) => {
          text += chunk.toString();
        })
        .on('close', () => resolve(text))
        .on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n/);
  });
});
