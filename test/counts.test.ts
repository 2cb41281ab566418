import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  defaultIds,
  defaultInventory,
  mergeInventory,
  plainInventory,
  type CloudKind,
  type Inventory,
} from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** The counts of the root document where the VMs fill more than a page. */
const loginOf = (user: string): string => `Basic ${btoa(`${user}@internal:powervc`)}`;

const number = (n: number): string => String(n).padStart(12, '0');

/** States of servers, by turns; those with `up` are shown as up. */
const STATES = [
  { vm_state: 'active', power_state: 1 },
  { vm_state: 'stopped', power_state: 4 },
  { vm_state: 'rescued', power_state: 1 },
  { vm_state: 'paused', power_state: 3 },
  { vm_state: 'error', power_state: 0 },
  { vm_state: 'stopped', power_state: 4, task_state: 'resize_prep' },
  { vm_state: 'building', power_state: 0 },
] as const;

/** So many servers in these states; every tenth is in another project, which administrators can see as well. */
const withServers = (inventory: Inventory, many: number, states: readonly object[] = STATES): Inventory =>
  mergeInventory(inventory, {
    servers: Array.from({ length: many }, (_, n) => ({
      id: `5f000000-0000-4000-8000-${number(n)}`,
      name: `fleet-${n}`,
      project_id: n % 10 === 9 ? defaultIds.otherProject : defaultIds.project,
      ...states[n % states.length],
    })),
  });

interface Counts {
  readonly total: number;
  readonly active: number;
}

function client({ gateways, simulator }: Testbed, user = 'admin') {
  const paths: string[] = [];
  simulator.onCall(({ path }, phase) => {
    if (phase === 'before') paths.push(path);
  });
  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(gateways[0]!.url + path, { headers: { authorization: loginOf(user) } });
    expect(answer.status).toBe(200);
    return answer.text();
  };
  /** What the root document tells of VMs, once it does. */
  async function counted(): Promise<Counts> {
    for (;;) {
      const [, total, active] =
        /<vms>\s*<total>(\d+)<\/total>\s*<active>(\d+)<\/active>\s*<\/vms>/.exec(await ask('/api')) ?? [];
      if (total !== undefined) return { total: Number(total), active: Number(active) };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  async function listed(): Promise<Counts> {
    const text = await ask('/api/vms');
    const states = [...text.matchAll(/<vm href=[^]*?<status>\s*<state>(\w+)<\/state>/g)].map(([, state]) => state);
    return { total: states.length, active: states.filter((state) => state === 'up').length };
  }
  /** The queries of the lists of servers, with details and without, since the last time. */
  function lists(): { readonly detailed: number; readonly ids: number } {
    const since = paths.splice(0);
    return {
      detailed: since.filter((path) => path.includes('/servers/detail')).length,
      ids: since.filter((path) => /\/servers(\?|$)/.test(path)).length,
    };
  }
  return { ask, counted, listed, lists };
}

describe.each<[CloudKind, Inventory]>([
  ['powervc', defaultInventory],
  ['openstack', plainInventory],
])('on %s', (cloud, inventory) => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({
      cloud,
      inventory: withServers(inventory, 57),
      sets: ['backend.pageSize=10', 'operations.leaseMs=600000'],
    });
  });
  afterAll(() => testbed.close());

  test('the VMs of more than a page are counted by the cloud, as many as a list has', async () => {
    const { counted, listed, lists } = client(testbed);
    const shown = await listed();
    expect(shown.total).toBeGreaterThan(50);
    expect(shown.active).toBeGreaterThan(10);
    lists();
    expect(await counted()).toEqual(shown);
    // all and those that run, page by page; with details the first page, and one that is read ahead
    const { detailed, ids } = lists();
    expect(detailed).toBeLessThanOrEqual(2);
    expect(ids).toBe(Math.floor(shown.total / 10) + 1 + Math.floor(shown.active / 10) + 1);
  });
});

test('VMs on a host whose hypervisor has failed are counted by their details', async () => {
  const inventory = withServers(defaultInventory, 25);
  const testbed = await startTestbed({
    inventory: {
      ...inventory,
      hosts: inventory.hosts!.map((host, n) => (n === 0 ? { ...host, hypervisor_state: 'error' } : host)),
    },
    sets: ['backend.pageSize=10', 'operations.leaseMs=600000'],
  });
  try {
    const { counted, listed, lists } = client(testbed);
    lists();
    const found = await counted();
    expect(lists().ids).toBe(0);
    expect(found).toEqual(await listed());
  } finally {
    await testbed.close();
  }
});

test('a member who may not list hosts is told those of its VMs, which are read once, while no request waits', async () => {
  const testbed = await startTestbed({
    cloud: 'openstack',
    inventory: withServers(plainInventory, 57),
    sets: ['backend.pageSize=10', 'operations.leaseMs=600000'],
  });
  try {
    const { ask, counted, listed, lists } = client(testbed, 'operator');
    const shown = await listed();
    lists();
    expect(await ask('/api')).not.toContain('<hosts>');
    expect(await counted()).toEqual(shown);
    expect(lists()).toEqual({ detailed: Math.floor(shown.total / 10) + 1, ids: 0 });
    const total = (await ask('/api/hosts')).match(/<host href/g)?.length;
    expect(await ask('/api')).toMatch(new RegExp(`<hosts>\\s*<total>${total}</total>\\s*<active>${total}</active>`));
  } finally {
    await testbed.close();
  }
});

test('a large fleet is counted again without reading its VMs, after a change too', async () => {
  const testbed = await startTestbed({
    inventory: withServers(defaultInventory, 1200, [{ vm_state: 'active', power_state: 1 }]),
    sets: ['operations.leaseMs=600000'],
  });
  try {
    const { counted, lists } = client(testbed);
    const before = await counted();
    lists();
    const answer = await fetch(`${testbed.gateways[0]!.url}/api/vms/5f000000-0000-4000-8000-${number(0)}/stop`, {
      method: 'POST',
      headers: { authorization: loginOf('admin'), 'content-type': 'application/xml' },
      body: '<action/>',
    });
    expect(answer.status).toBe(200);
    const after = { ...before, active: before.active - 1 };
    await expect.poll(counted).toEqual(after);
    expect(lists().detailed).toBe(0);
  } finally {
    await testbed.close();
  }
});
