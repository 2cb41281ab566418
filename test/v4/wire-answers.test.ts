import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainInventory } from '../../src/simulator/index.js';
import { startV4, textAt, type V4 } from './testbed.js';

/** Lines of docs/reference/v4-wire.md about answers, on a cloud that has consoles and CDs. */
let v4: V4;
let down: string;
let up: string;
beforeAll(async () => {
  v4 = await startV4('openstack', [], { inventory: plainInventory });
  const vms = (await v4.send('GET', '/vms')).xml().children;
  [down = '', up = ''] = ['down', 'up'].map(
    (status) => `/vms/${vms.find((vm) => textAt(vm, 'status') === status)?.attributes.get('id')}`,
  );
});
afterAll(() => v4?.close());

describe('section 1: ways in', () => {
  it.each([
    ['/api', '4', '/api/'],
    ['/api/vms', '4', '/api/'],
    ['/ovirt-engine/api/vms', '4', '/ovirt-engine/api/'],
    ['/ovirt-engine/api/v4/vms', '3', '/ovirt-engine/api/v4/'],
  ])('%s with Version: %s speaks version 4, with hrefs below %s', async (path, version, base) => {
    const response = await fetch(v4.url + path, { headers: { authorization: v4.login, version } });
    const text = await response.text();
    const hrefs = [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
    expect(hrefs.length).toBeGreaterThan(5);
    expect(hrefs.filter((href) => !href.startsWith(base))).toEqual([]);
    // version 3 has states as elements, and special objects as links
    expect(text).not.toMatch(/<state>|rel="templates\/blank"/);
  });

  it('the href of one disk attachment is without the version that its path has, in a list with it', async () => {
    const list = (await v4.send('GET', `/ovirt-engine/api/v4${down}/diskattachments`)).xml().children;
    const href = list[0]?.attributes.get('href') ?? '';
    expect(href).toMatch(/^\/ovirt-engine\/api\/v4\//);
    expect((await v4.send('GET', href)).xml().attributes.get('href')).toBe(href.replace('/v4', ''));
  });

  it('Version: 3 is answered in version 3, which engines from 4.4 on refuse; others are refused with a page', async () => {
    const former = await v4.send('GET', down, undefined, { version: '3' });
    expect([former.status, former.text]).toEqual([200, expect.stringContaining('<state>down</state>')]);
    const { status, headers, text } = await v4.send('GET', '', undefined, { version: '5' });
    expect([status, headers.get('content-type')]).toEqual([400, 'text/html;charset=UTF-8']);
    expect(text).toMatch(/^<html><head><title>Error<\/title><\/head><body>/);
  });
});

describe('section 2: logins', () => {
  // each failed login delays the next one
  const wrong = `Basic ${Buffer.from('admin@internal:wrong').toString('base64')}`;
  it.each(['Bearer x.y.z', undefined, wrong])(
    'a 401 is a page, in any format, with the realm of the entry point: %s',
    async (authorization) => {
      const ways = [
        ['/ovirt-engine/api', 'RESTAPI'],
        ['/ovirt-engine/api/v4/vms', 'RESTAPI'],
        ['/api', 'ENGINE'],
      ] as const;
      for (const [path, realm] of authorization === wrong ? ways.slice(0, 1) : ways)
        for (const accept of ['application/json', 'application/xml'].slice(authorization === wrong ? 1 : 0)) {
          const headers = { version: '4', accept, ...(authorization !== undefined && { authorization }) };
          const response = await fetch(v4.url + path, { headers });
          expect([
            response.status,
            response.headers.get('www-authenticate'),
            response.headers.get('content-type'),
            await response.text(),
          ]).toEqual([
            401,
            `Basic realm="${realm}"`,
            'text/html;charset=UTF-8',
            '<html><head><title>Error</title></head><body>Unauthorized</body></html>',
          ]);
        }
    },
  );

  it('CORS is off: no answer has its headers, not even to its question', async () => {
    const origin = 'https://portal.example.com';
    const answers = [
      await v4.send('GET', '/vms', undefined, { origin }),
      await v4.send('GET', '', undefined, { origin, authorization: '' }),
      await v4.send('OPTIONS', '/vms', undefined, { origin, 'access-control-request-method': 'POST' }),
      await v4.send('POST', '/ovirt-engine/sso/oauth/token', undefined, { origin }),
    ];
    for (const { headers } of answers)
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('section 4: bad values', () => {
  it.each([
    ['<memory>much</memory>', 'much'],
    ['<cpu><topology><cores>two</cores></topology></cpu>', 'two'],
    ['<delete_protected>perhaps</delete_protected>', 'perhaps'],
    ['<creation_time>yesterday</creation_time>', 'yesterday'],
  ])('%s is an invalid value', async (part, value) => {
    const { status, xml } = await v4.send('PUT', down, `<vm>${part}</vm>`);
    expect([status, textAt(xml(), 'reason')]).toEqual([400, 'Invalid value']);
    expect(textAt(xml(), 'detail')).toContain(value);
  });
});

describe('section 5: values and lists', () => {
  it('XML takes 0 and 1 as booleans, JSON texts and values', async () => {
    const json = { 'content-type': 'application/json' };
    for (const [body, headers, expected] of [
      ['<vm><delete_protected>1</delete_protected></vm>', {}, 'true'],
      ['<vm><delete_protected>0</delete_protected></vm>', {}, 'false'],
      ['{"delete_protected":"true"}', json, 'true'],
      ['{"delete_protected":false}', json, 'false'],
    ] as const)
      expect(textAt((await v4.send('PUT', down, body, headers)).xml(), 'delete_protected')).toBe(expected);
    for (const [body, expected] of [
      ['{"high_availability":{"priority":"40"}}', '40'],
      ['{"high_availability":{"priority":50}}', '50'],
    ] as const)
      expect(textAt((await v4.send('PUT', down, body, json)).xml(), 'high_availability/priority')).toBe(expected);
  });

  it('JSON: an empty list is {}, one of several has its wrapper', async () => {
    const json = async (path: string): Promise<unknown> =>
      JSON.parse((await v4.send('GET', path, undefined, { accept: 'application/json' })).text);
    expect(await json('/vms?search=name%3Dnothing')).toEqual({});
    expect(await json('/bookmarks')).toEqual({});
    expect(await json(down)).toMatchObject({
      os: { boot: { devices: { device: ['hd'] } } },
      actions: { link: expect.arrayContaining([expect.objectContaining({ rel: 'start' })]) as unknown },
    });
  });

  it.each(['/roles', '/networkfilters', '/operatingsystems', '/vms', '/disks', '/networks', '/templates', '/events'])(
    'max cuts %s, whether it can be searched or not',
    async (path) => {
      expect((await v4.send('GET', path)).xml().children.length).toBeGreaterThan(1);
      expect((await v4.send('GET', `${path}?max=1`)).xml().children).toHaveLength(1);
      expect((await v4.send('GET', `${path}?max=0`)).status).toBe(200);
    },
  );

  it('max does not cut what is followed', async () => {
    const [cluster] = (await v4.send('GET', '/clusters?max=1&follow=networks')).xml().children;
    const networks = cluster?.children.find(({ name }) => name === 'networks')?.children ?? [];
    expect(networks.length).toBeGreaterThan(1);
  });

  it('what an SDK never sends is still obeyed: Expect, in the form that proxies let through', async () => {
    const add = (expected: string) =>
      v4.send(
        'POST',
        '/disks',
        `<disk><name>${expected}</name><provisioned_size>1073741824</provisioned_size><format>raw</format></disk>`,
        { 'x-ovirt-expect': expected },
      );
    expect((await add('201-created')).status).toBe(201);
    const later = await add('202-accepted');
    expect([later.status, textAt(later.xml(), 'creation_status')]).toEqual([202, 'pending']);
    expect(later.headers.get('location')).toBe(later.xml().attributes.get('href'));
  });
});

describe('section 7: writing', () => {
  it('an empty instance type is none, empty custom properties are none', async () => {
    const type = (await v4.send('GET', '/instancetypes')).xml().children[0]?.attributes.get('id');
    const shown = async (body: string) => {
      const answer = await v4.send('PUT', down, `<vm>${body}</vm>`);
      await v4.testbed.gateways[0]?.settled();
      const one = answer.xml().children.find(({ name }) => name === 'instance_type');
      return [answer.status, one?.attributes.get('id')];
    };
    expect(await shown(`<instance_type id="${type}"/>`)).toEqual([200, type]);
    expect(await shown('<instance_type/>')).toEqual([200, undefined]);
  });
});

describe('section 6: follow', () => {
  it('counts with the PUT of a disk, and with no other', async () => {
    const [disk = ''] = (await v4.send('GET', `${down}/diskattachments`))
      .xml()
      .children.map(({ attributes }) => attributes.get('id') ?? '');
    const change = (path: string, body: string) => v4.send('PUT', `${path}?follow=permissions,statistics`, body);
    const answer = await change(`/disks/${disk}`, '<disk><description>d</description></disk>');
    const held = answer.xml().children.map(({ name }) => name);
    expect([answer.status, textAt(answer.xml(), 'description')]).toEqual([200, 'd']);
    expect(held).toEqual(expect.arrayContaining(['permissions', 'statistics']));
    expect(answer.text).toContain('rel="permissions"');
    const plain = await v4.send('PUT', `/disks/${disk}`, '<disk><description>e</description></disk>');
    expect(plain.xml().children.map(({ name }) => name)).not.toContain('permissions');
    const vm = await change(down, '<vm><comment>c</comment></vm>');
    expect(vm.xml().children.map(({ name }) => name)).not.toContain('permissions');
    const unknown = await v4.send('PUT', `/disks/${disk}?follow=nothing`, '<disk><description>f</description></disk>');
    expect([unknown.status, unknown.headers.get('x-ovirt-ignored')]).toEqual([200, '?follow=nothing']);
  });
});

describe('section 8: consoles', () => {
  it('tells where one is with current alone', async () => {
    const parts = async (path: string): Promise<Record<string, string | undefined>> => {
      const document = (await v4.send('GET', path)).xml();
      const one = document.name === 'graphics_consoles' ? document.children[0] : document;
      return Object.fromEntries(
        ['protocol', 'address', 'port', 'tls_port'].map((name) => [name, one && textAt(one, name)]),
      );
    };
    const consoles = `${up}/graphicsconsoles`;
    const bare = { protocol: 'vnc', address: undefined, port: undefined, tls_port: undefined };
    for (const path of [consoles, `${consoles}?current=false`, `${consoles}/766e63`])
      expect([path, await parts(path)]).toEqual([path, bare]);
    const open = { ...bare, address: '127.0.0.1', port: '6080' };
    for (const path of [
      `${consoles}?current`,
      `${consoles}?current=true`,
      `${consoles};current`,
      `${consoles}/766e63?current=true`,
    ])
      expect([path, await parts(path)]).toEqual([path, open]);
    // version 3 goes by the ticket
    const former = await v4.send('GET', `${consoles};current=true`, undefined, { version: '3' });
    expect([former.status, former.text]).toEqual([200, expect.not.stringContaining('<address>')]);
    // nothing to open
    expect(await parts(`${down}/graphicsconsoles?current`)).toEqual(bare);
  });

  it('is opened for who asks where it is, once', async () => {
    const opened = async (path: string): Promise<number> => {
      v4.testbed.simulator.resetCalls();
      expect((await v4.send('GET', path)).status).toBe(200);
      return v4.testbed.simulator.calls.filter((call) => call.path.endsWith('/remote-consoles')).length;
    };
    expect(await opened(`${up}/graphicsconsoles?current`)).toBe(1);
    expect(await opened(`${up}/graphicsconsoles`)).toBe(0);
    expect(await opened('/vms?detail=current_graphics_consoles&current')).toBe(0);
  });

  it('detail=current_graphics_consoles puts them into VMs', async () => {
    for (const vm of (await v4.send('GET', '/vms?detail=current_graphics_consoles&current')).xml().children)
      expect(textAt(vm, 'graphics_consoles/graphics_console/protocol')).toBe('vnc');
  });
});

describe('section 8: CDs', () => {
  it('an empty file id ejects a CD, of the running VM with current, of its record without', async () => {
    const [iso] = [...v4.testbed.simulator.world.images.values()].filter(({ disk_format }) => disk_format === 'iso');
    const file = (document: string | undefined) => `<cdrom><file id="${document ?? ''}"/></cdrom>`;
    for (const query of ['', '?current', '?current=true']) {
      const drive = `${up}/cdroms/00000000-0000-0000-0000-000000000000${query}`;
      const inserted = await v4.send('PUT', drive, file(iso?.name));
      await v4.testbed.gateways[0]?.settled();
      expect([query, inserted.status]).toEqual([query, 200]);
      expect((await v4.send('GET', drive)).text).toContain(`<file `);
      const ejected = await v4.send('PUT', drive, file(undefined));
      await v4.testbed.gateways[0]?.settled();
      expect([query, ejected.status, ejected.xml().name]).toEqual([query, 200, 'cdrom']);
      expect((await v4.send('GET', drive)).text).not.toContain('<file ');
    }
  });
});

describe('section 8: snapshots', () => {
  it('the memory of a running VM, which is kept by default, is reported as left out; asked for, it is refused', async () => {
    const take = async (vm: string, more = '', headers = {}) => {
      const answer = await v4.send(
        'POST',
        `${vm}/snapshots`,
        `<snapshot><description>s</description>${more}</snapshot>`,
        headers,
      );
      await v4.testbed.gateways[0]?.settled();
      return answer;
    };
    const of = async (vm: string, more = '', headers = {}) => {
      const { status, headers: answered } = await take(vm, more, headers);
      return [status, answered.get('x-ovirt-ignored')];
    };
    const memory = (keeps: boolean): string => `<persist_memorystate>${keeps}</persist_memorystate>`;
    expect(await of(up)).toEqual([expect.any(Number), 'snapshot.persist_memorystate']);
    expect(await of(up, memory(false))).toEqual([expect.any(Number), null]);
    expect(await of(down)).toEqual([expect.any(Number), null]);
    expect(await of(up, '', { version: '3' })).toEqual([expect.any(Number), null]);
    expect((await take(up, memory(true))).status).toBe(409);
    expect((await take(up, '', { prefer: 'handling=strict' })).status).toBe(400);
    for (const snapshot of (await v4.send('GET', `${up}/snapshots`)).xml().children)
      expect(textAt(snapshot, 'persist_memorystate')).toBe('false');
  });
});
