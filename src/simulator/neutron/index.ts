import type { JsonObject } from '../json.js';
import { ok, route, type Route } from '../router.js';
import { floatingIpRoutes } from './floating-ips.js';
import { keptRoutes } from './kept.js';
import { networks } from './networks.js';
import { ports } from './ports.js';
import { quotas } from './quotas.js';
import { neutron } from './refusals.js';
import { rbacRoutes } from './rbac.js';
import { reportRoutes } from './reports.js';
import { routers } from './routers.js';
import { securityGroupRules, securityGroups } from './security-groups.js';
import { subnets } from './subnets.js';
import { tags } from './tags.js';

/** The extensions of a real Neutron for what is simulated here (recorded: 069). */
const extensions = [
  ['standard-attr-description', 'standard-attr-description'],
  ['empty-string-filtering', 'Empty String Filtering Extension'],
  ['standard-attr-timestamp', 'Resource timestamps'],
  ['standard-attr-revisions', 'Resource revision numbers'],
  ['provider', 'Provider Network'],
  ['binding', 'Port Binding'],
  ['port-security', 'Port Security'],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options'],
  ['external-net', 'Neutron external network'],
  ['extraroute', 'Neutron Extra Route'],
  ['ext-gw-mode', 'Neutron L3 Configurable external gateway mode'],
  ['dvr', 'Distributed Virtual Router'],
  ['fip-port-details', 'Floating IP Port Details Extension'],
  ['subnet_allocation', 'Subnet Allocation'],
  ['address-scope', 'Address scope'],
  ['address-group', 'Address group'],
  ['rbac-policies', 'RBAC Policies'],
  ['qos', 'Quality of Service'],
  ['segment', 'Segment'],
  ['service-type', 'Neutron Service Type Management'],
  ['network-ip-availability', 'Network IP Availability'],
  ['ip-substring-filtering', 'IP address substring filtering'],
  ['quota_details', 'Quota details management support'],
  ['revision-if-match', 'If-Match constraints based on revision_number'],
  ['stateful-security-group', 'Stateful security group'],
  [
    'standard-attr-tag',
    'Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, router, ' +
      'floatingip, policy',
  ],
  ['quotas', 'Quota management support'],
  ['router', 'Neutron L3 Router'],
  ['net-mtu', 'Network MTU'],
  ['sorting', 'Sorting support'],
  ['pagination', 'Pagination support'],
  ['availability_zone', 'Availability Zone'],
  ['agent', 'agent'],
  ['allowed-address-pairs', 'Allowed Address Pairs'],
  ['project-id', 'project_id field enabled'],
  ['filter-validation', 'Filter parameters validation'],
  ['security-group', 'security-group'],
] as const;

const RESOURCES = [
  ['network', 'networks'],
  ['subnet', 'subnets'],
  ['port', 'ports'],
  ['router', 'routers'],
  ['floatingip', 'floatingips'],
  ['subnetpool', 'subnetpools'],
  ['address_scope', 'address-scopes'],
  ['address_group', 'address-groups'],
  ['rbac_policy', 'rbac-policies'],
  ['segment', 'segments'],
  ['security_group', 'security-groups'],
  ['security_group_rule', 'security-group-rules'],
  ['quota', 'quotas'],
] as const;

const extensionBody = ([alias, name]: (typeof extensions)[number]): JsonObject => ({
  alias,
  name,
  description: name,
  links: [],
  updated: '2016-01-01T00:00:00-00:00',
});

/** Neutron 2.0: paths below `/network`, with the version. */
export const neutronRoutes: readonly Route[] = [
  route(
    'GET',
    '/',
    'versions',
    (call) =>
      ok({
        versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${call.base}/network/v2.0/` }] }],
      }),
    'anyone',
  ),
  route('GET', '/v2.0', 'versions', (call) =>
    ok({
      resources: RESOURCES.map(([name, collection]) => ({
        name,
        collection,
        links: [{ rel: 'self', href: `${call.base}/network/v2.0/${collection}` }],
      })),
    }),
  ),
  route('GET', '/v2.0/quotas', 'get_quota', quotas.list, 'admin'),
  route('GET', '/v2.0/extensions', 'get_extension', () =>
    ok({
      extensions: extensions.map(extensionBody),
    }),
  ),
  route('GET', '/v2.0/extensions/{alias}', 'get_extension', (call) => {
    const found = extensions.find(([alias]) => alias === call.params.alias);
    if (found === undefined)
      throw neutron.missing('ExtensionNotFound', `Extension with alias ${call.params.alias ?? ''} does not exist`);
    return ok({ extension: extensionBody(found) });
  }),
  route('GET', '/v2.0/networks', 'get_network', networks.list),
  route('POST', '/v2.0/networks', 'create_network', networks.create),
  route('GET', '/v2.0/networks/{network}', 'get_network', networks.get),
  route('PUT', '/v2.0/networks/{network}', 'update_network', networks.update),
  route('DELETE', '/v2.0/networks/{network}', 'delete_network', networks.remove),
  route('GET', '/v2.0/subnets', 'get_subnet', subnets.list),
  route('POST', '/v2.0/subnets', 'create_subnet', subnets.create),
  route('GET', '/v2.0/subnets/{subnet}', 'get_subnet', subnets.get),
  route('PUT', '/v2.0/subnets/{subnet}', 'update_subnet', subnets.update),
  route('DELETE', '/v2.0/subnets/{subnet}', 'delete_subnet', subnets.remove),
  route('GET', '/v2.0/ports', 'get_port', ports.list),
  route('POST', '/v2.0/ports', 'create_port', ports.create),
  route('GET', '/v2.0/ports/{port}', 'get_port', ports.get),
  route('PUT', '/v2.0/ports/{port}', 'update_port', ports.update),
  route('DELETE', '/v2.0/ports/{port}', 'delete_port', ports.remove),
  route('GET', '/v2.0/security-groups', 'get_security_group', securityGroups.list),
  route('POST', '/v2.0/security-groups', 'create_security_group', securityGroups.create),
  route('GET', '/v2.0/security-groups/{group}', 'get_security_group', securityGroups.get),
  route('PUT', '/v2.0/security-groups/{group}', 'update_security_group', securityGroups.update),
  route('DELETE', '/v2.0/security-groups/{group}', 'delete_security_group', securityGroups.remove),
  route('GET', '/v2.0/security-group-rules', 'get_security_group_rule', securityGroupRules.list),
  route('POST', '/v2.0/security-group-rules', 'create_security_group_rule', securityGroupRules.create),
  route('GET', '/v2.0/security-group-rules/{rule}', 'get_security_group_rule', securityGroupRules.get),
  route('DELETE', '/v2.0/security-group-rules/{rule}', 'delete_security_group_rule', securityGroupRules.remove),
  route('GET', '/v2.0/routers', 'get_router', routers.list),
  route('POST', '/v2.0/routers', 'create_router', routers.create),
  route('GET', '/v2.0/routers/{router}', 'get_router', routers.get),
  route('PUT', '/v2.0/routers/{router}', 'update_router', routers.update),
  route('DELETE', '/v2.0/routers/{router}', 'delete_router', routers.remove),
  route('PUT', '/v2.0/routers/{router}/add_router_interface', 'add_router_interface', routers.addInterface),
  route('PUT', '/v2.0/routers/{router}/remove_router_interface', 'remove_router_interface', routers.removeInterface),
  ...keptRoutes,
  ...floatingIpRoutes,
  ...rbacRoutes,
  ...reportRoutes,
  route('GET', '/v2.0/{kind}/{id}/tags', 'get_tags', tags.list),
  route('PUT', '/v2.0/{kind}/{id}/tags', 'update_tags', tags.replace),
  route('DELETE', '/v2.0/{kind}/{id}/tags', 'delete_tags', tags.clear),
  route('GET', '/v2.0/{kind}/{id}/tags/{tag}', 'get_tags', tags.has),
  route('PUT', '/v2.0/{kind}/{id}/tags/{tag}', 'update_tags', tags.add),
  route('DELETE', '/v2.0/{kind}/{id}/tags/{tag}', 'delete_tags', tags.remove),
  route('GET', '/v2.0/quotas/{project}', 'get_quota', quotas.get),
  route('GET', '/v2.0/quotas/{project}.json', 'get_quota', quotas.get),
  route('GET', '/v2.0/quotas/{project}/default', 'get_quota', quotas.defaults),
  route('GET', '/v2.0/quotas/{project}/default.json', 'get_quota', quotas.defaults),
  route('GET', '/v2.0/quotas/{project}/details.json', 'get_quota', quotas.details),
  route('GET', '/v2.0/quotas/{project}/details', 'get_quota', quotas.details),
  route('PUT', '/v2.0/quotas/{project}', 'update_quota', quotas.set, 'admin'),
  route('DELETE', '/v2.0/quotas/{project}', 'delete_quota', quotas.reset, 'admin'),
  route('GET', '/v2.0/agents', 'get_agent', () => ok({ agents: [] })),
  route('GET', '/v2.0/availability_zones', 'get_availability_zone', () => ok({ availability_zones: [] })),
];
