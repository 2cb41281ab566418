import { describe, expect, it } from 'vitest';
import { defaultIds as ids, plainInventory } from '../src/simulator/index.js';
import { api, login, simulator, text, useSimulator, type Json } from './simulator-client.js';

const id = (record: Json | undefined): string => text(record?.id);
const message = ({ body }: { body: Json }): string => text(Object.values(body as unknown as Json[])[0]?.message);

describe('the simulator: what clients of OpenStack ask of Nova and Cinder besides servers and volumes', () => {
  useSimulator({ inventory: plainInventory });

  it('Nova lists the migrations and resizes of all servers, with how they ended', async () => {
    const { rhel } = ids.servers;
    const flavor = { id: 'big', name: 'big', ram: 16_384, vcpus: 4, disk: 60 };
    await api.nova('POST', '/flavors', { flavor });
    const old = simulator.world.servers.get(rhel)!.flavor_id;
    expect((await api.nova('POST', `/servers/${rhel}/action`, { resize: { flavorRef: 'big' } })).status).toBe(202);
    const listed = async (query = '') =>
      (await api.nova('GET', `/os-migrations${query}`, undefined, { 'openstack-api-version': 'compute 2.59' })).body
        .migrations as unknown as Json[];
    const [begun] = await listed();
    expect(begun).toMatchObject({ instance_uuid: rhel, status: 'migrating', migration_type: 'resize' });
    expect(begun!.old_instance_type_id).not.toBe(begun!.new_instance_type_id);
    simulator.advance(60_000);
    expect((await listed(`?instance_uuid=${rhel}`))[0]).toMatchObject({ status: 'finished' });
    await api.nova('POST', `/servers/${rhel}/action`, { revertResize: null });
    expect((await listed('?status=reverted'))[0]).toMatchObject({ id: begun!.id, uuid: begun!.uuid });
    expect(simulator.world.servers.get(rhel)!.flavor_id).toBe(old);
  });

  it('Nova passes volumes, snapshots and networks through up to 2.35, and lists its extensions', async () => {
    const { volume } = (await api.nova('POST', '/os-volumes', { volume: { size: 1, display_name: 'old' } })).body;
    expect(volume).toMatchObject({ size: 1, displayName: 'old', attachments: [{}] });
    simulator.advance(60_000);
    expect((await api.cinder('GET', `/volumes/${id(volume)}`)).body.volume).toMatchObject({ name: 'old' });
    const { snapshot } = (await api.nova('POST', '/os-snapshots', { snapshot: { volume_id: volume!.id } })).body;
    expect((await api.nova('GET', `/os-snapshots/${id(snapshot)}`)).body.snapshot).toMatchObject({
      volumeId: volume!.id,
    });
    expect((await api.nova('GET', `/os-tenant-networks/${ids.networks.vlan100}`)).body.network).toEqual({
      id: ids.networks.vlan100,
      cidr: 'None',
      label: 'VLAN100',
    });
    const later = { 'openstack-api-version': 'compute 2.36' };
    expect((await api.nova('GET', '/os-volumes', undefined, later)).status).toBe(404);
    expect((await api.nova('GET', '/extensions/os-volumes')).body.extension).toMatchObject({ name: 'Volumes' });
    expect((await api.nova('GET', '/os-agents')).status).toBe(410);
  });

  it('hosts are enabled by administrators alone, and no driver here starts or ends one', async () => {
    const path = `/os-hosts/${ids.power9}`;
    expect((await api.nova('PUT', path, { status: 'disable' })).body).toEqual({ host: ids.power9, status: 'disabled' });
    expect(simulator.world.hosts.get(ids.power9)!.service_status).toBe('disabled');
    expect((await api.nova('PUT', path, { status: 'maybe' })).status).toBe(400);
    expect((await api.nova('GET', `${path}/reboot`)).status).toBe(501);
    const operator = await login(simulator, 'operator');
    expect((await operator.nova('GET', `${path}/reboot`)).status).toBe(403);
    const audit = (await api.nova('GET', '/os-instance_usage_audit_log/2026-03-15%2000:00:00')).body;
    expect(audit.instance_usage_audit_log).toMatchObject({
      period_beginning: '2026-02-01 00:00:00',
      period_ending: '2026-03-01 00:00:00',
      num_hosts: 2,
    });
  });

  it('QoS specs belong to volume types, and stay while they are in use', async () => {
    const made = await api.cinder('POST', '/qos-specs', { qos_specs: { name: 'slow', consumer: 'both', iops: 100 } });
    expect(made.body.qos_specs).toMatchObject({ name: 'slow', consumer: 'both', specs: { iops: '100' } });
    const qos = `/qos-specs/${id(made.body.qos_specs)}`;
    const type = (await api.cinder('POST', '/types', { volume_type: { name: 't' } })).body.volume_type!;
    expect((await api.cinder('GET', `${qos}/associate?vol_type_id=${id(type)}`)).status).toBe(202);
    expect((await api.cinder('GET', `/types/${id(type)}`)).body.volume_type).toMatchObject({
      qos_specs_id: id(made.body.qos_specs),
    });
    expect(message(await api.cinder('DELETE', qos))).toBe('Qos specs still in use.');
    expect((await api.cinder('PUT', `${qos}/delete_keys`, { keys: ['nothing'] })).status).toBe(404);
    expect((await api.cinder('GET', `${qos}/disassociate_all`)).status).toBe(202);
    expect((await api.cinder('DELETE', qos)).status).toBe(202);
  });

  it('volume types tell how their volumes are encrypted', async () => {
    const type = (await api.cinder('POST', '/types', { volume_type: { name: 't' } })).body.volume_type!;
    const path = `/types/${id(type)}/encryption`;
    expect((await api.cinder('GET', path)).body).toEqual({});
    const sent = { encryption: { provider: 'luks', control_location: 'front-end', cipher: 'aes' } };
    expect((await api.cinder('POST', path, sent)).body.encryption).toMatchObject({ provider: 'luks', key_size: null });
    expect((await api.cinder('POST', path, sent)).status).toBe(400);
    expect((await api.cinder('PUT', `${path}/${id(type)}`, { encryption: { key_size: 256 } })).status).toBe(200);
    expect((await api.cinder('GET', path)).body).toMatchObject({ key_size: 256, deleted: false });
    expect((await api.cinder('DELETE', `${path}/${id(type)}`)).status).toBe(202);
    expect((await api.cinder('GET', `${path}/cipher`)).status).toBe(404);
  });

  it('a volume that no back end can take tells why in a message', async () => {
    const specs = { name: 'odd', extra_specs: { storage_protocol: 'carrier pigeon' } };
    await api.cinder('POST', '/types', { volume_type: specs });
    const made = await api.cinder('POST', '/volumes', { volume: { size: 1, volume_type: 'odd' } });
    simulator.advance(60_000);
    const { volume } = (await api.cinder('GET', `/volumes/${id(made.body.volume)}`)).body;
    expect(volume).toMatchObject({ status: 'error' });
    const version = { 'openstack-api-version': 'volume 3.3' };
    const { messages } = (await api.cinder('GET', '/messages', undefined, version)).body;
    expect(messages).toMatchObject([{ resource_uuid: id(volume), message_level: 'ERROR' }]);
    expect((await api.cinder('GET', '/messages')).status).toBe(404);
  });

  it('Cinder holds the limits for a single volume and for the space of snapshots', async () => {
    const set = (quota_set: Record<string, number>) =>
      api.cinder('PUT', `/os-quota-sets/${ids.project}`, { quota_set });
    const before = (await set({ per_volume_gigabytes: 5, backups: 11 })).body.quota_set!;
    expect(before).toMatchObject({ per_volume_gigabytes: 5, backups: 11 });
    const tooLarge = await api.cinder('POST', '/volumes', { volume: { size: 6 } });
    expect([tooLarge.status, message(tooLarge)]).toEqual([
      413,
      'VolumeSizeExceedsLimit: Requested volume size 6G is larger than maximum allowed limit 5G.',
    ]);
    const made = await api.cinder('POST', '/volumes', { volume: { size: 1 } });
    simulator.advance(60_000);
    await set({ gigabytes: 1 });
    const version = { 'openstack-api-version': 'volume 3.66' };
    const snapshot = { snapshot: { volume_id: id(made.body.volume) } };
    expect((await api.cinder('POST', '/snapshots', snapshot, version)).status).toBe(413);
    const elsewhere = await api.cinder('POST', '/volumes', { volume: { size: 1, availability_zone: 'nowhere' } });
    expect(message(elsewhere)).toBe("Availability zone 'nowhere' is invalid.");
  });
});
