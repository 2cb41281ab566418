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
    dispensable(scope, 'hosts', async () => ({ listed: await inventory.listedHosts(scope) })),
    dispensable(scope, 'storage domains', () => inventory.storageDomains(scope)),
  ]);
  async function summaryWith(counted: Promise<CountedVms | undefined>): Promise<Summary> {
    const [machines, [hosts, domains]] = await Promise.all([counted, others]);
    const { vms, hosts: own } = machines ?? {};
    const hostCount = hosts?.listed ? countOf(hosts.listed, 'up') : hosts && own;
    return {
      ...(vms && { vms }),
      ...(hostCount && { hosts: hostCount }),
      users: { total: 1, active: 1 },
      ...(domains && { storage_domains: countOf(domains, 'active') }),
    };
  }
  async function whole(): Promise<Summary> {
    const [hosts] = await others;
    return summaryWith(unlessDown(machines.whole(areTold(hosts?.listed))));
  }
  return { soon: summaryWith(dispensable(scope, 'VMs', () => machines.soon)), whole };
}

const countOf = (all: readonly { readonly status?: string }[], active: string): Count => ({
  total: all.length,
  active: all.filter(({ status }) => status === active).length,
});

/**
 * Whether counting tells which VMs are up. Only their details do where a hypervisor has failed, as its VMs do not
 * respond; and only they name the hosts to a login that may not list these.
 */
const areTold = (hosts: readonly Host[] | undefined): boolean =>
  hosts !== undefined && hosts.every(({ status }) => status !== 'non_responsive');

/** As many as clouds return on one page. */
const MANY = 1000;

interface CountedVms {
  readonly vms: Count;
  /** The hosts that they run on; absent if the VMs were counted without reading them. */
  readonly hosts?: Count;
}

interface CountingVms {
  /** Undefined if there is more than one page, or was when they were last counted. */
  readonly soon: Promise<CountedVms | undefined>;
  readonly whole: (areTold: boolean) => Promise<CountedVms>;
}

/**
 * A page of VMs is read and counted exactly. More are counted by the backend if it can, which takes a quarter of the
 * CPU: for 10,000 VMs ids and links (8 MB) are read instead of details (27 MB).
 */
function countVms(scope: Call['scope'], known: Count | undefined): CountingVms {
  const count = { total: 0, active: 0 };
  const hosts = new Set<string>();
  const read = (): CountedVms => ({ vms: count, hosts: { total: hosts.size, active: hosts.size } });
  const pages = vms.list(scope);
  async function next(): Promise<boolean> {
    const page = await pages.next();
    if (page.done) return false;
    count.total += page.value.length;
    count.active += page.value.filter(({ status }) => status === 'up').length;
    for (const { host } of page.value) if (host?.id !== undefined) hosts.add(host.id);
    return true;
  }
  /** The page that is read ahead, while no request waits for it. */
  let pending: Promise<boolean> | undefined;
  async function firstPage(): Promise<CountedVms | undefined> {
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
    return read();
  }
  const soon = known && known.total > MANY ? Promise.resolve(undefined) : firstPage();
  async function whole(areTold: boolean): Promise<CountedVms> {
    await soon;
    const counted = areTold ? await vms.count(scope) : undefined;
    if (counted) return { vms: counted };
    for (let any = await (pending ?? next()); any; any = await next());
    return read();
  }
  return { soon, whole };
}
