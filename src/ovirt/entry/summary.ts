import type { Count, Summary } from './counts.js';
import * as inventory from '../../services/inventory.js';
import * as vms from '../../services/vms.js';
import { isOutage } from '../../services/wait.js';
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
    unlessDown(countVms(scope)),
    unlessDown(inventory.hosts(scope)),
    unlessDown(inventory.storageDomains(scope)),
  ]);
  return {
    ...(machines && { vms: machines }),
    ...(hosts && { hosts: { total: hosts.length, active: hosts.filter(({ status }) => status === 'up').length } }),
    users: { total: 1, active: 1 },
    ...(domains && {
      storage_domains: { total: domains.length, active: domains.filter(({ status }) => status === 'active').length },
    }),
  };
}

/** Every client asks for the root document at its login: a service of the cloud that is down must not lock it out. */
async function unlessDown<T>(counted: Promise<T>): Promise<T | undefined> {
  try {
    return await counted;
  } catch (error) {
    if (isOutage(error)) return undefined;
    throw error;
  }
}

async function countVms(scope: Call['scope']): Promise<Count> {
  const count = { total: 0, active: 0 };
  for await (const page of vms.list(scope)) {
    count.total += page.length;
    count.active += page.filter(({ status }) => status === 'up').length;
  }
  return count;
}
