import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Host } from '../../model/index.js';
import type { Count, Counting, Summary } from '../declare/counts.js';
import { dispensable, unlessDown } from '../../services/dispensable.js';
import * as inventory from '../../services/inventory/inventory.js';
import * as vms from '../../services/vms/index.js';
import type { Call } from '../declare/operation.js';

/** The counts, cached or fresh. */
export const summaryOf = ({ counts, scope, exchange }: Call): Promise<Summary> =>
  counts.get(scope.session, (known) => {
    // Other requests wait for it, too
    exchange.client.commit();
    return countAll(scope, known);
  });

/**
 * The one user that the gateway knows of is the one that asks. One backend call for VMs of one page, otherwise those of
 * `VmPort.count`; and the calls of hosts and storage domains.
 */
function countAll(scope: Call['scope'], known: Summary | undefined): Counting {
  const machines = countVms(scope, known?.vms);
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
  async function whole(): Promise<Summary> {
    const [hosts] = await others;
    return summaryWith(unlessDown(machines.whole(areTold(hosts))));
  }
  return { soon: summaryWith(dispensable(scope, 'VMs', () => machines.soon)), whole };
}

/**
 * Whether the VMs that the cloud calls running are up: where a hypervisor has failed, only the details of its VMs tell
 * that they do not respond.
 */
const areTold = (hosts: readonly Host[] | undefined): boolean =>
  hosts !== undefined && hosts.every(({ status }) => status !== 'non_responsive');

/** As many as clouds return on one page. */
const MANY = 1000;

interface CountingVms {
  /** Undefined if there is more than one page, or was when they were last counted. */
  readonly soon: Promise<Count | undefined>;
  readonly whole: (areTold: boolean) => Promise<Count>;
}

/**
 * A page of VMs is read and counted exactly. More are counted by the backend if it can, which takes a quarter of the
 * CPU: for 10,000 VMs ids and links (8 MB) are read instead of details (27 MB).
 */
function countVms(scope: Call['scope'], known: Count | undefined): CountingVms {
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
  const soon = known && known.total > MANY ? Promise.resolve(undefined) : firstPage();
  async function whole(areTold: boolean): Promise<Count> {
    await soon;
    const counted = areTold ? await vms.count(scope) : undefined;
    if (counted) return counted;
    for (let any = await (pending ?? next()); any; any = await next());
    return count;
  }
  return { soon, whole };
}
