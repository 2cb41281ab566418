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
  const names = servers.length + search.length > 0;
  const set = nics.filter(({ protocol }) => protocol !== 'none');
  if (set.length === 0) return names ? { manage_resolv_conf: true, resolv_conf: resolver } : {};

  const plans = set.map((nic) => planOf(nic));
  const dns = names && { nameservers: { addresses: servers, search } };
  const ethernets = Object.fromEntries(
    plans.map(({ name, address, gateway }) => [
      name,
      address === undefined
        ? { dhcp4: true, ...dns }
        : {
            dhcp4: false,
            addresses: [address],
            ...(gateway !== undefined && { routes: [{ to: '0.0.0.0/0', via: gateway }] }),
            ...dns,
          },
    ]),
  );
  return {
    ...(names && { manage_resolv_conf: true, resolv_conf: resolver }),
    write_files: [{ path: NETPLAN, permissions: '0600', content: stringify({ network: { version: 2, ethernets } }) }],
    runcmd: [['sh', '-c', applied(plans.map((plan) => nmcli(plan, servers, search)))]],
  };
}

interface Plan {
  readonly name: string;
  /** With the length of its prefix; by DHCP without. */
  readonly address?: string;
  readonly gateway?: string;
  readonly onBoot: boolean;
}

function planOf({ name = '', protocol, address, netmask, gateway, onBoot = true }: GuestNic): Plan {
  check(/^[\w.:-]{1,15}$/.test(name), `"${name}" is not the name of a network interface.`);
  if (protocol === 'dhcp' || (protocol === undefined && !address)) return { name, onBoot };
  check(isIPv4(address ?? ''), `NIC ${name}: "${address ?? ''}" is not an IPv4 address.`);
  if (gateway) check(isIPv4(gateway), `NIC ${name}: "${gateway}" is not an IPv4 address.`);
  return { name, onBoot, address: `${address}/${prefixOf(name, netmask ?? '')}`, ...(gateway && { gateway }) };
}

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

function nmcli(
  { name, address, gateway, onBoot }: Plan,
  servers: readonly string[],
  search: readonly string[],
): string {
  const settings = [
    ...(address === undefined ? ['ipv4.method auto'] : ['ipv4.method manual', `ipv4.addresses ${address}`]),
    ...(gateway === undefined ? [] : [`ipv4.gateway ${gateway}`]),
    ...(servers.length ? [`ipv4.dns ${servers.filter((server) => isIPv4(server)).join(',')}`] : []),
    ...(search.length ? [`ipv4.dns-search ${search.join(',')}`] : []),
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
