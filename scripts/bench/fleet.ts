import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultIds, defaultInventory, mergeInventory } from '../../src/simulator/index.js';
import { packageRoot } from '../../src/settings/index.js';
import { startProcess, type Running } from './processes.js';
import { median, type Row } from './report.js';

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
  /** CPU time of the gateway, milliseconds, the median of the requests. */
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

/** A cloud of so many VMs, and a gateway in front of it, for as long as `act` takes. */
async function withFleet<T>(vms: number, act: (gateway: Running) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'inventory.json');
  writeFileSync(file, JSON.stringify(inventoryOf(vms)));
  const cloud = await startProcess([MAIN, 'simulate', '--port', '0', '--time-scale', '0', '--inventory', file]);
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

/**
 * The first request may learn how large the fleet is, so only later ones count. Clock ticks are 10 ms: several requests
 * per measurement.
 */
async function costsOf(gateway: Running, times: number): Promise<Map<string, Cost>> {
  const costs = new Map<string, Cost>();
  for (const [what, path] of LOOKS) {
    for (let n = 0; n < times; n++) await ask(gateway.url + path);
    const before = await callsOf(gateway);
    const rounds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const began = gateway.cpuSeconds();
      for (let n = 0; n < times; n++) await ask(gateway.url + path);
      rounds.push(((gateway.cpuSeconds() - began) * 1000) / times);
    }
    costs.set(what, { calls: ((await callsOf(gateway)) - before) / (3 * times), cpuMs: median(rounds) });
  }
  return costs;
}

/** Calls and CPU of each request in a cloud of 10,000 VMs and 20,000 volumes, relative to one of 10. */
export async function fleet(times = 10): Promise<Row[]> {
  const small = await withFleet(10, (gateway) => costsOf(gateway, times));
  const [large, search] = await withFleet(LARGE, async (gateway) => [
    await costsOf(gateway, times),
    await freeText(gateway),
  ]);
  const rows = LOOKS.flatMap(([what]): Row[] => {
    const [few, many] = [small.get(what), large.get(what)];
    if (!few || !many) return [];
    return [
      {
        what: `fleet of ${LARGE}: ${what}, CPU, of the same at 10 VMs`,
        ratio: many.cpuMs / few.cpuMs,
        goal: '<= 1.2',
        detail: [
          `${many.cpuMs.toFixed(1)} against ${few.cpuMs.toFixed(1)} ms`,
          `${many.calls.toFixed(1)} against ${few.calls.toFixed(1)} calls`,
        ].join('; '),
      },
    ];
  });
  return [...rows, search];
}

/** What no cloud can filter: every VM is read and compared. */
async function freeText(gateway: Running): Promise<Row> {
  const path = '/api/vms?search=fleet-99';
  const seconds: number[] = [];
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    await ask(gateway.url + path);
    seconds.push((performance.now() - began) / 1000);
  }
  return {
    what: `fleet of ${LARGE}: search in free text, seconds`,
    ratio: median(seconds),
    goal: '<= 0.6',
    detail: 'the simulated cloud takes its part of the same cores',
  };
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

/** A hundred clients that send the same request at the same time: backend calls per request. */
export async function polling(): Promise<Row[]> {
  const CLIENTS = 100;
  return withFleet(10, async (gateway) => {
    const rows: Row[] = [];
    for (const [what, path] of [
      ['one VM', `/api/vms/${VM}`],
      ['events', '/api/events'],
    ] as const) {
      await ask(gateway.url + path);
      const alone = await callsOf(gateway);
      await ask(gateway.url + path);
      const one = (await callsOf(gateway)) - alone;
      const before = await callsOf(gateway);
      const asked = await Promise.allSettled(Array.from({ length: CLIENTS }, () => ask(gateway.url + path)));
      const refused = asked.filter(({ status }) => status === 'rejected').length;
      const all = (await callsOf(gateway)) - before;
      rows.push({
        what: `${CLIENTS} clients that ask for ${what} at once: calls, of one client's`,
        ratio: all / one,
        goal: '<= 5',
        detail: `${all} against ${one} calls${refused > 0 ? `; ${refused} were refused` : ''}`,
      });
    }
    return rows;
  });
}
