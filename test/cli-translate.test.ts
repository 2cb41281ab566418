import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExchange, type Exchange } from '../src/exchanges/index.js';
import { defaultInventory } from '../src/simulator/index.js';
import { runCli } from './support/cli.js';

const VM = defaultInventory.servers![0]!.id;
const DOWN = '5e000000-0000-4000-8000-000000000003';

/** Example 15.12 of the RHEV-M guide, on a VM of the simulator's inventory. */
const ADD_DISK = `POST /api/vms/${VM}/disks HTTP/1.1
Accept: application/xml
Content-type: application/xml

<disk>
    <provisioned_size>8589934592</provisioned_size>
    <type>system</type>
    <interface>virtio</interface>
    <format>cow</format>
    <bootable>true</bootable>
</disk>
`;

describe('translate', () => {
  it('shows the request, the calls in order and the answer, as an exchange', async () => {
    const { code, stdout, stderr } = await runCli(['translate'], { stdin: ADD_DISK });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { request, calls, answer } = parseExchange(stdout);
    expect(request).toEqual(parseExchange(ADD_DISK).request);
    const changes = calls!.filter((call) => call.method !== 'GET');
    expect(changes.find((call) => call.service === 'volume' && call.path.endsWith('/volumes'))).toMatchObject({
      method: 'POST',
      status: 202,
      body: { volume: { size: 8 } },
    });
    expect(changes.map((call) => `${call.service} ${call.method} ${call.path}`)).toContain(
      `compute POST /servers/${VM}/os-volume_attachments`,
    );
    expect([201, 202]).toContain(answer!.status);
    expect(answer!.headers.map(([name]) => name.toLowerCase())).toContain('location');
    expect(answer!.body).toContain('<provisioned_size>8589934592</provisioned_size>');
  });

  it("with --backend openstack shows what plain OpenStack is asked for: extend and a flavor, not IBM's actions", async () => {
    // one that runs gets it at its next start: it would go down
    const resize = `PUT /api/vms/${DOWN} HTTP/1.1\nContent-Type: application/xml\n\n<vm><memory>8589934592</memory></vm>\n`;
    const { code, stdout, stderr } = await runCli(['translate', '--backend', 'openstack'], { stdin: resize });
    expect([code, stderr]).toEqual([0, '']);
    const changes = parseExchange(stdout).calls!.filter((call) => call.method !== 'GET');
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['POST /flavors', `POST /servers/${DOWN}/action`]),
    );
    expect(changes.find(({ path }) => path.endsWith('/action'))?.body).toMatchObject({
      resize: { flavorRef: expect.any(String) as unknown },
    });
  });

  it('reads a file and prints JSON', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'translate-'));
    const file = join(folder, 'request.txt');
    writeFileSync(file, `GET /api/vms/${VM}\nAccept: application/json\n`);
    const { code, stdout } = await runCli(['translate', file, '--json']);
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    const exchange = JSON.parse(stdout) as Exchange;
    expect(exchange.answer!.status).toBe(200);
    expect(JSON.parse(exchange.answer!.body)).toMatchObject({ id: VM });
    expect(exchange.calls!.every((call) => call.method === 'GET' && call.status === 200)).toBe(true);
  });

  it('shows no secrets', async () => {
    const { stdout } = await runCli(['translate'], { stdin: ADD_DISK });
    expect(stdout).not.toMatch(/password|X-Auth-Token|Authorization/i);
  });

  it('shows a refusal as the client sees it', async () => {
    const { code, stdout } = await runCli(['translate', '--strict'], { stdin: ADD_DISK });
    expect(code).toBe(0);
    const { answer, calls } = parseExchange(stdout);
    expect(answer!.status).toBe(400);
    expect(answer!.body).toContain('<fault>');
    expect(calls!.filter((call) => call.method !== 'GET')).toEqual([]);
  });

  it('reports the line that it cannot read, and exits with 2', async () => {
    const { code, stderr } = await runCli(['translate'], { stdin: 'GET /api/vms\nnonsense\n' });
    expect([code, stderr]).toEqual([2, 'ovirt-powervc-gateway: standard input, line 2: not a header: nonsense\n']);
  });
});
