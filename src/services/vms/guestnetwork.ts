import { isIPv4, isIPv6 } from 'node:net';
import { stringify } from 'yaml';
import { Fault, type GuestNic, type GuestSetup } from '../../model/index.js';

/**
 * A guest's interfaces in a cloud-config. User data can't hold a network configuration (cloud-init reads that from
 * the platform alone), so it writes a netplan file, and tells the guest to use it, or NetworkManager where that is what
 * the guest has (RHEL, SLES).
 */
interface NetworkPart {
  readonly write_files?: readonly { path: string; permissions: string; content: string }[];
  readonly runcmd?: readonly (readonly string[])[];
  readonly manage_resolv_conf?: boolean;
  readonly resolv_conf?: { nameservers?: string[]; searchdomains?: string[] };
}

const NETPLAN = '/etc/netplan/60-ovirt.yaml';

/** Throws `request.value` for an invalid name, address or mask. */
export function networkOf({ nics = [], dnsServers, dnsSearch }: GuestSetup): NetworkPart {
  const servers = words(dnsServers);
  const search = words(dnsSearch);
  for (const server of servers)
    check(isIPv4(server) || isIPv6(server), `"${server}" is not the address of a name server.`);
  for (const domain of search) check(/^[\w.-]+$/.test(domain), `"${domain}" is not a search domain.`);
  const resolver = {
    ...(servers.length > 0 && { nameservers: servers }),
    ...(search.length > 0 && { searchdomains: search }),
  };
  const plans = nics.map(planOf).filter(({ ipv4, ipv6 }) => ipv4 !== 'none' || ipv6 !== undefined);
  const names = servers.length + search.length > 0;
  if (plans.length === 0) return names ? { manage_resolv_conf: true, resolv_conf: resolver } : {};

  const dns = names && { nameservers: { addresses: servers, search } };
  const ethernets = Object.fromEntries(plans.map((plan) => [plan.name, { ...netplan(plan), ...dns }]));
  return {
    ...(names && { manage_resolv_conf: true, resolv_conf: resolver }),
    write_files: [{ path: NETPLAN, permissions: '0600', content: stringify({ network: { version: 2, ethernets } }) }],
    runcmd: [['sh', '-c', applied(plans.map((plan) => nmcli(plan, servers, search)))]],
  };
}

/** An address with the length of its prefix, and the default gateway. */
interface Static {
  readonly address: string;
  readonly gateway?: string;
}

interface Plan {
  readonly name: string;
  readonly onBoot: boolean;
  readonly ipv4: Static | 'dhcp' | 'none';
  /** Absent: the guest does what it would do without a configuration. */
  readonly ipv6?: Static | 'dhcp' | 'autoconf' | 'poly_dhcp_autoconf';
}

function planOf(nic: GuestNic): Plan {
  const { name = '', onBoot = true } = nic;
  const ipv6 = ipv6Of(name, nic);
  const ipv4 = ipv4Of(name, nic, ipv6 === undefined ? 'dhcp' : 'none');
  const isSet = ipv4 !== 'none' || ipv6 !== undefined;
  check(!isSet || /^[\w.:-]{1,15}$/.test(name), `"${name}" is not the name of a network interface.`);
  return { name, onBoot, ipv4, ...(ipv6 !== undefined && { ipv6 }) };
}

/** By DHCP where the client says nothing of it, unless it says something of IPv6. */
function ipv4Of(
  name: string,
  { protocol, address = '', netmask = '', gateway }: GuestNic,
  otherwise: 'dhcp' | 'none',
): Plan['ipv4'] {
  if (protocol === 'dhcp' || protocol === 'none') return protocol;
  if (protocol === undefined && !address) return otherwise;
  check(isIPv4(address), `NIC ${name}: "${address}" is not an IPv4 address.`);
  if (gateway) check(isIPv4(gateway), `NIC ${name}: "${gateway}" is not an IPv4 address.`);
  return { address: `${address}/${prefixOf(name, netmask)}`, ...(gateway && { gateway }) };
}

function ipv6Of(
  name: string,
  { ipv6Protocol: protocol, ipv6Address: address = '', ipv6Netmask: netmask = '', ipv6Gateway: gateway }: GuestNic,
): Plan['ipv6'] {
  if (protocol === 'none' || (protocol === undefined && !address)) return undefined;
  if (protocol !== undefined && protocol !== 'static') return protocol;
  check(isOwnIPv6(address), `NIC ${name}: "${address}" is not an IPv6 address.`);
  if (gateway) check(isOwnIPv6(gateway), `NIC ${name}: "${gateway}" is not an IPv6 address.`);
  check(
    /^\d{1,3}$/.test(netmask) && Number(netmask) <= 128,
    `NIC ${name}: "${netmask}" is not the length of a prefix.`,
  );
  return { address: `${address}/${Number(netmask)}`, ...(gateway && { gateway }) };
}

/** Without the zone of a link-local address, which is the guest's matter. */
const isOwnIPv6 = (address: string): boolean => isIPv6(address) && !address.includes('%');

/** `255.255.255.0` or `24`: 24. */
function prefixOf(nic: string, netmask: string): number {
  const wrong = `NIC ${nic}: "${netmask}" is not a netmask.`;
  if (/^\d{1,2}$/.test(netmask)) {
    check(Number(netmask) <= 32, wrong);
    return Number(netmask);
  }
  check(isIPv4(netmask), wrong);
  const bits = netmask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  check(/^1*0*$/.test(bits), wrong);
  return bits.lastIndexOf('1') + 1;
}

/** The interface in a netplan file (netplan.readthedocs.io, "YAML configuration"). */
function netplan({ ipv4, ipv6 }: Plan): Record<string, unknown> {
  const fixed = [ipv4, ipv6].filter((one): one is Static => typeof one === 'object');
  const routes = fixed.flatMap(({ gateway }) =>
    gateway === undefined ? [] : [{ to: gateway.includes(':') ? '::/0' : '0.0.0.0/0', via: gateway }],
  );
  return {
    dhcp4: ipv4 === 'dhcp',
    ...(ipv6 !== undefined && { dhcp6: ipv6 === 'dhcp' || ipv6 === 'poly_dhcp_autoconf' }),
    ...((ipv6 === 'autoconf' || ipv6 === 'poly_dhcp_autoconf') && { 'accept-ra': true }),
    ...(fixed.length > 0 && { addresses: fixed.map(({ address }) => address) }),
    ...(routes.length > 0 && { routes }),
  };
}

const METHODS = { dhcp: 'dhcp', autoconf: 'auto', poly_dhcp_autoconf: 'auto' } as const;

function nmcli({ name, ipv4, ipv6, onBoot }: Plan, servers: readonly string[], search: readonly string[]): string {
  const manual = (family: 'ipv4' | 'ipv6', { address, gateway }: Static): string[] => [
    `${family}.method manual`,
    `${family}.addresses ${address}`,
    ...(gateway === undefined ? [] : [`${family}.gateway ${gateway}`]),
  ];
  const [servers4, servers6] = [isIPv4, isIPv6].map((is) => servers.filter((server) => is(server)).join(','));
  const settings = [
    ...(typeof ipv4 === 'object' ? manual('ipv4', ipv4) : [`ipv4.method ${ipv4 === 'dhcp' ? 'auto' : 'disabled'}`]),
    ...(typeof ipv6 === 'object' ? manual('ipv6', ipv6) : ipv6 === undefined ? [] : [`ipv6.method ${METHODS[ipv6]}`]),
    ...(servers4 && ipv4 !== 'none' ? [`ipv4.dns ${servers4}`] : []),
    ...(servers6 ? [`ipv6.dns ${servers6}`] : []),
    ...(search.length ? [`${ipv4 === 'none' ? 'ipv6' : 'ipv4'}.dns-search ${search.join(',')}`] : []),
    `connection.autoconnect ${onBoot ? 'yes' : 'no'}`,
  ];
  const add = `nmcli connection add type ethernet con-name ovirt-${name} ifname ${name} ${settings.join(' ')}`;
  return onBoot ? `${add} && nmcli connection up ovirt-${name}` : add;
}

const applied = (commands: readonly string[]): string =>
  'if command -v netplan >/dev/null; then netplan apply; elif command -v nmcli >/dev/null; ' +
  `then ${commands.join('; ')}; fi`;

const words = (texts: readonly string[] = []): string[] =>
  texts.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== '');

function check(holds: boolean, text: string): void {
  if (!holds) throw new Fault('request.value', { text });
}
