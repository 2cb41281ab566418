import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainInventory, type Simulator } from '../src/simulator/index.js';
import { login, start, text, type Client, type Json } from './simulator-client.js';

/** What OpenStack's own clients and tests ask of the simulated OpenStack: forms of answers, and rarer calls. */
describe('the simulated OpenStack: compute and networks', () => {
  let simulator: Simulator;

  let api: Client;

  beforeAll(async () => {
    simulator = await start({ inventory: plainInventory, validation: 'off' });
    api = await login(simulator);
  });

  afterAll(() => simulator.close());

  const compute = (minor: number) => ({ 'openstack-api-version': `compute 2.${minor}` });

  const message = ({ body }: { body: Json }): string =>
    (Object.values(body)[0] as unknown as { message: string }).message;

  const later = (): void => simulator.advance(120_000);

  it('routes between subnets by interfaces', async () => {
    const network = (await api.neutron('POST', '/v2.0/networks', { network: { name: 'inner' } })).body.network!;
    const subnet = (
      await api.neutron('POST', '/v2.0/subnets', {
        subnet: { network_id: network.id, cidr: '10.1.0.0/24', ip_version: 4 },
      })
    ).body.subnet!;
    const created = await api.neutron('POST', '/v2.0/routers', { router: { name: 'r' } });
    expect([created.status, created.body.router]).toEqual([
      201,
      expect.objectContaining({ name: 'r', status: 'ACTIVE', external_gateway_info: null, routes: [] }),
    ]);
    const router = `/v2.0/routers/${text(created.body.router!.id)}`;
    const added = await api.neutron('PUT', `${router}/add_router_interface`, { subnet_id: subnet.id });
    expect(added.body).toMatchObject({ subnet_id: subnet.id, subnet_ids: [subnet.id] });
    const port = (await api.neutron('GET', `/v2.0/ports/${text(added.body.port_id)}`)).body.port!;
    expect(port).toMatchObject({
      device_owner: 'network:router_interface',
      fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.1.0.1' }],
    });
    expect((await api.neutron('PUT', `${router}/add_router_interface`, { subnet_id: subnet.id })).status).toBe(400);
    expect((await api.neutron('DELETE', router)).status).toBe(409);
    expect((await api.neutron('PUT', `${router}/remove_router_interface`, { subnet_id: subnet.id })).status).toBe(200);
    expect((await api.neutron('DELETE', router)).status).toBe(204);
    expect((await api.neutron('GET', router)).status).toBe(404);
  });

  it('an administrator makes networks for another project', async () => {
    const project = (await api.keystone('POST', '/projects', { project: { name: 'other' } })).body.project!;
    const network = { network: { name: 'theirs', project_id: project.id } };
    expect((await api.neutron('POST', '/v2.0/networks', network)).body.network).toMatchObject({
      project_id: project.id,
    });
    const member = await login(simulator, 'operator');
    expect((await member.neutron('POST', '/v2.0/networks', network)).status).toBe(403);
  });

  it('an aggregate: its form when made, its changes, its hosts', async () => {
    const created = (await api.nova('POST', '/os-aggregates', { aggregate: { name: 'a1', availability_zone: 'z1' } }))
      .body.aggregate!;
    expect(Object.keys(created)).not.toContain('hosts');
    const path = `/os-aggregates/${text(created.id)}`;
    expect((await api.nova('PUT', path, { aggregate: { name: 'a2' } })).body.aggregate).toMatchObject({
      name: 'a2',
      hosts: [],
    });
    const { body } = await api.nova('GET', '/os-hypervisors');
    const host = text((body.hypervisors as unknown as Json[])[0]!.hypervisor_hostname);
    expect((await api.nova('POST', `${path}/action`, { add_host: { host } })).status).toBe(200);
    expect((await api.nova('POST', `${path}/action`, { add_host: { host } })).status).toBe(409);
    expect((await api.nova('GET', path, undefined, compute(41))).body.aggregate).toMatchObject({
      uuid: expect.any(String) as string,
      hosts: [host],
    });
    expect((await api.nova('POST', `${path}/action`, { remove_host: { host } })).status).toBe(200);
    expect((await api.nova('POST', `${path}/action`, { remove_host: { host } })).status).toBe(404);
    expect((await api.nova('DELETE', path)).status).toBe(200);
  });

  it('hypervisors by microversion: by name, with servers, and since 2.88 without what Placement measures', async () => {
    const found = await api.nova('GET', '/os-hypervisors/910522A/search');
    expect(found.body.hypervisors).toHaveLength(1);
    expect((await api.nova('GET', '/os-hypervisors/nowhere/search')).status).toBe(404);
    const [first] = (await api.nova('GET', '/os-hypervisors/detail?with_servers=true', undefined, compute(88))).body
      .hypervisors as unknown as Json[];
    expect(Object.keys(first!)).toEqual(expect.arrayContaining(['uptime', 'servers']));
    expect(Object.keys(first!)).not.toContain('vcpus');
    const hosts = (await api.nova('GET', '/os-hosts')).body.hosts as unknown as Json[];
    expect(Object.keys(hosts[0]!).sort()).toEqual(['host_name', 'service', 'zone']);
  });

  it('services by host before 2.53', async () => {
    const [{ host }] = (await api.nova('GET', '/os-services')).body.services as unknown as [Json];
    const body = { host, binary: 'nova-compute', disabled_reason: 'tests' };
    expect((await api.nova('PUT', '/os-services/disable-log-reason', body)).body.service).toEqual({
      host,
      binary: 'nova-compute',
      status: 'disabled',
      disabled_reason: 'tests',
    });
    expect((await api.nova('PUT', '/os-services/enable', body)).body.service).toMatchObject({ status: 'enabled' });
    expect((await api.nova('PUT', '/os-services/force-down', body)).status).toBe(404);
    expect((await api.nova('PUT', '/os-services/nothing', body)).status).toBe(404);
  });

  it('a change of a server answers briefly up to 2.74, and as GET since', async () => {
    const [server] = (await api.nova('GET', '/servers')).body.servers as unknown as Json[];
    const path = `/servers/${text(server!.id)}`;
    const changes = { accessIPv4: '1.2.3.4', accessIPv6: '0:0::babe:0001', 'OS-DCF:diskConfig': 'AUTO' };
    const brief = (await api.nova('PUT', path, { server: changes })).body.server!;
    expect(brief).toMatchObject({ accessIPv4: '1.2.3.4', accessIPv6: '::babe:1', 'OS-DCF:diskConfig': 'AUTO' });
    expect(Object.keys(brief)).not.toContain('OS-EXT-STS:vm_state');
    const described = { server: { description: 'the first' } };
    expect((await api.nova('PUT', path, described)).status).toBe(400);
    const whole = (await api.nova('PUT', path, described, compute(75))).body.server!;
    expect(whole).toMatchObject({ description: 'the first', server_groups: [] });
    expect(whole).toEqual((await api.nova('GET', path, undefined, compute(75))).body.server);
    const listed = (await api.nova('GET', '/servers/detail', undefined, compute(75))).body.servers as unknown as Json[];
    expect(listed.every((one) => !Object.hasOwn(one, 'server_groups'))).toBe(true);
    expect((await api.nova('PUT', path, { server: { accessIPv4: 'nowhere' } })).status).toBe(400);
    expect(Object.keys((await api.nova('GET', `${path}/ips`)).body.addresses!)).toContain('VLAN100');
    expect((await api.nova('GET', `${path}/ips/nowhere`)).status).toBe(404);
  });

  it('flavors with numbers as texts, an id that is a number, and access by project', async () => {
    const requested = { name: 'f1', ram: '512', vcpus: '1', disk: 2, id: 4711, swap: 64, rxtx_factor: 2 };
    const created = await api.nova('POST', '/flavors', {
      flavor: { ...requested, 'os-flavor-access:is_public': 'False' },
    });
    expect(created.body.flavor).toMatchObject({ id: '4711', ram: 512, swap: 64, 'os-flavor-access:is_public': false });
    expect((await api.nova('PUT', '/flavors/4711/os-extra_specs/k', { k: '1', l: '2' })).status).toBe(400);
    expect((await api.nova('GET', '/flavors?minRam=lots')).status).toBe(400);
    expect((await api.nova('POST', '/flavors', { flavor: { ...requested, id: 'x', name: '' } })).status).toBe(400);
  });

  it('several servers: least, most, and one reservation', async () => {
    const [network] = (await api.neutron('GET', '/v2.0/networks?name=VLAN100')).body.networks as unknown as Json[];
    const image = (
      await api.glance('POST', '/v2/images', { name: 'raw', disk_format: 'raw', container_format: 'bare' })
    ).body;
    const file = `/v2/images/${text(image.id)}/file`;
    expect((await api.glance('PUT', file, 'x', { 'content-type': 'application/octet-stream' })).status).toBe(204);
    const create = (more: object) =>
      api.nova('POST', '/servers', {
        server: {
          name: 'many',
          imageRef: image.id,
          flavorRef: 'tiny',
          networks: [{ uuid: network!.id }],
          return_reservation_id: true,
          ...more,
        },
      });
    expect(message(await create({ min_count: 3, max_count: 2 }))).toBe('min_count must be <= max_count');
    expect((await create({ min_count: 0 })).status).toBe(400);
    const created = await create({ min_count: 2 });
    expect([created.status, created.body]).toEqual([202, { reservation_id: expect.any(String) as string }]);
    const query = `/servers?reservation_id=${text(created.body.reservation_id)}`;
    const found = (await api.nova('GET', query)).body.servers as unknown as Json[];
    expect(found.map(({ name }) => name).sort()).toEqual(['many-1', 'many-2']);
    expect((await api.nova('GET', '/servers?limit=0')).body.servers).toEqual([]);
    later();
    const path = `/servers/${text(found[0]!.id)}`;
    expect((await api.nova('POST', `${path}/action`, { 'os-getConsoleOutput': { length: 3 } })).body.output).toMatch(
      /^(.*\n){2}.*$/,
    );
    const backup = { createBackup: { name: 'b', backup_type: 'daily', rotation: 1 } };
    for (let round = 0; round < 2; round += 1) {
      const taken = await api.nova('POST', `${path}/action`, backup);
      expect([taken.status, taken.body]).toEqual([202, undefined]);
      later();
    }
    const backups = (await api.nova('GET', '/images/detail?type=backup')).body.images as unknown as Json[];
    expect(backups.map(({ name, status, progress }) => [name, status, progress])).toEqual([['b', 'ACTIVE', 100]]);
  });

  it("images and security groups by Nova's old ways, until they end", async () => {
    const [image] = (await api.nova('GET', '/images?limit=1')).body.images as unknown as Json[];
    expect(Object.keys(image!).sort()).toEqual(['id', 'links', 'name']);
    const path = `/images/${text(image!.id)}/metadata`;
    expect((await api.nova('POST', path, { metadata: { colour: 'red' } })).body.metadata).toMatchObject({
      colour: 'red',
    });
    expect((await api.nova('PUT', `${path}/colour`, { meta: { colour: 'blue' } })).body.meta).toEqual({
      colour: 'blue',
    });
    expect((await api.nova('DELETE', `${path}/colour`)).status).toBe(204);
    expect((await api.nova('GET', `${path}/colour`)).status).toBe(404);
    expect((await api.nova('GET', '/images', undefined, compute(36))).status).toBe(404);
    const created = await api.nova('POST', '/os-security-groups', { security_group: { name: 'g', description: 'd' } });
    const group = text(created.body.security_group!.id);
    const rule = { parent_group_id: group, ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr: '10.0.0.0/8' };
    const added = await api.nova('POST', '/os-security-group-rules', { security_group_rule: rule });
    expect(added.body.security_group_rule).toMatchObject({ from_port: 22, ip_range: { cidr: '10.0.0.0/8' } });
    const bad = { security_group_rule: { ...rule, from_port: 99 } };
    expect((await api.nova('POST', '/os-security-group-rules', bad)).status).toBe(400);
    expect((await api.nova('POST', '/os-security-group-rules', { security_group_rule: rule })).status).toBe(400);
    const rules = `/os-security-group-rules/${text(added.body.security_group_rule!.id)}`;
    expect((await api.nova('DELETE', rules)).status).toBe(202);
    expect((await api.nova('DELETE', `/os-security-groups/${group}`)).status).toBe(202);
    expect((await api.nova('GET', `/os-security-groups/${group}`)).status).toBe(404);
  });

  it('keeps quotas that nobody counts, and those of volume types', async () => {
    const project = '1b0de4a0c0de4d0e8f00000000000001';
    const changed = { injected_files: 6, security_groups: 20, floating_ips: 3 };
    const set = await api.nova('PUT', `/os-quota-sets/${project}`, { quota_set: changed });
    expect(set.body.quota_set).toMatchObject(changed);
    expect((await api.nova('GET', `/os-quota-sets/${project}`)).body.quota_set).toMatchObject(changed);
    const [type] = (await api.cinder('GET', '/types')).body.volume_types as unknown as { name: string }[];
    const ofType = { [`volumes_${type!.name}`]: 4 };
    await api.cinder('PUT', '/os-quota-class-sets/default', { quota_class_set: ofType });
    expect((await api.cinder('GET', `/os-quota-sets/${project}`)).body.quota_set).toMatchObject(ofType);
    const own = { [`volumes_${type!.name}`]: 2 };
    await api.cinder('PUT', `/os-quota-sets/${project}`, { quota_set: own });
    expect((await api.cinder('GET', `/os-quota-sets/${project}`)).body.quota_set).toMatchObject(own);
    await api.cinder('DELETE', `/os-quota-sets/${project}`);
    expect((await api.cinder('GET', `/os-quota-sets/${project}`)).body.quota_set).toMatchObject(ofType);
  });

  it('the quotas of the class default are what a project has that nobody gave another', async () => {
    const before = (await api.nova('GET', '/os-quota-class-sets/default')).body.quota_class_set!;
    expect(before).toMatchObject({ id: 'default', cores: expect.any(Number) as number });
    const set = await api.nova('PUT', '/os-quota-class-sets/default', { quota_class_set: { key_pairs: '7' } });
    expect(set.body.quota_class_set).toMatchObject({ key_pairs: 7 });
    const own = (await api.nova('GET', '/os-quota-sets/1b0de4a0c0de4d0e8f00000000000001/defaults')).body.quota_set;
    expect(own).toMatchObject({ key_pairs: 7 });
    const volumes = (await api.cinder('GET', '/os-quota-class-sets/default')).body.quota_class_set;
    expect(volumes).toMatchObject({ id: 'default', volumes: expect.any(Number) as number });
  });

  it('ports: address pairs and options of DHCP; networks that lead outside; single fields', async () => {
    const [network] = (await api.neutron('GET', '/v2.0/networks?name=VLAN100')).body.networks as unknown as Json[];
    const requested = {
      network_id: network!.id,
      allowed_address_pairs: [{ ip_address: '10.9.9.9' }],
      extra_dhcp_opts: [{ opt_name: 'bootfile-name', opt_value: 'a' }],
    };
    const port = (await api.neutron('POST', '/v2.0/ports', { port: requested })).body.port!;
    expect(port).toMatchObject({
      allowed_address_pairs: [{ ip_address: '10.9.9.9', mac_address: port.mac_address }],
      extra_dhcp_opts: [{ opt_name: 'bootfile-name', opt_value: 'a', ip_version: 4 }],
    });
    const none = { port: { extra_dhcp_opts: [{ opt_name: 'bootfile-name', opt_value: null }] } };
    expect((await api.neutron('PUT', `/v2.0/ports/${text(port.id)}`, none)).body.port).toMatchObject({
      extra_dhcp_opts: [],
    });
    const outside = { network: { name: 'outside', 'router:external': true } };
    const created = (await api.neutron('POST', '/v2.0/networks', outside)).body.network!;
    expect(created).toMatchObject({ 'router:external': true, shared: false });
    const path = `/v2.0/networks/${text(created.id)}`;
    const member = await login(simulator, 'operator', 'ibm-default');
    expect((await member.neutron('GET', `${path}?fields=name`)).body.network).toEqual({ name: 'outside' });
    expect((await api.neutron('GET', '/v2.0/extensions/router')).body.extension).toMatchObject({ alias: 'router' });
    expect((await api.neutron('GET', '/v2.0/extensions/nothing')).status).toBe(404);
  });

  it('a router leads outside by an external network alone', async () => {
    const outside = { name: 'public', 'router:external': true };
    const network = (await api.neutron('POST', '/v2.0/networks', { network: outside })).body.network!;
    const subnet = { network_id: network.id, cidr: '203.0.113.0/24', ip_version: 4 };
    await api.neutron('POST', '/v2.0/subnets', { subnet });
    const create = (id: unknown) =>
      api.neutron('POST', '/v2.0/routers', { router: { name: 'out', external_gateway_info: { network_id: id } } });
    const created = (await create(network.id)).body.router!;
    expect(created.external_gateway_info).toMatchObject({
      network_id: network.id,
      external_fixed_ips: [{ ip_address: '203.0.113.2' }],
    });
    const [inside] = (await api.neutron('GET', '/v2.0/networks?name=VLAN100')).body.networks as unknown as Json[];
    const before = ((await api.neutron('GET', '/v2.0/routers')).body.routers as unknown as Json[]).length;
    expect((await create(inside!.id)).status).toBe(400);
    expect((await api.neutron('GET', '/v2.0/routers')).body.routers).toHaveLength(before);
    const path = `/v2.0/routers/${text(created.id)}`;
    expect((await api.neutron('PUT', path, { router: { external_gateway_info: {} } })).body.router).toMatchObject({
      external_gateway_info: null,
    });
    expect((await api.neutron('DELETE', path)).status).toBe(204);
  });

  it.each([
    ['an unknown protocol', { protocol: 'odd' }],
    ['a range that goes down', { protocol: 'tcp', port_range_min: 9, port_range_max: 1 }],
    ['ports of no protocol', { port_range_min: 9, port_range_max: 9 }],
    ['a port that is none', { protocol: 'udp', port_range_min: 1, port_range_max: 70_000 }],
    ['an address that is none', { remote_ip_prefix: '10.0.0.0/99' }],
    ['an unknown family', { ethertype: 'IPX' }],
    ['two kinds of remote', { remote_ip_prefix: '10.0.0.0/8', remote_group_id: 'x' }],
  ])('a rule of a security group with %s is refused', async (_, more) => {
    const { body } = await api.neutron('GET', '/v2.0/security-groups?name=default');
    const [group] = body.security_groups as unknown as Json[];
    const rule = { security_group_id: group!.id, direction: 'ingress', ...more };
    expect((await api.neutron('POST', '/v2.0/security-group-rules', { security_group_rule: rule })).status).toBe(400);
  });

  it('what other services tell Nova is taken, of servers that are there', async () => {
    const [server] = (await api.nova('GET', '/servers')).body.servers as unknown as Json[];
    const event = (id: unknown) => ({ name: 'network-changed', server_uuid: id });
    const send = (...events: object[]) => api.nova('POST', '/os-server-external-events', { events });
    expect((await send(event(server!.id))).body).toEqual({
      events: [{ ...event(server!.id), status: 'completed', code: 200 }],
    });
    expect((await send(event(server!.id), event('none'))).status).toBe(207);
    expect((await send(event('none'))).status).toBe(404);
  });
});
