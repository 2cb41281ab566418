import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Action, Disk, Disks, VM, VMs } from '../src/generated/ovirt/v3/representations.js';
import {
  defaultIds,
  defaultInventory,
  mergeInventory,
  plainInventory,
  type CloudKind,
  type Inventory,
  type SimulatorOptions,
} from '../src/simulator/index.js';
import { Client } from './support/client.js';
import { startTestbed, type Testbed } from './support/testbed.js';
import { simulatedThings, wrongs } from './support/invariants.js';
import { GIB } from './support/units.js';

/**
 * Races and slowness as the real services were seen to have them (fixtures/openstack/recorded; numbers below are
 * recordings), through the whole gateway. The simulator's time stands still until a test moves it: what is under way
 * can be looked at for as long as one likes.
 */
const { sles, aix, rhel } = defaultIds.servers;
const { floating } = defaultIds.volumes;
const HOUR = 3_600_000;

let testbed: Testbed;
let cloud: CloudKind;
afterEach(() => testbed.close());

async function open(
  changes: Inventory = {},
  options: SimulatorOptions & { readonly sets?: readonly string[]; readonly gateways?: number } = {},
): Promise<Client> {
  testbed = await startTestbed({
    cloud,
    timeScale: 1,
    manualTime: true,
    inventory: mergeInventory(cloud === 'openstack' ? plainInventory : defaultInventory, changes),
    ...options,
  });
  return new Client(testbed.gateways[0]!.url, 'xml');
}

/** Moves the simulator's time while the gateway looks, until it has nothing left to do. */
async function pass(): Promise<void> {
  const timer = setInterval(() => {
    testbed.simulator.advance(60_000);
  }, 2);
  try {
    await testbed.gateways[0]!.settled();
  } finally {
    clearInterval(timer);
  }
}
const clean = (): void => {
  expect(
    wrongs(simulatedThings(testbed.simulator.world), new Set<string>([floating, defaultIds.volumes.shared])),
  ).toEqual([]);
};
const body = <T>(type: Parameters<Client['send']>[2], value: T): Parameters<Client['send']>[3] => ({
  type: type,
  value: value as never,
});
const act = (client: Client, path: string) => client.send('POST', path, Action, body(Action, {}));
/** The ids of a list, each once: read as text, since it may be longer than what a reader takes. */
async function idsOf(path: string, element: string): Promise<string[]> {
  const answer = await fetch(`${testbed.gateways[0]!.url}/api${path}`, {
    headers: { authorization: `Basic ${btoa('admin@internal:powervc')}`, accept: 'application/xml' },
  });
  const found = [
    ...(await answer.text()).matchAll(
      new RegExp(`<${element} [^>]*?\\bid="([^"]+)"[^>]*>\\s*(?:<actions>|<name>|<link )`, 'g'),
    ),
  ].map(([, id]) => id!);
  return [...new Set(found)];
}
const calls = (method: string, path: RegExp): number =>
  testbed.simulator.calls.filter((call) => call.method === method && path.test(call.path)).length;

describe.each(['powervc', 'openstack'] as const)('on %s', (kind) => {
  beforeAll(() => {
    cloud = kind;
  });

  describe('what takes its time', () => {
    it('a disk that is being created and attached is locked meanwhile, and ok afterwards', async () => {
      const client = await open();
      const made = await client.add(`/vms/${sles}/disks`, Disk, { alias: 'slow', provisioned_size: GIB });
      const path = `/vms/${sles}/disks/${made.id}`;
      expect(await client.get(path, Disk)).toMatchObject({ status: { state: 'locked' } });
      testbed.simulator.advance(2_500);
      await client.until(
        path,
        Disk,
        () => testbed.simulator.world.volumes.get(made.id!)?.attachments[0]?.state === 'attaching',
      );
      expect(await client.get(path, Disk)).toMatchObject({ status: { state: 'locked' } });
      await pass();
      expect(await client.get(path, Disk)).toMatchObject({ status: { state: 'ok' }, active: true });
      clean();
    });

    it('a disk that is being attached for longer than the gateway waits remains, and is ok once it is attached', async () => {
      const client = await open({}, { sets: ['operations.timeoutMs=150'] });
      const made = await client.add(`/vms/${sles}/disks`, Disk, { alias: 'stuck', provisioned_size: GIB });
      testbed.simulator.advance(2_500);
      await client.until(
        `/vms/${sles}/disks/${made.id}`,
        Disk,
        () => testbed.simulator.world.volumes.get(made.id!)?.status !== 'creating',
      );
      await testbed.gateways[0]!.settled();
      testbed.simulator.advance(HOUR);
      await client.get(`/vms/${sles}/disks`, Disks);
      await pass();
      expect(await client.get(`/vms/${sles}/disks/${made.id}`, Disk)).toMatchObject({
        status: { state: 'ok' },
        active: true,
      });
      clean();
    });

    it.each([
      ['powering-off', 'active', 'powering_down'],
      ['powering-on', 'stopped', 'powering_up'],
      ['rebooting', 'active', 'reboot_in_progress'],
      ['migrating', 'active', 'migrating'],
    ])('a VM at %s shows it', async (task_state, vm_state, state) => {
      const client = await open({ servers: [{ id: sles, name: 'sles15-hana01', vm_state, task_state }] });
      expect(await client.get(`/vms/${sles}`, VM)).toMatchObject({ status: { state } });
    });

    it('a server that is being deleted lingers (489) and is then gone (490); so are its disks', async () => {
      const client = await open();
      const gone = client.remove(`/vms/${sles}`);
      await expect.poll(() => testbed.simulator.world.servers.get(sles)?.task_state).toBe('deleting');
      expect(await client.get(`/vms/${sles}`, VM)).toMatchObject({ status: { state: expect.any(String) as unknown } });
      expect((await act(client, `/vms/${sles}/start`)).status).toBe(409);
      await Promise.all([gone, pass()]);
      await pass();
      expect((await client.send('GET', `/vms/${sles}`, VM)).status).toBe(404);
      clean();
    });

    it('a volume that is being deleted lingers, and a second deletion has no effect', async () => {
      const client = await open();
      const remove = () =>
        fetch(`${testbed.gateways[0]!.url}/api/disks/${floating}`, {
          method: 'DELETE',
          headers: { authorization: `Basic ${btoa('admin@internal:powervc')}` },
        });
      const first = remove();
      await expect.poll(() => testbed.simulator.world.volumes.get(floating)?.status).toBe('deleting');
      const second = remove();
      const answers = Promise.all([first, second]);
      await Promise.all([answers, pass()]);
      await pass();
      const [one, two] = (await answers).map(({ status }) => status);
      expect(one).toBe(200);
      expect([200, 404, 409]).toContain(two);
      expect((await client.send('GET', `/disks/${floating}`, Disk)).status).toBe(404);
    });
  });

  describe('who comes second', () => {
    it('a stop right after a start is noted, and carried out as soon as Nova has started the VM', async () => {
      const client = await open();
      expect((await act(client, `/vms/${sles}/start`)).status).toBe(200);
      expect(testbed.simulator.world.servers.get(sles)).toMatchObject({
        vm_state: 'stopped',
        task_state: 'powering-on',
      });
      expect(await act(client, `/vms/${sles}/stop`)).toMatchObject({ status: 200 });
      expect(await client.get(`/vms/${sles}`, VM)).toMatchObject({ status: { state: 'powering_down' } });
      await pass();
      expect(testbed.simulator.world.servers.get(sles)).toMatchObject({ vm_state: 'stopped', task_state: null });
      expect(await client.get(`/vms/${sles}`, VM)).toMatchObject({ status: { state: 'down' } });
    });

    it('one disk for two VMs at once: one attaches it, the other gets a conflict (393)', async () => {
      const client = await open({}, { manualTime: false, timeScale: 0.001 });
      const attach = (vm: string) => client.send('POST', `/vms/${vm}/disks`, Disk, body(Disk, { id: floating }));
      const answers = await Promise.all([attach(sles), attach(aix), attach(rhel)]);
      await testbed.gateways[0]!.settled();
      const won = answers.filter(({ status }) => status < 300);
      expect(testbed.simulator.world.volumes.get(floating)!.attachments).toHaveLength(1);
      expect(won.length).toBeGreaterThanOrEqual(1);
      for (const { status } of answers) expect([200, 201, 202, 400, 409]).toContain(status);
      expect((await client.get(`/disks/${floating}`, Disk)).status?.state).toBe('ok');
      clean();
    });

    it("two starts of one VM: Nova's 409 (215) becomes engines' own words", async () => {
      const client = await open();
      const [first, second] = await Promise.all([act(client, `/vms/${sles}/start`), act(client, `/vms/${sles}/start`)]);
      expect([first.status, second.status].sort()).toEqual([200, 409]);
      const late = first.status === 409 ? first.value : second.value;
      expect(late).toMatchObject({ fault: { detail: '[Cannot run VM because the VM is in Powering Up status.]' } });
      testbed.simulator.advance(HOUR);
      expect(await client.get(`/vms/${sles}`, VM)).toMatchObject({ status: { state: 'up' } });
    });

    it("the quota of gigabytes (335: 413) and of servers (174: 403) are conflicts with the services' sentences, and nothing stays", async () => {
      const client = await open({ settings: { quota: { gigabytes: 1, cores: 1 } } });
      const disk = await client.send(
        'POST',
        `/vms/${sles}/disks`,
        Disk,
        body(Disk, { alias: 'much', provisioned_size: 10 * GIB }),
      );
      expect(disk).toMatchObject({
        status: 409,
        value: { detail: expect.stringMatching(/VolumeSizeExceedsAvailableQuota: .* quota is 1G/) as unknown },
      });
      const vm = await client.send(
        'POST',
        '/vms',
        VM,
        body(VM, { name: 'more', cluster: { name: 'Default Group' }, template: { id: defaultIds.images.rhel } }),
      );
      expect(vm).toMatchObject({
        status: 409,
        value: { detail: expect.stringMatching(/Quota exceeded for cores/) as unknown },
      });
      await pass();
      clean();
    });
  });

  describe('services that come and go', () => {
    it('a service that is starting answers 503 in HTML for a while: reads wait for it, changes do not', async () => {
      const client = await open();
      await client.get('/vms', VMs);
      const html =
        '<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>';
      testbed.simulator.addFault({ service: 'compute', method: 'GET', count: 2, then: { status: 503, body: html } });
      expect((await client.get('/vms', VMs)).vm).toHaveLength(5);
      testbed.simulator.addFault({
        service: 'compute',
        method: 'POST',
        path: '/action$',
        count: 1,
        then: { status: 503, body: html },
      });
      testbed.simulator.resetCalls();
      const { status, value } = await act(client, `/vms/${sles}/start`);
      expect({ status, value }).toMatchObject({
        status: 503,
        value: { fault: { detail: expect.stringMatching(/Service Unavailable/) as unknown } },
      });
      expect(calls('POST', /\/action$/)).toBe(1);
    });

    it('a token that ends again and again while a disk is made costs a login each time, and nothing else', async () => {
      const client = await open();
      let ended = 0;
      testbed.simulator.onCall(({ method, path }, phase) => {
        if (phase === 'after' && method === 'POST' && /^\/volumes$|os-volume_attachments$/.test(path)) {
          ended += 1;
          testbed.simulator.expireTokens();
        }
      });
      const made = await client.add(`/vms/${sles}/disks`, Disk, { alias: 'new', provisioned_size: GIB });
      await pass();
      expect(ended).toBe(2);
      expect(await client.get(`/vms/${sles}/disks/${made.id}`, Disk)).toMatchObject({ status: { state: 'ok' } });
      expect([...testbed.simulator.world.volumes.values()].filter(({ name }) => name === 'new')).toHaveLength(1);
      clean();
    });
  });

  describe('much, and other clocks', () => {
    it('more than a page holds: all of 2 300 VMs and 2 300 disks, each once', async () => {
      const number = (kind: string, index: number): string =>
        `${kind}-0000-4000-9000-${String(index).padStart(12, '0')}`;
      const many = Array.from({ length: 2_300 }, (_, index) => index);
      await open({
        servers: many.map((index) => ({ id: number('5e000000', index), name: `many-${index}`, vm_state: 'stopped' })),
        volumes: many.map((index) => ({ id: number('d1500000', index), size: 1, name: `many-${index}` })),
      });
      expect(await idsOf('/vms', 'vm')).toHaveLength(2_305);
      expect((await idsOf('/disks', 'disk')).filter((id) => id.startsWith('d1500000-0000-4000-9000-'))).toHaveLength(
        2_300,
      );
      expect(calls('GET', /^\/servers\/detail/)).toBeLessThanOrEqual(3);
    });

    it.each(['America/New_York', 'Asia/Kolkata', 'UTC'])(
      'a time without a zone (187: launched_at) is UTC, in %s too',
      async (zone) => {
        const before = process.env.TZ;
        process.env.TZ = zone;
        try {
          const client = await open({
            servers: [
              { id: rhel, name: 'rhel94-app01', created: '2026-03-08T07:30:00Z', launched_at: '2026-03-08T07:30:00Z' },
            ],
          });
          const vm = await client.get(`/vms/${rhel}`, VM);
          expect(new Date(vm.creation_time!).toISOString()).toBe('2026-03-08T07:30:00.000Z');
          expect(new Date(vm.start_time!).toISOString()).toBe('2026-03-08T07:30:00.000Z');
        } finally {
          if (before === undefined) delete process.env.TZ;
          else process.env.TZ = before;
        }
      },
    );
  });
});

describe("a resize of OpenStack's", () => {
  beforeAll(() => {
    cloud = 'openstack';
  });

  it('waits for its confirmation (257), which two gateways may send at once', async () => {
    const first = await open({}, { gateways: 2 });
    const second = new Client(testbed.gateways[1]!.url, 'xml');
    const path = `/vms/${sles}`;
    const resizing = first.send('PUT', path, VM, body(VM, { memory: 32 * GIB }));
    await expect.poll(() => testbed.simulator.world.servers.get(sles)?.task_state).toBe('resize_prep');
    testbed.simulator.advance(60_000);
    await Promise.all([second.get(path, VM), second.get(path, VM)]);
    expect(await resizing).toMatchObject({ status: 200 });
    expect(calls('POST', /\/action$/)).toBeGreaterThanOrEqual(2);
    expect(testbed.simulator.world.servers.get(sles)).toMatchObject({
      vm_state: 'stopped',
      task_state: null,
      memory_mb: 32 * 1024,
    });
    expect(await second.get(path, VM)).toMatchObject({ memory: 32 * GIB, status: { state: 'down' } });
    expect((await act(second, `${path}/start`)).status).toBe(200);
  });
});
