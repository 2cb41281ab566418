import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  defaultIds as ids,
  defaultInventory,
  mergeInventory,
  startSimulator,
  type Inventory,
  type Simulator,
} from '../src/simulator/index.js';
import { login, send, start, text, type Json } from './simulator-client.js';

let simulator: Simulator;
afterEach(() => simulator.close());
const control = (path: string): string => `http://127.0.0.1:${simulator.port}/simulator${path}`;

describe('the simulator: time', () => {
  it('does work at the next look with a scale of 0', async () => {
    simulator = await start({ timeScale: 0 });
    const api = await login(simulator);
    const created = await api.cinder('POST', '/volumes', { volume: { size: 1 } });
    expect(created.body.volume!.status).toBe('creating');
    expect((await api.cinder('GET', `/volumes/${text(created.body.volume!.id)}`)).body.volume!.status).toBe(
      'available',
    );
    const id = text(
      (
        await api.nova('POST', '/servers', {
          server: { name: 'v', imageRef: ids.images.rhel, flavor: { ram: 4096, vcpus: 1, disk: 30 }, networks: 'none' },
        })
      ).body.server!.id,
    );
    expect((await api.nova('GET', `/servers/${id}`)).body.server).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-STS:task_state': null,
    });
  });

  it('runs on its own with real time, scaled', async () => {
    simulator = await startSimulator({ timeScale: 0.2, seed: 3 });
    const api = await login(simulator);
    await api.nova('POST', `/servers/${ids.servers.rhel}/action`, { 'os-stop': null });
    expect((await api.nova('GET', `/servers/${ids.servers.rhel}`)).body.server).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-STS:task_state': 'powering-off',
    });
    await expect
      .poll(async () => (await api.nova('GET', `/servers/${ids.servers.rhel}`)).body.server!.status, {
        timeout: 20_000,
        interval: 20,
      })
      .toBe('SHUTOFF');
  });

  it('repeats itself with the same seed', async () => {
    const idsOf = async () => {
      simulator = await start({ seed: 42 });
      const api = await login(simulator);
      const created = [
        await api.cinder('POST', '/volumes', { volume: { size: 1 } }),
        await api.neutron('POST', '/v2.0/ports', { port: { network_id: ids.networks.vlan100 } }),
      ];
      return created.map(({ body }) => [body.volume?.id, body.port?.id, body.port?.mac_address]);
    };
    const first = await idsOf();
    await simulator.close();
    expect(await idsOf()).toEqual(first);
  });
});

describe('the simulator: fault rules', () => {
  it("answers a status, in the service's own form or with a body, by nth and count", async () => {
    simulator = await start();
    const api = await login(simulator);
    simulator.addFault({
      service: 'volume',
      method: 'GET',
      path: '^/volumes',
      nth: 2,
      then: { status: 503, headers: { 'Retry-After': '1' } },
    });
    expect((await api.cinder('GET', '/volumes')).status).toBe(200);
    const failed = await api.cinder('GET', '/volumes');
    expect(failed.status).toBe(503);
    expect(failed.headers.get('retry-after')).toBe('1');
    expect(failed.body.serviceUnavailable).toMatchObject({ code: 503 });
    expect((await api.cinder('GET', '/volumes')).status).toBe(200);
    const remove = simulator.addFault({ service: 'network', then: { status: 500, body: '<html>proxy</html>' } });
    expect((await api.neutron('GET', '/v2.0/ports')).body).toBe('<html>proxy</html>');
    expect(simulator.faults).toHaveLength(2);
    remove();
    expect((await api.neutron('GET', '/v2.0/ports')).status).toBe(200);
    simulator.addFault({ service: 'image', count: 1, then: { status: 500 } });
    expect([(await api.glance('GET', '/v2/images')).status, (await api.glance('GET', '/v2/images')).status]).toEqual([
      500, 200,
    ]);
    simulator.addFault({ service: 'image', probability: 0, then: { status: 500 } });
    expect((await api.glance('GET', '/v2/images')).status).toBe(200);
  });

  it('cuts connections before and after the work, fails after it, and delays', async () => {
    simulator = await start();
    const api = await login(simulator);
    const make = () => api.cinder('POST', '/volumes', { volume: { size: 1 } });
    const count = () => simulator.world.volumes.size;
    const before = count();
    simulator.addFault({ method: 'POST', path: '^/volumes$', count: 1, then: { cut: 'before' } });
    await expect(make()).rejects.toThrow();
    expect(count()).toBe(before);
    expect(simulator.calls.at(-1)).toMatchObject({ method: 'POST', status: 0, answer: undefined });
    simulator.addFault({ method: 'POST', path: '^/volumes$', count: 1, then: { cut: 'after' } });
    await expect(make()).rejects.toThrow();
    expect(count()).toBe(before + 1);
    simulator.addFault({ method: 'POST', path: '^/volumes$', count: 1, then: { status: 500, after: true } });
    expect((await make()).status).toBe(500);
    expect(count()).toBe(before + 2);
    simulator.addFault({ method: 'POST', path: '^/volumes$', count: 1, then: { delayMs: 60 } });
    const began = performance.now();
    expect((await make()).status).toBe(202);
    expect(performance.now() - began).toBeGreaterThan(50);
  });

  it('refuses bad rules by name', async () => {
    simulator = await start();
    expect(() => simulator.addFault({ path: '(', then: { status: 500 } })).toThrow(SyntaxError);
    const bad = await send(control('/faults'), 'POST', { metod: 'GET', then: { status: 500 } });
    expect(bad).toMatchObject({
      status: 400,
      body: {
        error:
          'A fault rule has no field metod; it may have service, method, path, work, probability, nth, count, then.',
      },
    });
    expect((await send(control('/faults'), 'POST', { then: { status: '500' } })).body.error).toBe(
      'then of a fault rule: status is a number.',
    );
    expect((await send(control('/faults'), 'POST', { then: { status: 9000 } })).body.error).toBe(
      'then of a fault rule: status is a whole number from 200 to 599, not 9000.',
    );
    expect((await send(control('/faults'), 'POST', { nth: 0.5, then: { status: 500 } })).body.error).toBe(
      'A fault rule: nth is a whole number of at least 1, not 0.5.',
    );
    expect((await send(control('/faults'), 'POST', { service: 'volum', then: { status: 500 } })).body.error).toBe(
      'service of a fault rule is one of identity, compute, volume, network, image, metric, iam, pcloud.',
    );
    expect((await send(control('/faults'), 'POST', { work: 'x', then: { status: 500 } })).status).toBe(400);
    expect((await send(control('/faults'), 'POST', '{')).status).toBe(400);
  });
});

describe('the simulator: its control endpoints', () => {
  it('sets rules, lists calls, advances the clock', async () => {
    simulator = await start();
    const api = await login(simulator);
    const created = await send(control('/faults'), 'POST', { service: 'compute', then: { status: 500 } });
    expect(created.status).toBe(201);
    expect((await api.nova('GET', '/servers')).status).toBe(500);
    expect((await send(control('/faults'), 'GET')).body.faults).toMatchObject([
      { id: created.body.id, service: 'compute', fired: 1 },
    ]);
    expect((await send(control(`/faults/${text(created.body.id)}`), 'DELETE')).status).toBe(204);
    expect((await send(control('/faults/99'), 'DELETE')).status).toBe(404);
    await api.nova('POST', `/servers/${ids.servers.rhel}/action`, { 'os-stop': null });
    expect((await send(control('/advance'), 'POST', { ms: 8000 })).status).toBe(200);
    expect((await api.nova('GET', `/servers/${ids.servers.rhel}`)).body.server!.status).toBe('SHUTOFF');
    expect((await send(control('/advance'), 'POST', { ms: -1 })).status).toBe(400);
    const calls = (await send(control('/calls'), 'GET')).body.calls as unknown as Json[];
    expect(calls.at(-2)).toMatchObject({
      service: 'compute',
      method: 'POST',
      path: `/servers/${ids.servers.rhel}/action`,
      body: { 'os-stop': null },
      status: 202,
    });
    expect((await send(control('/calls'), 'DELETE')).status).toBe(204);
    expect(simulator.calls).toHaveLength(0);
    expect((await send(control('/tokens'), 'DELETE')).status).toBe(204);
    expect((await api.nova('GET', '/servers')).status).toBe(401);
    expect((await send(control('/nonsense'), 'GET')).status).toBe(404);
    expect((await send(`http://127.0.0.1:${simulator.port}/elsewhere`, 'GET')).status).toBe(404);
  });

  it('saves and restores its state, including work in progress', async () => {
    simulator = await start();
    let api = await login(simulator);
    const created = text(
      (await api.cinder('POST', '/volumes', { volume: { name: 'kept', size: 3, metadata: { a: 'b' } } })).body.volume!
        .id,
    );
    const state = (await send(control('/state'), 'GET')).body as unknown as Inventory;
    const file = join(mkdtempSync(join(tmpdir(), 'simulator-')), 'state.json');
    writeFileSync(file, JSON.stringify(state));
    await simulator.close();

    simulator = await start({ inventory: JSON.parse(readFileSync(file, 'utf8')) as Inventory });
    rmSync(dirname(file), { recursive: true });
    api = await login(simulator);
    expect((await api.cinder('GET', `/volumes/${created}`)).body.volume).toMatchObject({
      name: 'kept',
      status: 'creating',
      size: 3,
    });
    simulator.advance(2000);
    expect((await api.cinder('GET', `/volumes/${created}`)).body.volume!.status).toBe('available');
    expect((await send(control('/state'), 'PUT', { servers: [] })).status).toBe(204);
    expect(simulator.world.volumes.size).toBe(0);
    expect((await send(control('/state'), 'PUT', { serverz: [] })).body.error).toMatch(
      /^An inventory has no collection named serverz/,
    );
    expect(simulator.save()).toMatchObject({ servers: [], volumes: [], settings: { tokenSeconds: 21_600 } });
    simulator.load(state);
    expect(simulator.save().servers).toEqual(state.servers);
  });
});

describe('the simulator: as a library', () => {
  it('lets a test act between the execution of a call and its answer', async () => {
    simulator = await start();
    const api = await login(simulator);
    const seen: string[] = [];
    const stop = simulator.onCall(async (call, phase) => {
      await Promise.resolve();
      seen.push(`${phase} ${call.method} ${call.path} ${call.status ?? '-'} ${simulator.world.volumes.size}`);
    });
    await api.cinder('POST', '/volumes', { volume: { size: 1 } });
    expect(seen).toEqual(['before POST /volumes - 9', 'after POST /volumes 202 10']);
    stop();
    await api.cinder('GET', '/volumes');
    expect(seen).toHaveLength(2);
  });

  it('refuses and records calls that violate a declaration, and serves undeclared ones', async () => {
    simulator = await startSimulator({ manualTime: true, log: { warn: () => undefined, error: () => undefined } });
    const api = await login(simulator);
    const broken = await api.cinder('POST', '/volumes', { volume: { name: 'x', size: 1, colour: 'red' } });
    expect(broken).toMatchObject({
      status: 400,
      body: { badRequest: { code: 400, message: expect.stringContaining('colour') as unknown } },
    });
    expect(simulator.breaches).toMatchObject([{ call: 'cinder.volumes.create', method: 'POST', path: '/volumes' }]);
    expect(simulator.world.volumes.size).toBe(9);
    expect(
      (
        await api.nova('POST', `/servers/${ids.servers.sles}/action`, {
          resize: { 'add-pmem-vol': [{ name: 'p', size: 256, affinity: 'True', device: 'DRAM' }] },
        })
      ).status,
    ).toBe(202);
    expect((await api.nova('POST', `/servers/${ids.servers.rhel}/action`, { pause: null })).status).toBe(202);
    expect(
      (await api.neutron('PUT', `/v2.0/ports/${ids.ports.rhel}`, { port: { colour: 'red' } })).body.NeutronError,
    ).toMatchObject({ type: 'HTTPBadRequest' });
    expect(simulator.breaches).toHaveLength(2);
  });

  it('merges inventories by id, and completes what a seed leaves out', async () => {
    const inventory = mergeInventory(defaultInventory, {
      settings: { quota: { volumes: 5000 } },
      servers: [
        { id: ids.servers.rhel, name: 'other-name' },
        { id: '5e000000-0000-4000-8000-0000000000aa', name: 'added' },
      ],
      volumes: [
        {
          id: 'd1500000-0000-4000-8000-0000000000aa',
          size: 5,
          attachments: [{ server_id: '5e000000-0000-4000-8000-0000000000aa' }],
        },
      ],
    });
    simulator = await start({ inventory });
    expect(simulator.world.servers.get(ids.servers.rhel)).toMatchObject({ name: 'other-name', memory_mb: 8192 });
    expect(simulator.world.servers.get('5e000000-0000-4000-8000-0000000000aa')).toMatchObject({
      vm_state: 'active',
      project_id: ids.project,
    });
    expect(simulator.world.volumes.get('d1500000-0000-4000-8000-0000000000aa')).toMatchObject({
      status: 'in-use',
      volume_type: 'FlashSystem base',
      attachments: [{ device: '/dev/sda', state: 'attached' }],
    });
    expect(simulator.world.settings.quota).toMatchObject({ volumes: 5000, instances: 200 });
    expect(defaultInventory.servers).toHaveLength(5);
  });

  it('reads an inventory from a file that a person wrote, fault rules included', async () => {
    const file = new URL('../fixtures/inventory/two-partitions.yaml', import.meta.url);
    simulator = await start({ inventory: parse(readFileSync(file, 'utf8')) as Inventory });
    const api = await login(simulator);
    const servers = (await api.nova('GET', '/servers/detail?sort_key=display_name&sort_dir=asc')).body
      .servers as unknown as Json[];
    expect(servers.map(({ name, status }) => [name, status])).toEqual([
      ['aix01', 'ACTIVE'],
      ['rhel01', 'SHUTOFF'],
    ]);
    expect(simulator.world.volumes.get('d1500000-0000-4000-8000-000000000001')).toMatchObject({
      volume_type: 'FlashSystem base',
      status: 'in-use',
    });
    expect((await api.nova('GET', '/os-hosts')).status).toBe(503);
  });

  it('keeps no more calls than configured', async () => {
    simulator = await start({ keepCalls: 3 });
    const api = await login(simulator);
    for (let index = 0; index < 5; index++) await api.nova('GET', `/servers?limit=${index + 1}`);
    expect(simulator.calls.map(({ path }) => path)).toEqual([
      '/servers?limit=3',
      '/servers?limit=4',
      '/servers?limit=5',
    ]);
  });
});
