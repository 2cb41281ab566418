import { describe, expect, it } from 'vitest';
import { defaultIds as ids } from '../src/simulator/index.js';
import { api, login, simulator, text, useSimulator, type Json } from './simulator-client.js';

const error = (answer: { body: Json }) => answer.body.NeutronError as unknown as { type: string; message: string };
const make = async (path: string, one: string, body: unknown): Promise<Json> => {
  const answer = await api.neutron('POST', `/v2.0/${path}`, { [one]: body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body[one]!;
};
const idOf = (record: Json): string => text(record.id);

/** An external network, a network behind a router to it, and a port there. */
async function outside() {
  const external = await make('networks', 'network', { name: 'outside', 'router:external': true });
  await make('subnets', 'subnet', { network_id: external.id, cidr: '172.30.0.0/24', ip_version: 4 });
  const inside = await make('networks', 'network', { name: 'inside' });
  const subnet = await make('subnets', 'subnet', { network_id: inside.id, cidr: '10.76.0.0/24', ip_version: 4 });
  const router = await make('routers', 'router', { external_gateway_info: { network_id: external.id } });
  const port = await make('ports', 'port', { network_id: inside.id, name: 'web' });
  const connect = (verb: string) =>
    api.neutron('PUT', `/v2.0/routers/${idOf(router)}/${verb}_router_interface`, { subnet_id: subnet.id });
  return { external, subnet, router, port, connect };
}

describe('the simulator: Neutron beyond networks and ports', () => {
  useSimulator();

  it('takes the ranges of subnets from a subnet pool, and keeps the pool while it has some', async () => {
    const scope = await make('address-scopes', 'address_scope', { name: 's', ip_version: 4 });
    const pool = await make('subnetpools', 'subnetpool', {
      name: 'p',
      prefixes: ['10.77.0.0/16'],
      default_prefixlen: '24',
      max_prefixlen: 28,
      address_scope_id: scope.id,
    });
    expect(pool).toMatchObject({ min_prefixlen: 8, default_prefixlen: 24, max_prefixlen: 28, revision_number: 0 });
    expect(error(await api.neutron('DELETE', `/v2.0/address-scopes/${idOf(scope)}`)).type).toBe('AddressScopeInUse');
    const network = await make('networks', 'network', { name: 'n' });
    const request = { network_id: network.id, subnetpool_id: pool.id, ip_version: 4 };
    expect(await make('subnets', 'subnet', request)).toMatchObject({
      cidr: '10.77.0.0/24',
      gateway_ip: '10.77.0.1',
      allocation_pools: [{ start: '10.77.0.2', end: '10.77.0.254' }],
      subnetpool_id: pool.id,
    });
    expect(await make('subnets', 'subnet', { ...request, prefixlen: 28 })).toMatchObject({
      cidr: '10.77.1.0/28',
      allocation_pools: [{ start: '10.77.1.2', end: '10.77.1.14' }],
    });
    expect(error(await api.neutron('POST', '/v2.0/subnets', { subnet: { ...request, prefixlen: 30 } }))).toMatchObject({
      type: 'MaxPrefixSubnetAllocationError',
      message: 'Unable to allocate subnet with prefix length 30, maximum allowed prefix is 28.',
    });
    const { body } = await api.neutron('GET', `/v2.0/networks/${idOf(network)}`);
    expect(body.network).toMatchObject({ ipv4_address_scope: scope.id });
    expect(error(await api.neutron('DELETE', `/v2.0/subnetpools/${idOf(pool)}`)).type).toBe('SubnetPoolDeleteError');
    const wider = await api.neutron('PUT', `/v2.0/subnetpools/${idOf(pool)}`, {
      subnetpool: { prefixes: ['10.77.0.0/16', '10.76.0.0/15'] },
    });
    expect(wider.body.subnetpool).toMatchObject({ prefixes: ['10.76.0.0/15'], revision_number: 1 });
    const narrower = { subnetpool: { prefixes: ['10.77.0.0/17'] } };
    expect(error(await api.neutron('PUT', `/v2.0/subnetpools/${idOf(pool)}`, narrower)).type).toBe(
      'IllegalSubnetPoolPrefixUpdate',
    );
  });

  it('lets a floating IP stand for a port that a router connects with its network', async () => {
    const { external, router, port, connect } = await outside();
    const floating = await make('floatingips', 'floatingip', { floating_network_id: external.id });
    expect(floating).toMatchObject({ status: 'DOWN', port_id: null, router_id: null, port_details: null });
    const path = `/v2.0/floatingips/${idOf(floating)}`;
    const associate = () => api.neutron('PUT', path, { floatingip: { port_id: port.id } });
    expect(error(await associate()).type).toBe('ExternalGatewayForFloatingIPNotFound');
    expect((await connect('add')).status).toBe(200);
    expect((await associate()).body.floatingip).toMatchObject({
      port_id: port.id,
      router_id: router.id,
      fixed_ip_address: '10.76.0.2',
      port_details: { name: 'web' },
    });
    expect(error(await connect('remove')).type).toBe('RouterInterfaceInUseByFloatingIP');
    const noGateway = { router: { external_gateway_info: {} } };
    expect(error(await api.neutron('PUT', `/v2.0/routers/${idOf(router)}`, noGateway)).type).toBe(
      'RouterExternalGatewayInUseByFloatingIp',
    );
    const [holder] = (await api.neutron('GET', '/v2.0/ports?device_owner=network:floatingip')).body
      .ports as unknown as Json[];
    expect(error(await api.neutron('DELETE', `/v2.0/ports/${idOf(holder!)}`)).type).toBe('ServicePortInUse');
    expect((await api.neutron('DELETE', `/v2.0/ports/${idOf(port)}`)).status).toBe(204);
    expect((await api.neutron('GET', path)).body.floatingip).toMatchObject({ port_id: null, router_id: null });
    expect((await api.neutron('DELETE', path)).status).toBe(204);
    expect((await api.neutron('GET', '/v2.0/ports?device_owner=network:floatingip')).body.ports).toEqual([]);
    const inner = { floatingip: { floating_network_id: ids.networks.vlan100 } };
    expect(error(await api.neutron('POST', '/v2.0/floatingips', inner)).message).toContain('not a valid external');
  });

  it('shows a network to the project that a policy names, and to no other', async () => {
    const network = await make('networks', 'network', { name: 'private', project_id: ids.otherProject });
    const operator = await login(simulator, 'operator');
    const seen = async () => (await operator.neutron('GET', `/v2.0/networks/${idOf(network)}`)).status;
    expect(await seen()).toBe(404);
    const sent = {
      object_type: 'network',
      object_id: network.id,
      action: 'access_as_shared',
      target_tenant: ids.project,
    };
    const policy = await make('rbac-policies', 'rbac_policy', sent);
    expect(error(await api.neutron('POST', '/v2.0/rbac-policies', { rbac_policy: sent })).type).toBe(
      'DuplicateRbacPolicy',
    );
    expect(await seen()).toBe(200);
    expect((await api.neutron('DELETE', `/v2.0/rbac-policies/${idOf(policy)}`)).status).toBe(204);
    expect(await seen()).toBe(404);
  });

  it('keeps QoS policies with their rules', async () => {
    const policy = await make('qos/policies', 'policy', { name: 'slow' });
    const path = `qos/policies/${idOf(policy)}/bandwidth_limit_rules`;
    const rule = await make(path, 'bandwidth_limit_rule', { max_kbps: 1000 });
    expect(rule).toEqual({ id: rule.id, max_kbps: 1000, max_burst_kbps: 0, direction: 'egress' });
    const { body } = await api.neutron('GET', `/v2.0/qos/policies/${idOf(policy)}`);
    expect(body.policy).toMatchObject({
      rules: [{ ...rule, qos_policy_id: policy.id, type: 'bandwidth_limit' }],
      revision_number: 1,
    });
    expect((await api.neutron('DELETE', `/v2.0/${path}/${idOf(rule)}`)).status).toBe(204);
    expect((await api.neutron('GET', `/v2.0/${path}`)).body.bandwidth_limit_rules).toEqual([]);
  });

  it('refuses a router’s second side with the same addresses, and a route to where it has none', async () => {
    const { router, subnet } = await outside();
    const path = `/v2.0/routers/${idOf(router)}`;
    const twin = await make('networks', 'network', { name: 'twin' });
    const same = await make('subnets', 'subnet', { network_id: twin.id, cidr: '10.76.0.0/24', ip_version: 4 });
    const add = (id: unknown) => api.neutron('PUT', `${path}/add_router_interface`, { subnet_id: id });
    expect((await add(subnet.id)).status).toBe(200);
    expect(error(await add(same.id)).message).toContain('overlaps with cidr 10.76.0.0/24');
    const route = (nexthop: string) =>
      api.neutron('PUT', path, { router: { routes: [{ destination: '10.9.0.0/24', nexthop }] } });
    expect(error(await route('10.200.0.9')).type).toBe('InvalidRoutes');
    expect((await route('10.76.0.9')).body.router).toMatchObject({
      routes: [{ destination: '10.9.0.0/24', nexthop: '10.76.0.9' }],
    });
  });

  it('finds ports by a part of their address, and what has tags by all or any of them', async () => {
    const port = await make('ports', 'port', { network_id: ids.networks.vlan100 });
    const substr = `/v2.0/ports?fixed_ips=ip_address_substr=192.168.100.2&id=${idOf(port)}`;
    expect((await api.neutron('GET', substr)).body.ports).toHaveLength(1);
    await api.neutron('PUT', `/v2.0/subnets/${ids.subnet}/tags`, { tags: ['a', 'b'] });
    const found = async (query: string) =>
      ((await api.neutron('GET', `/v2.0/subnets?${query}`)).body.subnets as unknown as Json[]).map(idOf);
    expect(await found('tags=a,b')).toEqual([ids.subnet]);
    expect(await found('tags=a,c')).toEqual([]);
    expect(await found('tags-any=a,c')).toEqual([ids.subnet]);
    expect(await found('not-tags-any=a,c')).not.toContain(ids.subnet);
    expect((await api.neutron('GET', `/v2.0/subnets/${ids.subnet}/tags/a`)).status).toBe(204);
    expect((await api.neutron('DELETE', `/v2.0/subnets/${ids.subnet}/tags`)).status).toBe(204);
    expect((await api.neutron('GET', `/v2.0/subnets/${ids.subnet}/tags/a`)).status).toBe(404);
  });
});
