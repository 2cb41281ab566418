import { describe, expect, it } from 'vitest';
import { defaultIds as ids } from '../src/simulator/index.js';
import { api, simulator, text, useSimulator, type Json } from './simulator-client.js';

const SECOND = 1000;

const NOT_DELETABLE =
  'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';

describe('the simulator: volumes', () => {
  useSimulator();

  const volume = async (id: string): Promise<Json> => (await api.cinder('GET', `/volumes/${id}`)).body.volume!;

  const act = (id: string, body: unknown, headers?: Record<string, string>) =>
    api.cinder('POST', `/volumes/${id}/action`, body, headers);

  const attach = (server: string, id: string) =>
    api.nova('POST', `/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId: id } });

  const detach = (server: string, id: string) => api.nova('DELETE', `/servers/${server}/os-volume_attachments/${id}`);

  it('lives from creating to 404', async () => {
    const created = await api.cinder('POST', '/volumes', {
      volume: { name: 'v1', size: 7, volume_type: ids.types.thick, description: 'd', metadata: { 'ovirt.vm': 'x' } },
    });
    expect(created.status).toBe(202);
    const id = text(created.body.volume!.id);
    expect(created.body.volume).toMatchObject({
      status: 'creating',
      size: 7,
      volume_type: 'FlashSystem thick',
      bootable: 'false',
      multiattach: false,
      attachments: [],
      updated_at: null,
    });
    expect(created.body.volume).not.toHaveProperty('os-vol-host-attr:host');
    simulator.advance(2 * SECOND);
    expect(await volume(id)).toMatchObject({
      status: 'available',
      'os-vol-host-attr:host': 'fs9200-1#Pool0',
      'os-vol-tenant-attr:tenant_id': ids.project,
    });
    expect((await attach(ids.servers.rhel, id)).body).toEqual({
      volumeAttachment: { id, volumeId: id, serverId: ids.servers.rhel, device: '/dev/sdc' },
    });
    expect(await volume(id)).toMatchObject({ status: 'attaching', attachments: [] });
    simulator.advance(2 * SECOND);
    expect(await volume(id)).toMatchObject({
      status: 'in-use',
      attachments: [{ server_id: ids.servers.rhel, volume_id: id, device: '/dev/sdc', host_name: ids.power10 }],
    });
    expect((await api.cinder('DELETE', `/volumes/${id}`)).body).toEqual({
      badRequest: { code: 400, message: NOT_DELETABLE },
    });
    expect((await detach(ids.servers.rhel, id)).status).toBe(202);
    expect((await volume(id)).status).toBe('detaching');
    expect((await detach(ids.servers.rhel, id)).status).toBe(400);
    simulator.advance(2 * SECOND);
    expect((await volume(id)).status).toBe('available');
    expect((await detach(ids.servers.rhel, id)).body.itemNotFound!.message).toBe(
      `Instance ${ids.servers.rhel} is not attached to volume ${id}`,
    );
    expect((await api.cinder('DELETE', `/volumes/${id}`)).status).toBe(202);
    expect((await volume(id)).status).toBe('deleting');
    simulator.advance(2 * SECOND);
    expect((await api.cinder('GET', `/volumes/${id}`)).body).toEqual({
      itemNotFound: { code: 404, message: `Volume ${id} could not be found.` },
    });
  });

  it('refuses creations as Cinder does', async () => {
    const cases: [Record<string, unknown>, number, string][] = [
      [
        { name: 'x' },
        400,
        'The server could not comply with the request since it is either malformed or otherwise incorrect.',
      ],
      [{ size: 0 }, 400, 'Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1'],
      [{ size: 1, volume_type: 'nope' }, 404, 'Volume type with name nope could not be found.'],
      [{ size: 1, imageRef: 'nope' }, 400, 'Invalid image identifier or unable to access requested image.'],
      [{ size: 1, snapshot_id: 'nope' }, 404, 'Snapshot nope could not be found.'],
      [
        { size: 1, source_volid: ids.volumes.floating },
        400,
        'Invalid input received: Clones currently must be >= original volume size.',
      ],
      [
        { size: 999_999 },
        413,
        'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 999999G, quota is 200000G and 481G has been consumed.',
      ],
    ];
    for (const [requested, status, message] of cases) {
      const answer = await api.cinder('POST', '/volumes', { volume: requested });
      expect([
        answer.status,
        Object.values(answer.body as unknown as Record<string, { message: string }>)[0]!.message,
      ]).toEqual([status, message]);
    }
    const full = await api.cinder('POST', '/volumes', { volume: { size: 90_000, volume_type: 'FlashSystem base' } });
    simulator.advance(2 * SECOND);
    expect(await volume(text(full.body.volume!.id))).toMatchObject({ status: 'error', 'os-vol-host-attr:host': null });
    expect((await api.cinder('POST', '/volumes', { volume: { size: 1, colour: 'red' } })).status).toBe(202);
  });

  it('makes volumes from image, snapshot and volume', async () => {
    const make = async (requested: Record<string, unknown>) =>
      text((await api.cinder('POST', '/volumes', { volume: requested })).body.volume!.id);
    const created = [
      await make({ size: 2, imageRef: ids.images.iso }),
      await make({ snapshot_id: ids.volumeSnapshots[0] }),
      await make({ size: 60, source_volid: ids.volumes.floating }),
    ];
    simulator.advance(SECOND * 20);
    expect(await volume(created[0]!)).toMatchObject({
      status: 'available',
      bootable: 'true',
      volume_image_metadata: { image_id: ids.images.iso, disk_format: 'iso' },
    });
    expect(await volume(created[1]!)).toMatchObject({
      status: 'available',
      bootable: 'true',
      size: 30,
      snapshot_id: ids.volumeSnapshots[0],
    });
    expect(await volume(created[2]!)).toMatchObject({
      status: 'available',
      bootable: 'false',
      size: 60,
      source_volid: ids.volumes.floating,
    });
  });

  it('extends, retypes, changes flags and metadata', async () => {
    const id = ids.volumes.rhelData;
    expect((await act(id, { 'os-extend': { new_size: 60 } })).body.badRequest!.message).toBe(
      `Invalid volume: Volume ${id} status must be '{'status': 'available'}' to extend, currently in-use.`,
    );
    expect((await act(id, { 'ibm-extend': { new_size: 50 } })).body.badRequest!.message).toBe(
      'Invalid input received: New size for extend must be greater than current size. (current: 50, extended: 50).',
    );
    expect((await act(id, { 'ibm-extend': { new_size: 100_000 } })).status).toBe(507);
    expect((await act(id, { 'ibm-extend': { new_size: 60 } })).status).toBe(204);
    expect((await volume(id)).status).toBe('extending');
    simulator.advance(3 * SECOND);
    expect(await volume(id)).toMatchObject({ status: 'in-use', size: 60 });
    expect((await act(id, { 'os-extend': { new_size: 61 } }, { 'openstack-api-version': 'volume 3.42' })).status).toBe(
      202,
    );
    simulator.advance(3 * SECOND);

    expect(
      (await act(ids.volumes.floating, { 'os-retype': { new_type: ids.types.bulk, migration_policy: 'never' } }))
        .status,
    ).toBe(400);
    expect(
      (await act(ids.volumes.floating, { 'os-retype': { new_type: ids.types.bulk, migration_policy: 'on-demand' } }))
        .status,
    ).toBe(202);
    expect((await volume(ids.volumes.floating)).status).toBe('retyping');
    simulator.advance(20 * SECOND);
    expect(await volume(ids.volumes.floating)).toMatchObject({
      status: 'available',
      volume_type: 'Storwize bulk',
      'os-vol-host-attr:host': 'v7000-1#Pool0',
    });

    expect((await act(ids.volumes.floating, { 'os-update_readonly_flag': { readonly: true } })).status).toBe(202);
    expect((await act(ids.volumes.floating, { 'os-set_bootable': { bootable: true } })).status).toBe(200);
    expect((await act(ids.volumes.floating, { explode: {} })).status).toBe(400);
    const put = await api.cinder('PUT', `/volumes/${ids.volumes.floating}`, {
      volume: { name: 'n', description: 'd', multiattach: true },
    });
    expect(put.body.volume).toMatchObject({
      name: 'n',
      description: 'd',
      multiattach: true,
      bootable: 'true',
      metadata: { readonly: 'True' },
    });
    const metadata = `/volumes/${ids.volumes.floating}/metadata`;
    expect(
      (await api.cinder('POST', metadata, { metadata: { 'ovirt.vm': '1', 'ovirt.active': 'false' } })).body.metadata,
    ).toMatchObject({ 'ovirt.vm': '1', readonly: 'True' });
    const found = (
      await api.cinder(
        'GET',
        `/volumes/detail?${new URLSearchParams({ metadata: "{'ovirt.vm': '1', 'ovirt.active': 'false'}" }).toString()}`,
      )
    ).body.volumes as unknown as Json[];
    expect(found.map(({ id: each }) => each)).toEqual([ids.volumes.floating]);
    expect((await api.cinder('DELETE', `${metadata}/ovirt.vm`)).status).toBe(200);
    expect((await api.cinder('DELETE', `${metadata}/ovirt.vm`)).body.itemNotFound!.message).toBe(
      `Volume ${ids.volumes.floating} has no metadata with key ovirt.vm.`,
    );
    expect((await api.cinder('POST', metadata, { metadata: { k: 'x'.repeat(256) } })).status).toBe(400);
  });
});
