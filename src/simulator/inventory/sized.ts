import type { Inventory, Seeds } from '../world/types.js';
import { cycled, numbered, type Size } from './size.js';

type Server = Seeds['servers'];

const id = (kind: string, at: number): string => `${kind}-0000-4000-9000-${String(at + 1).padStart(12, '0')}`;

/** A unique MAC address, and a unique address in 10.0.0.0/8. */
const mac = (at: number): string =>
  `fa:16:3e:${[at >> 16, at >> 8, at].map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':')}`;

/**
 * An inventory of this size, made from the records of `base`: the first servers are those of the base, with their names
 * and ids. Hosts get the memory and processors that their servers need. Snapshots, persistent memory and unattached
 * volumes are left out, because the volumes are new.
 */
export function sizedInventory(base: Inventory, size: Size): Inventory {
  const { servers = [], hosts = [], networks = [], volumes = [] } = base;
  const { vms = servers.length, disksPerVm = 1 } = size;
  const madeHosts = cycled(hosts, size.hosts ?? hosts.length, (host, at) => ({
    ...host,
    name: numbered(host.name, at, hosts.length),
    ...(host.display_name !== undefined && { display_name: numbered(host.display_name, at, hosts.length) }),
  }));
  const madeNetworks = cycled(networks, size.networks ?? networks.length, (network, at) => ({
    ...network,
    id: at < networks.length ? network.id : id('4e700000', at),
    name: at < networks.length ? network.name : `VLAN${300 + at}`,
    ...(at >= networks.length && { segmentation_id: 300 + at }),
  }));
  const madeServers = cycled(servers, vms, (server, at): Server => {
    const { name: host } = madeHosts[at % madeHosts.length] ?? {};
    return {
      ...server,
      id: at < servers.length ? server.id : id('5e000000', at),
      name: numbered(server.name, at, servers.length),
      ...(host !== undefined && { host }),
    };
  });
  const boot = volumes.find(({ bootable }) => bootable === true);
  const madeVolumes = madeServers.flatMap((server, at) =>
    Array.from({ length: disksPerVm }, (_, disk): Seeds['volumes'] => ({
      id: id('d1500000', at * disksPerVm + disk),
      name: `${server.name}-${disk === 0 ? 'boot' : 'data'}-${disk}`,
      size: disk === 0 ? (server.root_gb ?? 20) : 10,
      ...(boot?.volume_type !== undefined && { volume_type: boot.volume_type }),
      ...(boot?.storage_hostname !== undefined && { storage_hostname: boot.storage_hostname }),
      bootable: disk === 0,
      metadata: disk === 0 ? { is_boot_volume: 'True' } : {},
      attachments: [
        {
          server_id: server.id,
          device: `/dev/sd${String.fromCharCode(97 + (disk % 26))}`,
          ...(disk === 0 && { boot_index: 0, delete_on_termination: true }),
        },
      ],
    })),
  );
  const share = (host: string): Server[] => madeServers.filter((server) => server.host === host);
  return {
    ...without(base),
    hosts: madeHosts.map((host) => ({
      ...host,
      memory_mb: capacityFor(
        host.memory_mb,
        share(host.name).map(({ memory_mb: one = 4096 }) => one),
      ),
      cpus: capacityFor(
        host.cpus,
        share(host.name).map(({ cpus = 1 }) => cpus),
      ),
      proc_units: capacityFor(
        host.proc_units,
        share(host.name).map(({ cpus = 1 }) => cpus),
      ),
    })),
    ...groupsOf(
      base,
      madeHosts.map(({ name }) => name),
    ),
    storageProviders: (base.storageProviders ?? []).map((provider) => ({
      ...provider,
      total_capacity_gb: capacityFor(
        provider.total_capacity_gb,
        madeVolumes.map((volume) => volume.size * 2),
      ),
      free_capacity_gb: capacityFor(
        provider.free_capacity_gb,
        madeVolumes.map((volume) => volume.size),
      ),
    })),
    networks: madeNetworks,
    subnets: madeNetworks.map((network, at) => ({
      id: id('5b000000', at),
      network_id: network.id,
      name: `${network.name}-subnet`,
      cidr: `10.${at}.0.0/16`,
    })),
    servers: madeServers,
    volumes: madeVolumes,
    ports: madeServers.flatMap(({ id: server }, at) => {
      const network = at % Math.max(1, madeNetworks.length);
      const within = Math.floor(at / Math.max(1, madeNetworks.length)) + 10;
      return madeNetworks[network]
        ? [
            {
              id: id('40000000', at),
              network_id: madeNetworks[network].id,
              device_id: server,
              mac_address: mac(at + 1),
              fixed_ips: [
                { subnet_id: id('5b000000', network), ip_address: `10.${network}.${within >> 8}.${within & 255}` },
              ],
            },
          ]
        : [];
    }),
  };
}

const without = ({ snapshots: _s, instanceSnapshots: _i, pmemVolumes: _p, ...rest }: Inventory): Inventory => rest;

/** Groups hold all hosts: those of the base hold its own. */
const groupsOf = (base: Inventory, hosts: string[]): Pick<Inventory, 'hostGroups' | 'storageConnectivityGroups'> => ({
  ...(base.hostGroups && { hostGroups: base.hostGroups.map((group) => ({ ...group, hosts })) }),
  ...(base.storageConnectivityGroups && {
    storageConnectivityGroups: base.storageConnectivityGroups.map((group) => ({ ...group, hosts })),
  }),
});

/** At least the former value, and twice what is needed, so that something can be added. */
const capacityFor = (had: number | undefined, requested: readonly number[]): number =>
  Math.max(had ?? 0, 2 * requested.reduce((sum, one) => sum + one, 0));
