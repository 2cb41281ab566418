import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultIds, defaultInventory, mergeInventory } from '../../src/simulator/index.js';
import { packageRoot } from '../../src/settings/index.js';
import { startProcess, type Running } from './processes.js';
import { median, ofRounds, type Row } from './report.js';

const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
const MAIN = `${packageRoot}dist/cli/main.js`;
const VM = defaultIds.servers.aix;
/** FLEET=2000 for a smaller machine. */
const LARGE = Number(process.env['FLEET'] ?? 10_000);

/** What clients poll, in version 3. */
const LOOKS: readonly (readonly [what: string, path: string])[] = [
  ['root document', '/api'],
  ['one VM', `/api/vms/${VM}`],
  ['its disks', `/api/vms/${VM}/disks`],
  ['its NICs', `/api/vms/${VM}/nics`],
  ['its snapshots', `/api/vms/${VM}/snapshots`],
  ['its statistics', `/api/vms/${VM}/statistics`],
  ['search by exact name', '/api/vms?search=name%3Daix73-db01'],
  ['events', '/api/events'],
  ['jobs', '/api/jobs'],
];

const number = (n: number): string => String(n).padStart(12, '0');

/** The default inventory among so many VMs, each with two volumes and a NIC. */
const inventoryOf = (vms: number) =>
  mergeInventory(defaultInventory, {
    servers: Array.from({ length: vms }, (_, n) => ({
      id: `5f000000-0000-4000-8000-${number(n)}`,
      name: `fleet-${n}`,
      vm_state: 'active',
      power_state: 1,
    })),
    volumes: Array.from({ length: 2 * vms }, (_, n) => ({
      id: `d1600000-0000-4000-8000-${number(n)}`,
      name: `fleet-volume-${n}`,
      size: 1,
      attachments: [
        { server_id: `5f000000-0000-4000-8000-${number(n >> 1)}`, device: n % 2 === 0 ? '/dev/sda' : '/dev/sdb' },
      ],
    })),
    ports: Array.from({ length: vms }, (_, n) => ({
      id: `7f000000-0000-4000-8000-${number(n)}`,
      network_id: defaultIds.networks.vlan100,
      device_id: `5f000000-0000-4000-8000-${number(n)}`,
      fixed_ips: [],
    })),
  });

interface Cost {
  /** Backend calls of one request. */
  readonly calls: number;
  /** CPU time of the gateway, milliseconds. */
  readonly cpuMs: number;
}

async function ask(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: LOGIN } });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${text.slice(0, 500)}`);
  return text;
}

/** Calls of the gateway so far, of any service but Keystone. */
async function callsOf(gateway: Running): Promise<number> {
  const lines = (await (await fetch(`${gateway.url}/metrics`)).text()).split('\n');
  return lines
    .filter((line) => line.startsWith('ovirt_gateway_backend_calls_total{') && !line.includes('service="identity"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/**
 * A cloud of so many VMs that takes `delayMs` for each call, and a gateway in front of it, for as long as `act` takes.
 */
async function withFleet<T>(vms: number, act: (gateway: Running) => Promise<T>, delayMs = 0): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'inventory.json');
  writeFileSync(file, JSON.stringify(inventoryOf(vms)));
  const cloud = await startProcess([
    ...[MAIN, 'simulate', '--port', '0', '--time-scale', '0', '--inventory', file],
    ...['--delay', String(delayMs)],
  ]);
  const keystone = `${cloud.url}/powervc/openstack/identity/v3`;
  const gateway = await startProcess([MAIN, 'serve', '--port', '0', '--log-level', 'silent', '--powervc', keystone]);
  try {
    return await act(gateway);
  } finally {
    await gateway.stop();
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Rounds, and requests of each round. */
const ROUNDS = 5;
const TIMES = 40;

/** The costs of one request in each of two clouds that take turns. */
async function costsOf(gateways: readonly Running[], path: string): Promise<readonly (readonly Cost[])[]> {
  const costs = gateways.map((): Cost[] => []);
  // The first request may learn how large the fleet is, and V8 compiles what is hot: only later ones count.
  for (const { url } of gateways) for (let n = 0; n < 2 * TIMES; n++) await ask(url + path);
  for (let round = 0; round < ROUNDS; round++)
    for (let turn = 0; turn < gateways.length; turn++) {
      const index = (round + turn) % gateways.length;
      const gateway = gateways[index];
      if (!gateway) continue;
      const calls = await callsOf(gateway);
      const began = gateway.cpuSeconds();
      for (let n = 0; n < TIMES; n++) await ask(gateway.url + path);
      const cpuMs = ((gateway.cpuSeconds() - began) * 1000) / TIMES;
      costs[index]?.push({ calls: ((await callsOf(gateway)) - calls) / TIMES, cpuMs });
    }
  return costs;
}

/** Calls and CPU of each request in a cloud of 10,000 VMs and 20,000 volumes, relative to one of 10. */
export async function fleet(): Promise<Row[]> {
  return withFleet(10, (small) =>
    withFleet(LARGE, async (large) => {
      const found: Row[] = [];
      for (const [what, path] of LOOKS) {
        const [few = [], many = []] = await costsOf([small, large], path);
        const of = (costs: readonly Cost[], key: keyof Cost): string =>
          median(costs.map((cost) => cost[key])).toFixed(1);
        found.push({
          what: `fleet of ${LARGE}: ${what}, CPU, of the same at 10 VMs`,
          ...ofRounds(many.map(({ cpuMs }, round) => cpuMs / (few[round]?.cpuMs ?? cpuMs))),
          goal: '<= 1.2',
          detail: [
            `${of(many, 'cpuMs')} against ${of(few, 'cpuMs')} ms`,
            `${of(many, 'calls')} against ${of(few, 'calls')} calls`,
          ].join('; '),
        });
      }
      return found;
    }),
  );
}

/**
 * What no cloud can filter: every VM is read and compared. In front of the cloud of the bench, whose pages are bytes:
 * the simulated one takes several times the CPU of the gateway to make them.
 */
export async function search(): Promise<Row[]> {
  const backend = await startProcess(['--import', 'tsx', `${packageRoot}scripts/bench/backend.ts`], {
    SERVERS: String(LARGE),
  });
  const gateway = await startProcess([
    ...[MAIN, 'serve', '--port', '0', '--admin-port', '0', '--log-level', 'silent'],
    ...['--powervc', `${backend.url}/v3`],
  ]);
  try {
    await ask(`${gateway.url}/api/vms/${VM}`);
    const path = '/api/vms?search=vm-99';
    await ask(gateway.url + path);
    const seconds: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = gateway.cpuSeconds();
      const began = performance.now();
      await ask(gateway.url + path);
      seconds.push((performance.now() - began) / 1000);
      cpu.push(gateway.cpuSeconds() - before);
    }
    return [
      {
        what: `search in free text over ${LARGE} VMs, seconds`,
        ...ofRounds(seconds),
        goal: '<= 0.6',
        detail: `${median(cpu).toFixed(2)} s of CPU`,
      },
    ];
  } finally {
    await gateway.stop();
    await backend.stop();
  }
}

const PAGES = [1, 10, 100, 1000];

/** Backend calls of a page of VMs with their sub-collections, by the number of VMs. */
export async function held(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, path] of [
    ['detail=disks+nics+statistics', '/api/vms;max=1000;detail=disks+nics+statistics'],
    [
      'follow=disk_attachments.disk,nics,snapshots',
      '/ovirt-engine/api/vms?max=1000&follow=disk_attachments.disk,nics,snapshots',
    ],
  ] as const) {
    const calls: number[] = [];
    for (const vms of PAGES)
      calls.push(
        await withFleet(vms, async (gateway) => {
          await ask(`${gateway.url}/api/vms/${VM}`);
          const before = await callsOf(gateway);
          await ask(gateway.url + path);
          return (await callsOf(gateway)) - before;
        }),
      );
    rows.push({
      what: `${what}: calls of ${PAGES.at(-1)} VMs, of those of ${PAGES[0]}`,
      ratio: (calls.at(-1) ?? 0) / (calls[0] ?? 1),
      goal: '1',
      detail: PAGES.map((vms, n) => `${vms}: ${calls[n]}`).join(', '),
    });
  }
  return rows;
}

/** About what Nova takes for one server: the simulator alone answers before the next client has asked. */
const NOVA_MS = 40;

/** A hundred clients that send the same request at the same time: backend calls per request. */
export async function polling(): Promise<Row[]> {
  const CLIENTS = 100;
  return withFleet(
    10,
    async (gateway) => {
      const rows: Row[] = [];
      for (const [what, path] of [
        ['one VM', `/api/vms/${VM}`],
        ['jobs', '/api/jobs'],
        ['events', '/api/events'],
      ] as const) {
        await ask(gateway.url + path);
        const alone = await callsOf(gateway);
        await ask(gateway.url + path);
        const one = (await callsOf(gateway)) - alone;
        const before = await callsOf(gateway);
        const requested = await Promise.allSettled(Array.from({ length: CLIENTS }, () => ask(gateway.url + path)));
        const refused = requested.filter(({ status }) => status === 'rejected').length;
        const all = (await callsOf(gateway)) - before;
        rows.push({
          what: `${CLIENTS} clients that ask for ${what} at once: calls, of one client's`,
          ratio: all / one,
          goal: '<= 5',
          detail: `${all} against ${one} calls${refused > 0 ? `; ${refused} were refused` : ''}`,
        });
      }
      return rows;
    },
    NOVA_MS,
  );
}
