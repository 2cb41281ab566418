import { nameId } from '../../../model/index.js';
import * as inventory from '../../../services/inventory/inventory.js';
import type { Call, Operation } from '../../declare/operation.js';
import { idIn, inOwnDataCenter } from '../shared.js';
import { fixed } from './fixed.js';

/**
 * libvirt's filters that an engine knows (its table network_filter), with the level that introduced each: clients look
 * one up by name before they create a vNIC profile.
 */
const SINCE: readonly (readonly [major: number, minor: number, names: readonly string[]])[] = [
  [3, 2, ['vdsm-no-mac-spoofing']],
  [
    3,
    6,
    [
      'allow-arp',
      'allow-dhcp',
      'allow-dhcp-server',
      'allow-incoming-ipv4',
      'allow-ipv4',
      'clean-traffic',
      'no-arp-ip-spoofing',
      'no-arp-mac-spoofing',
      'no-arp-spoofing',
      'no-ip-multicast',
      'no-ip-spoofing',
      'no-mac-broadcast',
      'no-mac-spoofing',
      'no-other-l2-traffic',
      'no-other-rarp-traffic',
      'qemu-announce-self',
      'qemu-announce-self-rarp',
    ],
  ],
  [4, 2, ['clean-traffic-gateway']],
];

const items = SINCE.flatMap(([major, minor, names]) =>
  names.map((name) => ({
    id: nameId('networkfilter', name),
    name,
    version: { build: -1, major, minor, revision: -1 },
  })),
);

const at = (owner: string, look?: (call: Call) => Promise<unknown>): Operation[] =>
  fixed({
    owner,
    ...(look && { look }),
    name: 'networkfilters',
    key: 'networkfilter',
    element: 'network_filter',
    list: 'network_filters',
    entity: 'network filter',
    how: 'The filters that engines list. None has an effect: {cloud} uses security groups. Filter parameters of a NIC are refused.',
    items: () => items,
  });

async function cluster(call: Call): Promise<void> {
  await inOwnDataCenter(call);
  await inventory.cluster(call.scope, idIn(call, 'cluster'));
}

export const networkFilterOperations: readonly Operation[] = [
  ...at(''),
  ...at('/clusters/{cluster:id}', cluster),
  ...at('/datacenters/{datacenter:id}/clusters/{cluster:id}', cluster),
];
