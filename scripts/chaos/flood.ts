import { connect, type Socket } from 'node:net';
import { startProcess, type Running } from '../bench/processes.js';
import { packageRoot } from '../../src/settings/index.js';
import { numberOf, print, sleep, type Command } from './command.js';
import { freePort, startReplica } from './programs.js';
import { measureShedding } from './shedding.js';
import { LOGIN } from './traffic.js';

const VMS = 2000;
/** How long the cloud takes for each answer, milliseconds. */
const CLOUD_MS = 200;
/** How often others ask meanwhile, milliseconds. */
const OTHERS_MS = 100;
/** Within which a request that is refused should have its answer: reported, for the machine may be busy. */
const SHED_MS = 50;
/** How many crowds come, one after the other: the first meets code that has not been compiled. */
const CROWDS = 4;
const STAY_MS = 10_000;
/** How long a client that was refused waits: `Retry-After` says so. */
const RETRY_MS = 1000;
/** How long a client that reads nothing is let be, milliseconds: the default is 60 s. */
const WRITE_TIMEOUT_MS = 10_000;
const PIPELINED = 5;
/** How much memory a client that reads nothing may hold, MiB: its page of the list, and what is written of it. */
const MOST_EACH = 2;

interface End {
  /** The status, or the error of the connection. */
  readonly what: string;
  readonly ms: number;
  /** How long the gateway's main thread ran meanwhile, milliseconds: what other programs do does not count. */
  readonly cpuMs: number;
}

/**
 * `--readers N` (300) send requests and read nothing; then `--clients N` (2000) ask at once, and as many keep asking.
 * Health and readiness have to be answered all the time, what is too much refused soon, and memory bounded.
 */
export const run: Command = async (args) => {
  const clients = numberOf(args, 'clients', 2000);
  const readers = numberOf(args, 'readers', 300);
  const cloud = await startProcess([
    `${packageRoot}dist/cli/main.js`,
    'simulate',
    ...['--port', String(await freePort()), '--vms', String(VMS), '--delay', String(CLOUD_MS), '--log-level', 'silent'],
  ]);
  const gateway = await startReplica(cloud, await freePort(), [`server.writeTimeoutMs=${WRITE_TIMEOUT_MS}`]);
  try {
    const login = await fetch(`${gateway.url}/api/vms`, { headers: { authorization: LOGIN } });
    print(`a list of ${VMS} VMs: ${login.status}, ${((await login.text()).length / 2 ** 20).toFixed(1)} MiB`);
    const atRest = gateway.memory().now;
    const isBounded = await idlers(gateway, readers, atRest);
    let isWell = isBounded;
    for (let turn = 0; turn < CROWDS; turn += 1) isWell = (await crowd(gateway, clients)) && isWell;
    isWell = (await stayers(gateway, clients)) && isWell;
    await measureShedding(cloud);
    return isWell;
  } finally {
    await gateway.stop();
    await cloud.stop();
  }
};

async function crowd(gateway: Running, count: number): Promise<boolean> {
  const others = watch(gateway);
  const ends = await Promise.all(Array.from({ length: count }, () => briefly(gateway)));
  return report(gateway, `${count} clients at once`, ends, await others.end());
}

/** The clients ask again and again: the gateway is saturated all the time. */
async function stayers(gateway: Running, count: number): Promise<boolean> {
  const others = watch(gateway);
  const ends: End[] = [];
  const until = performance.now() + STAY_MS;
  async function client(): Promise<void> {
    // not all at once
    await sleep(Math.random() * RETRY_MS);
    while (performance.now() < until) {
      const end = await briefly(gateway);
      ends.push(end);
      if (end.what === '503') await sleep(RETRY_MS);
    }
  }
  await Promise.all(Array.from({ length: count }, client));
  return report(gateway, `${count} clients for ${STAY_MS / 1000} s`, ends, await others.end());
}

/** A short answer: this process, too, is one alone. */
const briefly = (gateway: Running): Promise<End> => ask(gateway, '/api/vms;max=5');

function report(gateway: Running, what: string, ends: readonly End[], looks: readonly End[]): boolean {
  print(`${what}:`);
  const kinds = [...new Set(ends.map((end) => end.what))].sort();
  for (const kind of kinds) print(`  ${kind}: ${spread(ends.filter((end) => end.what === kind))}`);
  print(`  /readyz meanwhile: ${looks.length} times, ${spread(looks)}; memory ${memoryOf(gateway)}`);
  const shed = ends.filter((end) => end.what === '503');
  const within = (time: (end: End) => number): number => shed.filter((end) => time(end) <= SHED_MS).length;
  print(
    `  refused ${shed.length}, of these within ${SHED_MS} ms ${within(({ ms }) => ms)}, ` +
      `within ${SHED_MS} ms of the gateway's own time ${within(({ cpuMs }) => cpuMs)}`,
  );
  return kinds.every((kind) => kind === '200' || kind === '503') && looks.every((look) => look.what === '200');
}

async function idlers(gateway: Running, count: number, atRest: number): Promise<boolean> {
  const others = watch(gateway);
  const sockets = Array.from({ length: count }, () => idle(gateway.url));
  let peak = 0;
  await sleep(1000);
  const began = performance.now();
  const until = began + 12 * WRITE_TIMEOUT_MS;
  while (performance.now() < until && (await inFlight(gateway)) > 0) {
    await sleep(500);
    peak = Math.max(peak, gateway.memory().now);
  }
  const looks = await others.end();
  const open = await inFlight(gateway);
  for (const socket of sockets) socket.destroy();
  print(`${count} clients that read nothing, each with ${PIPELINED} requests ahead:`);
  print(`  /readyz meanwhile: ${looks.length} times, ${spread(looks)}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  print(`  memory at rest ${atRest.toFixed(0)} MiB, at most ${peak.toFixed(0)} MiB`);
  print(`  cut off after ${seconds} s, ${open} still in flight`);
  return open === 0 && peak - atRest < MOST_EACH * count && looks.every(({ what }) => what === '200');
}

/** Requests that it is answering; this question does not count. */
async function inFlight({ url }: Running): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text();
  return Number(/^ovirt_gateway_requests_in_flight (\S+)$/m.exec(text)?.[1]);
}

const memoryOf = (gateway: Running): string =>
  `${gateway.memory().now.toFixed(0)} MiB, at most ${gateway.memory().peak.toFixed(0)} MiB`;

/** Asks for readiness until it is ended. */
function watch(gateway: Running): { end(): Promise<End[]> } {
  const ends: End[] = [];
  let isOver = false;
  const running = (async () => {
    for (; !isOver; await sleep(OTHERS_MS)) ends.push(await ask(gateway, '/readyz'));
  })();
  return {
    async end() {
      isOver = true;
      await running;
      return ends;
    },
  };
}

/** One request on a connection of its own; the time is from its sending to the first bytes. */
const ask = ({ url, mainSeconds }: Running, path: string): Promise<End> =>
  new Promise((resolve) => {
    let sent = performance.now();
    let cpu = mainSeconds();
    let status = '';
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) }, () => {
      sent = performance.now();
      cpu = mainSeconds();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\nConnection: close\r\n\r\n`);
    });
    const end = (what: string): void =>
      resolve({ what, ms: performance.now() - sent, cpuMs: (mainSeconds() - cpu) * 1000 });
    socket.on('data', (data: Buffer) => {
      if (status === '') end((status = data.toString('latin1').slice(9, 12)));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.on('close', () => end('closed without an answer'));
  });

function idle(url: string): Socket {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  socket.on('error', () => socket.destroy());
  socket.pause();
  socket.write(`GET /api/vms HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\n\r\n`.repeat(PIPELINED));
  return socket;
}

function spread(ends: readonly End[]): string {
  const at = (time: (end: End) => number, share: number): string => {
    const sorted = ends.map(time).sort((a, b) => a - b);
    return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  };
  const wall = ({ ms }: End): number => ms;
  const own = ({ cpuMs }: End): number => cpuMs;
  return (
    `${ends.length}, p50 ${at(wall, 0.5)} ms, p99 ${at(wall, 0.99)} ms, most ${at(wall, 1)} ms ` +
    `(gateway's own time ${at(own, 0.5)}, ${at(own, 0.99)}, ${at(own, 1)} ms)`
  );
}
