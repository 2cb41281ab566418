import { isFault, type InventoryPort } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import type { PlainInventory } from '../inventory.js';

/** As `uptime` prints the averages of one, five and fifteen minutes. */
const AVERAGES = /load averages?: *(?<one>[\d.]+),? +(?<five>[\d.]+),? +(?<fifteen>[\d.]+)/;

/**
 * A hypervisor's load: undefined if its driver does not report it, if the host is down, and for a user who may not read
 * it (by default only administrators may).
 */
export const createHostLoad = (
  connection: Connection,
  { hypervisorIdOf }: PlainInventory,
): Required<Pick<InventoryPort, 'loadAverage'>> => ({
  async loadAverage(host) {
    try {
      const { hypervisor } = await connection.call('nova.hypervisors.uptime', {
        params: { hypervisor: await hypervisorIdOf(host) },
        about: [{ what: 'Host', id: host.id ?? '' }],
      });
      const { five } = AVERAGES.exec(hypervisor.uptime ?? '')?.groups ?? {};
      return five === undefined ? undefined : Number(five);
    } catch (error) {
      if (isFault(error, 'backend.forbidden') || isFault(error, 'backend.refused')) return undefined;
      throw error;
    }
  },
});
