import { describe, expect, it } from 'vitest';
import { defaultIds as ids, defaultInventory, mergeInventory } from '../src/simulator/index.js';
import { api, logInAgain, simulator, text, useSimulator, type Json } from './simulator-client.js';

const SECOND = 1000;

describe('the simulator: persistent memory', () => {
  useSimulator();

  const act = (body: unknown, id: string = ids.servers.sles) => api.nova('POST', `/servers/${id}/action`, body);
  const server = async (): Promise<Json> => (await api.nova('GET', `/servers/${ids.servers.sles}`)).body.server!;
  const requested = (name: string, rest: Record<string, unknown> = {}) => ({
    name,
    size: 1024,
    affinity: 'True',
    device: 'DRAM',
    ...rest,
  });

  it('adds, lists, renames and deletes, as the document shows', async () => {
    const created = await act({
      'add-pmem-vol': [requested('p1'), requested('p2', { affinity: 'False', device: '”DRAM”' })],
    });
    expect(created.status).toBe(202);
    const [first, second] = created.body.pmem_vol as unknown as Json[];
    expect(first).toEqual({
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000$/) as unknown,
      uuid: expect.any(String) as unknown,
      name: 'p1',
      size: 1024,
      affinity: 'true',
      type: 'DRAM',
      status: 'CONFIGURING',
    });
    expect(second).toMatchObject({ affinity: 'false', type: 'DRAM' });
    expect((await act({ 'add-pmem-vol': [requested('p3')] })).body.conflictingRequest!.message).toMatch(
      /while it is in task_state updating_pmem$/,
    );
    simulator.advance(8 * SECOND);
    const listed = (await api.nova('GET', '/pmem_vol')).body.pmem_vol as unknown as Json[];
    expect(listed).toHaveLength(3);
    const now = listed.find(({ name }) => text(name) === 'p1')!;
    expect(now).toMatchObject({ status: 'ACTIVE', volume_uuid: expect.stringMatching(/^[0-9A-F-]{36}$/) as unknown });
    const renamed = await api.nova('PUT', `/pmem_vol/${text(now.uuid)}`, { 'update-pmem-vol': { name: 'p9' } });
    expect(renamed).toMatchObject({
      status: 200,
      body: { pmem_vol: { name: 'p9', uuid: now.uuid, status: 'ACTIVE' } },
    });
    expect((await api.nova('PUT', `/pmem_vol/${text(now.uuid)}`, { 'update-pmem-vol': { name: 'p2' } })).status).toBe(
      409,
    );
    expect((await act({ 'del-pmem-vol': [{ volume_uuid: now.volume_uuid }, { uuid: second!.uuid }] })).status).toBe(
      202,
    );
    simulator.advance(8 * SECOND);
    expect((await server()).pmem_volumes).toMatchObject([{ uuid: ids.pmem }]);
  });

  it('keeps the aggregated memory when asked through resize', async () => {
    const created = await act({ resize: { 'add-pmem-vol': [requested('agg', { size: 2048 })] } });
    expect(created.status).toBe(202);
    simulator.advance(8 * SECOND);
    expect((await server()).memory_mb).toBe(65_536 - 2048);
    expect((await act({ resize: { 'del-pmem-vol': [{ uuid: created.body.pmem_vol![0]!.uuid }] } })).status).toBe(202);
    simulator.advance(8 * SECOND);
    expect((await server()).memory_mb).toBe(65_536);
    expect((await act({ resize: { 'add-pmem-vol': [requested('big', { size: 65_536 })] } })).status).toBe(400);
  });

  it('refuses what PowerVC refuses', async () => {
    const cases: [unknown, string, number][] = [
      [{ 'add-pmem-vol': [requested('p')] }, ids.servers.rhel, 409],
      [{ 'add-pmem-vol': [requested('hana_pmem01')] }, ids.servers.sles, 409],
      [{ 'add-pmem-vol': [requested('p'), requested('p')] }, ids.servers.sles, 409],
      [{ 'add-pmem-vol': [requested('p', { device: 'NVME' })] }, ids.servers.sles, 400],
      [{ 'add-pmem-vol': [requested('p', { size: 0 })] }, ids.servers.sles, 400],
      [{ 'add-pmem-vol': [requested('p', { size: 100 })] }, ids.servers.sles, 400],
      [{ 'add-pmem-vol': [requested('p', { size: 8 * 1024 * 1024 })] }, ids.servers.sles, 409],
      [{ 'add-pmem-vol': [] }, ids.servers.sles, 400],
      [{ 'del-pmem-vol': [{ uuid: 'nope' }] }, ids.servers.sles, 404],
      [
        { resize: { 'del-pmem-vol': [{ volume_uuid: '3F1CD829-17D6-4D7A-8EA9-3AF5EE1EBEFE' }] } },
        ids.servers.sles,
        404,
      ],
    ];
    for (const [body, id, status] of cases) expect((await act(body, id)).status, JSON.stringify(body)).toBe(status);
    expect((await api.nova('PUT', '/pmem_vol/nope', { 'update-pmem-vol': { name: 'x' } })).status).toBe(404);
    simulator.load(
      mergeInventory(defaultInventory, {
        servers: [{ id: ids.servers.ibmi, name: 'ibmi75-erp01', vm_state: 'stopped', power_state: 4 }],
      }),
    );
    await logInAgain();
    expect((await act({ 'add-pmem-vol': [requested('p')] }, ids.servers.ibmi)).body.badRequest!.message).toBe(
      'Persistent memory volumes are not supported for IBM i virtual machines.',
    );
  });

  it('goes into ERROR under a fault rule', async () => {
    simulator.addFault({ work: '^pmem\\.add', then: { fail: 'PHYP says no' } });
    await act({ 'add-pmem-vol': [requested('p')] });
    simulator.advance(8 * SECOND);
    expect((await server()).pmem_volumes).toMatchObject([{ status: 'ACTIVE' }, { name: 'p', status: 'ERROR' }]);
  });

  it('comes with a deployment when the flavor has it', async () => {
    const flavor = {
      ram: 4096,
      vcpus: 1,
      disk: 30,
      extra_specs: { 'powervm:pmem_vol_1': 'name:fromflavor, size:256, affinity:true, device:DRAM' },
    };
    const id = text(
      (
        await api.nova('POST', '/servers', {
          server: { name: 'withpmem', imageRef: ids.images.sles, flavor, networks: 'none' },
        })
      ).body.server!.id,
    );
    simulator.advance(60 * SECOND);
    expect((await api.nova('GET', `/servers/${id}`)).body.server!.pmem_volumes).toMatchObject([
      { name: 'fromflavor', size: 256, affinity: 'true', status: 'ACTIVE' },
    ]);
  });
});

describe('the simulator: VM snapshots', () => {
  useSimulator();

  const act = (body: unknown) => api.nova('POST', `/servers/${ids.servers.rhel}/action`, body);
  const snapshot = async (id: string = ids.vmSnapshot): Promise<Json> =>
    (await api.cinder('GET', `/instance-snapshots/${id}`)).body.instance_snapshot!;
  const restore = (action = 'vm-restore') => act({ [action]: { snapshot_id: ids.vmSnapshot } });

  it('takes them of all volumes or of some, and removes them', async () => {
    const created = await act({ 'vm-snapshot': { name: 's1', description: 'd' } });
    expect(created.status).toBe(200);
    expect((await api.nova('GET', `/servers/${ids.servers.rhel}`)).body.server!['OS-EXT-STS:task_state']).toBe(
      'vm_snapshot',
    );
    const progress = async () =>
      (await api.cinder('GET', `/instance-snapshots/get_progress?${text(created.body.task_uri).split('?')[1]!}`)).body
        .task!.status;
    expect(await progress()).toBe('running');
    const [found] = (await api.cinder('GET', `/instance-snapshots?server_id=${ids.servers.rhel}`)).body
      .instance_snapshots as unknown as Json[];
    expect(found).toMatchObject({
      name: 's1',
      description: 'd',
      status: 'creating',
      server_id: ids.servers.rhel,
      server_name: 'rhel94-app01',
    });
    simulator.advance(10 * SECOND);
    expect(await progress()).toBe('completed');
    expect(await snapshot(text(found!.id))).toMatchObject({
      status: 'available',
      volume_snapshots: [
        { volume_id: ids.volumes.rhelBoot, size: 30, is_boot_volume: 'True', status: 'available' },
        { volume_id: ids.volumes.rhelData, is_boot_volume: 'False' },
      ],
    });
    await act({ 'vm-snapshot': { name: 's2', volumes: [ids.volumes.rhelData] } });
    simulator.advance(10 * SECOND);
    expect((await api.cinder('GET', '/instance-snapshots')).body.instance_snapshots![0]!.volume_snapshots).toHaveLength(
      1,
    );
    expect((await act({ 'vm-snapshot': { name: 's3', volumes: [ids.volumes.floating] } })).status).toBe(400);
    expect(
      (await api.cinder('PUT', `/instance-snapshots/${text(found!.id)}`, { instance_snapshot: { name: 'renamed' } }))
        .body.instance_snapshot!.name,
    ).toBe('renamed');
    const before = simulator.world.snapshots.size;
    expect((await api.cinder('DELETE', `/instance-snapshots/${text(found!.id)}`)).status).toBe(202);
    expect((await snapshot(text(found!.id))).status).toBe('deleting');
    simulator.advance(3 * SECOND);
    expect((await api.cinder('GET', `/instance-snapshots/${text(found!.id)}`)).status).toBe(404);
    simulator.advance(2 * SECOND);
    expect(simulator.world.snapshots.size).toBe(before - 2);
  });

  it('restores a VM that is off; after a failure only retry and rollback are possible', async () => {
    expect((await restore()).body.conflictingRequest!.message).toBe(
      `Cannot 'vm-restore' instance ${ids.servers.rhel} while it is in vm_state active`,
    );
    await act({ 'os-stop': null });
    simulator.advance(8 * SECOND);
    expect((await restore()).status).toBe(200);
    expect((await snapshot()).status).toBe('restoring');
    simulator.advance(20 * SECOND);
    expect((await snapshot()).status).toBe('available');
    expect((await restore('vm-restore-retry')).status).toBe(409);
    const heal = simulator.addFault({ work: '^server\\.restore', then: { fail: 'the pool is full' } });
    await restore();
    simulator.advance(20 * SECOND);
    expect((await snapshot()).status).toBe('restore-error');
    expect((await restore()).body.conflictingRequest!.message).toBe(
      `Cannot 'vm-restore' instance snapshot ${ids.vmSnapshot} while it is in status restore-error`,
    );
    expect((await restore('vm-restore-rollback')).status).toBe(200);
    simulator.advance(20 * SECOND);
    expect((await snapshot()).status).toBe('available');
    heal();
    expect((await act({ 'vm-restore': { snapshot_id: 'nope' } })).status).toBe(404);
  });

  it('takes its action keys from the settings', async () => {
    simulator.load(
      mergeInventory(defaultInventory, { settings: { actions: { snapshot: 'take', restore: 'putBack' } } }),
    );
    await logInAgain();
    expect((await act({ 'vm-snapshot': { name: 's' } })).status).toBe(400);
    expect((await act({ take: { name: 's' } })).status).toBe(200);
  });
});
