import { describe, expect, it } from 'vitest';
import { defaultIds as ids, defaultInventory, mergeInventory } from '../src/simulator/index.js';
import { api, logInAgain, login, simulator, text, useSimulator, type Json } from './simulator-client.js';

const SECOND = 1000;

describe('the simulator: attachments, snapshots and lists of volumes', () => {
  useSimulator();

  const volume = async (id: string): Promise<Json> => (await api.cinder('GET', `/volumes/${id}`)).body.volume!;

  const attach = (server: string, id: string) =>
    api.nova('POST', `/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId: id } });

  const detach = (server: string, id: string) => api.nova('DELETE', `/servers/${server}/os-volume_attachments/${id}`);

  it('puts another volume in the place of an attached one, for administrators', async () => {
    const { rhel } = ids.servers;
    expect((await attach(rhel, ids.volumes.floating)).status).toBe(200);
    simulator.advance(2 * SECOND);
    const { size } = await volume(ids.volumes.floating);
    const other = (await api.cinder('POST', '/volumes', { volume: { size } })).body.volume!.id as unknown as string;
    simulator.advance(60 * SECOND);
    const swap = (from: string, to: string, by = api) =>
      by.nova('PUT', `/servers/${rhel}/os-volume_attachments/${from}`, { volumeAttachment: { volumeId: to } });
    expect((await swap(other, ids.volumes.floating)).status).toBe(404);
    expect((await swap(ids.volumes.floating, 'nope')).status).toBe(400);
    expect((await swap(ids.volumes.floating, other, await login(simulator, 'operator'))).status).toBe(403);
    expect((await swap(ids.volumes.floating, other)).status).toBe(202);
    simulator.advance(5 * SECOND);
    expect([(await volume(ids.volumes.floating)).status, (await volume(other)).status]).toEqual([
      'available',
      'in-use',
    ]);
  });

  it('an attached volume that has grown is an action of its server, which outlives it', async () => {
    const { rhel } = ids.servers;
    const withVersion = { 'openstack-api-version': 'compute 2.60' };
    expect((await attach(rhel, ids.volumes.floating)).status).toBe(200);
    simulator.advance(2 * SECOND);
    const { size } = await volume(ids.volumes.floating);
    const headers = { 'openstack-api-version': 'volume 3.42' };
    const extend = { 'os-extend': { new_size: Number(size) + 1 } };
    expect((await api.cinder('POST', `/volumes/${ids.volumes.floating}/action`, extend, headers)).status).toBe(202);
    simulator.advance(5 * SECOND);
    await api.nova('DELETE', `/servers/${rhel}`);
    simulator.advance(60 * SECOND);
    const at = `/servers/${rhel}/os-instance-actions`;
    expect((await api.nova('GET', at)).status).toBe(404);
    const actions = (await api.nova('GET', at, undefined, withVersion)).body.instanceActions as unknown as {
      action: string;
      request_id: string;
    }[];
    expect(actions.map(({ action }) => action).slice(0, 2)).toEqual(['delete', 'extend_volume']);
    const one = await api.nova('GET', `${at}/${actions[1]!.request_id}`, undefined, withVersion);
    expect(one.body.instanceAction).toMatchObject({ events: [{ event: 'compute_extend_volume', result: 'Success' }] });
  });

  it('guards attachments', async () => {
    expect((await attach(ids.servers.rhel, ids.volumes.aixData)).body.badRequest!.message).toBe(
      `Invalid volume: volume ${ids.volumes.aixData} is already attached to instances: ${ids.servers.aix}`,
    );
    expect((await attach(ids.servers.rhel, 'nope')).body.itemNotFound!.message).toBe('Volume nope could not be found.');
    expect((await attach('nope', ids.volumes.floating)).body.itemNotFound!.message).toBe(
      'Instance nope could not be found.',
    );
    expect((await detach(ids.servers.aix, ids.volumes.aixBoot)).body.badRequest!.message).toBe(
      'Cannot detach a root device volume',
    );
    expect((await attach(ids.servers.rhel, ids.volumes.shared)).status).toBe(200);
    simulator.advance(2 * SECOND);
    expect((await attach(ids.servers.aix, ids.volumes.shared)).status).toBe(200);
    simulator.advance(2 * SECOND);
    expect((await volume(ids.volumes.shared)).attachments).toHaveLength(2);
    await detach(ids.servers.rhel, ids.volumes.shared);
    simulator.advance(2 * SECOND);
    expect(await volume(ids.volumes.shared)).toMatchObject({
      status: 'in-use',
      attachments: [{ server_id: ids.servers.aix }],
    });
    const partial = await api.nova('POST', `/servers/${ids.servers.rhel}/action`, {
      bulkVolumeAttach: { volumeAttachment: [{ volumeId: ids.volumes.floating }, { volumeId: 'nope' }] },
    });
    expect(partial).toMatchObject({ status: 206, body: { failed: [{ volumeId: 'nope' }] } });
    simulator.advance(2 * SECOND);
    expect(
      (
        await api.nova('POST', `/servers/${ids.servers.rhel}/action`, {
          bulkVolumeDetach: { volume_ids: [ids.volumes.floating] },
        })
      ).status,
    ).toBe(202);
    simulator.addFault({ work: '^volume\\.attach', count: 1, then: { fail: 'no path' } });
    simulator.advance(2 * SECOND);
    await attach(ids.servers.rhel, ids.volumes.floating);
    simulator.advance(2 * SECOND);
    expect(await volume(ids.volumes.floating)).toMatchObject({ status: 'available', attachments: [] });
  });

  it('deletes several volumes with one call, and reports those that it could not delete', async () => {
    const remove = (args: object): ReturnType<typeof api.cinder> =>
      api.cinder('POST', '/bulk-volumes/action', { 'bulk-volume-delete': args });
    expect((await remove({})).status).toBe(400);
    expect((await remove({ volumes: [ids.volumes.aixBoot] })).status).toBe(400);
    expect(await remove({ volumes: [ids.volumes.floating, ids.volumes.aixBoot] })).toMatchObject({
      status: 206,
      body: { failed: [{ volumeId: ids.volumes.aixBoot }] },
    });
    await api.cinder('POST', '/snapshots', { snapshot: { volume_id: ids.volumes.shared, name: 's' } });
    simulator.advance(60 * SECOND);
    expect((await remove({ volumes: [ids.volumes.shared] })).status).toBe(400);
    expect((await remove({ volumes: [ids.volumes.shared], cascade: true })).status).toBe(202);
    simulator.advance(60 * SECOND);
    expect((await api.cinder('GET', `/volumes/${ids.volumes.floating}`)).status).toBe(404);
    expect((await api.cinder('GET', `/volumes/${ids.volumes.shared}`)).status).toBe(404);
  });

  it("returns PowerVC's version without a login", async () => {
    expect((await fetch(new URL('/powervc/version', simulator.url))).status).toBe(200);
    expect((await fetch(new URL('/powervc/versions', simulator.url))).status).toBe(404);
  });

  it('takes volume snapshots, which hold their volume', async () => {
    const requested = { snapshot: { volume_id: ids.volumes.rhelData, name: 's' } };
    expect((await api.cinder('POST', '/snapshots', requested)).body.badRequest!.message).toBe(
      `Invalid volume: Volume ${ids.volumes.rhelData} status must be available, but current status is: in-use.`,
    );
    const created = await api.cinder('POST', '/snapshots', { snapshot: { ...requested.snapshot, force: true } });
    expect(created.body.snapshot).toMatchObject({ status: 'creating', size: 50, metadata: {} });
    simulator.advance(2 * SECOND);
    const id = text(created.body.snapshot!.id);
    expect((await api.cinder('GET', `/snapshots/${id}`)).body.snapshot).toMatchObject({
      status: 'available',
      'os-extended-snapshot-attributes:progress': '100%',
    });
    expect(
      (await api.cinder('GET', `/snapshots/detail?volume_id=${ids.volumes.rhelData}`)).body.snapshots,
    ).toHaveLength(2);
    expect((await api.cinder('DELETE', `/snapshots/${id}`)).status).toBe(202);
    expect((await api.cinder('DELETE', `/snapshots/${ids.volumeSnapshots[0]}`)).status).toBe(400);
    simulator.advance(2 * SECOND);
    expect((await api.cinder('GET', `/snapshots/${id}`)).status).toBe(404);
  });

  it('pages and filters, and lists types, providers, limits', async () => {
    const first = (await api.cinder('GET', '/volumes?limit=4&sort=name:asc')).body;
    expect(first.volumes).toHaveLength(4);
    const next = text(first.volumes_links![0]!.href);
    expect(next).toContain('/volumes?limit=4&sort=name%3Aasc&marker=');
    expect((await api.cinder('GET', `/volumes${new URL(next).search}`)).body.volumes).toHaveLength(4);
    expect((await api.cinder('GET', '/volumes/detail?name=scratch01')).body.volumes).toMatchObject([
      { id: ids.volumes.floating },
    ]);
    expect((await api.cinder('GET', '/volumes/detail?status=available')).body.volumes).toHaveLength(2);
    expect((await api.cinder('GET', '/types')).body.volume_types![0]).toMatchObject({
      id: ids.types.base,
      name: 'FlashSystem base',
      extra_specs: { 'drivers:rsize': '2', 'capabilities:volume_backend_name': ids.flashSystem },
    });
    expect((await api.cinder('GET', '/storage-providers/detail')).body.storage_providers![0]).toMatchObject({
      storage_hostname: ids.flashSystem,
      free_capacity_gb: 71_680,
      health_status: { health_value: 'OK' },
      service: { host_display_name: 'FlashSystem 9200' },
      volume_count: 9,
    });
    expect((await api.cinder('GET', '/limits')).body.limits!.absolute).toMatchObject({
      totalVolumesUsed: 9,
      totalSnapshotsUsed: 2,
    });
    await api.cinder('PUT', `/os-quota-sets/${ids.project}`, { quota_set: { volumes: 9 } });
    expect(await api.cinder('POST', '/volumes', { volume: { size: 1 } })).toMatchObject({
      status: 413,
      body: {
        overLimit: {
          code: 413,
          retryAfter: '0',
          message: "VolumeLimitExceeded: Maximum number of volumes allowed (9) exceeded for quota 'volumes'.",
        },
      },
    });
  });

  it('brings LUNs under management', async () => {
    const luns = (await api.cinder('GET', `/os-hosts/${ids.flashSystem}/all-volumes`)).body
      .volumes as unknown as Json[];
    expect(luns.filter(({ managed }) => text(managed) === 'false').map(({ id }) => id)).toEqual(ids.luns.slice(0, 2));
    const created = await api.cinder('POST', `/os-hosts/${ids.flashSystem}/onboard`, { volumes: [ids.luns[0]] });
    expect(created.status).toBe(202);
    const id = text(created.body.volumes![0]!.id);
    expect((await volume(id)).status).toBe('managing');
    simulator.advance(5 * SECOND);
    expect(await volume(id)).toMatchObject({
      status: 'available',
      name: 'oradata01',
      size: 100,
      metadata: { volume_wwn: ids.luns[0] },
    });
    expect((await api.cinder('POST', `/os-hosts/${ids.flashSystem}/onboard`, { volumes: [ids.luns[0]] })).status).toBe(
      404,
    );
    expect((await api.cinder('GET', '/os-hosts/nope/all-volumes')).status).toBe(404);
  });

  it('keeps projects apart', async () => {
    simulator.load(
      mergeInventory(defaultInventory, {
        volumes: [{ id: 'd1500000-0000-4000-8000-0000000000ff', size: 3, project_id: ids.otherProject }],
      }),
    );
    await logInAgain();
    const operator = await login(simulator, 'operator');
    expect((await api.cinder('GET', '/volumes')).body.volumes).toHaveLength(9);
    expect((await api.cinder('GET', '/volumes?all_tenants=1')).body.volumes).toHaveLength(10);
    expect((await operator.cinder('GET', '/volumes?all_tenants=1')).body.volumes).toHaveLength(9);
    expect((await operator.cinder('GET', '/volumes/d1500000-0000-4000-8000-0000000000ff')).status).toBe(404);
  });
});
