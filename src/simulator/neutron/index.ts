import { ok, route, type Route } from '../router.js';
import { networks, subnets } from './networks.js';
import { ports } from './ports.js';

/** Those of a real one that tell of what is simulated here (recorded: 069). */
const extensions = [
  ['standard-attr-description', 'standard-attr-description'],
  ['empty-string-filtering', 'Empty String Filtering Extension'],
  ['standard-attr-timestamp', 'Resource timestamps'],
  ['standard-attr-revisions', 'Resource revision numbers'],
  ['provider', 'Provider Network'],
  ['binding', 'Port Binding'],
  ['port-security', 'Port Security'],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options'],
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
  route('GET', '/v2.0/extensions', 'get_extension', () =>
    ok({
      extensions: extensions.map(([alias, name]) => ({
        alias,
        name,
        description: name,
        links: [],
        updated: '2016-01-01T00:00:00-00:00',
      })),
    }),
  ),
  route('GET', '/v2.0/networks', 'get_network', networks.list),
  route('POST', '/v2.0/networks', 'create_network', networks.create),
  route('GET', '/v2.0/networks/{network}', 'get_network', networks.get),
  route('PUT', '/v2.0/networks/{network}', 'update_network', networks.update),
  route('DELETE', '/v2.0/networks/{network}', 'delete_network', networks.remove),
  route('GET', '/v2.0/subnets', 'get_subnet', subnets.list),
  route('POST', '/v2.0/subnets', 'create_subnet', subnets.create),
  route('GET', '/v2.0/subnets/{subnet}', 'get_subnet', subnets.get),
  route('DELETE', '/v2.0/subnets/{subnet}', 'delete_subnet', subnets.remove),
  route('GET', '/v2.0/ports', 'get_port', ports.list),
  route('POST', '/v2.0/ports', 'create_port', ports.create),
  route('GET', '/v2.0/ports/{port}', 'get_port', ports.get),
  route('PUT', '/v2.0/ports/{port}', 'update_port', ports.update),
  route('DELETE', '/v2.0/ports/{port}', 'delete_port', ports.remove),
];
