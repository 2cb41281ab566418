import type { Count, Summary } from './counts.js';
import * as inventory from '../../services/inventory.js';
import * as vms from '../../services/vms.js';
import type { Call } from '../operation.js';

/** As remembered, or counted. */
export const summaryOf = ({ counts, scope, exchange }: Call): Promise<Summary> =>
  counts.get(scope.session, () => {
    // Others wait for it, too
    exchange.client.commit();
    return countAll(scope);
  });

/**
 * The one user that the gateway knows of is the one that asks. One backend call a page of VMs, and those of hosts and
 * storage domains.
 */
async function countAll(scope: Call['scope']): Promise<Summary> {
  const [machines, hosts, domains] = await Promise.all([
    countVms(scope),
    inventory.hosts(scope),
    inventory.storageDomains(scope),
  ]);
  return {
    vms: machines,
    hosts: { total: hosts.length, active: hosts.filter(({ status }) => status === 'up').length },
    users: { total: 1, active: 1 },
    storage_domains: { total: domains.length, active: domains.filter(({ status }) => status === 'active').length },
  };
}

async function countVms(scope: Call['scope']): Promise<Count> {
  const count = { total: 0, active: 0 };
  for await (const page of vms.list(scope)) {
    count.total += page.length;
    count.active += page.filter(({ status }) => status === 'up').length;
  }
  return count;
}
