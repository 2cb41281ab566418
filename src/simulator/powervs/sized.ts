import { cycled, numbered, type Size } from '../inventory/size.js';
import type { Inventory } from './types.js';

/** Neutron's prefix, and the number in its last three bytes. */
const macOf = (number: number): string =>
  ['fa:16:3e', ...[16, 8, 0].map((shift) => ((number >> shift) & 255).toString(16).padStart(2, '0'))].join(':');

const id = (kind: string, at: number): string => `${kind}-0000-4000-9000-${String(at + 1).padStart(12, '0')}`;

/** As `sizedInventory` of PowerVC's: a workspace has hosts as systems, whose cores and memory fit what runs on them. */
export function sizedPowerVsInventory(base: Inventory, size: Size): Inventory {
  const { instances = [], networks = [], systems = [] } = base;
  const { disksPerVm = 1 } = size;
  const madeNetworks = cycled(networks, size.networks ?? networks.length, (network, at) =>
    at < networks.length
      ? { ...network, prefix: `10.${at}.0` }
      : { ...network, networkID: id('4e700000', at), name: `VLAN${300 + at}`, vlanID: 300 + at, prefix: `10.${at}.0` },
  );
  const madeSystems = cycled(systems, size.hosts ?? systems.length, (system, at) => ({
    ...system,
    ...(at >= systems.length && { id: at + 1, hostMTMSName: numbered(system.hostMTMSName, at, systems.length) }),
  }));
  const created = cycled(instances, size.vms ?? instances.length, (instance, at) => ({
    ...instance,
    pvmInstanceID: at < instances.length ? instance.pvmInstanceID : id('5e000000', at),
    serverName: numbered(instance.serverName, at, instances.length),
  }));
  const memory = created.reduce((sum, { memory: one = 2 }) => sum + one, 0);
  const cores = created.reduce((sum, { processors = 1 }) => sum + processors, 0);
  const { snapshots: _snapshots, vpmemVolumes: _vpmem, placementGroups: _groups, ...rest } = base;
  return {
    ...rest,
    networks: madeNetworks,
    systems: madeSystems.map((system) => ({
      ...system,
      totalCores: Math.max(system.totalCores, Math.ceil(2 * cores)),
      totalMemory: Math.max(system.totalMemory, Math.ceil(2 * memory)),
    })),
    instances: created,
    volumes: created.flatMap(({ pvmInstanceID, serverName }, at) =>
      Array.from({ length: disksPerVm }, (_, disk) => ({
        volumeID: id('d1500000', at * disksPerVm + disk),
        name: `${serverName}-${disk === 0 ? 'boot' : 'data'}-${disk}`,
        size: disk === 0 ? 20 : 10,
        bootable: disk === 0,
        attachments: [{ pvmInstanceID, boot: disk === 0 }],
      })),
    ),
    interfaces: created.flatMap(({ pvmInstanceID }, at) => {
      const network = madeNetworks[at % Math.max(1, madeNetworks.length)];
      const within = Math.floor(at / Math.max(1, madeNetworks.length)) + 10;
      // a network is one of 256 addresses: beyond it an interface has none
      return network
        ? [
            {
              id: id('40000000', at),
              networkID: network.networkID,
              name: 'nic1',
              macAddress: macOf(at),
              ...(within < 255 && { ipAddress: `${network.prefix}.${within}` }),
              instanceID: pvmInstanceID,
            },
          ]
        : [];
    }),
  };
}
