import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../src/model/index.js';
import { AUTHORIZATION, createWorld, DISK_ID, type Gateway, startFake, VM_ID } from './ovirt-fake.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startFake();
});
afterAll(() => gateway.close());
beforeEach(() => {
  Object.assign(gateway.world, createWorld());
  gateway.logged.length = 0;
});

const XML_FAULT =
  /^<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\n<fault>\n {4}<reason>.*<\/reason>\n {4}<detail>[^]*<\/detail>\n<\/fault>\n$/;
const DISKS = `/api/vms/${VM_ID}/disks`;

describe('entry points and login', () => {
  it.each([
    ['/api', 'ENGINE'],
    ['/api/', 'ENGINE'],
    ['/api/vms', 'ENGINE'],
    ['/api/nothing', 'ENGINE'],
    ['/ovirt-engine/api/v3', 'RESTAPI'],
    ['/ovirt-engine/api/v3/vms', 'RESTAPI'],
  ])('%s without a login is a 401 of %s, and nothing appended', async (path, realm) => {
    const response = await fetch(gateway.url + path);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(`Basic realm="${realm}"`);
    expect(await response.text()).toMatch(XML_FAULT);
  });

  it('refuses wrong credentials each time, and remembers right ones', async () => {
    const wrong = { authorization: `Basic ${Buffer.from('admin@internal:wrong').toString('base64')}` };
    for (const status of [401, 401])
      expect((await gateway.send('GET', '/api/vms', undefined, wrong)).status).toBe(status);
    expect(gateway.world.logins).toHaveLength(2);
    for (let n = 0; n < 3; n++) expect((await gateway.send('GET', '/api/vms')).status).toBe(200);
    expect(gateway.world.logins.length).toBeLessThanOrEqual(3);
  });

  it.each(['/api', '/api/', '/api;x=1/', '/ovirt-engine/api/v3', '/ovirt-engine/api/v3/'])(
    '%s answers the root document, with hrefs of its entry point',
    async (path) => {
      const { status, text } = await gateway.send('GET', path);
      expect(status).toBe(200);
      const prefix = path.replace(/;[^/]*/, '').replace(/\/$/, '');
      expect(text).toContain(`<link href="${prefix}/vms" rel="vms"/>`);
      expect(text).toContain(`<link href="${prefix}/vms?search={query}" rel="vms/search"/>`);
      expect(text).toContain(
        `<link href="${prefix}/templates/00000000-0000-0000-0000-000000000000" rel="templates/blank"/>`,
      );
      expect(text).toContain('<version major="3" minor="6" build="0" revision="0"/>');
      expect(text).toMatch(/<vms>\s*<total>1<\/total>\s*<active>0<\/active>\s*<\/vms>/);
    },
  );

  it('answers HEAD and OPTIONS of the root, and leaves the summary out for a filtered view', async () => {
    const head = await gateway.send('HEAD', '/api');
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('link')).toContain(`<${gateway.url}/api/vms>; rel=vms`);
    const options = await gateway.send('OPTIONS', '/api/vms');
    expect([options.status, options.headers.get('allow')]).toEqual([200, 'GET, HEAD, OPTIONS, POST']);
    expect((await gateway.send('GET', '/api', undefined, { filter: 'True' })).text).not.toContain('<summary>');
  });

  it('forgets a login that the backend no longer takes', async () => {
    await gateway.send('GET', '/api/vms');
    const before = gateway.world.logins.length;
    gateway.world.override.set('vms.get', () => {
      throw new Fault('backend.login', { service: 'compute' });
    });
    const { status, text } = await gateway.send('GET', `/api/vms/${VM_ID}`);
    expect([status, text]).toEqual([503, expect.stringContaining('ended while it was used. Please try again.')]);
    gateway.world.override.clear();
    expect((await gateway.send('GET', '/api/vms')).status).toBe(200);
    expect(gateway.world.logins.length).toBe(before + 1);
  });
});

describe('faults, always in the format that was asked for', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/apix', 404],
    ['GET', '/api/nothing', 404],
    ['GET', `/api/vms/${VM_ID}/nothing`, 404],
    ['GET', '/api/VMS', 404],
    ['PATCH', '/api/vms', 405],
    ['DELETE', '/api/vms', 405],
    ['PUT', `${DISKS}`, 405],
    ['GET', `/api/vms/${VM_ID}/start`, 405],
    ['GET', '/api/%zz', 400],
    ['GET', '/api/vms;max=x', 400],
    ['GET', '/api/vms?search=status%3D', 400],
    ['GET', '/api/vms?search=status%3Dasleep', 400],
    ['GET', '/api/vms?search=%', 400],
    ['GET', `/api/vms/${VM_ID};async=maybe`, 400],
  ])('%s %s is %i', async (method, path, status) => {
    const xml = await gateway.send(method, path);
    expect(xml.status).toBe(status);
    expect(xml.headers.get('content-type')).toBe('application/xml');
    expect(xml.text).toMatch(XML_FAULT);
    const json = await gateway.send(method, path, undefined, { accept: 'application/json' });
    expect(json.status).toBe(status);
    expect(Object.keys(JSON.parse(json.text) as object)).toEqual(['reason', 'detail']);
  });

  it('says what is allowed', async () => {
    expect((await gateway.send('PATCH', `${DISKS}/${DISK_ID}`)).headers.get('allow')).toBe(
      'DELETE, GET, HEAD, OPTIONS, POST, PUT',
    );
    expect((await gateway.send('GET', `/api/vms/${VM_ID}/start`)).headers.get('allow')).toBe('OPTIONS, POST');
  });

  it.each([
    `/api/vms/${DISK_ID}`,
    '/api/vms/not-an-id',
    `${DISKS}/${VM_ID}`,
    `/api/clusters/${VM_ID}`,
    `/api/vms/${VM_ID}/statistics/x`,
  ])('%s is a 404 without a body, in any format', async (path) => {
    for (const accept of ['application/xml', 'application/json']) {
      const { status, text, headers } = await gateway.send('GET', path, undefined, { accept });
      expect([status, text, headers.get('content-type')]).toEqual([404, '', null]);
    }
  });

  it('406 for a format that cannot be made, 200 for one with parameters, and ?accept wins', async () => {
    expect((await gateway.send('GET', '/api/vms', undefined, { accept: 'text/plain' })).status).toBe(406);
    expect(
      (await gateway.send('GET', '/api/vms', undefined, { accept: 'application/xml; detail=disks; detail=nics' }))
        .status,
    ).toBe(200);
    expect((await gateway.send('GET', '/api/vms?accept=application/json')).text).toContain('"vm"');
    expect(
      (await gateway.send('GET', '/api/vms;accept=application%2Fjson', undefined, { accept: 'text/plain' })).status,
    ).toBe(200);
    expect((await gateway.send('GET', '/api/vms?accept=text/plain')).status).toBe(406);
    // no format is needed to say that there is no such path
    const file = '/ovirt-engine/services/files/none.txt';
    expect((await gateway.send('GET', file, undefined, { accept: 'text/plain' })).status).toBe(404);
  });

  it('logs an internal error in full and shows only its id', async () => {
    gateway.world.override.set('vms.list', () => {
      throw new RangeError('secret internals', { cause: new Error('deep cause') });
    });
    const { status, text } = await gateway.send('GET', '/api/vms');
    expect(status).toBe(500);
    expect(text).toMatch(XML_FAULT);
    expect(text).not.toMatch(/secret|RangeError|\.ts|at /);
    const [entry] = gateway.logged.filter(({ level }) => level === 'error');
    expect(String(entry?.fields['error'])).toMatch(/secret internals[^]*caused by Error: deep cause/);
    expect(text).toContain(String(entry?.fields['id']));
  });

  it('says when to retry', async () => {
    gateway.world.override.set('vms.get', () => {
      throw new Fault('backend.unreachable', { service: 'compute', text: 'refused' });
    });
    const { status, headers, text } = await gateway.send('GET', `/api/vms/${VM_ID}`);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(text).toContain('[compute cannot be reached: refused]');
  });
});

describe('bodies', () => {
  const CDATA = '<disk><alias><![CDATA[a]]></alias></disk>';
  it.each([
    ['bad XML', '<disk><alias></disk>'],
    ['two roots', '<disk/><disk/>'],
    ['junk after the root', '<disk/>junk'],
    ['a DOCTYPE', '<!DOCTYPE disk [<!ENTITY x "y">]><disk/>'],
    ['another root', '<vm/>'],
    ['an unknown entity', '<disk><alias>&foo;</alias></disk>'],
    ['a control character', '<disk><alias>\u0001</alias></disk>'],
    ['an empty body', ''],
    ["the seed's own sample 15.30", '<vm_numa_node><index>0</index></vm_numa_nodes>'],
    ['nesting without end', '<a>'.repeat(5000)],
  ])('%s is a 400', async (_, body) => {
    const { status, text } = await gateway.send('POST', DISKS, body);
    expect(status).toBe(400);
    expect(text).toMatch(XML_FAULT);
    expect(text).toContain('<reason>Request syntactically incorrect.</reason>');
  });

  it.each(['{', '[]', 'null', '"disk"', '{"alias":"a"}{}', '{"__proto__":', ''])(
    'the JSON body %s is a 400',
    async (body) => {
      const { status, text } = await gateway.send('POST', DISKS, body, {
        'content-type': 'application/json',
        accept: 'application/json',
      });
      expect(status).toBe(400);
      expect((JSON.parse(text) as { reason: string }).reason).toBe('Request syntactically incorrect.');
    },
  );

  it("a value of the wrong type is refused in the engine's words", async () => {
    const { status, text } = await gateway.send(
      'POST',
      DISKS,
      '<disk><provisioned_size>1</provisioned_size><format>tar</format></disk>',
    );
    expect(status).toBe(400);
    expect(text).toContain('<reason>Invalid value</reason>');
    expect(text).toContain('tar is not a member of DiskFormat');
  });

  it.each([
    [undefined, 415],
    ['text/plain', 415],
    ['application/xml; charset=iso-8859-1', 415],
    ['multipart/form-data', 415],
  ])('a body of type %s is a %i', async (type, status) => {
    const response = await gateway.raw(
      `POST ${DISKS} HTTP/1.1\r\nHost: x\r\nAuthorization: ${AUTHORIZATION}\r\nConnection: close\r\n${type ? `Content-Type: ${type}\r\n` : ''}Content-Length: 7\r\n\r\n<disk/>`,
    );
    expect(response).toContain(`HTTP/1.1 ${status}`);
    expect(response).toContain('<fault>');
  });

  it('a body of 10 MB is a 413, announced or not, and the connection is usable', async () => {
    const body = `<disk><alias>${'x'.repeat(10 * 1024 * 1024)}</alias></disk>`;
    const { status, text } = await gateway.send('POST', DISKS, body);
    expect(status).toBe(413);
    expect(text).toMatch(XML_FAULT);
    const chunked = await fetch(gateway.url + DISKS, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/xml' },
      duplex: 'half',
      body: new ReadableStream({
        start(controller) {
          for (let n = 0; n < 40; n++) controller.enqueue(new Uint8Array(65536).fill(97));
          controller.close();
        },
      }),
    });
    expect(chunked.status).toBe(413);
    expect(gateway.world.calls).toEqual([]);
    expect((await gateway.send('GET', '/api/vms')).status).toBe(200);
  });

  it('an invalid UTF-8 body is a 400, a CDATA section is text', async () => {
    const bytes = await fetch(gateway.url + DISKS, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/xml' },
      body: new Uint8Array([60, 100, 105, 115, 107, 62, 0xff, 60, 47, 100, 105, 115, 107, 62]),
    });
    expect(bytes.status).toBe(400);
    expect((await gateway.send('POST', DISKS, CDATA)).text).toContain('Disk [provisionedSize|size] required for add');
  });

  it('a GET whose body never comes is answered, and ends the connection', async () => {
    const answer = await gateway.raw(
      `GET /api/vms HTTP/1.1\r\nHost: x\r\nAuthorization: ${AUTHORIZATION}\r\nContent-Length: 100\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*<\/vms>\n$/);
  });
});

describe('what HTTP itself would answer', () => {
  it('Expect: 201-created is no 417', async () => {
    const answer = await gateway.raw(
      `GET /api/vms HTTP/1.1\r\nHost: x\r\nAuthorization: ${AUTHORIZATION}\r\nExpect: 201-created\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toContain('HTTP/1.1 200 OK');
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a bad header', 'GET /api HTTP/1.1\r\nHost: x\r\nbad header: y\r\n\r\n', 400],
    ['a long header', `GET /api HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a bad chunk',
      `POST ${DISKS} HTTP/1.1\r\nHost: x\r\nAuthorization: ${AUTHORIZATION}\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
  ])('%s is answered once, as a fault, and the connection ends', async (_, text, status) => {
    const answer = await gateway.raw(text);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toContain('<fault>');
    expect(answer).toContain('Connection: close');
  });

  it('a request that never ends is a 408', async () => {
    const impatient = await startFake({ requestTimeoutMs: 200, headersTimeoutMs: 200 });
    try {
      const answer = await impatient.raw('GET /api HTTP/1.1\r\nHost: x\r\n', 5000);
      expect(answer).toContain('HTTP/1.1 408');
      expect(answer).toContain('<fault>');
    } finally {
      await impatient.close();
    }
  });
});

describe('correlation', () => {
  it('passes ids on, cleaned, and echoes them', async () => {
    const { headers } = await gateway.send('GET', '/api/vms', undefined, {
      'correlation-id': 'abc def/<1>',
      'x-request-id': 'req-1',
    });
    expect([headers.get('correlation-id'), headers.get('x-request-id')]).toEqual(['abcdef1', 'req-1']);
    expect(gateway.world.correlationIds).toEqual(['abcdef1']);
    expect((await gateway.send('GET', '/api/vms')).headers.get('correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(gateway.records.at(-1)).toMatchObject({
      operation: 'vms.list',
      status: 200,
      user: 'admin@internal',
      aborted: false,
    });
  });
});
