import searchFields from '../fixtures/ovirt/search-fields.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultIds, defaultInventory, mergeInventory, type Inventory } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * Searches from end to end: what goes to PowerVC, how often, and what comes back. docs/reference/ovirt.md, section 6;
 * DESIGN, decision 6.
 */
const COUNT = 2100;
const uuid = (number: number): string => `77777777-0000-4000-8000-${String(number).padStart(12, '0')}`;

function inventory(): Inventory {
  const servers = Array.from({ length: COUNT }, (_, index) => ({
    id: uuid(index),
    name: `load-${String(index).padStart(4, '0')}`,
    host: index % 2 ? defaultIds.power9 : defaultIds.power10,
    memory_mb: 1024 * (1 + (index % 64)),
    vm_state: index % 5 ? 'active' : 'stopped',
    power_state: index % 5 ? 1 : 4,
    created: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString().slice(0, 19),
    ...(index % 100 === 7 && { metadata: { 'ovirt.comment': 'special one' } }),
  }));
  return mergeInventory(defaultInventory, {
    servers,
    settings: { quota: { ...defaultInventory.settings?.quota, instances: 10_000 } },
  });
}

let testbed: Testbed;

/** The tests of a block search these VMs. */
function on(searched: Inventory): void {
  beforeAll(async () => {
    testbed = await startTestbed({ inventory: searched, keepCalls: 10_000, sets: ['operations.leaseMs=3600000'] });
    // The janitor looks for leftovers once a lease, beside the first request: its calls are none of a search's
    await vms(undefined, ';max=1');
    await testbed.gateways[0]!.settled();
  });
  afterAll(async () => {
    await testbed.close();
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly names: readonly string[];
  readonly calls: readonly string[];
}

/** Calls without logins, as `GET /servers/detail?limit=1000`. */
async function search(collection: string, text: string | undefined, matrix = ''): Promise<Answer> {
  testbed.simulator.resetCalls();
  const query = text === undefined ? '' : `?search=${encodeURIComponent(text)}`;
  const response = await fetch(`${testbed.gateways[0]!.url}/api/${collection}${matrix}${query}`, {
    headers: { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` },
  });
  const body = await response.text();
  return {
    status: response.status,
    text: body,
    names: [...body.matchAll(/^ {4}\S.*\n(?: {8}.*\n)*? {8}<name>(.*)<\/name>/gm)].map(([, name]) => name!),
    calls: testbed.simulator.calls
      .filter(({ service }) => service !== 'identity')
      .map(({ method, path }) => `${method} ${path}`),
  };
}
const vms = (text?: string, matrix?: string): Promise<Answer> => search('vms', text, matrix);
const listing = (calls: readonly string[]): string[] => calls.filter((call) => call.includes('/servers/detail'));

describe('thousands of VMs', () => {
  on(inventory());

  it('are listed at one call a page', async () => {
    const { names, calls } = await vms();
    expect(names).toHaveLength(COUNT + 5);
    expect(calls).toHaveLength(3);
  });

  it('are not read beyond max', async () => {
    const { names, calls } = await vms(undefined, ';max=10');
    expect(names).toHaveLength(10);
    expect(calls).toEqual(['GET /servers/detail?limit=10']);
  });

  it('are found by name in one call: fence_rhevm asks so', async () => {
    const { names, calls } = await vms('name=LOAD-0042');
    expect(names).toEqual(['load-0042']);
    expect(calls).toEqual(['GET /servers/detail?limit=1000&name=%5E%5BlL%5D%5BoO%5D%5BaA%5D%5BdD%5D-0042%24']);
    expect((await vms('name=LOAD-0042', ';case_sensitive=true')).names).toEqual([]);
  });

  it('are narrowed by pattern, status and host where Nova can', async () => {
    const { names, calls } = await vms('name=load-00* and status=down and host=P10-*');
    const [call] = listing(calls);
    expect(call).toContain('status=SHUTOFF&status=SHELVED&status=SHELVED_OFFLOADED&status=ERROR');
    expect(call).toContain('name=%5E%5BlL%5D');
    expect(call).toContain('host=');
    expect(listing(calls)).toHaveLength(1);
    expect(names).toHaveLength(10);
    expect(names.every((name) => Number(name.slice(5)) % 10 === 0)).toBe(true);
  });

  it('are compared here where Nova cannot, page by page', async () => {
    const { names, calls } = await vms('memory>65000 or "special one"');
    expect(names).toHaveLength(32 + 21);
    expect(calls).toHaveLength(3);
  });

  it('cost one list of another object, however many they are', async () => {
    const { names, calls } = await vms('Hosts.status=up');
    expect(names).toHaveLength(COUNT + 5);
    expect(listing(calls)).toHaveLength(3);
    expect(calls.length).toBeLessThanOrEqual(5);
    const { calls: more } = await vms('Template.name=rhel* or disk.alias=rhel* or Storage.name=none');
    expect(more.filter((call) => !call.includes('/servers/detail')).length).toBeLessThanOrEqual(7);
  });

  it('are read in pages as by ManageIQ: sorted by PowerVC, until a page is empty', async () => {
    const sizes: number[] = [];
    const seen: string[] = [];
    for (let page = 1; ; page += 1) {
      const { names, calls } = await vms(`sortby name asc page ${page}`, ';max=1000');
      expect(listing(calls).every((call) => call.includes('sort_key=display_name&sort_dir=asc'))).toBe(true);
      sizes.push(names.length);
      seen.push(...names);
      if (names.length === 0) break;
    }
    expect(sizes).toEqual([1000, 1000, 105, 0]);
    expect(new Set(seen).size).toBe(COUNT + 5);
    const load = seen.filter((name) => name.startsWith('load-'));
    expect(load).toEqual([...load].sort());
  });

  it('are paged a hundred at a time where max is not given', async () => {
    expect((await vms('name=load-* page 21')).names).toHaveLength(100);
    expect((await vms('name=load-* page 22')).names).toHaveLength(0);
  });

  it('are sorted here by what PowerVC cannot sort by', async () => {
    const { names } = await vms('name=load-* sortby memory desc page 1', ';max=3');
    expect(names).toEqual(['load-0063', 'load-0127', 'load-0191']);
  });

  it("are hosts' by their VMs", async () => {
    const { names, calls } = await search('hosts', 'Vms.name=load-0001');
    expect(names).toEqual(['p9-s924']);
    expect(listing(calls)).toHaveLength(1);
  });
});

describe('answers', () => {
  on(defaultInventory);

  it('are empty where nothing fits, without a call where nothing can', async () => {
    const { status, text, calls } = await vms('host=nowhere');
    expect([status, text.trim().split('\n').at(-1)]).toEqual([200, '<vms/>']);
    expect(listing(calls)).toEqual([]);
  });

  it('show the place of an error, and nothing is asked of PowerVC', async () => {
    const { status, text, calls } = await vms('name=a and (status=up');
    expect(status).toBe(400);
    expect(text).toContain('<reason>Operation Failed</reason>');
    expect(text).toContain(
      '<detail>[The parenthesis at character 12 is not closed: name=a and (status=up ^ here]</detail>',
    );
    expect(calls).toEqual([]);
    expect((await vms('colour=red')).text).toContain("A VM has no field 'colour' to search by");
  });

  it('has the fields that engines search by', async () => {
    for (const [collection, fields] of Object.entries(searchFields.fields))
      for (const name of fields) {
        const { status, text } = await search(collection, `sortby ${name}`);
        expect([collection, name, status], text).toEqual([collection, name, 200]);
      }
  });

  it('has the other objects that engines search by', async () => {
    for (const [collection, objects] of Object.entries(searchFields.objects))
      for (const object of objects) {
        const { status, text } = await search(collection, `${object}=x`);
        expect([collection, object, status], text).toEqual([collection, object, 200]);
      }
  });

  it('come from every searchable collection of the root document', async () => {
    const root = await search('', undefined);
    const links = [...root.text.matchAll(/href="\/api\/(\w+)(?:;from=\{event_id\})?\?search=\{query\}"/g)].map(
      ([, collection]) => collection!,
    );
    expect(links).toEqual(
      expect.arrayContaining(['clusters', 'hosts', 'networks', 'storagedomains', 'templates', 'vms', 'disks']),
    );
    for (const collection of links) {
      const empty = await search(collection, '');
      expect([collection, empty.status]).toEqual([collection, 200]);
      expect([collection, (await search(collection, 'no such thing anywhere')).status]).toEqual([collection, 200]);
      expect([collection, (await search(collection, 'nofield=1')).status]).toEqual([collection, 400]);
    }
  });
});
