import type { InventoryPort } from '../../model/index.js';
import type { Connection } from '../openstack/connection.js';
import type { PlainInventory } from '../openstack/inventory.js';
import { ibm } from './wire.js';

/**
 * PowerVC's maintenance mode (docs/reference/power.md, 1.4): running partitions move to other hosts of the group first.
 */
export const createMaintenance = (
  connection: Connection,
  { hostNameOf }: PlainInventory,
): Pick<InventoryPort, 'maintain'> => ({
  async maintain(host, maintenance) {
    const body = maintenance
      ? { status: 'enable' as const, migrate: 'active-only' as const }
      : { status: 'disable' as const };
    await ibm(connection).call('nova.hypervisors.maintenance', { params: { host: await hostNameOf(host) }, body });
  },
});
