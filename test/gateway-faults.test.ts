import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  API,
  Action,
  Creation,
  Disk,
  Disks,
  Fault,
  NIC,
  Snapshot,
  VM,
  VMs,
} from '../src/generated/ovirt/v3/representations.js';
import type * as t from '../src/generated/ovirt/v3/types.js';
import { defaultIds, defaultInventory, mergeInventory, type FaultRule } from '../src/simulator/index.js';
import { Client, type Format } from './support/client.js';
import { startTestbed, type Testbed } from './support/testbed.js';
import { simulatedThings, wrongs } from './support/invariants.js';
import { GIB } from './support/units.js';

/**
 * What goes wrong at PowerVC, as a client sees it: a fault in its format, with PowerVC's own words, and nothing left
 * behind.
 */
const { sles, aix } = defaultIds.servers;
const FLOATING = new Set<string>([defaultIds.volumes.floating, defaultIds.volumes.shared]);

let testbed: Testbed;
const clientOf = (format: Format, login?: string): Client => new Client(testbed.gateways[0]!.url, format, login);
beforeAll(async () => {
  testbed = await startTestbed({ sets: ['operations.timeoutMs=600', 'backend.timeouts.headersMs=400'] });
});
afterAll(() => testbed.close());
beforeEach(() => {
  testbed.simulator.load(defaultInventory);
});

const add = <T>(client: Client, path: string, type: Parameters<Client['send']>[2], value: T) =>
  client.send('POST', path, type, { type: type as never, value: value as never });
const quiet = async (): Promise<void> => {
  await testbed.gateways[0]!.settled();
  expect(wrongs(simulatedThings(testbed.simulator.world), FLOATING)).toEqual([]);
};

describe.each<Format>(['xml', 'json'])('in %s', (format) => {
  const look = (): Promise<{ status: number; value: unknown }> => clientOf(format).send('GET', '/vms', VMs);

  it.each<[string, FaultRule, number, RegExp]>([
    ['a 503 that lasts', { service: 'compute', then: { status: 503 } }, 503, /^\[The server is currently unavailable/],
    [
      'a 500',
      {
        service: 'compute',
        then: {
          status: 500,
          body: { computeFault: { code: 500, message: "Unexpected API Error. <class 'oslo_db.DBError'>" } },
        },
      },
      500,
      /Unexpected API Error/,
    ],
    [
      "a proxy's HTML page",
      {
        service: 'compute',
        then: {
          status: 502,
          body: '<html><head><title>502 Proxy Error</title></head><body><h1>Proxy Error</h1></body></html>',
        },
      },
      502,
      /cannot be read: Proxy Error\]$/,
    ],
    [
      'an answer that is no JSON',
      { service: 'compute', then: { status: 200, body: 'OK' } },
      502,
      /returned an answer that cannot be read/,
    ],
    ['a connection that is cut', { service: 'compute', then: { cut: 'before' } }, 503, /cannot be reached/],
    [
      'an answer that does not come',
      { service: 'compute', then: { delayMs: 1500, status: 200 } },
      504,
      /did not answer in time/,
    ],
    [
      'a policy',
      {
        service: 'compute',
        then: {
          status: 403,
          body: {
            forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:servers:detail to be performed." },
          },
        },
      },
      403,
      /Policy doesn't allow/,
    ],
  ])('%s is a fault', async (_, rule, status, detail) => {
    await look();
    const remove = testbed.simulator.addFault(rule);
    const answer = await look();
    remove();
    expect(answer).toMatchObject({
      status,
      value: { reason: expect.any(String) as unknown, detail: expect.stringMatching(detail) as unknown },
    });
    expect((await look()).status).toBe(200);
  });

  it('a 503 or a cut that passes is not noticed: a look is sent again', async () => {
    for (const then of [{ status: 503 }, { cut: 'before' as const }, { cut: 'after' as const }]) {
      const remove = testbed.simulator.addFault({ service: 'compute', method: 'GET', count: 1, then });
      expect((await look()).status).toBe(200);
      remove();
    }
  });

  it('a change is never sent twice; the fault says that its outcome is unknown', async () => {
    const remove = testbed.simulator.addFault({
      service: 'volume',
      method: 'POST',
      path: '^/volumes$',
      then: { cut: 'after' },
    });
    const before = testbed.simulator.world.volumes.size;
    expect(await add(clientOf(format), `/vms/${sles}/disks`, Disk, { provisioned_size: GIB })).toMatchObject({
      status: 502,
      value: { detail: expect.stringMatching(/did not confirm whether the request was carried out/) as unknown },
    });
    remove();
    expect(testbed.simulator.world.volumes.size).toBe(before + 1);
    await clientOf(format).get(`/vms/${sles}/disks`, Disks);
    await quiet();
  });

  it("a quota fault has Cinder's and Nova's words", async () => {
    testbed.simulator.load(mergeInventory(defaultInventory, { settings: { quota: { volumes: 9, instances: 5 } } }));
    expect(await add(clientOf(format), `/vms/${sles}/disks`, Disk, { provisioned_size: GIB })).toMatchObject({
      status: 409,
      value: { detail: expect.stringMatching(/VolumeLimitExceeded|exceed|quota/i) as unknown },
    });
    expect(
      await add(clientOf(format), '/vms', VM, {
        name: 'new',
        cluster: { name: 'Default Group' },
        template: { id: defaultIds.images.rhel },
      }),
    ).toMatchObject({ status: 409, value: { detail: expect.stringMatching(/Quota exceeded/i) as unknown } });
    await quiet();
  });

  it('a refusal after the answer removes nothing: the object remains, and its creation_status has the reason', async () => {
    testbed.simulator.addFault({
      service: 'compute',
      method: 'POST',
      path: 'os-volume_attachments',
      then: { status: 400, body: { badRequest: { code: 400, message: 'The supplied device path is in use.' } } },
    });
    const client = clientOf(format);
    const { value, status } = await add(client, `/vms/${sles}/disks`, Disk, { alias: 'new', provisioned_size: GIB });
    expect(status).toBe(202);
    await quiet();
    const disk = await client.get(`/vms/${sles}/disks/${(value as t.Disk).id}`, Disk);
    expect(disk).toMatchObject({ active: false, status: { state: 'ok' } });
    const created = (value as t.Disk).link!.find(({ rel }) => rel === 'creation_status')!.href!;
    expect(await client.get(created.replace(/^\/api/, ''), Creation)).toMatchObject({
      status: { state: 'failed' },
      fault: { reason: 'Operation Failed', detail: '[The supplied device path is in use.]' },
    });
  });

  it('an immediate refusal says what was undone', async () => {
    testbed.simulator.addFault({
      service: 'compute',
      method: 'POST',
      path: 'os-interface',
      then: { status: 400, body: { badRequest: { code: 400, message: 'Failed to attach network adapter device' } } },
    });
    expect(
      await add(clientOf(format), `/vms/${sles}/nics`, NIC, { name: 'new', network: { name: 'VLAN200' } }),
    ).toMatchObject({
      status: 400,
      value: {
        reason: 'Operation Failed',
        detail:
          '[Cannot add a Network Interface. Nova: Failed to attach network adapter device. The new NIC was removed again.]',
      },
    });
    await quiet();
  });

  it("a refusal because of a state of Nova's has Nova's words, in the action document", async () => {
    testbed.simulator.world.servers.get(sles)!.locked = true;
    testbed.simulator.addFault({
      service: 'compute',
      method: 'POST',
      path: '/action$',
      then: { status: 409, body: { conflictingRequest: { code: 409, message: `Instance ${sles} is locked` } } },
    });
    expect(
      await clientOf(format).send('POST', `/vms/${sles}/start`, Action, { type: Action, value: {} }),
    ).toMatchObject({
      status: 409,
      value: {
        status: { state: 'failed' },
        fault: { reason: 'Operation Failed', detail: `[Cannot run VM. Nova: Instance ${sles} is locked]` },
      },
    });
  });

  it('a restore that PowerVC fails is taken back, and the fault says so', async () => {
    const client = clientOf(format);
    const { value } = await add(client, `/vms/${sles}/snapshots`, Snapshot, { description: 'x' });
    await testbed.gateways[0]!.settled();
    testbed.simulator.addFault({ work: '^server\\.restore', count: 1, then: { fail: 'pool is full' } });
    expect(
      await client.send('POST', `/vms/${sles}/snapshots/${(value as t.Snapshot).id}/restore`, Action, {
        type: Action,
        value: {},
      }),
    ).toMatchObject({
      status: 500,
      value: {
        status: { state: 'failed' },
        fault: { detail: expect.stringContaining('The volumes are as they were before.') as unknown },
      },
    });
    await quiet();
  });

  it('a login that ends is renewed between two calls and in the middle of an operation', async () => {
    const client = clientOf(format);
    await client.get('/vms', VMs);
    testbed.simulator.expireTokens();
    await client.get('/vms', VMs);
    let ended = false;
    const stop = testbed.simulator.onCall(({ method, path }, phase) => {
      if (phase !== 'after' || method !== 'POST' || path !== '/volumes' || ended) return;
      ended = true;
      testbed.simulator.expireTokens();
    });
    const made = await client.add(`/vms/${sles}/disks`, Disk, { alias: 'new', provisioned_size: GIB });
    stop();
    expect(ended).toBe(true);
    await quiet();
    expect(await client.get(`/vms/${sles}/disks/${made.id}`, Disk)).toMatchObject({
      active: true,
      status: { state: 'ok' },
    });
  });

  it('a user who may only read is refused when acting; an unknown user cannot log in', async () => {
    const viewer = clientOf(format, 'viewer@internal:powervc');
    await viewer.get('/vms', VMs);
    expect(await viewer.send('POST', `/vms/${aix}/stop`, Action, { type: Action, value: {} })).toMatchObject({
      status: 403,
      value: { fault: { detail: expect.stringContaining("Policy doesn't allow") as unknown } },
    });
    const { status, headers, value } = await clientOf(format, 'admin@internal:wrong').send('GET', '', API);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="ENGINE"']);
    expect(value).toMatchObject({ reason: 'Unauthorized' });
    expect((await clientOf(format, 'admin@elsewhere:powervc').send('GET', '', API)).status).toBe(401);
  });
});

it('no fault shows the inside of the gateway', async () => {
  testbed.simulator.addFault({ service: 'compute', then: { status: 200, body: { servers: 'none' } } });
  const { status, value } = await clientOf('xml').send('GET', '/vms', Fault);
  expect(status).toBe(502);
  expect(JSON.stringify(value)).not.toMatch(/\.[jt]s:\d+|at Object|node_modules/);
});
