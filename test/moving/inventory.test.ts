import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiskInput } from '../../src/generated/entities.js';
import { ItemSplitter } from '../../src/moving/endpoint/index.js';
import { readInventoryFile, type InventoryRecord, type VmRecord } from '../../src/moving/inventory/index.js';
import { runCli } from '../support/cli.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { startEngine, twoVms, type Engine } from './engine.js';

/** A VM as a list with `follow` has it. */
const wholeVm = (id: string): string =>
  `<vm id="${id}"><name>${id}</name><memory>1073741824</memory><disk_attachments/><snapshots/><cdroms/><tags/>` +
  '<permissions/><nics><nic id="n1"><name>nic1</name><mac><address>56:6F:00:00:00:01</address></mac></nic></nics></vm>';

const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
const login = ['--user', 'admin@internal'];
const environment = { OVIRT_PASSWORD: 'powervc' };
let testbed: Testbed;
let engine: Engine;
beforeAll(async () => {
  testbed = await startTestbed();
  engine = await startEngine(twoVms);
});
afterAll(async () => {
  await testbed.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

const recordsOf = (text: string): InventoryRecord[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as InventoryRecord);
const vmsOf = (records: readonly InventoryRecord[]): VmRecord[] =>
  records.filter((record): record is VmRecord => record.record === 'vm');

describe('the splitter', () => {
  const text = `<?xml version="1.0"?><!-- <vm> --><vms a="1>2"><vm id="1"><name>a/>b</name><vm id="x"/></vm>\n<vm id="2"/><vm id="3"><![CDATA[</vm>]]></vm></vms>`;
  it.each([1, 2, 7, 1000])('cuts items however the text is cut: %i characters at once', (length) => {
    const splitter = new ItemSplitter();
    const items: string[] = [];
    for (let at = 0; at < text.length; at += length) items.push(...splitter.push(text.slice(at, at + length)));
    expect(items).toEqual([
      '<vm id="1"><name>a/>b</name><vm id="x"/></vm>',
      '<vm id="2"/>',
      '<vm id="3"><![CDATA[</vm>]]></vm>',
    ]);
    expect([splitter.root, splitter.ended]).toEqual(['vms', true]);
  });
  it('knows an end that did not come, and an empty collection', () => {
    const cut = new ItemSplitter();
    expect(cut.push('<vms><vm id="1"><name>')).toEqual([]);
    expect(cut.ended).toBe(false);
    const empty = new ItemSplitter();
    expect([empty.push('<vms/>'), empty.ended]).toEqual([[], true]);
  });
});

describe('inventory', () => {
  it.each(['3', '4'])('reads every VM with its parts, version %s', async (api) => {
    const url = `${testbed.gateways[0]?.url}/ovirt-engine/api`;
    const { code, stdout, stderr } = await runCli(['inventory', '--url', url, '--api', api, ...login], { environment });
    expect([code, stderr]).toEqual([0, '5 VMs\n']);
    const records = recordsOf(stdout);
    expect(records[0]).toMatchObject({ record: 'endpoint', format: 1, api });
    expect(records.at(-1)).toEqual({ record: 'end', vms: 5, problems: 0 });
    const vms = vmsOf(records);
    expect(vms).toHaveLength(5);
    for (const { entity, disks, nics } of vms) {
      expect(entity.name).toMatch(/\w/);
      expect(entity.memoryBytes).toBeGreaterThan(0);
      expect(entity.status).toMatch(/^(up|down)$/);
      expect(disks.length).toBeGreaterThan(0);
      expect(nics.map(({ entity: { mac } }) => mac)).toContainEqual(expect.stringMatching(/^fa:16:3e/));
    }
    expect(
      vms.flatMap(({ disks }) => disks).filter(({ entity }) => entity.sizeBytes !== undefined).length,
    ).toBeGreaterThan(5);
    const attached = new Set(vms.flatMap(({ disks }) => disks).map(({ entity }) => entity.id));
    const floating = records.flatMap((one) => (one.record === 'disk' ? [one.entity as DiskInput] : []));
    expect(floating.map(({ alias }) => alias)).toEqual(['quorum01', 'scratch01']);
    expect(floating.filter(({ id }) => attached.has(id ?? ''))).toEqual([]);
  });

  it('detects the version, follows links where nothing is inlined, and reports what has no place', async () => {
    const file = join(folder, 'engine.ndjson');
    const { code } = await runCli(['inventory', '--url', engine.url, '--output', file]);
    expect(code).toBe(0);
    const records = recordsOf(readFileSync(file, 'utf8'));
    expect(records[0]).toMatchObject({ api: '4', product: 'oVirt Engine 4.4.10' });
    const [web, old] = vmsOf(records);
    expect(web?.entity).toMatchObject({ name: 'web01', description: 'Web & more', sockets: 2, cores: 2, status: 'up' });
    // in words: nothing tells yet which cloud it will be
    expect(web?.lost).toContainEqual({
      path: 'vm.usb.enabled',
      why: 'The hypervisor has no USB redirection',
      pattern: '{hypervisor} has no USB redirection',
      refused: false,
    });
    const reasons = readFileSync(file, 'utf8').match(/"why":"[^"]*"/g) ?? [];
    expect([reasons.length > 0, reasons.filter((why) => why.includes('{'))]).toEqual([true, []]);
    expect(web?.disks).toMatchObject([
      { entity: { alias: 'web01_root', sizeBytes: 10 * 2 ** 30, bootable: true, storageDomain: { id: 's1' } } },
    ]);
    expect(web?.nics).toMatchObject([{ entity: { mac: '56:6f:00:00:00:01', vnicProfile: { id: 'p1' } } }]);
    expect(old?.entity).toMatchObject({ architecture: 'x86_64' });
  });

  it('reads pages of VMs with their parts, each VM once, and alone only those that were in no page', async () => {
    const vms = Array.from({ length: 230 }, (_, at) => ({ id: `vm-${at}`, document: wholeVm(`vm-${at}`) }));
    const many = await startEngine({
      '/vms': ({ url = '' }) => {
        const query = new URL(url, 'http://engine').searchParams;
        const page = Number(/page (\d+)$/.exec(query.get('search') ?? '')?.[1] ?? 0);
        if (page === 0) return `<vms>${vms.map(({ document }) => document).join('')}</vms>`;
        const size = Number(query.get('max'));
        // after the first page one VM is gone: the first of the second page moves to the first
        const now = page === 1 ? vms : vms.slice(1);
        const these = now.slice((page - 1) * size, page * size);
        return `<vms>${these.map(({ document }) => document).join('')}</vms>`;
      },
      '/vms/vm-50': wholeVm('vm-50'),
    });
    const { code, stdout, stderr } = await runCli(['inventory', '--url', many.url, '--api', '4']);
    await many.close();
    expect([code, stderr]).toEqual([0, '230 VMs\n']);
    const found = vmsOf(recordsOf(stdout));
    expect(found.map(({ entity }) => entity.id).sort()).toEqual(vms.map(({ id }) => id).sort());
    expect(found[0]?.nics).toMatchObject([{ entity: { mac: '56:6f:00:00:00:01' } }]);
    const [ids, ...requests] = many.asked.filter((path) => path.includes('/vms'));
    expect(ids).toBe('/ovirt-engine/api/vms');
    expect(requests.every((path) => path.includes('follow=disk_attachments.disk,nics,'))).toBe(true);
    expect(requests[0]).toContain('/vms?search=page%201&max=50&');
    expect(requests.flatMap((path) => /\/vms\/[^?]+/.exec(path) ?? [])).toEqual(['/vms/vm-50']);
  });

  it('asks again for what was cut off, and reports what stays so', async () => {
    const cut = (whole: string): { cut: string } => ({ cut: whole.slice(0, whole.lastIndexOf('<')) });
    const textAt = (path: string): string => {
      const page = twoVms[path];
      return typeof page === 'string' ? page : '';
    };
    const [clusters, vms] = [textAt('/clusters'), textAt('/vms')];
    let [clustersAsked, vmsAsked] = [0, 0];
    const tired = await startEngine({
      ...twoVms,
      '/clusters': () => ((clustersAsked += 1) === 1 ? cut(clusters) : clusters),
      '/networks': cut(textAt('/networks')),
      '/vms': () => ((vmsAsked += 1) % 2 === 1 ? cut(vms) : vms),
    });
    const { code, stdout, stderr } = await runCli(['inventory', '--url', tired.url]);
    await tired.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^not read: \/networks: GET .*\n2 VMs; 1 object could not be read\n$/);
    const records = recordsOf(stdout);
    expect(records.filter(({ record }) => record === 'cluster')).toHaveLength(1);
    expect(vmsOf(records).map(({ entity }) => entity.name)).toEqual(['web01', 'old02']);
    expect(tired.asked.filter((path) => path.endsWith('/networks'))).toHaveLength(3);
  });

  it('reaches an endpoint through the proxy of the environment', async () => {
    const through: string[] = [];
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      through.push(request.url ?? '');
      const [host = '', port] = (request.url ?? '').split(':');
      const to = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        to.pipe(socket).pipe(to);
      });
      for (const one of [to, socket]) one.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const run = (more: Record<string, string>): Promise<{ code: number; stderr: string }> =>
      runCli(['inventory', '--url', engine.url], { environment: { http_proxy: address, ...more } });
    expect(await run({})).toMatchObject({ code: 0, stderr: '2 VMs\n' });
    const used = through.length;
    expect(through).toContain(new URL(engine.url).host);
    expect(await run({ NO_PROXY: '127.0.0.1' })).toMatchObject({ code: 0, stderr: '2 VMs\n' });
    expect(through).toHaveLength(used);
    const { code, stderr } = await run({ HTTP_PROXY: 'proxy:3128' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('HTTP_PROXY must be a URL')]);
    proxy.close();
    proxy.closeAllConnections();
  });

  it('reports what cannot be read, and continues', async () => {
    const odd = await startEngine({ ...twoVms, '/clusters': '<clusters><cluster id="c1"><name>a</name>' });
    const { code, stdout, stderr } = await runCli(['inventory', '--url', odd.url]);
    await odd.close();
    expect(code).toBe(1);
    expect(stderr).toContain('not read: /clusters: ');
    expect(recordsOf(stdout).at(-1)).toMatchObject({ record: 'end', vms: 2, problems: 1 });
  });

  it('refuses wrong addresses, logins and versions in a line', async () => {
    const url = `${testbed.gateways[0]?.url}/ovirt-engine/api`;
    const refused = await runCli(['inventory', '--url', url, ...login], { environment: { OVIRT_PASSWORD: 'wrong' } });
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('the login of admin@internal is refused'),
    ]);
    for (const argv of [[], ['--url', 'ftp://x'], ['--url', url, ...login], ['--url', url, '--at-once', '0']])
      expect((await runCli(['inventory', ...argv])).code, argv.join(' ')).toBe(2);
    const nobody = await runCli(['inventory', '--url', 'http://127.0.0.1:1/ovirt-engine/api']);
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
  });
});

describe('an inventory that was cut off', () => {
  it('is refused', async () => {
    const file = join(folder, 'cut.ndjson');
    writeFileSync(file, `${JSON.stringify({ record: 'endpoint', format: 1 })}\n`);
    await expect(async () => {
      for await (const record of readInventoryFile(file)) expect(record.record).toBe('endpoint');
    }).rejects.toThrow('is incomplete');
    const missing = readInventoryFile(join(folder, 'nowhere'));
    await expect(missing.next()).rejects.toThrow('cannot be read');
  });
});
