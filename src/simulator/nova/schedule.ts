import type { Host, Server } from '../world/types.js';
import type { World } from '../world/world.js';

const on = (world: World, host: string): Server[] =>
  [...world.servers.values()].filter((server) => server.host === host);

const pmemMb = (world: World, serverIds: readonly string[]): number =>
  [...world.pmemVolumes.values()]
    .filter(({ server_id }) => serverIds.includes(server_id))
    .reduce((sum, { size }) => sum + size, 0);

export interface Load {
  readonly servers: number;
  readonly active: number;
  readonly memoryMb: number;
  readonly procUnits: number;
  readonly cpus: number;
}

/** What the host's partitions take. */
export function loadOf(world: World, { name, memory_reserved_mb }: Host): Load {
  const servers = on(world, name);
  return {
    servers: servers.length,
    active: servers.filter(({ vm_state }) => vm_state === 'active').length,
    cpus: servers.reduce((sum, { cpus }) => sum + cpus, 0),
    memoryMb:
      memory_reserved_mb +
      servers.reduce((sum, { memory_mb }) => sum + memory_mb, 0) +
      pmemMb(
        world,
        servers.map(({ id }) => id),
      ),
    procUnits: servers.reduce((sum, { proc_units }) => sum + proc_units, 0),
  };
}

export const freeMemoryMb = (world: World, host: Host): number => host.memory_mb - loadOf(world, host).memoryMb;

/** Hosts of the zone: a host group's, or the one behind the colon; undefined when there is no such zone. */
export function hostsOf(world: World, zone: string): string[] | undefined {
  if (zone.includes(':')) return [zone.split(':')[1] ?? ''];
  const groups = [...world.hostGroups.values()].filter(
    ({ name, metadata }) => (metadata.availability_zone ?? name) === zone,
  );
  if (groups.length > 0) return groups.flatMap(({ hosts }) => hosts);
  // Nova's own zone holds the hosts that no aggregate gives another (recorded: 148).
  const rest = [...world.hosts.keys()].filter((name) => zoneOf(world, name) === zone);
  return rest.length === 0 ? undefined : rest;
}

/** The zone that a host belongs to. */
export const zoneOf = (world: World, host: string): string => {
  const group = [...world.hostGroups.values()].find(({ hosts }) => hosts.includes(host));
  return group?.metadata.availability_zone ?? group?.name ?? 'nova';
};

/** The host with most free memory that can take the server; undefined when none can. */
export function place(
  world: World,
  needs: { memory_mb: number; proc_units: number },
  among: readonly string[] | undefined,
  not?: string,
): Host | undefined {
  const fits = (host: Host): boolean =>
    host.name !== not &&
    (among?.includes(host.name) ?? true) &&
    host.state === 'up' &&
    host.service_status === 'enabled' &&
    host.maintenance_status === 'ok' &&
    freeMemoryMb(world, host) >= needs.memory_mb &&
    host.proc_units - loadOf(world, host).procUnits >= needs.proc_units;
  return [...world.hosts.values()].filter(fits).sort((a, b) => freeMemoryMb(world, b) - freeMemoryMb(world, a))[0];
}
