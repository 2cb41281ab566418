import { Pool } from 'undici';
import { defaultIds } from '../../src/simulator/index.js';
import { ANY, gatewayOn, load, LOGIN, nova, ONE, ROUNDS, script, sessionOf, warm, type Measure } from './load.js';
import { MAIN, startProcess, type Running } from './processes.js';
import { median, ofRounds, type Row } from './report.js';

/** Short ones: what else the machine does changes within seconds. */
const VARIANT_ROUNDS = 9;

/** The same request with everything that production turns on, and in two processes, relative to the plain gateway. */
export async function variants(seconds = 1): Promise<Row[]> {
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
    for (const target of started) await load(target, any, 16, 3 * seconds);
    const measured = {
      logging: () => load(logging, any, 16, seconds, session),
      one: () => load(bare, any, 1, seconds),
      two: () => load(two, any, 1, seconds),
      oneFull: () => load(bare, any, 16, seconds),
      twoFull: () => load(two, any, 16, seconds),
    };
    const rounds: Awaited<ReturnType<typeof inTurn<keyof typeof measured>>>[] = [];
    for (let round = 0; round < VARIANT_ROUNDS; round++) rounds.push(await inTurn(measured, round));
    return [
      {
        what: 'one VM with session, log and metrics: requests a second, of without',
        ...ofRounds(rounds.map((one) => one.logging.rps / one.oneFull.rps)),
        goal: '>= 0.9',
        detail: `CPU ${median(rounds.map((one) => one.logging.cpuMs / one.oneFull.cpuMs)).toFixed(2)} of it`,
      },
      {
        // On two cores, of which clients and cloud take their part, two workers cannot answer twice as much. What a
        // request costs in one of them tells what they answer where each has a core.
        what: '--workers 2: requests for their CPU, of one process',
        ...ofRounds(rounds.map(({ one, two }) => (2 * one.cpuMs) / two.cpuMs)),
        goal: '>= 1.9',
        detail:
          `${median(rounds.map(({ oneFull, twoFull }) => twoFull.rps / oneFull.rps)).toFixed(2)} in requests a ` +
          'second, here',
      },
    ];
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    await backend.stop();
  }
}

/** Measures each once, beginning with another one in each round. */
async function inTurn<K extends string>(
  measured: Readonly<Record<K, () => Promise<Measure>>>,
  round: number,
): Promise<Readonly<Record<K, Measure>>> {
  const names = Object.keys(measured) as K[];
  const first = round % names.length;
  const found: Partial<Record<K, Measure>> = {};
  for (const name of [...names.slice(first), ...names.slice(0, first)]) found[name] = await measured[name]();
  return found as Record<K, Measure>;
}

/** Single GETs while two clients list 1000 VMs each, from one process of the gateway. */
export async function beside(seconds = 3): Promise<Row[]> {
  const backend = await startProcess(script('backend'), { PREPARED: '1' });
  const gateway = await gatewayOn(backend);
  try {
    await warm(gateway.url + ONE);
    const listing = (): Promise<Running> =>
      startProcess(script('lists'), { LISTS: `${gateway.url}/api/vms`, CLIENTS: '2' });
    // V8 compiles hot code on other threads, which take turns with everything else
    const first = await listing();
    await load(gateway, ONE, 8, seconds);
    await first.stop();
    const rounds: { readonly alone: Measure; readonly busy: Measure }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const alone = await load(gateway, ONE, 8, seconds);
      const lists = await listing();
      rounds.push({ alone, busy: await load(gateway, ONE, 8, seconds) });
      await lists.stop();
    }
    const of = (which: 'alone' | 'busy'): string => median(rounds.map((round) => round[which].p99)).toFixed(0);
    return [
      {
        what: 'p99 of one VM while two clients list 1000, of alone',
        ...ofRounds(rounds.map(({ alone, busy }) => busy.p99 / alone.p99)),
        goal: '<= 5',
        detail: `${of('busy')} against ${of('alone')} ms`,
      },
    ];
  } finally {
    await gateway.stop();
    await backend.stop();
  }
}

/** Asks the cloud for all its pages, which it makes only once. */
async function walk(backend: Running, count: number): Promise<void> {
  const { token, path } = await nova(backend);
  let marker = '';
  for (let seen = 0; seen < count;) {
    const answer = await fetch(`${backend.url}${path}/servers/detail?limit=1000${marker}`, {
      headers: { 'x-auth-token': token },
    });
    const { servers } = (await answer.json()) as { servers: readonly { readonly id: string }[] };
    marker = `&marker=${servers.at(-1)?.id}`;
    seen += servers.length;
  }
}

/** A list of 100,000 VMs: memory of the gateway, first byte, whole time. */
export async function long(count = 100_000): Promise<Row[]> {
  const backend = await startProcess(script('backend'), { SERVERS: String(count) });
  const gateway = await gatewayOn(backend);
  try {
    for (let n = 0; n < 200; n++) await warm(`${gateway.url}/api/vms/${defaultIds.servers.aix}`);
    await walk(backend, count);
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
      ...MAIN,
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
