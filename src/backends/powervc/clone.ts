import type { Ref, VmPort } from '../../model/index.js';
import type { Connection } from '../openstack/connection.js';
import { aboutVm } from '../openstack/nova/servers.js';
import { ibm } from './wire.js';

/**
 * PowerVC's `clone-vm` (docs/reference/power.md, 1.4). Its answer names a task of undocumented form: the copy is found
 * by its name instead.
 */
export function createClone(connection: Connection, zoneOf: (cluster: Ref) => Promise<string>): Pick<VmPort, 'clone'> {
  const clone: VmPort['clone'] = async (id, { name, networkIds, cluster }) => {
    const zone = cluster && (await zoneOf(cluster));
    const server = {
      name,
      networks: networkIds.map((uuid) => ({ uuid })),
      ...(zone !== undefined && { availability_zone: zone }),
    };
    await ibm(connection).call('nova.servers.action.clone-vm', {
      params: { server: id },
      about: aboutVm(id),
      body: { 'clone-vm': { server } },
    });
  };
  return { clone };
}
