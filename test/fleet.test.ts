import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import {
  defaultIds,
  defaultInventory,
  mergeInventory,
  startSimulator,
  type Simulator,
} from '../src/simulator/index.js';
import type { Aggregation } from '../src/generated/openstack/metrics.js';
import { quick, silent, startTestbed } from './support/testbed.js';

/** What a look costs where the cloud holds more than a page of things that it is not about. */
const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
const VM = defaultIds.servers.aix;
const IDLE = 'd1500000-0000-4000-8000-0000000000d2';
let simulator: Simulator;
let gateway: Gateway;
let calls: string[] = [];
let aggregations: Aggregation[] = [];

async function look(path: string): Promise<string> {
  calls = [];
  aggregations = [];
  const answer = await fetch(gateway.url + path, { headers: { authorization: LOGIN } });
  expect(answer.status).toBe(200);
  return answer.text();
}
const idsIn = (text: string): string[] =>
  [...text.matchAll(/<disk href="[^"]*" id="([^"]*)"/g)].map(([, id = '']) => id).sort();

beforeAll(async () => {
  const volumes = Array.from({ length: 30 }, (_, n) => ({
    id: `d1600000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name: `other-${n}`,
    size: 1,
  }));
  simulator = await startSimulator({
    timeScale: 0,
    // so that two looks see the same measures
    manualTime: true,
    inventory: mergeInventory(defaultInventory, {
      volumes: [...volumes, { id: IDLE, name: 'idle', size: 1, metadata: { 'ovirt.vm': VM } }],
    }),
  });
  // the janitor, who looks at everything, comes later
  const rare = ['backend.pageSize=10', 'operations.leaseMs=600000'];
  const sets = [...quick, `powervc.authUrl=${simulator.url}`, ...rare];
  const { settings } = loadSettings({ environment: {}, sets });
  gateway = await startGateway(settings, {
    log: silent(settings.log),
    onBackendCall({ method, path, body }) {
      calls.push(`${method} ${path}`);
      if (path.includes('/v1/aggregates')) aggregations.push(body as Aggregation);
    },
  });
});

afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const OWN = [IDLE, defaultIds.volumes.aixBoot, defaultIds.volumes.aixData].sort();

it('the disks of a VM are found by its own volumes where the project has many', async () => {
  expect(idsIn(await look(`/api/vms/${VM}/disks`))).toEqual(OWN);
  // a page, which tells that there are many
  expect(calls.filter((call) => call.includes('/volumes/detail?limit'))).toHaveLength(2);
  expect(idsIn(await look(`/api/vms/${VM}/disks`))).toEqual(OWN);
  // the VM, those that note it, and each attached one
  const paths = calls.map((call) => call.replace(/\?.*/, '').replace(/.*\/(servers|volumes)\//, '$1/')).sort();
  expect(paths).toEqual([
    `servers/${VM}`,
    `volumes/${defaultIds.volumes.aixBoot}`,
    `volumes/${defaultIds.volumes.aixData}`,
    'volumes/detail',
  ]);
});

it.each([
  [40, ['servers/…', 'volumes/detail']],
  [60, ['servers/…', 'volumes/detail', 'volumes/…', 'volumes/…']],
])('the disks of a VM are the same among %i volumes of one page', async (many, expected) => {
  const volumes = Array.from({ length: many }, (_, n) => ({
    id: `d1700000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name: `other-${n}`,
    size: 1,
  }));
  const idle = { id: IDLE, name: 'idle', size: 1, metadata: { 'ovirt.vm': VM } };
  const inventory = mergeInventory(defaultInventory, { volumes: [...volumes, idle] });
  const testbed = await startTestbed({ inventory, sets: ['operations.leaseMs=600000'] });
  const paths: string[] = [];
  testbed.simulator.onCall(({ path }, phase) => {
    if (phase === 'before') paths.push(path);
  });
  try {
    const url = `${testbed.gateways[0]!.url}/api/vms/${VM}/disks`;
    const ask = async (): Promise<string> => (await fetch(url, { headers: { authorization: LOGIN } })).text();
    const first = await ask();
    expect(idsIn(first)).toEqual(OWN);
    paths.length = 0;
    expect(await ask()).toBe(first);
    expect(paths.map((path) => path.replace(/^\/|\?.*/g, '').replace(/[\da-f-]{36}/, '…')).sort()).toEqual(expected);
  } finally {
    await testbed.close();
  }
});

it('disks and NICs that the document of a VM holds are found as directly', async () => {
  expect(idsIn(await look(`/api/vms/${VM};detail=disks+nics`))).toEqual(OWN);
  expect(calls.filter((call) => call.includes(`/servers/${VM}`))).toHaveLength(1);
  expect(calls.filter((call) => call.endsWith(`/volumes/${defaultIds.volumes.aixBoot}`))).toHaveLength(1);
});

it('a part of a VM that its document and its OVF both need is read once', async () => {
  const path = `/ovirt-engine/api/vms/${VM}?all_content=true&follow=disk_attachments.disk,nics,snapshots`;
  expect(await look(path)).toContain('<initialization>');
  const own = calls.filter((call) => [VM, ...OWN].some((id) => call.includes(id)));
  expect(own).toEqual([...new Set(own)]);
  expect(own.filter((call) => call.endsWith(`/volumes/${defaultIds.volumes.aixBoot}`))).toHaveLength(1);
});

describe('what is measured of the VMs of a list', () => {
  /** Values of a VM's statistics in a document, by name. */
  const valuesIn = (text: string): string[] =>
    [...text.matchAll(/<name>([a-z.]+)<\/name>|<datum>([^<]*)<\/datum>/g)].map(
      ([, name = '', datum = '']) => name || datum,
    );
  const listed = (text: string, id: string): string[] => {
    const from = text.indexOf(`<vm href="/api/vms/${id}"`);
    return valuesIn(text.slice(text.indexOf('<statistics>', from), text.indexOf('</statistics>', from)));
  };
  const metricCalls = (): string[] =>
    calls.filter((call) => call.includes('/metric/')).map((call) => call.replace(/\?.*/, '').replace(/.*\/v1/, ''));

  async function alone(id: string): Promise<string[]> {
    return valuesIn(await look(`/api/vms/${id}/statistics`));
  }

  it('is read with one call per page, with the same values as for each VM', async () => {
    const text = await look('/api/vms;detail=statistics');
    const servers = Object.values(defaultIds.servers);
    expect(servers).toHaveLength(5);
    expect(metricCalls()).toEqual(['/aggregates']);
    // as Gnocchi's documentation has it under "Dynamic Aggregates", "Search and aggregate"
    expect(calls.find((call) => call.includes('/aggregates'))).toMatch(/\/v1\/aggregates\?start=20\d\d-[\dT%AZ.-]+$/);
    expect(aggregations.map(({ search, ...others }) => ({ ...others, search: search.in.id.toSorted() }))).toEqual([
      {
        operations: ['metric', ['cpu_util', 'mean'], ['memory.usage', 'mean']],
        resource_type: 'instance',
        search: servers.toSorted(),
      },
    ]);
    for (const id of servers) expect([id, listed(text, id)]).toEqual([id, await alone(id)]);
    expect(listed(text, VM)).toContain('cpu.current.total');
  });

  it('is asked for one by one of a few VMs', async () => {
    await look('/api/vms;max=4;detail=statistics');
    expect(metricCalls()).not.toContain('/aggregates');
    expect(metricCalls().filter((call) => call.startsWith('/resource/instance/'))).toHaveLength(4);
  });

  it.each([
    ['refuses that', { status: 404 }],
    ['has it in another form', { status: 200, body: {} }],
  ])('is asked for one by one where the cloud %s', async (_, then) => {
    const restore = simulator.addFault({ service: 'metric', path: '/aggregates', then });
    try {
      const text = await look('/api/vms;detail=statistics');
      expect(metricCalls().filter((call) => call.startsWith('/resource/instance/'))).toHaveLength(5);
      for (const id of Object.values(defaultIds.servers)) expect([id, listed(text, id)]).toEqual([id, await alone(id)]);
    } finally {
      restore();
    }
  });
});
