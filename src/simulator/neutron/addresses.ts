import { Refusal } from '../refusal.js';
import type { Network, Port, Subnet } from '../world/types.js';
import type { World } from '../world/world.js';
import { neutron } from './refusals.js';

const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
/** A range of addresses as numbers, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The address of this number. */
export const addressAt = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

export function parseCidr(cidr: string): Range | undefined {
  const found = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr);
  const bits = Number(found?.[2]);
  if (found?.[1] === undefined || bits > 32 || found[1].split('.').some((part) => Number(part) > 255)) return undefined;
  const size = 2 ** (32 - bits);
  const first = Math.floor(number(found[1]) / size) * size;
  return { first, last: first + size - 1 };
}

export const subnetsOf = (world: World, networkId: string): Subnet[] =>
  [...world.subnets.values()].filter(({ network_id }) => network_id === networkId);

const taken = (world: World, networkId: string): Set<string> =>
  new Set(
    [...world.ports.values()]
      .filter(({ network_id }) => network_id === networkId)
      .flatMap(({ fixed_ips }) => fixed_ips.map(({ ip_address }) => ip_address)),
  );

/** Whether the address lies in the range, both ends included. */
export const isBetween = (address: string, start: string, end: string): boolean =>
  number(address) >= number(start) && number(address) <= number(end);

/** A free address of the network's pools, or of one subnet's; none when there is no subnet (external DHCP). */
export function allocate(world: World, network: Network, subnetId?: string): Port['fixed_ips'] {
  const subnets = subnetsOf(world, network.id).filter(({ id }) => subnetId === undefined || id === subnetId);
  const used = taken(world, network.id);
  for (const { id, allocation_pools } of subnets) {
    for (const { start, end } of allocation_pools) {
      for (let address = number(start); address <= number(end); address++)
        if (!used.has(addressAt(address))) return [{ subnet_id: id, ip_address: addressAt(address) }];
    }
  }
  if (subnets.length === 0) return [];
  throw neutron.conflict('IpAddressGenerationFailure', `No more IP addresses available on network ${network.id}.`);
}

/** The address as asked for, when it lies in a subnet of the network and is free. */
export function claim(world: World, network: Network, address: string): { subnet_id: string; ip_address: string } {
  const subnet = subnetsOf(world, network.id).find(({ cidr }) => {
    const range = parseCidr(cidr);
    return range !== undefined && number(address) >= range.first && number(address) <= range.last;
  });
  if (subnet === undefined)
    throw new Refusal(400, `IP address ${address} is not a valid IP for any of the subnets on the specified network.`, {
      type: 'InvalidIpForNetwork',
    });
  if (taken(world, network.id).has(address))
    throw neutron.conflict(
      'IpAddressAlreadyAllocated',
      `IP address ${address} already allocated in subnet ${subnet.id}`,
    );
  return { subnet_id: subnet.id, ip_address: address };
}

export const isAddress = (value: string): boolean => parseCidr(`${value}/32`) !== undefined;
