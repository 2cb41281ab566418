import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { defaultIds, defaultInventory, mergeInventory, type Inventory } from '../../src/simulator/index.js';
import { packageRoot } from '../../src/settings/index.js';
import { MAIN, startProcess, type Running } from './processes.js';
import { median, ofRounds, type Row } from './report.js';

const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
const VM = defaultIds.servers.aix;
/** FLEET=2000 for a smaller machine. */
const LARGE = Number(process.env['FLEET'] ?? 10_000);

/** What clients poll, in version 3. */
const looksAt = (vm: string, name: string): readonly (readonly [what: string, path: string])[] => [
  ['one VM', `/api/vms/${vm}`],
  ['its disks', `/api/vms/${vm}/disks`],
  ['its NICs', `/api/vms/${vm}/nics`],
  ['its snapshots', `/api/vms/${vm}/snapshots`],
  ['its statistics', `/api/vms/${vm}/statistics`],
  ['search by exact name', `/api/vms?search=name%3D${name}`],
  ['events', '/api/events'],
  ['jobs', '/api/jobs'],
];

const number = (n: number): string => String(n).padStart(12, '0');

/** So many VMs in a project, each with two volumes and a NIC. `prefix`: two digits of their ids. */
const fleetOf = (vms: number, project: string, prefix: string) => ({
  servers: Array.from({ length: vms }, (_, n) => ({
    id: `${prefix}000000-0000-4000-8000-${number(n)}`,
    project_id: project,
    name: `fleet-${n}`,
    vm_state: 'active',
    power_state: 1,
  })),
  volumes: Array.from({ length: 2 * vms }, (_, n) => ({
    id: `${prefix}d00000-0000-4000-8000-${number(n)}`,
    project_id: project,
    name: `fleet-volume-${n}`,
    size: 1,
    attachments: [
      { server_id: `${prefix}000000-0000-4000-8000-${number(n >> 1)}`, device: n % 2 === 0 ? '/dev/sda' : '/dev/sdb' },
    ],
  })),
  ports: Array.from({ length: vms }, (_, n) => ({
    id: `${prefix}e00000-0000-4000-8000-${number(n)}`,
    project_id: project,
    network_id: defaultIds.networks.vlan100,
    device_id: `${prefix}000000-0000-4000-8000-${number(n)}`,
    fixed_ips: [],
  })),
});

/** The default inventory among so many VMs. */
const inventoryOf = (vms: number) => mergeInventory(defaultInventory, fleetOf(vms, defaultIds.project, '5f'));

interface Cost {
  /** Backend calls of one request. */
  readonly calls: number;
  /** CPU time of the gateway, milliseconds. */
  readonly cpuMs: number;
}

async function ask(url: string, login = LOGIN): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: login } });
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

/** A simulated cloud, for as long as `act` takes, which gets the address of its Keystone and a folder. */
async function withCloud<T>(
  inventory: Inventory,
  options: readonly string[],
  act: (keystone: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'inventory.json');
  writeFileSync(file, JSON.stringify(inventory));
  const cloud = await startProcess([
    ...[...MAIN, 'simulate', '--port', '0', '--time-scale', '0', '--inventory', file],
    ...options,
  ]);
  try {
    return await act(`${cloud.url}/powervc/openstack/identity/v3`, folder);
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}

async function withGateway<T>(
  keystone: string,
  options: readonly string[],
  act: (gateway: Running) => Promise<T>,
): Promise<T> {
  const gateway = await startProcess([
    ...[...MAIN, 'serve', '--port', '0', '--log-level', 'silent', '--powervc', keystone],
    ...options,
  ]);
  try {
    return await act(gateway);
  } finally {
    await gateway.stop();
  }
}

/**
 * A cloud of so many VMs that takes `delayMs` for each call, and a gateway in front of it, for as long as `act` takes.
 */
const withFleet = <T>(vms: number, act: (gateway: Running) => Promise<T>, delayMs = 0): Promise<T> =>
  withCloud(inventoryOf(vms), ['--delay', String(delayMs)], (keystone) => withGateway(keystone, [], act));

/** A gateway whose clients see one fleet. */
interface Fleet {
  readonly gateway: Running;
  readonly login: string;
  readonly looks: ReturnType<typeof looksAt>;
}

/** The small fleet: events and jobs read the history of the 20 VMs that changed last. */
const SMALL = 20;

/**
 * How old the counts of the root document may be, milliseconds. A tenth of the default, for ten times the requests: a
 * hundred in a second, not ten. So the count in the background has the share that it has where clients ask for the root
 * document ten times a second.
 */
const COUNTS_MS = 6000;
const ROOTS_PER_SECOND = 100;

/**
 * Gateways for the small and the large fleet, which are projects of one cloud: both gateways wait for the same process.
 * A cloud of its own for each would be measured with its gateway: the larger one takes longer for an answer, and more
 * of the processor's caches.
 */
async function withFleets<T>(act: (fleets: readonly Fleet[]) => Promise<T>): Promise<T> {
  const own = [
    ['small', SMALL, defaultIds.otherProject, 'ibm-test', '5e'],
    ['large', LARGE, defaultIds.project, 'ibm-default', '5f'],
  ] as const;
  const inventory = own.reduce<Inventory>(
    (all, [, vms, project, , prefix]) => mergeInventory(all, fleetOf(vms, project, prefix)),
    { ...defaultInventory, servers: [], volumes: [], ports: [], snapshots: [] },
  );
  return withCloud(inventory, [], (keystone, folder) => {
    const config = join(folder, 'gateway.json');
    const projectsByProfile = Object.fromEntries(
      own.map(([profile, , , project]) => [profile, { domain: 'Default', project }]),
    );
    writeFileSync(config, JSON.stringify({ protocol: { countsMs: COUNTS_MS }, powervc: { projectsByProfile } }));
    const started = (fleets: readonly Fleet[], [next, ...rest]: readonly (typeof own)[number][]): Promise<T> =>
      next === undefined
        ? act(fleets)
        : withGateway(keystone, ['--config', config], (gateway) => {
            const login = `Basic ${Buffer.from(`admin@${next[0]}:powervc`).toString('base64')}`;
            const looks = looksAt(`${next[4]}000000-0000-4000-8000-${number(0)}`, 'fleet-0');
            return started([...fleets, { gateway, login, looks }], rest);
          });
    return started([], own);
  });
}

/** Rounds of a list. */
const ROUNDS = 5;

/** Turns of a look, and requests of each. */
const TURNS = 12;
const TIMES = 20;
/** Requests before them: V8 compiles what is hot. */
const WARM = 300;

/** What `act` costs, per request. */
async function costOf({ gateway }: Fleet, requests: number, act: () => Promise<void>): Promise<Cost> {
  const calls = await callsOf(gateway);
  const began = gateway.cpuSeconds();
  await act();
  const cpuMs = ((gateway.cpuSeconds() - began) * 1000) / requests;
  return { calls: ((await callsOf(gateway)) - calls) / requests, cpuMs };
}

/** The costs of one request for each fleet. They take short turns, so that what disturbs one disturbs the other. */
async function costsOf(fleets: readonly Fleet[], path: (fleet: Fleet) => string): Promise<readonly Cost[][]> {
  const times = async (fleet: Fleet, requests: number): Promise<void> => {
    for (let n = 0; n < requests; n++) await ask(fleet.gateway.url + path(fleet), fleet.login);
  };
  for (const fleet of fleets) await times(fleet, WARM);
  const costs = fleets.map((): Cost[] => []);
  for (let turn = 0; turn < TURNS; turn++)
    for (let place = 0; place < fleets.length; place++) {
      const index = (turn + place) % fleets.length;
      const fleet = fleets[index]!;
      costs[index]?.push(await costOf(fleet, TIMES, () => times(fleet, TIMES)));
    }
  return costs;
}

/** The same for root documents, ROOTS_PER_SECOND of each fleet: rounds in which their counts are refreshed twice. */
async function rootCostsOf(fleets: readonly Fleet[]): Promise<readonly Cost[][]> {
  const costs = fleets.map((): Cost[] => []);
  const requests = (ROOTS_PER_SECOND * COUNTS_MS) / 1000;
  async function poll({ gateway, login }: Fleet): Promise<void> {
    const began = performance.now();
    for (let n = 0; n < requests; n++) {
      await setTimeout(Math.max(0, began + (n * 1000) / ROOTS_PER_SECOND - performance.now()));
      await ask(`${gateway.url}/api`, login);
    }
  }
  // the first round warms up
  for (let round = 0; round <= 3; round++) {
    const measured = await Promise.all(fleets.map((fleet) => costOf(fleet, requests, () => poll(fleet))));
    if (round > 0) for (const [index, cost] of measured.entries()) costs[index]?.push(cost);
  }
  return costs;
}

/** Calls and CPU of each request in a fleet of 10,000 VMs and 20,000 volumes, relative to one of 20. */
export async function fleet(): Promise<Row[]> {
  return withFleets(async (fleets) => {
    const found: Row[] = [];
    const report = (what: string, [few = [], many = []]: readonly Cost[][]): void => {
      const of = (costs: readonly Cost[], key: keyof Cost): string => {
        const value = median(costs.map((cost) => cost[key]));
        return value.toFixed(value < 1 ? 2 : 1);
      };
      found.push({
        what: `fleet of ${LARGE}: ${what}, CPU, of the same at ${SMALL} VMs`,
        ...ofRounds(many.map(({ cpuMs }, round) => cpuMs / (few[round]?.cpuMs ?? cpuMs))),
        goal: '<= 1.2',
        detail: [
          `${of(many, 'cpuMs')} against ${of(few, 'cpuMs')} ms`,
          `${of(many, 'calls')} against ${of(few, 'calls')} calls`,
        ].join('; '),
      });
    };
    report('root document, ten times a second', await rootCostsOf(fleets));
    for (const [index, [what]] of looksAt('', '').entries())
      report(what, await costsOf(fleets, ({ looks }) => looks[index]![1]));
    return found;
  });
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
    ...[...MAIN, 'serve', '--port', '0', '--admin-port', '0', '--log-level', 'silent'],
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
