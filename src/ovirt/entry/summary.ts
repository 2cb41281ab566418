import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Count, Counting, Summary } from '../declare/counts.js';
import { dispensable, unlessDown } from '../../services/dispensable.js';
import * as inventory from '../../services/inventory/inventory.js';
import * as vms from '../../services/vms/index.js';
import type { Call } from '../declare/operation.js';

/** The counts, cached or fresh. */
export const summaryOf = ({ counts, scope, exchange }: Call): Promise<Summary> =>
  counts.get(scope.session, () => {
    // Other requests wait for it, too
    exchange.client.commit();
    return countAll(scope);
  });

/**
 * The one user that the gateway knows of is the one that asks. One backend call a page of VMs, and those of hosts and
 * storage domains.
 */
function countAll(scope: Call['scope']): Counting {
  const machines = countVms(scope);
  const others = Promise.all([
    dispensable(scope, 'hosts', () => inventory.hosts(scope)),
    dispensable(scope, 'storage domains', () => inventory.storageDomains(scope)),
  ]);
  async function summaryWith(counted: Promise<Count | undefined>): Promise<Summary> {
    const [vms, [hosts, domains]] = await Promise.all([counted, others]);
    return {
      ...(vms && { vms }),
      ...(hosts && { hosts: { total: hosts.length, active: hosts.filter(({ status }) => status === 'up').length } }),
      users: { total: 1, active: 1 },
      ...(domains && {
        storage_domains: { total: domains.length, active: domains.filter(({ status }) => status === 'active').length },
      }),
    };
  }
  return {
    soon: summaryWith(dispensable(scope, 'VMs', () => machines.soon)),
    whole: () => summaryWith(unlessDown(machines.whole())),
  };
}

interface CountingVms {
  /** Undefined if there is more than one page. */
  readonly soon: Promise<Count | undefined>;
  readonly whole: () => Promise<Count>;
}

function countVms(scope: Call['scope']): CountingVms {
  const count = { total: 0, active: 0 };
  const pages = vms.list(scope);
  async function next(): Promise<boolean> {
    const page = await pages.next();
    if (page.done) return false;
    count.total += page.value.length;
    count.active += page.value.filter(({ status }) => status === 'up').length;
    return true;
  }
  /** The page that is read ahead, while no request waits for it. */
  let pending: Promise<boolean> | undefined;
  async function firstPage(): Promise<Count | undefined> {
    for (let any = await next(); any;) {
      const step = next();
      // A list that ends says so without another call: before anything else has its turn
      const soonest = await Promise.race([step, nextTurn('later' as const)]);
      if (soonest === 'later') {
        // A count in the background reports its failure itself
        step.catch(() => undefined);
        pending = step;
        return undefined;
      }
      any = soonest;
    }
    return count;
  }
  const soon = firstPage();
  async function whole(): Promise<Count> {
    await soon;
    for (let any = await pending; any; any = await next());
    return count;
  }
  return { soon, whole };
}
