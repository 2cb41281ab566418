import autocannon from 'autocannon';
import { Pool } from 'undici';
import { defaultIds } from '../../src/simulator/index.js';
import { packageRoot } from '../../src/settings/index.js';
import { median, ofRounds, type Row } from './report.js';
import { startProcess, type Running } from './processes.js';

const ROUNDS = 3;
const ONE = `/api/vms/${defaultIds.servers.aix}`;
const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

interface Measure {
  readonly rps: number;
  readonly cpuMs: number;
  readonly p99: number;
}

/**
 * Placeholder at the end of a path for many VMs: clients that read the same one at the same time share the cloud's
 * answer.
 */
const ANY = '{any}';
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const shuffled = (): number[] =>
  Array.from({ length: 500 }, (_, n) => n)
    .map((n) => [Math.random(), n] as const)
    .sort(([a], [b]) => a - b)
    .map(([, n]) => n);

/** Closed loop on one address, for some seconds. Every answer has to be a 200. */
async function load(
  target: Running,
  path: string,
  connections: number,
  duration: number,
  headers: Readonly<Record<string, string>> = { authorization: LOGIN },
): Promise<Measure> {
  const before = target.cpuSeconds();
  const { requests, non2xx, errors, latency } = await autocannon({
    url: target.url + path,
    connections,
    duration,
    headers,
    ...(path.endsWith(ANY) && { requests: shuffled().map((n) => ({ path: path.slice(0, -ANY.length) + idOf(n) })) }),
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${path}: ${non2xx} refused, ${errors} failed`);
  return {
    rps: requests.average,
    cpuMs: ((target.cpuSeconds() - before) * 1000) / requests.total,
    p99: latency.p99,
  };
}

const gatewayOn = (backend: Running, ...flags: string[]): Promise<Running> =>
  startProcess([
    `${packageRoot}dist/cli/main.js`,
    ...['serve', '--port', '0', '--admin-port', '0', '--log-level', 'silent', '--powervc', `${backend.url}/v3`],
    ...flags,
  ]);
const script = (name: string): string[] => ['--import', 'tsx', `${packageRoot}scripts/bench/${name}.ts`];

/** The token of a login, and where the catalog says that Nova is. */
async function nova(backend: Running): Promise<{ readonly token: string; readonly path: string }> {
  const auth = {
    identity: {
      methods: ['password'],
      password: { user: { name: 'admin', password: 'powervc', domain: { name: 'Default' } } },
    },
    scope: { project: { name: 'ibm-default', domain: { name: 'Default' } } },
  };
  const answer = await fetch(`${backend.url}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  const { token } = (await answer.json()) as {
    token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
  };
  const compute = token.catalog
    .find(({ type }) => type === 'compute')!
    .endpoints.find((endpoint) => endpoint.interface === 'public')!.url;
  return { token: answer.headers.get('x-subject-token')!, path: new URL(compute).pathname };
}

/** Warms up: logs in, and gives the cloud the server that its lists are made from. */
async function warm(url: string): Promise<void> {
  const answer = await fetch(url, { headers: { authorization: LOGIN } });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** One VM, and a list of 1000, against the pass-through of the same backend; rounds take turns. */
export async function ratios(seconds = 3): Promise<Row[]> {
  const backend = await startProcess(script('backend'));
  const { token, path } = await nova(backend);
  const gateway = await gatewayOn(backend);
  const passing = await startProcess(script('pass-through'), { BACKEND: backend.url, TOKEN: token });
  const rows: Row[] = [];
  try {
    for (const { what, goal, goalCpu, front, back, connections } of [
      {
        what: 'one VM',
        goal: '>= 1.5',
        goalCpu: '<= 0.75',
        front: `/api/vms/${ANY}`,
        back: `${path}/servers/${ANY}`,
        connections: 16,
      },
      {
        // clients that poll one VM share what the cloud answers
        what: 'the same VM for all',
        goal: '',
        goalCpu: '',
        front: ONE,
        back: `${path}/servers/${defaultIds.servers.aix}`,
        connections: 16,
      },
      {
        what: 'list of 1000 VMs',
        goal: '>= 0.25',
        goalCpu: '<= 6',
        front: '/api/vms',
        back: `${path}/servers/detail?limit=1000`,
        connections: 4,
      },
    ]) {
      const both: { readonly ours: Measure; readonly theirs: Measure }[] = [];
      await warm(gateway.url + ONE);
      // V8 compiles hot code on other threads, whose time counts, too
      await load(passing, back, connections, 1);
      await load(gateway, front, connections, 1);
      for (let round = 0; round < ROUNDS; round++)
        both.push(
          round % 2 === 0
            ? {
                theirs: await load(passing, back, connections, seconds),
                ours: await load(gateway, front, connections, seconds),
              }
            : {
                ours: await load(gateway, front, connections, seconds),
                theirs: await load(passing, back, connections, seconds),
              },
        );
      const of = (pick: (pair: (typeof both)[number]) => number): number => median(both.map(pick));
      rows.push(
        {
          what: `HTTP, ${what}: requests a second, of express + undici pass-through`,
          ...ofRounds(both.map(({ ours, theirs }) => ours.rps / theirs.rps)),
          goal,
          detail: `${of(({ ours }) => ours.rps).toFixed(0)} against ${of(({ theirs }) => theirs.rps).toFixed(0)}`,
        },
        {
          what: `HTTP, ${what}: CPU of a request, of the same`,
          ...ofRounds(both.map(({ ours, theirs }) => ours.cpuMs / theirs.cpuMs)),
          goal: goalCpu,
          detail: [
            `${of(({ ours }) => ours.cpuMs).toFixed(2)} against ${of(({ theirs }) => theirs.cpuMs).toFixed(2)} ms`,
            `p99 ${of(({ ours }) => ours.p99).toFixed(0)} against ${of(({ theirs }) => theirs.p99).toFixed(0)} ms`,
          ].join('; '),
        },
      );
    }
  } finally {
    await Promise.all([gateway.stop(), passing.stop()]);
    await backend.stop();
  }
  return rows;
}

/** The same request with everything that production turns on, and in two processes, relative to the plain gateway. */
export async function variants(seconds = 3): Promise<Row[]> {
  const backend = await startProcess(script('backend'));
  const started = await Promise.all([
    gatewayOn(backend),
    gatewayOn(backend, '--log-level', 'info'),
    gatewayOn(backend, '--workers', '2'),
  ]);
  const [bare, logging, two] = started;
  try {
    for (const { url } of started) await warm(url + ONE);
    const cookie = await sessionOf(logging.url + ONE);
    const session = { cookie, prefer: 'persistent-auth' };
    // Different VMs: of those that read the same one, one process asks the cloud once, two ask it twice
    const any = `/api/vms/${ANY}`;
    // V8 compiles hot code on other threads, whose time counts, too
    for (const target of started) await load(target, any, 16, seconds);
    const rounds: Readonly<Record<'bare' | 'logging' | 'one' | 'two' | 'oneFull' | 'twoFull', Measure>>[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({
        bare: await load(bare, ONE, 16, seconds),
        logging: await load(logging, ONE, 16, seconds, session),
        one: await load(bare, any, 1, seconds),
        two: await load(two, any, 1, seconds),
        oneFull: await load(bare, any, 16, seconds),
        twoFull: await load(two, any, 16, seconds),
      });
    return [
      {
        what: 'one VM with session, log and metrics: requests a second, of without',
        ...ofRounds(rounds.map((one) => one.logging.rps / one.bare.rps)),
        goal: '>= 0.9',
        detail: `CPU ${median(rounds.map((one) => one.logging.cpuMs / one.bare.cpuMs)).toFixed(2)} of it`,
      },
      {
        // On two cores, of which clients and cloud take their part, two workers cannot answer twice as much. What a
        // request costs in one of them tells what they answer where each has a core.
        what: '--workers 2: requests for their CPU, of one process',
        ...ofRounds(rounds.map(({ one, two }) => (2 * one.cpuMs) / two.cpuMs)),
        goal: '>= 1.9',
        detail: `${median(rounds.map(({ oneFull, twoFull }) => twoFull.rps / oneFull.rps)).toFixed(2)} in requests a second, here`,
      },
    ];
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    await backend.stop();
  }
}

async function sessionOf(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: LOGIN, prefer: 'persistent-auth' } });
  await answer.arrayBuffer();
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`${url} opened no session: ${answer.status}`);
  return cookie;
}

/** Single GETs while two clients list 1000 VMs each, in one process. */
export async function beside(seconds = 3): Promise<Row[]> {
  const backend = await startProcess(script('backend'));
  const gateway = await gatewayOn(backend);
  try {
    await warm(gateway.url + ONE);
    await warm(`${gateway.url}/api/vms`);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const alone = await load(gateway, ONE, 8, seconds);
      const [busy] = await Promise.all([load(gateway, ONE, 8, seconds), load(gateway, '/api/vms', 2, seconds)]);
      ratios.push(busy.p99 / alone.p99);
    }
    return [
      { what: 'p99 of one VM while two clients list 1000, of alone', ...ofRounds(ratios), goal: '<= 5', detail: '' },
    ];
  } finally {
    await gateway.stop();
    await backend.stop();
  }
}

/** A list of 100,000 VMs: memory of the gateway, first byte, whole time. */
export async function long(count = 100_000): Promise<Row[]> {
  const backend = await startProcess(script('backend'), { SERVERS: String(count) });
  const gateway = await gatewayOn(backend);
  try {
    for (let n = 0; n < 200; n++) await warm(`${gateway.url}/api/vms/${defaultIds.servers.aix}`);
    const idle = gateway.memory().now;
    const pool = new Pool(gateway.url);
    const began = performance.now();
    const { body } = await pool.request({ method: 'GET', path: '/api/vms', headers: { authorization: LOGIN } });
    let first = 0;
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      first ||= performance.now() - began;
      bytes += chunk.length;
    }
    const seconds = (performance.now() - began) / 1000;
    await pool.close();
    const { peak } = gateway.memory();
    return [
      {
        what: `list of ${count} VMs: peak memory above idle, MiB`,
        ratio: peak - idle,
        goal: '<= 40',
        detail: `${peak.toFixed(0)} against ${idle.toFixed(0)} MiB`,
      },
      {
        what: `list of ${count} VMs: seconds`,
        ratio: seconds,
        goal: '<= 7',
        detail: `${(bytes / 2 ** 20).toFixed(0)} MiB`,
      },
      { what: `list of ${count} VMs: first byte, ms`, ratio: first, goal: '<= 50', detail: '' },
    ];
  } finally {
    await gateway.stop();
    await backend.stop();
  }
}

/** CPU and memory of `serve` until it is ready, in a process of its own. No ratio: the row has both as measured. */
export async function start(): Promise<Row[]> {
  const seconds: number[] = [];
  const mib: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const gateway = await startProcess([
      `${packageRoot}dist/cli/main.js`,
      ...['serve', '--port', '0', '--log-level', 'silent', '--powervc', 'http://127.0.0.1:9/v3'],
    ]);
    seconds.push(gateway.cpuSeconds());
    mib.push(gateway.memory().now);
    await gateway.stop();
  }
  return [
    { what: 'start: CPU until ready, seconds', ...ofRounds(seconds), goal: '<= 0.6', detail: '' },
    { what: 'start: memory when ready, MiB', ...ofRounds(mib), goal: '<= 90', detail: '' },
  ];
}
