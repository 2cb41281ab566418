import type { JsonObject } from '../../json.js';

export interface Network {
  id: string;
  name: string;
  description: string;
  project_id: string;
  shared: boolean;
  external: boolean;
  admin_state_up: boolean;
  status: string;
  mtu: number;
  network_type: string;
  physical_network: string;
  segmentation_id: number;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface Subnet {
  id: string;
  name: string;
  network_id: string;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  allocation_pools: { start: string; end: string }[];
  dns_nameservers: string[];
  host_routes: { destination: string; nexthop: string }[];
  description: string;
  project_id: string;
  /** The pool that its range was taken from. */
  subnetpool_id: string | null;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface Port {
  id: string;
  name: string;
  description: string;
  network_id: string;
  project_id: string;
  mac_address: string;
  admin_state_up: boolean;
  device_id: string;
  device_owner: string;
  host_id: string;
  vnic_type: string;
  profile: JsonObject;
  address_pairs: JsonObject[];
  dhcp_options: JsonObject[];
  fixed_ips: { subnet_id: string; ip_address: string }[];
  security_groups: string[];
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
  /**
   * Whether Nova created the port, and removes it on detach; a port created in Neutron is kept (recorded: 452, 472).
   */
  made_by_nova: boolean;
}

export interface Router {
  id: string;
  name: string;
  description: string;
  project_id: string;
  admin_state_up: boolean;
  /** The external network of the router's gateway. */
  gateway: string | null;
  routes: { destination: string; nexthop: string }[];
  distributed: boolean;
  ha: boolean;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}

/** An address of an external network, which stands for the address of a port. */
export interface FloatingIp {
  id: string;
  network_id: string;
  address: string;
  /** The port and which of its addresses; null while it stands for none. */
  port_id: string | null;
  fixed_address: string | null;
  router_id: string | null;
  description: string;
  project_id: string;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface SecurityGroupRule {
  id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  description: string | null;
  created_at: string;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  project_id: string;
  stateful: boolean;
  tags: string[];
  rules: SecurityGroupRule[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}
