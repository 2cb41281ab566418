import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { StartError, startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { createLog } from '../src/telemetry/index.js';
import { certificate } from './support/certificate.js';

const LOGIN = { authorization: `Basic ${btoa('admin@internal:powervc')}` };
const HEALTH = '/ovirt-engine/services/health';

let folder: string;
let gateway: Gateway | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-'));
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function start(...sets: string[]): Promise<{ gateway: Gateway; lines: () => string }> {
  const sink = new PassThrough();
  let text = '';
  sink.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const { settings } = loadSettings({ sets: ['server.port=0', 'simulator.timeScale=0', 'log.format=json', ...sets] });
  gateway = await startGateway(settings, { log: createLog(settings.log, sink) });
  return { gateway, lines: () => text };
}

describe('what the process tells of itself', () => {
  it('is alive, without a login', async () => {
    const { gateway } = await start();
    const answer = await fetch(gateway.url + HEALTH);
    expect([answer.status, await answer.text()]).toEqual([200, 'DB Up!Welcome to Health Status!']);
    expect((await fetch(gateway.url + HEALTH, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(gateway.url + HEALTH, { method: 'POST' })).status).not.toBe(200);
  });

  it('counts requests by operation, backend calls by service, ignored fields by path', async () => {
    const { gateway } = await start();
    const vms = (await (
      await fetch(`${gateway.url}/api/vms`, { headers: { ...LOGIN, accept: 'application/json' } })
    ).json()) as { vm: { id: string }[] };
    await fetch(`${gateway.url}/api/vms/${vms.vm[0]!.id}`, {
      method: 'PUT',
      headers: { ...LOGIN, 'content-type': 'application/xml' },
      body: '<vm><colour>red</colour></vm>',
    });
    const answer = await fetch(`${gateway.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/ovirt_gateway_requests_total\{operation="vms\.list",status="200"\} 1/);
    expect(text).toMatch(/ovirt_gateway_backend_calls_total\{service="compute",method="GET",status="200"\} [1-9]/);
    expect(text).toMatch(/ovirt_gateway_ignored_fields_total\{path="[^"]*colour"\} 1/);
  });

  it('serves no metrics when they are disabled', async () => {
    const { gateway } = await start('metrics.enabled=false');
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain('ovirt_gateway');
  });

  it('logs a line for each request, with the operation and without the password', async () => {
    const { gateway, lines } = await start();
    await fetch(`${gateway.url}/api/vms?max=1`, { headers: LOGIN });
    await gateway.close();
    const line = lines()
      .split('\n')
      .find((candidate) => candidate.includes('"message":"request"'))!;
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      method: 'GET',
      path: '/api/vms',
      operation: 'vms.list',
      status: 200,
      user: 'admin@internal',
    });
    expect(lines()).not.toContain(LOGIN.authorization.slice(6));
  });
});

describe('starting', () => {
  it('says which file it cannot use', async () => {
    await expect(start(`simulator.inventory=${folder}/absent.yaml`)).rejects.toThrow(StartError);
    const odd = join(folder, 'odd.yaml');
    writeFileSync(odd, 'partitions: []');
    await expect(start(`simulator.inventory=${odd}`)).rejects.toThrow(
      `${odd}:1: the file: there is no field partitions`,
    );
    await expect(start(`server.tls.key=${odd}`, `server.tls.cert=${odd}`)).rejects.toThrow(
      `server.tls.cert: ${odd} does not contain a PEM certificate`,
    );
    await expect(start('powervc.caFile=/nowhere.crt')).rejects.toThrow('powervc.caFile: /nowhere.crt cannot be read');
  });

  it('takes an inventory from a YAML file', async () => {
    const file = join(folder, 'inventory.yaml');
    const { gateway: first } = await start();
    const { servers, ...rest } = first.simulator!.save();
    await first.close();
    writeFileSync(
      file,
      JSON.stringify({ ...rest, servers: servers!.map((server) => ({ ...server, name: `${server.name}-x` })) }),
    );
    const { gateway } = await start(`simulator.inventory=${file}`);
    expect(await (await fetch(`${gateway.url}/api/vms`, { headers: LOGIN })).text()).toContain(
      `<name>${servers![0]!.name}-x</name>`,
    );
  });

  it("keeps the simulator's state in a file from one run to the next", async () => {
    const state = join(folder, 'state.json');
    const { gateway: first } = await start(`simulator.state=${state}`);
    const { vm } = (await (
      await fetch(`${first.url}/api/vms`, { headers: { ...LOGIN, accept: 'application/json' } })
    ).json()) as { vm: { id: string }[] };
    const put = await fetch(`${first.url}/api/vms/${vm[0]!.id}`, {
      method: 'PUT',
      headers: { ...LOGIN, 'content-type': 'application/xml' },
      body: '<vm><name>renamed</name></vm>',
    });
    expect(put.status).toBe(200);
    await first.close();
    const { gateway: second } = await start(`simulator.state=${state}`);
    expect(await (await fetch(`${second.url}/api/vms/${vm[0]!.id}`, { headers: LOGIN })).text()).toContain(
      '<name>renamed</name>',
    );
  });

  it.skipIf(!existsSync('/usr/bin/openssl'))('speaks HTTPS with the key and certificate of the settings', async () => {
    const { key, cert } = certificate(folder, 'localhost', 1, { passphrase: 'hunter2' });
    const { gateway } = await start(
      `server.tls.key=${key}`,
      `server.tls.cert=${cert}`,
      'server.tls.passphrase=hunter2',
    );
    expect(gateway.url).toBe(`https://127.0.0.1:${gateway.port}`);
    const status = await new Promise((resolve, reject) => {
      httpsRequest(`${gateway.url}/api`, { ca: readFileSync(cert), agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(401);
  });
});

describe('ending', () => {
  it('answers what is under way, takes nothing new, and can be asked twice', async () => {
    const { gateway } = await start();
    const answer = fetch(`${gateway.url}/api/vms`, { headers: LOGIN });
    // It is under way once the cloud is asked
    const requested = (): boolean => gateway.simulator?.calls.some(({ path }) => path.startsWith('/servers')) === true;
    await vi.waitFor(() => expect(requested()).toBe(true), { timeout: 600_000, interval: 1 });
    const ended = gateway.close();
    expect((await answer).status).toBe(200);
    await Promise.all([ended, gateway.close()]);
    await expect(fetch(gateway.url + HEALTH)).rejects.toThrow();
  });

  it('waits for work that goes on after its answer', async () => {
    const { gateway } = await start('simulator.timeScale=0.05', 'operations.pollMs=5');
    const { vm } = (await (
      await fetch(`${gateway.url}/api/vms`, { headers: { ...LOGIN, accept: 'application/json' } })
    ).json()) as { vm: { id: string }[] };
    const added = await fetch(`${gateway.url}/api/vms/${vm[0]!.id}/disks`, {
      method: 'POST',
      headers: { ...LOGIN, 'content-type': 'application/json', accept: 'application/json' },
      body: '{"provisioned_size": 1073741824}',
    });
    expect(added.status).toBe(202);
    const { id } = (await added.json()) as { id: string };
    const { world } = gateway.simulator!;
    await gateway.close();
    expect(world.volumes.get(id)!.attachments.map((attachment) => attachment.server_id)).toEqual([vm[0]!.id]);
  });
});
