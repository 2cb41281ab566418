import { describe, expect, it } from 'vitest';
import { defaultIds as ids } from '../src/simulator/index.js';
import { api, logInAgain, login, simulator, text, useSimulator, type Json } from './simulator-client.js';

describe('the simulator: networks, ports, images, metrics', () => {
  useSimulator();

  const make = (requested: Record<string, unknown>) =>
    api.neutron('POST', '/v2.0/ports', { port: { network_id: ids.networks.vlan100, ...requested } });
  const interfaces = (method: string, path = '', body?: unknown) =>
    api.nova(method, `/servers/${ids.servers.rhel}/os-interface${path}`, body);
  const error = (answer: { body: Json }) => answer.body.NeutronError as unknown as { type: string; message: string };

  it('makes, changes and removes ports', async () => {
    const created = await make({ name: 'p1', mac_address: 'FA:16:3E:00:01:01', description: 'ovirt-vm=1' });
    expect(created.status).toBe(201);
    const port = created.body.port!;
    expect(port).toMatchObject({
      name: 'p1',
      status: 'DOWN',
      device_id: '',
      mac_address: 'fa:16:3e:00:01:01',
      fixed_ips: [{ subnet_id: ids.subnet, ip_address: '192.168.100.2' }],
      'binding:vif_type': 'unbound',
      admin_state_up: true,
      revision_number: 1,
    });
    expect(error(await make({ mac_address: 'fa:16:3e:00:01:01' }))).toMatchObject({
      type: 'MacAddressInUse',
      message: `Unable to complete operation for network ${ids.networks.vlan100}. The mac address fa:16:3e:00:01:01 is in use.`,
    });
    expect(error(await make({ fixed_ips: [{ ip_address: '192.168.100.2' }] })).type).toBe('IpAddressAlreadyAllocated');
    expect(error(await make({ fixed_ips: [{ ip_address: '1.2.3.4' }] })).type).toBe('InvalidIpForNetwork');
    expect(error(await make({ mac_address: 'zz' })).message).toBe(
      "Invalid input for mac_address. Reason: 'zz' is not a valid MAC address.",
    );
    expect(error(await make({ network_id: 'nope' })).type).toBe('NetworkNotFound');
    expect(error(await make({ colour: 'red' })).message).toBe("Unrecognized attribute(s) 'colour'");
    const path = `/v2.0/ports/${text(port.id)}`;
    expect(
      (
        await api.neutron('PUT', path, {
          port: { name: 'p2', admin_state_up: false, mac_address: 'fa:16:3e:00:01:02' },
        })
      ).body.port,
    ).toMatchObject({ name: 'p2', admin_state_up: false, mac_address: 'fa:16:3e:00:01:02', revision_number: 2 });
    expect(
      (await api.neutron('PUT', path, { port: { name: 'p3' } }, { 'if-match': 'revision_number=99' })).status,
    ).toBe(412);
    expect((await api.neutron('DELETE', path)).status).toBe(204);
    expect(error(await api.neutron('GET', path))).toEqual({
      type: 'PortNotFound',
      message: `Port ${text(port.id)} could not be found.`,
      detail: '',
    });
  });

  it('filters, picks fields, pages', async () => {
    const list = async (query: string) => (await api.neutron('GET', `/v2.0/ports?${query}`)).body;
    expect((await list(`device_id=${ids.servers.ubuntu}`)).ports).toHaveLength(2);
    expect((await list(`device_id=${ids.servers.ubuntu}&device_id=${ids.servers.rhel}`)).ports).toHaveLength(3);
    await make({ description: 'a' });
    await make({ description: 'b' });
    expect((await list('description=a&description=b')).ports).toHaveLength(2);
    expect((await list('fields=id&fields=mac_address')).ports).toContainEqual({
      id: ids.ports.aix,
      mac_address: 'fa:16:3e:00:00:01',
    });
    const page = await list('limit=3');
    expect(page.ports).toHaveLength(3);
    expect(page.ports_links).toMatchObject([{ rel: 'next' }, { rel: 'previous' }]);
    expect((await list(new URL(text(page.ports_links![0]!.href)).search.slice(1))).ports).toHaveLength(3);
    expect(error({ body: await list('colour=red') }).message).toBe("['colour'] is invalid attribute for filtering");
    const names = (await api.neutron('GET', '/v2.0/networks?name=VLAN100')).body.networks as unknown as Json[];
    expect(names).toMatchObject([{ id: ids.networks.vlan100, subnets: [ids.subnet], 'provider:segmentation_id': 100 }]);
    const operator = await login(simulator, 'operator');
    expect((await operator.neutron('GET', '/v2.0/networks')).body.networks![0]).not.toHaveProperty(
      'provider:segmentation_id',
    );
  });

  it('plugs ports into servers: those made by Nova go with the detach, others stay', async () => {
    const own = text((await make({ name: 'mine' })).body.port!.id);
    expect(
      (await interfaces('POST', '', { interfaceAttachment: { port_id: own } })).body.interfaceAttachment,
    ).toMatchObject({ port_id: own, net_id: ids.networks.vlan100, port_state: 'ACTIVE' });
    const nova = await interfaces('POST', '', {
      interfaceAttachment: { net_id: ids.networks.vlan100, fixed_ips: [{ ip_address: '192.168.100.77' }] },
    });
    const theirs = text(nova.body.interfaceAttachment!.port_id);
    expect((await interfaces('GET')).body.interfaceAttachments).toHaveLength(3);
    expect((await api.neutron('GET', `/v2.0/ports/${own}`)).body.port).toMatchObject({
      device_id: ids.servers.rhel,
      device_owner: 'compute:nova',
      status: 'ACTIVE',
      'binding:host_id': ids.power10,
    });
    expect(
      error(await api.neutron('PUT', `/v2.0/ports/${own}`, { port: { mac_address: 'fa:16:3e:00:00:77' } })).type,
    ).toBe('PortBound');
    expect(
      (await interfaces('POST', '', { interfaceAttachment: { port_id: own } })).body.conflictingRequest!.message,
    ).toBe(`Port ${own} is still in use.`);
    expect(
      (await interfaces('POST', '', { interfaceAttachment: { port_id: 'nope' } })).body.itemNotFound!.message,
    ).toBe('Port id nope could not be found.');
    expect(
      (
        await interfaces('POST', '', {
          interfaceAttachment: { net_id: ids.networks.vlan100, fixed_ips: [{ ip_address: '192.168.100.77' }] },
        })
      ).body.conflictingRequest!.message,
    ).toBe('Fixed IP 192.168.100.77 is already in use.');
    expect((await interfaces('POST', '', { interfaceAttachment: { net_id: 'nope' } })).status).toBe(500);
    for (const id of [own, theirs, theirs]) expect((await interfaces('DELETE', `/${id}`)).status).toBe(202);
    simulator.advance(1000);
    expect((await api.neutron('GET', `/v2.0/ports/${theirs}`)).status).toBe(404);
    expect((await api.neutron('GET', `/v2.0/ports/${own}`)).body.port).toMatchObject({
      device_id: '',
      device_owner: '',
      status: 'DOWN',
    });
    await interfaces('POST', '', { interfaceAttachment: { port_id: own } });
    await api.neutron('DELETE', `/v2.0/ports/${own}`);
    expect((await interfaces('GET')).body.interfaceAttachments).toHaveLength(1);
    expect((await interfaces('GET', `/${own}`)).status).toBe(404);
  });

  it('makes networks and subnets', async () => {
    const created = (
      await api.neutron('POST', '/v2.0/networks', {
        network: {
          name: 'n',
          'provider:network_type': 'vlan',
          'provider:physical_network': 'default',
          'provider:segmentation_id': 777,
        },
      })
    ).body.network!;
    expect(
      error(await api.neutron('POST', '/v2.0/networks', { network: { name: 'n', 'provider:segmentation_id': 777 } }))
        .message,
    ).toBe('Unable to create the network. The VLAN 777 on physical network default is in use.');
    expect(
      error(await api.neutron('POST', '/v2.0/networks', { network: { name: 'n', 'provider:segmentation_id': 5000 } }))
        .type,
    ).toBe('InvalidInput');
    const subnet = await api.neutron('POST', '/v2.0/subnets', {
      subnet: {
        network_id: created.id,
        ip_version: 4,
        cidr: '10.9.0.0/28',
        allocation_pools: [{ start: '10.9.0.3', end: '10.9.0.3' }],
      },
    });
    expect(subnet.status).toBe(201);
    expect(
      error(await api.neutron('POST', '/v2.0/subnets', { subnet: { network_id: created.id, cidr: '10.9.0.0/29' } }))
        .message,
    ).toMatch(/overlaps with another subnet/);
    expect(
      error(await api.neutron('POST', '/v2.0/subnets', { subnet: { network_id: created.id, cidr: 'x' } })).message,
    ).toBe('Invalid input for operation: x is not in a CIDR format.');
    const port = text((await make({ network_id: created.id })).body.port!.id);
    expect(error(await make({ network_id: created.id })).type).toBe('IpAddressGenerationFailure');
    expect(error(await api.neutron('DELETE', `/v2.0/networks/${text(created.id)}`)).message).toContain(
      `id for these ports is: ${port}.`,
    );
    expect(error(await api.neutron('DELETE', `/v2.0/subnets/${text(subnet.body.subnet!.id)}`)).type).toBe(
      'SubnetInUse',
    );
    await api.neutron('DELETE', `/v2.0/ports/${port}`);
    expect((await api.neutron('DELETE', `/v2.0/networks/${text(created.id)}`)).status).toBe(204);
    expect((await make({ network_id: ids.networks.vlan200 })).body.port!.fixed_ips).toEqual([]);
  });

  it("lists images in pages, and refuses in Glance's own way", async () => {
    const first = (await api.glance('GET', '/v2/images?limit=4')).body;
    expect(first).toMatchObject({ first: '/v2/images?limit=4', schema: '/v2/schemas/images' });
    expect((await api.glance('GET', text(first.next))).body.images).toHaveLength(2);
    expect((await api.glance('GET', '/v2/images?disk_format=iso')).body.images).toMatchObject([
      { id: ids.images.iso, name: 'rhel-9.4-ppc64le-dvd.iso', self: `/v2/images/${ids.images.iso}` },
    ]);
    expect((await api.glance('GET', '/v2/images?name=RHEL%209.4')).body.images).toHaveLength(1);
    const aix = (await api.glance('GET', `/v2/images/${ids.images.aix}`)).body;
    expect(aix).toMatchObject({ os_distro: 'aix', architecture: 'ppc64', min_disk: 40, status: 'active' });
    expect(JSON.parse(text(aix.block_device_mapping))).toMatchObject([{ boot_index: 0, volume_size: 40 }]);
    expect(await api.glance('GET', '/v2/images/nope')).toMatchObject({
      status: 404,
      body: { code: '404 Not Found', message: 'No image found with ID nope<br /><br />\n\n\n' },
    });
    expect(text((await api.glance('GET', '/v2/images/nope', undefined, { accept: 'text/html' })).body)).toMatch(
      /^<html>/,
    );
    const created = (await api.glance('POST', '/v2/images', { name: 'x', disk_format: 'raw', os_distro: 'rhel' })).body;
    expect(created).toMatchObject({ status: 'queued', size: null, os_distro: 'rhel' });
    const patch = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
    expect(
      (
        await api.glance(
          'PATCH',
          `/v2/images/${text(created.id)}`,
          [{ op: 'replace', path: '/protected', value: true }],
          patch,
        )
      ).body.protected,
    ).toBe(true);
    expect((await api.glance('DELETE', `/v2/images/${text(created.id)}`)).status).toBe(403);
    expect((await api.glance('PATCH', `/v2/images/${text(created.id)}`, [])).status).toBe(415);
  });

  it('measures what runs', async () => {
    const resource = (await api.metric('GET', `/v1/resource/instance/${ids.servers.rhel}`)).body;
    const [measure] = (await api.metric('GET', `/v1/metric/${text(resource.metrics!.cpu_util)}/measures`))
      .body as unknown as [string, number, number][];
    expect(measure![1]).toBe(300);
    expect(measure![2]).toBeGreaterThan(0);
    expect(measure![2]).toBeLessThan(100);
    expect(
      (await api.metric('GET', `/v1/resource/instance/${ids.servers.rhel}/metric/cpu_util/measures`)).body,
    ).toHaveLength(13);
    const disks = (
      await api.metric('POST', '/v1/search/resource/instance_disk', { '=': { instance_id: ids.servers.rhel } })
    ).body as unknown as Json[];
    expect(disks.map(({ name }) => name)).toEqual([ids.volumes.rhelBoot, ids.volumes.rhelData]);
    const reads = (
      await api.metric('GET', `/v1/metric/${text(disks[0]!.metrics!['disk.device.read.bytes'])}/measures?start=-900`)
    ).body as unknown as [string, number, number][];
    expect(reads).toHaveLength(4);
    for (let index = 1; index < reads.length; index++)
      expect(reads[index]![2]).toBeGreaterThanOrEqual(reads[index - 1]![2]);
    const nics = (
      await api.metric('POST', '/v1/search/resource/instance_network_interface', {
        '=': { instance_id: ids.servers.rhel },
      })
    ).body as unknown as Json[];
    expect(nics).toMatchObject([{ name: 'fa:16:3e:00:00:02' }]);
    expect(
      (await api.metric('GET', `/v1/resource/instance/${ids.servers.sles}/metric/cpu_util/measures`)).body,
    ).toEqual([]);
    simulator.load({ ...simulator.save(), settings: { metrics: 'off' } });
    await logInAgain();
    expect((await api.metric('GET', `/v1/resource/instance/${ids.servers.rhel}`)).status).toBe(404);
  });
});
