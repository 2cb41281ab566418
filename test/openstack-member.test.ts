import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOpenStackBackend } from '../src/backends/openstack/index.js';
import { loadSettings } from '../src/settings/index.js';
import { openStackSettings } from '../src/gateway/clouds.js';
import { plainInventory, startSimulator, type Simulator } from '../src/simulator/index.js';
import { GIB } from '../src/units.js';
import type { BackendSession } from '../src/model/index.js';

/** What a project's member, who is no administrator, is told of a plain OpenStack; and what goes with a template. */
describe('plain OpenStack, seen by a member', () => {
  let simulator: Simulator;
  let member: BackendSession;
  let admin: BackendSession;
  let close: () => Promise<void>;
  beforeAll(async () => {
    simulator = await startSimulator({ inventory: plainInventory, timeScale: 0 });
    const { settings } = openStackSettings(
      loadSettings({
        environment: {},
        flags: { 'backend.kind': 'openstack', 'openstack.authUrl': simulator.url, 'openstack.project': 'ibm-default' },
      }).settings,
    );
    const backend = createOpenStackBackend(settings);
    close = () => backend.close();
    member = await backend.login({ user: 'operator', password: 'powervc', profile: 'internal' });
    admin = await backend.login({ user: 'admin', password: 'powervc', profile: 'internal' });
  });
  afterAll(async () => {
    await close?.();
    await simulator?.close();
  });

  test('hosts are those that its VMs run on, and each VM names its own', async () => {
    const hosts = await member.inventory.hosts();
    expect(hosts.length).toBeGreaterThan(0);
    const ids = new Set(hosts.map(({ id }) => id));
    for await (const page of member.vms.list())
      for (const { host, name } of page) if (host) expect(ids, name).toContain(host.id);
    expect(hosts.every(({ name, cluster }) => name?.startsWith('host-') === true && cluster !== undefined)).toBe(true);
  });

  test("templates are the images of the project and those that are offered to it, not an administrator's view of others", async () => {
    const owner = 'f'.repeat(32);
    const [own, shown, others] = [owner, 'shown', 'others'].map(
      (_, index) => `1a000000-0000-4000-8000-00000000f0${index}0`,
    );
    simulator.world.add('images', { id: own!, name: 'own', visibility: 'private', owner: admin.project.id });
    simulator.world.add('images', { id: shown!, name: 'shown', visibility: 'public', owner });
    simulator.world.add('images', { id: others!, name: 'others', visibility: 'private', owner });
    try {
      const ids = (await admin.inventory.templates()).map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining([own, shown]));
      expect(ids).not.toContain(others);
    } finally {
      for (const id of [own, shown, others]) simulator.world.images.delete(id!);
    }
  });

  test('storage: administrators see its sizes, members the rest of their quota', async () => {
    const sizes = async ({ inventory }: BackendSession) =>
      (await inventory.storageDomains())
        .filter(({ type }) => type === 'data')
        .map(({ availableBytes, usedBytes }) => [(availableBytes ?? 0) / GIB, (usedBytes ?? 0) / GIB]);
    const [provider] = simulator.world.storageProviders.values();
    const { total_capacity_gb: total = 0, free_capacity_gb: free = 0 } = provider ?? {};
    expect(await sizes(admin)).toContainEqual([free, total - free]);
    const used = [...simulator.world.volumes.values(), ...simulator.world.snapshots.values()];
    const { gigabytes } = simulator.world.quotaOf(member.project.id);
    const left = gigabytes - used.reduce((sum, { size }) => sum + size, 0);
    for (const [available] of await sizes(member)) expect(available).toBe(left);
  });

  test('what all projects share is empty, not refused, unless it is needed', async () => {
    expect(await member.shared.read()).toEqual({});
    await expect(member.shared.read({ required: true })).rejects.toMatchObject({ code: 'backend.forbidden' });
  });

  test('administrators see the load of each host', async () => {
    const hosts = await admin.inventory.hosts();
    expect(hosts.some(({ vmsActive = 0 }) => vmsActive > 0)).toBe(true);
    // The simulated host has a load of a quarter for each server that runs
    for (const { id, vmsActive = 0 } of hosts)
      expect(await admin.inventory.loadAverage?.({ id })).toBe(Number((vmsActive / 4).toFixed(2)));
    const [{ id = '' } = {}] = await member.inventory.hosts();
    expect(await member.inventory.loadAverage?.({ id })).toBeUndefined();
  });

  test("a template's snapshots go with it, so that its VM's volumes can go", async () => {
    const vm = [...simulator.world.servers.values()].find(({ vm_state }) => vm_state === 'active')!;
    const before = simulator.world.snapshots.size;
    const image = (await member.vms.capture(vm.id, 'golden'))!;
    expect(simulator.world.snapshots.size).toBeGreaterThan(before);
    await member.inventory.removeTemplate(image);
    expect(simulator.world.images.has(image)).toBe(false);
    expect(simulator.world.snapshots.size).toBe(before);
  });
});

/**
 * Nova shows hypervisors to administrators only; what they tell of their processors holds for every login after that.
 */
describe('an OpenStack on other processors', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ inventory: plainInventory, timeScale: 0 });
  });
  afterAll(() => simulator?.close());

  test.each([
    ['what hypervisors tell', 'x86_64', 'ppc64', 'x86_64'],
    ['the setting where none tells', undefined, 'aarch64', 'aarch64'],
  ])('VMs and clusters have %s', async (_, arch, setting, expected) => {
    const hypervisors = [...simulator.world.hosts.values()].map(({ name }, index) => ({
      ...{ id: index + 1, hypervisor_hostname: name, state: 'up', status: 'enabled' },
      ...{ service: { id: index + 1, host: name }, cpu_info: JSON.stringify({ arch }) },
    }));
    const then = { status: 200, body: { hypervisors } };
    const remove = simulator.addFault({ service: 'compute', path: '/os-hypervisors', then });
    const { settings } = openStackSettings(
      loadSettings({
        environment: {},
        flags: {
          ...{ 'backend.kind': 'openstack', 'openstack.authUrl': simulator.url, 'openstack.project': 'ibm-default' },
          'openstack.architecture': setting,
        },
      }).settings,
    );
    const backend = createOpenStackBackend(settings);
    try {
      await backend.login({ user: 'admin', password: 'powervc', profile: 'internal' });
      const member = await backend.login({ user: 'operator', password: 'powervc', profile: 'internal' });
      const reported = await member.inventory.clusters();
      for await (const page of member.vms.list())
        expect(page.map(({ architecture }) => architecture)).toContain(expected);
      expect(new Set(reported.map(({ architecture }) => architecture))).toEqual(new Set([expected]));
    } finally {
      remove();
      await backend.close();
    }
  });
});
