import { isFault, rememberedIds, type Host } from '../../../model/index.js';
import type { Server } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { all, hasNext, pages } from '../paging.js';

/** A host for a project that may not list hypervisors: by the name that Nova generates for this project. */
const ownHostId = rememberedIds('host');
const ownHostName = (hostId: string): string => `host-${hostId.slice(0, 12)}`;

/**
 * Hosts for members, who may not list them: those that their servers run on, each in the cluster of its availability
 * zone, without sizes.
 */
export async function ownHosts(
  connection: Connection,
  pageSize: number,
  clusterId: (zone: string) => string,
): Promise<Host[]> {
  const servers = await all(
    pages(async (marker) => {
      const { servers: items, servers_links } = await connection.call('nova.servers.list', {
        query: { limit: pageSize, marker },
      });
      return { items, more: hasNext(servers_links) };
    }),
  );
  const hosts = new Map<string, Host>();
  for (const server of servers) {
    const host = ownHostOf(server);
    const zone = server['OS-EXT-AZ:availability_zone'];
    if (host)
      hosts.set(host.id, { ...host, status: 'up', ...(zone && { cluster: { id: clusterId(zone), name: zone } }) });
  }
  return [...hosts.values()];
}

export const ownHostOf = ({ hostId }: Server): { id: string; name: string } | undefined =>
  hostId ? { id: ownHostId(hostId), name: ownHostName(hostId) } : undefined;

/** The call's result, or that of `otherwise` if only administrators may make the call. Other faults pass through. */
export async function unlessKept<T, U>(call: Promise<T>, other: () => U | Promise<U>): Promise<T | U> {
  try {
    return await call;
  } catch (error) {
    if (isFault(error, 'backend.forbidden')) return other();
    throw error;
  }
}
