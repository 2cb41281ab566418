import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameId } from '../src/model/ids.js';
import { versions } from '../src/ovirt/index.js';
import { defaultIds, defaultInventory, mergeInventory, type Inventory } from '../src/simulator/index.js';
import { Scales, type Cost, type Measured } from './support/budget.js';
import { required } from '../src/invariant.js';

/** Those that version 3 has. */
const operations = versions.find(({ number }) => number === '3')!.operations;

/**
 * Operations against their budgets of backend calls (test/budgets.json), through the whole gateway: `calls` by service
 * and method, looks again at the same thing apart (`polls`, at most), with a login that is there already. The request
 * is one that makes the operation do all that it can. An operation that changes something needs a budget of its own; a
 * look may do with the common one.
 */
interface Row extends Partial<Cost> {
  readonly request: string;
  readonly body?: string;
  /** Requests that come before, uncounted. */
  readonly before?: readonly (readonly [request: string, body: string])[];
  /** What PowerVC has no means or nothing for is refused (409) or not there (404); what that costs counts too. */
  readonly status?: number;
}
const budgets = JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Row>
>;

const { servers, volumes, networks, images, types, pmem, vmSnapshot } = defaultIds;
const IDLE = 'd1500000-0000-4000-8000-0000000000d2';
const DATA = 'd1500000-0000-4000-8000-0000000000d1';
const NIC = '40000000-0000-4000-8000-0000000000e1';
const SPARE = '40000000-0000-4000-8000-0000000000e2';
const UNUSED = '1a000000-0000-4000-8000-0000000000e3';

/**
 * Around the default inventory's VM that is down: a data disk, an inactive one, a NIC that is plugged and one that is
 * not, NUMA nodes, a tag; and a template of which no VM is made.
 */
const inventory = mergeInventory(defaultInventory, {
  servers: [
    { id: servers.rhel, name: 'rhel94-app01', vm_state: 'stopped', power_state: 4 },
    {
      id: servers.ibmi,
      name: 'ibmi75-erp01',
      metadata: {
        'ovirt.numa': JSON.stringify([
          { id: nameId('numanode', servers.ibmi, '0'), index: 0, memoryMib: 1024, cores: [0], pins: [] },
        ]),
      },
    },
  ],
  volumes: [
    { id: DATA, name: 'data', size: 2, attachments: [{ server_id: servers.sles, device: '/dev/sdb' }] },
    { id: IDLE, name: 'idle', size: 1, metadata: { 'ovirt.vm': servers.sles } },
  ],
  images: [{ id: UNUSED, name: 'unused' }],
  ports: [
    {
      id: NIC,
      name: 'own',
      network_id: networks.vlan100,
      device_id: servers.sles,
      made_by_nova: false,
      description: `ovirt.vm=${servers.sles}`,
    },
    {
      id: SPARE,
      name: 'spare',
      network_id: networks.vlan100,
      made_by_nova: false,
      description: `ovirt.vm=${servers.sles}`,
    },
  ],
});

/** What the placeholders of budgets.json stand for; `{first}` and `{last}` are items of the collection. */
const names: Readonly<Record<string, string>> = {
  down: servers.sles,
  running: servers.ubuntu,
  snapped: servers.rhel,
  numa: servers.ibmi,
  disk: DATA,
  idle: IDLE,
  nic: NIC,
  spare: SPARE,
  snapshot: vmSnapshot,
  pmem,
  image: images.rhel,
  unused: UNUSED,
  domain: types.bulk,
  iso: nameId('storagedomain', 'iso'),
  export: nameId('storagedomain', 'export'),
  file: 'rhel-9.4-ppc64le-dvd.iso',
  addressed: defaultIds.ports.sles,
  cluster: nameId('cluster', 'Default Group'),
  fast: types.base,
  floating: volumes.floating,
  absent: '00000000-0000-4000-8000-0000000000ff',
};

let scales: Scales;
const fresh = async (given: Inventory): Promise<void> => {
  await scales.close();
  scales = await Scales.open(given);
};
beforeAll(async () => {
  scales = await Scales.open(inventory);
});
afterAll(() => scales.close());

async function filled(request: string): Promise<{ method: string; path: string }> {
  const [method = '', pattern = ''] = request
    .replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole)
    .split(' ');
  let path = pattern;
  for (;;) {
    // the collection before a placeholder has none: the first comes first
    const [, collection = '', which, rest = ''] = /^(.*?)\/\{(first|last)\}(.*)$/.exec(path) ?? [];
    if (which === undefined) return { method, path };
    const { status, text } = await scales.send('GET', collection);
    const items = status === 200 ? Object.values(JSON.parse(text) as Record<string, { id: string }[]>)[0] : [];
    path = `${collection}/${items?.at(which === 'first' ? 0 : -1)?.id ?? 'none'}${rest}`;
  }
}

const document = (body: string | undefined): string | undefined =>
  body?.replace(/\{(\w+)\}/g, (whole, key: string) => names[key] ?? whole);

/** What a data center holds is also found without it, by the same verbs. */
const declared = operations.filter(({ name, support }) => support !== 'refused' && !name.startsWith('datacenters.'));
const changing = declared.filter(({ method }) => method !== 'GET');
const looks = declared.filter(
  ({ name, method, kind }) => method === 'GET' && kind !== 'progress' && !(name in budgets),
);
const progress = declared.filter(({ kind }) => kind === 'progress');

it('every operation that changes something has a budget of its own, and every budget an operation', () => {
  expect(changing.map(({ name }) => name).filter((name) => !(name in budgets))).toEqual([]);
  expect(Object.keys(budgets).filter((name) => !declared.some((operation) => operation.name === name))).toEqual([]);
});

describe.each(declared.filter(({ name }) => name in budgets))('$name', ({ name }) => {
  it('keeps to its budget', async () => {
    const { request, body, before = [], status, calls = {}, polls = 0 } = budgets[name]!;
    await fresh(inventory);
    for (const [earlier, sent] of before) {
      const { method, path } = await filled(earlier);
      expect((await scales.send(method, path, sent)).status).toBeLessThan(300);
    }
    const { method, path } = await filled(request);
    const measured = await scales.measure(method, path, document(body));
    if (status === undefined) expect(measured.status, measured.text).toBeLessThan(300);
    else expect(measured.status, measured.text).toBe(status);
    expect(measured.operation).toBe(name);
    expect(measured.calls).toEqual(calls);
    expect(measured.polls).toBeLessThanOrEqual(polls);
    expect(scales.simulator.breaches).toEqual([]);
  });
});

/** Any other look: a few calls, and none that changes anything (a search of measures is a POST). */
const MOST = 4;
/**
 * Nova has no list of what it did over all VMs: the twenty that changed last are asked (src/services/events/events.ts).
 */
const HISTORY = { names: /^(jobs|events)\./, most: 21 };

describe('a look without a budget of its own', () => {
  beforeAll(() => fresh(inventory));
  const known = new Map<string, string>();

  /** The address with the first item of each collection in it; an id that nothing has where a collection is empty. */
  async function address(pattern: string): Promise<string> {
    let path = '';
    for (const segment of pattern.split('/').slice(1)) {
      if (!segment.startsWith('{')) path += `/${segment}`;
      else {
        if (!known.has(path))
          known.set(path, (await filled(`GET ${path}/{first}`)).path.replace(/\/none$/, `/${names.absent}`));
        path = known.get(path)!;
      }
    }
    return path;
  }

  it.each(looks)('$name costs little', async ({ name, path: pattern }) => {
    const measured = await scales.measure('GET', await address(pattern));
    expect([200, 404], measured.text).toContain(measured.status);
    if (measured.status === 200) expect(measured.operation).toBe(name);
    const spent = Object.entries(measured.calls).filter(([call]) => call !== 'metric POST');
    expect(spent.filter(([call]) => !call.endsWith(' GET'))).toEqual([]);
    expect(spent.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(
      HISTORY.names.test(name) ? HISTORY.most : MOST,
    );
  });
});

/** A look at the progress of something is a look at the thing itself. */
describe.each(progress)('$name', ({ name, path: pattern }) => {
  const ofCreation = pattern.includes('/creation_status/');
  const begun = name.replace(ofCreation ? /\.creation_status\.get$/ : /\.get$/, ofCreation ? '.add' : '');

  /** The address that the answer of what was begun would tell. */
  async function address(): Promise<string> {
    const row = budgets[begun];
    if (row === undefined) throw new Error(`no budget of ${begun}`);
    const { method, path } = await filled(row.request);
    if (!ofCreation) return `${path}/${nameId('action', path)}`;
    const { link = [] } = JSON.parse((await scales.send(method, path, document(row.body))).text) as {
      link?: { rel: string; href: string }[];
    };
    return link.find(({ rel }) => rel === 'creation_status')?.href.replace(/^\/api/, '') ?? 'none';
  }

  it('costs no more than a look at its resource', async () => {
    await fresh(inventory);
    const path = await address();
    const measured = await scales.measure('GET', path);
    const resource = await scales.measure('GET', path.split('/').slice(0, -2).join('/'));
    expect([measured.operation, measured.status], measured.text).toEqual([name, resource.status]);
    expect(Object.entries(measured.calls).filter(([call, count]) => count > (resource.calls[call] ?? 0))).toEqual([]);
    expect(measured.polls).toBe(0);
  });
});

/** So many of everything, most of it the VM's own. */
function crowd(count: number): Inventory {
  const many = <T>(make: (number: string, index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(String(index).padStart(12, '0'), index));
  return mergeInventory(inventory, {
    settings: { quota: { volumes: 100_000, ports: 100_000, instances: 100_000 } },
    servers: many((number) => ({ id: `5e0000ff-0000-4000-8000-${number}`, name: `vm${number}` })),
    volumes: many((number, index) => ({
      id: `d15000ff-0000-4000-8000-${number}`,
      name: `disk${number}`,
      size: 1,
      ...(index % 2 ? { attachments: [{ server_id: servers.sles, device: `/dev/sd${index}` }] } : {}),
    })),
    ports: many((number) => ({
      id: `400000ff-0000-4000-8000-${number}`,
      network_id: networks.vlan200,
      device_id: servers.sles,
    })),
    instanceSnapshots: many((number) => ({
      id: `54a000ff-0000-4000-8000-${number}`,
      name: `s${number}`,
      server_id: servers.sles,
      volumes: [],
    })),
    pmemVolumes: many((number) => ({
      uuid: `94e400ff-0000-4000-8000-${number}`,
      name: `p${number}`,
      size: 256,
      server_id: servers.sles,
    })),
  });
}

const LISTS = [
  { list: '/vms', service: 'compute GET', pages: true },
  { list: '/disks', service: 'volume GET', pages: true },
  { list: `/vms/${servers.sles}/disks`, service: 'volume GET', pages: true },
  { list: `/vms/${servers.sles}/nics`, service: 'network GET', pages: true },
  { list: `/vms/${servers.sles}/snapshots`, service: 'volume GET', pages: false },
  { list: `/vms/${servers.sles}/pmemvolumes`, service: 'compute GET', pages: false },
  { list: '/pmemvolumes', service: 'compute GET', pages: false },
  { list: '/jobs', service: 'compute GET', pages: false },
];

describe('a list costs the same for many as for few, but for the pages', () => {
  const measured = new Map<string, Measured[]>(LISTS.map(({ list }) => [list, []]));

  beforeAll(async () => {
    for (const count of [30, 2500]) {
      await fresh(crowd(count));
      for (const { list } of LISTS) measured.get(list)?.push(await scales.measure('GET', list));
    }
  });

  it.each(LISTS)('$list', ({ list, service, pages }) => {
    const costs = required(measured.get(list), list);
    const few = required(costs[0], 'the cost of few');
    const many = required(costs[1], 'the cost of many');
    expect([few.status, many.status]).toEqual([200, 200]);
    expect(many.polls).toBe(few.polls);
    expect(many.calls).toEqual({ ...few.calls, [service]: (few.calls[service] ?? NaN) + (pages ? 2 : 0) });
  });
});
