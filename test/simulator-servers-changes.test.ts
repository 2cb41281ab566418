import { describe, expect, it } from 'vitest';
import { defaultIds as ids, defaultInventory, mergeInventory } from '../src/simulator/index.js';
import { api, logInAgain, simulator, text, useSimulator, type Json } from './simulator-client.js';

const SECOND = 1000;

const flavor = (ram = 4096, vcpus = 2, specs: Record<string, string> = {}) => ({
  ram,
  vcpus,
  disk: 20,
  extra_specs: { 'powervm:proc_units': '0.5', ...specs },
});

const stopped = mergeInventory(defaultInventory, {
  servers: [{ id: ids.servers.rhel, name: 'rhel94-app01', vm_state: 'stopped', power_state: 4, rmc_state: 'inactive' }],
});

describe('the simulator: changes of servers', () => {
  useSimulator();

  const server = async (id: string): Promise<Json> => (await api.nova('GET', `/servers/${id}`)).body.server!;

  const act = (id: string, body: unknown) => api.nova('POST', `/servers/${id}/action`, body);

  it('goes through the power states, and refuses other transitions', async () => {
    const id = ids.servers.rhel;
    const refused = async (body: unknown) => (await act(id, body)).body.conflictingRequest!.message;
    expect(await refused({ 'os-start': null })).toBe(`Cannot 'start' instance ${id} while it is in vm_state active`);
    expect((await act(id, { 'os-stop': null })).status).toBe(202);
    expect(await server(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': 'powering-off' });
    expect(await refused({ 'os-stop': null })).toBe(
      `Cannot 'stop' instance ${id} while it is in task_state powering-off`,
    );
    simulator.advance(8 * SECOND);
    expect(await server(id)).toMatchObject({
      status: 'SHUTOFF',
      'OS-EXT-STS:power_state': 4,
      'OS-EXT-STS:task_state': null,
    });
    expect(await server(id)).not.toHaveProperty('progress');
    expect(await refused({ reboot: { type: 'SOFT' } })).toBe(
      `Cannot 'reboot' instance ${id} while it is in vm_state stopped`,
    );
    await act(id, { 'os-start': null });
    expect((await server(id))['OS-EXT-STS:task_state']).toBe('powering-on');
    simulator.advance(5 * SECOND);
    expect(await server(id)).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-STS:task_state': 'activating',
      health_status: { health_value: 'WARNING' },
    });
    simulator.advance(5 * SECOND);
    expect(await server(id)).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-STS:task_state': null,
      health_status: { health_value: 'OK' },
    });
    await act(id, { reboot: { type: 'HARD' } });
    expect((await server(id)).status).toBe('HARD_REBOOT');
    simulator.advance(15 * SECOND);
    for (const [body, status] of [
      [{ suspend: null }, 'SUSPENDED'],
      [{ resume: null }, 'ACTIVE'],
      [{ pause: null }, 'PAUSED'],
      [{ unpause: null }, 'ACTIVE'],
    ] as const) {
      expect((await act(id, body)).status).toBe(202);
      simulator.advance(10 * SECOND);
      expect((await server(id)).status).toBe(status);
    }
    expect((await act(id, { explode: null })).body).toEqual({
      badRequest: { code: 400, message: 'There is no such action: explode' },
    });
    expect((await act(id, { toString: null })).status).toBe(400);
    expect((await act(id, { reboot: { type: 'GENTLE' } })).body.badRequest!.message).toBe(
      "Invalid input for field/attribute type. Value: GENTLE. 'GENTLE' is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']",
    );
    const actions = (await api.nova('GET', `/servers/${id}/os-instance-actions`)).body.instanceActions as unknown as {
      action: string;
    }[];
    expect(actions.map(({ action }) => action)).toEqual([
      'unpause',
      'pause',
      'resume',
      'suspend',
      'reboot',
      'start',
      'stop',
    ]);
  });

  it('resizes inline without a confirmation: a running partition within its bounds only', async () => {
    const id = ids.servers.rhel;
    expect((await act(id, { resize: { flavor: flavor(32_768) } })).body.badRequest!.message).toBe(
      'The memory (32768) must be between the minimum (1024) and the maximum (16384).',
    );
    expect(
      (await act(id, { resize: { flavor: flavor(8192, 2, { 'powervm:max_mem': '65536' }) } })).body.badRequest!.message,
    ).toBe('The value of powervm:max_mem cannot be changed while the virtual machine is active.');
    expect((await act(id, { resize: { flavor: flavor(12_288, 4, { 'powervm:proc_units': '1.5' }) } })).status).toBe(
      202,
    );
    expect((await server(id)).status).toBe('RESIZE');
    simulator.advance(10 * SECOND);
    expect(await server(id)).toMatchObject({
      status: 'ACTIVE',
      memory_mb: 12_288,
      cpus: '4',
      vcpus: '1.5',
      max_memory_mb: 16_384,
    });
    expect((await act(id, { confirmResize: null })).status).toBe(409);
    simulator.load(stopped);
    await logInAgain();
    await act(id, { resize: { flavor: flavor(65_536, 2, { 'powervm:max_mem': '131072' }) } });
    simulator.advance(10 * SECOND);
    expect(await server(id)).toMatchObject({ status: 'SHUTOFF', memory_mb: 65_536, max_memory_mb: 131_072 });
  });

  it('migrates, captures and clones', async () => {
    const id = ids.servers.aix;
    expect((await act(id, { 'os-migrateLive': { host: 'nowhere' } })).body.badRequest!.message).toBe(
      'Compute host nowhere could not be found.',
    );
    expect(
      (await act(id, { 'os-migrateLive': { host: ids.power9, block_migration: 'false' } })).body.badRequest!.message,
    ).toBe('No valid host was found. There are not enough hosts available.');
    await act(id, { 'os-migrateLive': { host: null } });
    expect((await server(id)).status).toBe('MIGRATING');
    simulator.advance(30 * SECOND);
    expect(await server(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': ids.power10 });
    expect((await act(id, { evacuate: { host: ids.power9 } })).body.badRequest!.message).toBe(
      `Compute service of ${ids.power10} is still in use.`,
    );
    const capture = await act(id, { createImage: { name: 'golden', metadata: { m: '1' } } });
    const image = capture.headers.get('location')!.split('/').at(-1)!;
    expect((await api.glance('GET', `/v2/images/${image}`)).body.status).toBe('queued');
    simulator.advance(40 * SECOND);
    const golden = (await api.glance('GET', `/v2/images/${image}`)).body;
    expect(golden).toMatchObject({ status: 'active', name: 'golden', m: '1', os_distro: 'aix' });
    expect(JSON.parse(text(golden.block_device_mapping))).toMatchObject([
      { boot_index: 0, volume_size: 40 },
      { boot_index: null },
    ]);
    const [boot] = JSON.parse(text(golden.block_device_mapping)) as Record<string, string>[];
    expect((await api.cinder('GET', `/volumes/${boot!.volume_id!}`)).body.volume).toMatchObject({
      bootable: 'true',
      size: 40,
    });
    const clone = await act(id, {
      'clone-vm': { server: { name: 'copy', networks: [{ uuid: ids.networks.vlan200 }] } },
    });
    expect(clone.status).toBe(202);
    simulator.advance(60 * SECOND);
    const [copy] = (await api.nova('GET', '/servers/detail?name=^copy$')).body.servers as unknown as Json[];
    expect(copy).toMatchObject({ status: 'ACTIVE', os_distro: 'aix' });
    expect(copy!['os-extended-volumes:volumes_attached']).toHaveLength(2);
    expect(
      (await api.nova('GET', `/servers/get_progress?${text(clone.body.task_uri).split('?')[1]!}`)).body.task!.status,
    ).toBe('completed');
  });

  it('keeps metadata: merge, replace, single items, limits', async () => {
    const path = `/servers/${ids.servers.rhel}/metadata`;
    expect((await api.nova('POST', path, { metadata: { a: '1', b: '2' } })).body).toEqual({
      metadata: { a: '1', b: '2' },
    });
    expect((await api.nova('POST', path, { metadata: { b: '3' } })).body).toEqual({ metadata: { a: '1', b: '3' } });
    expect((await api.nova('PUT', path, { metadata: { z: '26' } })).body).toEqual({ metadata: { z: '26' } });
    expect((await api.nova('PUT', `${path}/z`, { meta: { z: '27' } })).body).toEqual({ meta: { z: '27' } });
    expect((await api.nova('DELETE', `${path}/z`)).status).toBe(204);
    expect((await api.nova('DELETE', `${path}/z`)).body).toEqual({
      itemNotFound: { code: 404, message: 'Metadata item was not found' },
    });
    expect((await api.nova('POST', path, { metadata: { a: 'x'.repeat(256) } })).body.badRequest!.message).toMatch(
      /is too long$/,
    );
    expect((await api.nova('POST', path, { metadata: { a: 'x'.repeat(255) } })).status).toBe(200);
    const many = Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`k${index}`, 'v']));
    expect((await api.nova('POST', path, { metadata: many })).body.forbidden!.message).toBe(
      'Maximum number of metadata items exceeds 128',
    );
    expect(
      (await api.nova('PUT', `/servers/${ids.servers.rhel}`, { server: { name: 'renamed' } })).body.server!.name,
    ).toBe('renamed');
    expect(
      (await api.nova('PUT', `/servers/${ids.servers.rhel}`, { server: { description: 'x' } })).body.badRequest!
        .message,
    ).toMatch(/'description' was unexpected/);
  });

  it('shows hosts, groups and connectivity', async () => {
    const hypervisors = (await api.nova('GET', '/os-hypervisors/detail')).body.hypervisors as unknown as Json[];
    expect(hypervisors[0]).toMatchObject({
      hypervisor_hostname: ids.power9,
      hypervisor_type: 'phyp',
      hypervisor_state: 'operating',
      maintenance_status: 'ok',
      memory_mb: 524_288,
      memory_mb_used: 12_288 + 16_384 + 4096,
      running_vms: 2,
      service: { host: ids.power9, host_display_name: 'p9-s924' },
    });
    expect((await api.nova('GET', '/os-aggregates')).body.aggregates).toMatchObject([
      {
        id: 1,
        name: 'Default Group',
        hosts: [ids.power9, ids.power10],
        availability_zone: 'Default Group',
        metadata: { availability_zone: 'Default Group' },
      },
    ]);
    expect((await api.nova('GET', `/os-hosts/${ids.power9}`)).body.host![2]).toMatchObject({
      registration: { manager_type: 'hmc', host_display_name: 'p9-s924' },
    });
    expect(
      (await api.nova('GET', '/storage-connectivity-groups/detail')).body.storage_connectivity_groups,
    ).toHaveLength(1);
    expect((await api.nova('GET', '/limits')).body.limits!.absolute).toMatchObject({
      maxTotalInstances: 200,
      totalInstancesUsed: 5,
    });
    expect((await api.nova('GET', '/os-availability-zone')).body.availabilityZoneInfo).toMatchObject([
      { zoneName: 'Default Group' },
    ]);
    expect((await api.nova('GET', '/flavors/tiny')).body.flavor).toMatchObject({ ram: 2048, swap: '' });
    expect(
      (await api.nova('GET', `/images/${ids.images.aix}`)).body.image!.metadata!.block_device_mapping,
    ).toMatchObject([{ boot_index: 0, volume_size: 40 }]);
  });
});
