import { isFault, Fault, type InventoryPort } from '../../../model/index.js';
import type { Aggregate } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { hostId, type PlainInventory } from '../inventory.js';

/**
 * Availability zones, in place of host groups: every user sees them, administrators with their hosts. Without the zone
 * of Nova's own services, which has no servers.
 */
export async function zones(connection: Connection): Promise<Aggregate[]> {
  const detailed = await connection.call('nova.zones.list.detail', {}).catch((error: unknown) => {
    if (isFault(error, 'backend.forbidden')) return undefined;
    throw error;
  });
  const { availabilityZoneInfo: found } = detailed ?? (await connection.call('nova.zones.list', {}));
  return found.flatMap(({ zoneName, hosts }) => {
    const computing = Object.entries(hosts ?? {})
      .filter(([, services]) => 'nova-compute' in services)
      .map(([name]) => name);
    return detailed && computing.length === 0
      ? []
      : [{ name: zoneName, availability_zone: zoneName, hosts: computing }];
  });
}

/** A disabled host gets no more servers. Nova moves none away from it: that has to be done before. */
export const createMaintenance = (
  connection: Connection,
  inventory: PlainInventory,
): Pick<InventoryPort, 'maintain'> => ({
  async maintain(host, maintenance) {
    const name = await inventory.hostNameOf(host);
    const { hypervisors } = await connection.call('nova.hypervisors.list', {});
    const found = hypervisors.find(
      ({ service, hypervisor_hostname: hostname }) => service?.host === name || hostId(hostname) === host.id,
    );
    if (found?.service?.id === undefined)
      throw new Fault('not-found.reference', { what: 'Host', by: 'name', value: name });
    if (maintenance && Number(found.running_vms ?? 0) > 0) {
      throw new Fault('backend.conflict', {
        text: `Nova does not move VMs off a host: migrate the ${found.running_vms} running VMs of host ${name} first.`,
      });
    }
    await connection.call('nova.services.update', {
      params: { service: String(found.service.id) },
      body: { status: maintenance ? 'disabled' : 'enabled' },
    });
  },
});
