import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExchange } from '../../src/exchanges/index.js';
import { createShadow, Scrubber, startProxy, type Heard, type ReplayReport } from '../../src/moving/traffic/index.js';
import { readdressed } from '../../src/moving/traffic/origin.js';
import { runCli, start } from '../support/cli.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { startEngine, twoVms } from './engine.js';

const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
const environment = {
  OVIRT_USER: 'admin@internal',
  OVIRT_PASSWORD: 'powervc',
  TARGET_USER: 'admin@internal',
  TARGET_PASSWORD: 'powervc',
};
const authorization = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
const headers = { authorization, version: '4', 'user-agent': 'PythonSDK/4.6.3', 'content-type': 'application/xml' };
let testbed: Testbed;
let engine = '';
beforeAll(async () => {
  testbed = await startTestbed();
  engine = testbed.gateways[0]?.url ?? '';
});
afterAll(async () => {
  await testbed.close();
  rmSync(folder, { recursive: true });
});

const replayed = async (...argv: string[]): Promise<[number, ReplayReport]> => {
  const { code, stdout, stderr } = await runCli(['replay', '--format', 'json', ...argv], { environment });
  expect(stderr).toBe('');
  return [code, JSON.parse(stdout) as ReplayReport];
};

/** A client's day, through whatever stands there. */
async function day(url: string): Promise<void> {
  const api = `${url}/ovirt-engine/api`;
  const token = await fetch(`${url}/ovirt-engine/sso/oauth/token`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=powervc',
  });
  expect(token.status).toBe(200);
  expect((await token.json()) as object).toHaveProperty('access_token');
  const vms = await fetch(`${api}/vms`, { headers });
  const [, href = ''] = /<vm href="([^"]+)"/.exec(await vms.text()) ?? [];
  for (const path of [
    `${url}${href}`,
    `${url}${href}/nics`,
    `${url}${href}/diskattachments`,
    `${api}/vms?search=name%3Daix73-db01`,
  ])
    expect((await fetch(path, { headers })).status).toBe(200);
  const opened = await fetch(api, { headers: { ...headers, prefer: 'persistent-auth' } });
  expect(opened.headers.get('link')).toContain(`<${api}/vms>`);
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  expect((await fetch(api, { headers: { cookie, prefer: 'persistent-auth' } })).status).toBe(200);
  const tag = { method: 'POST', headers, body: '<tag><name>recorded</name></tag>' };
  expect([201, 409]).toContain((await fetch(`${api}/tags`, tag)).status);
}

describe('record and replay', () => {
  const recording = join(folder, 'recording');
  const names = join(folder, 'names.json');

  it('records requests and answers, without secrets and names', async () => {
    const argv = ['record', '--listen', '127.0.0.1:0', '--to', engine, '--output', recording, '--names-file', names];
    const running = start(argv);
    const [, url = ''] = await running.until(/recording (\S+),/);
    await day(url);
    running.stop();
    expect(await running.code).toBe(0);
    expect(running.stderr()).toBe('9 exchanges\n');

    const files = readdirSync(recording).sort();
    expect(files[0]).toBe('000001-POST-sso-oauth-token.txt');
    const texts = files.map((file) => readFileSync(join(recording, file), 'utf8'));
    const whole = texts.join('\n');
    for (const secret of ['powervc&', authorization.slice(6), 'aix73-db01', 'sles15'])
      expect(whole).not.toContain(secret);
    expect(whole).toMatch(/search=name%3Dvm-\d+/);
    const exchanges = texts.map(parseExchange);
    expect(exchanges.every(({ answer }) => answer !== undefined)).toBe(true);
    const real = JSON.parse(readFileSync(names, 'utf8')) as Record<string, string>;
    expect(real['aix73-db01']).toMatch(/^vm-\d+$/);
  });

  it('finds an engine equal to itself: only reads are sent, by client and operation', async () => {
    const [code, { counts, rows }] = await replayed(
      recording,
      '--to',
      `${engine}/ovirt-engine/api`,
      '--names-file',
      names,
    );
    expect(rows.filter(({ counts: own }) => own.different + own.refused > 0)).toEqual([]);
    expect(code).toBe(0);
    expect(counts).toMatchObject({ different: 0, refused: 0, 'not sent': 2 });
    expect(counts.same + counts.equivalent).toBe(7);
    expect(rows).toContainEqual(
      expect.objectContaining({ client: 'PythonSDK/4.6.3', operation: 'vms.nics.list', requests: 1 }),
    );
  });

  it('reports what differs and what is refused on another endpoint, and maps ids by name', async () => {
    const vm = '/vms/11111111-0000-4000-8000-000000000001';
    const { [`${vm}/diskattachments`]: _none, ...pages } = twoVms;
    const other = await startEngine({ ...pages, '/vms': (pages['/vms'] ?? '').replaceAll('web01', 'ibmi75-erp01') });
    const [code, { counts, rows }] = await replayed(
      recording,
      '--to',
      other.url,
      '--names-file',
      names,
      '--backend',
      'powervc',
    );
    expect(code).toBe(1);
    expect(counts.different).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(0);
    const list = rows.find(({ operation }) => operation === 'vms.list');
    expect(list?.why.join('\n')).toMatch(/^vms\/vm: .*sles15-hana01.* -> old02$/m);
    expect(rows.find(({ counts: own }) => own.refused > 0)?.why[0]).toMatch(/^404/);
    const { stdout } = await runCli(['replay', recording, '--to', other.url, '--names-file', names], { environment });
    await other.close();
    expect(stdout).toMatch(/PythonSDK\/4\.6\.3 {2}vms\.list: /);
    // what was asked of a VM is asked of the one of that name
    expect(other.asked).toContain(`/ovirt-engine/api${vm}/nics`);
  });

  it('refuses what is not a recording', async () => {
    const { code, stderr } = await runCli(['replay', '/nowhere', '--to', `${engine}/ovirt-engine/api`], {
      environment,
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('/nowhere cannot be read')]);
    expect((await runCli(['record', '--to', 'x', '--output', join(folder, 'no')])).code).toBe(2);
  });
});

describe('shadow', () => {
  it("returns the engine's answer, and compares reads in the background", async () => {
    const argv = [
      'shadow',
      '--listen',
      '127.0.0.1:0',
      '--to',
      engine,
      '--target-url',
      `${engine}/ovirt-engine/api`,
      '--format',
      'json',
    ];
    const running = start(argv, { environment });
    const [, url = ''] = await running.until(/listening on (http:\S+): /);
    await day(url);
    running.stop();
    expect(await running.code).toBe(0);
    const report = JSON.parse(running.stdout().slice(running.stdout().indexOf('{'))) as ReplayReport & {
      passedOver: number;
    };
    expect(report.counts).toMatchObject({ different: 0, refused: 0 });
    expect(report.counts.same + report.counts.equivalent).toBe(7);
    expect(report.passedOver).toBe(0);
  });

  it('passes over what its queue does not hold, and never waits', async () => {
    const heard: Heard = {
      notes: [],
      client: 'x',
      request: { method: 'GET', target: '/api/vms', headers: [], body: '' },
      answer: { status: 200, headers: [], body: '<vms/>' },
    };
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    let [atOnce, most, compared] = [0, 0, 0];
    const shadow = createShadow(
      async () => {
        most = Math.max(most, (atOnce += 1));
        await held;
        atOnce -= 1;
        return { client: 'x', operation: 'y', result: 'same', why: [] };
      },
      { atOnce: 2, queue: 3, size: 1000 },
      () => (compared += 1),
      (error) => {
        throw error;
      },
    );
    for (let count = 0; count < 10; count++) shadow.add(heard);
    shadow.add({ ...heard, answer: { ...heard.answer, body: undefined } });
    shadow.add({ ...heard, request: { ...heard.request, method: 'POST' } });
    expect(shadow.passedOver).toBe(6);
    go();
    await shadow.end();
    expect([compared, most]).toEqual([5, 2]);
  });
});

it('shadow keeps no more than it may, however few answers that is', async () => {
  const heard = (length: number): Heard => ({
    notes: [],
    client: 'x',
    request: { method: 'GET', target: '/api/vms', headers: [], body: '' },
    answer: { status: 200, headers: [], body: 'x'.repeat(length) },
  });
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const seen: number[] = [];
  const shadow = createShadow(
    async ({ answer }) => {
      await held;
      seen.push(answer?.body.length ?? 0);
      return { client: 'x', operation: 'y', result: 'same', why: [] };
    },
    { atOnce: 1, queue: 100, size: 1000 },
    () => undefined,
    (error) => {
      throw error;
    },
  );
  for (const length of [900, 600, 500, 400, 1]) shadow.add(heard(length));
  expect(shadow.passedOver).toBe(2);
  go();
  await shadow.end();
  expect(seen).toEqual([900, 600, 400]);
});

describe('what goes by', () => {
  it.each([1, 3, 100])('gets another address however it is cut: %i bytes at once', async (length) => {
    const stream = readdressed('https://engine.example.com', 'http://x:1');
    const all = text(stream);
    const body = 'a https://engine.example.com/api https://engine.example.co https://engine.example.com';
    for (let at = 0; at < body.length; at += length) stream.write(body.slice(at, at + length));
    stream.end();
    expect(await all).toBe('a http://x:1/api https://engine.example.co http://x:1');
  });

  it('is recorded only if it is text: not the data of disks', async () => {
    const taken: Buffer[] = [];
    const host = createServer((asked, answer) => {
      buffer(asked).then(
        (body) => {
          taken.push(body);
          answer.end();
        },
        (error: unknown) => answer.destroy(error as Error),
      );
    }).listen(0, '127.0.0.1');
    await once(host, 'listening');
    const heard: Heard[] = [];
    const proxy = await startProxy({
      to: `http://127.0.0.1:${(host.address() as AddressInfo).port}`,
      host: '127.0.0.1',
      port: 0,
      most: 1000,
      insecure: false,
      proxies: {},
      onExchange: (one) => heard.push(one),
    });
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    const put = (path: string, body: Buffer | string, type?: string): Promise<Response> =>
      fetch(proxy.url + path, {
        method: 'PUT',
        body,
        ...(type !== undefined && { headers: { 'content-type': type } }),
      });
    await put('/images/5', 'text in a disk', 'text/plain');
    await put('/ovirt-engine/api/x', bytes);
    await put('/ovirt-engine/api/x', bytes, 'application/octet-stream');
    await put('/ovirt-engine/api/x', '<vm/>', 'application/xml');
    await proxy.close();
    host.close();
    expect(taken.map(({ length }) => length)).toEqual([14, 3, 3, 5]);
    expect(heard.map(({ request }) => request.body)).toEqual([undefined, undefined, undefined, '<vm/>']);
  });

  it('loses secrets, the same one always by the same placeholder', () => {
    const scrubber = new Scrubber();
    const first = scrubber.text(
      '<action><vm><initialization><root_password>s3cret</root_password></initialization></vm></action>',
    );
    expect(first).toContain('<root_password>secret-1</root_password>');
    expect(scrubber.text('{"password": "s3cret"}')).toBe('{"password": "secret-1"}');
    expect(scrubber.text('grant_type=password&username=a&password=s3cret')).toBe(
      'grant_type=password&username=a&password=secret-1',
    );
    expect(scrubber.text('<ticket><value>0nce</value></ticket>')).toBe('<ticket><value>secret-2</value></ticket>');
    expect(scrubber.text('{"ticket": {"expiry": 120, "value": "0nce"}}')).toBe(
      '{"ticket": {"expiry": 120, "value": "secret-2"}}',
    );
    expect(scrubber.text('[virt-viewer]\ntype=vnc\npassword=0nce\n')).toBe(
      '[virt-viewer]\ntype=vnc\npassword=secret-2\n',
    );
    const ticket = '2f8b1c9e-0000-4000-8000-0000000000aa';
    expect(scrubber.text(`<transfer_url>https://engine:54322/images/${ticket}</transfer_url>`)).toBe(
      '<transfer_url>https://engine:54322/images/ticket-1</transfer_url>',
    );
    expect(scrubber.target(`/images/${ticket}?flush=n`)).toBe('/images/ticket-1?flush=n');
    expect(scrubber.target(`/ovirt-engine/api/storagedomains/1/images/${ticket}`)).toContain(ticket);
    expect(scrubber.header('Cookie', 'JSESSIONID=abcdefgh1234; locale=en')).toBe('JSESSIONID=cookie-1; locale=en');
    expect(scrubber.text('{"custom_script": "a: \\"b\\"", "x": 1}')).toBe('{"custom_script": "secret-3", "x": 1}');
    const guest = '<vm><initialization><host_name>pay01.example.com</host_name></initialization></vm>';
    scrubber.learn(guest, 'vm');
    expect(scrubber.text(guest)).toBe('<vm><initialization><host_name>guest-1</host_name></initialization></vm>');
    scrubber.learn('<vms><vm id="1"><name>payroll</name></vm><role id="2"><name>UserRole</name></role></vms>', 'vms');
    expect(scrubber.text('payroll payroll-2 UserRole')).toBe('vm-1 payroll-2 UserRole');
    expect(scrubber.target('/api/vms?search=name%3Dpayroll')).toBe('/api/vms?search=name%3Dvm-1');
  });
});

describe('replay --writes', () => {
  it('creates the same objects on the new side, with its own ids, and waits where the old side took time', async () => {
    const recording = join(folder, 'writes');
    const names = join(folder, 'writes.json');
    const other = await startTestbed({ timeScale: 0.05 });
    try {
      const running = start([
        'record',
        ...['--listen', '127.0.0.1:0', '--to', engine, '--output', recording, '--names-file', names],
      ]);
      const [, url = ''] = await running.until(/recording (\S+),/);
      await changes(`${url}/ovirt-engine/api`);
      running.stop();
      expect(await running.code).toBe(0);
      const there = [recording, '--names-file', names, '--to', `${other.gateways[0]?.url ?? ''}/ovirt-engine/api`];
      const [, { rows }] = await replayed(...there);
      expect(rows.filter(({ counts }) => counts.refused > 0)).toEqual([]);
      expect(rows.find(({ operation }) => operation === 'disks.get')?.why).toEqual([
        'it reads what a change has made that was not sent',
      ]);
      const [code, report] = await replayed(...there, '--writes', '--patience', '30');
      expect(report.rows.filter(({ counts }) => counts.different + counts.refused > 0)).toEqual([]);
      expect([code, report.counts['not sent']]).toEqual([0, 0]);
      const disks = [...other.simulator.world.volumes.values()].filter(({ name }) => name === 'replayed');
      expect(disks).toEqual([]);
      expect([...other.simulator.world.volumes.values()].map(({ name }) => name)).toContain('replayed-too');
    } finally {
      await other.close();
    }
  });
});

/** Adds a disk to a VM, renames it, adds a tag and removes it, as a client that waits for each. */
async function changes(api: string): Promise<void> {
  const ask = async (method: string, path: string, body?: string): Promise<string> => {
    const answer = await fetch(api + path, { method, headers, ...(body !== undefined && { body }) });
    const reported = await answer.text();
    expect([answer.ok, reported]).toEqual([true, reported]);
    return reported;
  };
  const idOf = (document: string): string => /^<[^>]* id="([^"]+)"/m.exec(document)?.[1] ?? '';
  const settled = async (path: string): Promise<void> => {
    for (;;) if (!/<status>(?:locked|[a-z_]*ing[a-z_]*)</.test(await ask('GET', path))) return;
  };
  const vm = /<vm href="[^"]*" id="([^"]+)"/.exec(await ask('GET', '/vms?search=name%3Daix73-db01'))?.[1] ?? '';
  const attached = await ask(
    'POST',
    `/vms/${vm}/diskattachments`,
    '<disk_attachment><interface>spapr_vscsi</interface><disk><name>replayed</name><provisioned_size>1073741824</provisioned_size><format>raw</format></disk></disk_attachment>',
  );
  const disk = idOf(attached);
  await settled(`/disks/${disk}`);
  await ask(
    'PUT',
    `/vms/${vm}/diskattachments/${disk}`,
    '<disk_attachment><disk><name>replayed-too</name></disk></disk_attachment>',
  );
  await settled(`/disks/${disk}`);
  const tag = idOf(await ask('POST', '/tags', '<tag><name>replayed</name></tag>'));
  await ask('POST', `/vms/${vm}/tags`, '<tag><name>replayed</name></tag>');
  await ask('DELETE', `/tags/${tag}`);
}
