import { isFault, type Metrics } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { looseNumber } from '../loose.js';
import { aboutVm } from './servers.js';
import { MIB } from '../../../units.js';

/**
 * The hypervisor's measurements of a running server; empty for one that is not running, and for a user who may not read
 * them (by default only administrators may).
 */
export async function measured(connection: Connection, id: string): Promise<Metrics> {
  try {
    const { memory_details: memory, cpu_details: processors } = await connection.call('nova.servers.diagnostics', {
      params: { server: id },
      about: aboutVm(id),
    });
    const used = looseNumber(memory?.used);
    const loads = (processors ?? []).flatMap(({ utilisation }) => looseNumber(utilisation) ?? []);
    return {
      ...(used !== undefined && { memoryUsedBytes: Math.round(used * MIB) }),
      ...(loads.length > 0 && { cpuPercent: loads.reduce((sum, load) => sum + load, 0) / loads.length }),
    };
  } catch (error) {
    if (isFault(error, 'backend.forbidden') || isFault(error, 'backend.conflict') || isFault(error, 'backend.refused'))
      return {};
    throw error;
  }
}
