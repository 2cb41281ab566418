import { describe, expect, it } from 'vitest';
import { plainInventory } from '../src/simulator/index.js';
import { api, text, useSimulator, type Seen } from './simulator-client.js';

/** What openstackclient shows of servers, images and rules, as the real services answered it. */
describe('the simulator: answers that openstackclient shows', () => {
  useSimulator({ inventory: plainInventory });

  const nova = (version: string, method: string, path: string, body?: unknown): Promise<Seen> =>
    api.nova(method, path, body, { 'openstack-api-version': `compute ${version}` });
  const first = async (): Promise<string> => text((await nova('2.1', 'GET', '/servers')).body.servers![0]!.id);

  it('an attachment tells what its microversion knows', async () => {
    const path = `/servers/${await first()}/os-volume_attachments`;
    const keys = async (version: string): Promise<string[]> =>
      Object.keys((await nova(version, 'GET', path)).body.volumeAttachments![0]!);
    expect(await keys('2.1')).toEqual(['id', 'volumeId', 'serverId', 'device']);
    expect(await keys('2.79')).toEqual(['id', 'volumeId', 'serverId', 'device', 'tag', 'delete_on_termination']);
    const latest = ['volumeId', 'serverId', 'device', 'tag', 'delete_on_termination', 'attachment_id', 'bdm_uuid'];
    expect(await keys('2.89')).toEqual(latest);
  });

  it('a lock tells its reason until it is undone', async () => {
    const id = await first();
    const reason = async (): Promise<unknown> =>
      (await nova('2.73', 'GET', `/servers/${id}`)).body.server!.locked_reason;
    await nova('2.73', 'POST', `/servers/${id}/action`, { lock: { locked_reason: 'audit' } });
    expect(await reason()).toBe('audit');
    await nova('2.73', 'POST', `/servers/${id}/action`, { unlock: null });
    expect(await reason()).toBeNull();
  });

  it('a server shows ephemeral disk and swap of its flavor', async () => {
    const sizes = { ram: 2048, vcpus: 1, disk: 1, 'OS-FLV-EXT-DATA:ephemeral': 2, swap: 64 };
    const { flavor } = (await nova('2.1', 'POST', '/flavors', { flavor: { name: 'scratch', ...sizes } })).body;
    const { images } = (await api.glance('GET', '/v2/images?disk_format=raw')).body;
    const made = await nova('2.47', 'POST', '/servers', {
      server: { name: 'scratch', flavorRef: flavor!.id, imageRef: images![0]!.id, networks: 'none' },
    });
    expect(made.status, JSON.stringify(made.body)).toBe(202);
    const { server } = (await nova('2.47', 'GET', `/servers/${text(made.body.server!.id)}`)).body;
    expect(server!.flavor).toMatchObject({ ephemeral: 2, swap: 64, original_name: 'scratch' });
  });

  it('no server that is there is listed as deleted', async () => {
    expect((await nova('2.1', 'GET', '/servers?deleted=True')).body.servers).toEqual([]);
    expect((await nova('2.1', 'GET', '/servers?deleted=False')).body.servers).not.toEqual([]);
  });

  it('only a shared image has members to list', async () => {
    const { images } = (await api.glance('GET', '/v2/images?visibility=public')).body;
    const answer = await api.glance('GET', `/v2/images/${text(images![0]!.id)}/members`);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([403, expect.stringContaining('Only shared images')]);
  });

  it('ICMP for IPv6 has one name, whatever the rule was made with', async () => {
    const { security_group: group } = (
      await api.neutron('POST', '/v2.0/security-groups', { security_group: { name: 'icmp' } })
    ).body;
    const names = await Promise.all(
      ['icmp', 'icmpv6', 'ipv6-icmp'].map(async (protocol, code) => {
        const rule = { security_group_id: group!.id, direction: 'ingress', ethertype: 'IPv6', protocol };
        const { body } = await api.neutron('POST', '/v2.0/security-group-rules', {
          security_group_rule: { ...rule, port_range_min: code },
        });
        return body.security_group_rule!.protocol;
      }),
    );
    expect(names).toEqual(['ipv6-icmp', 'ipv6-icmp', 'ipv6-icmp']);
  });
});
