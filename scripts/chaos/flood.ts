import { connect, type Socket } from 'node:net';
import { startProcess, type Running } from '../bench/processes.js';
import { packageRoot } from '../../src/settings/index.js';
import { numberOf, print, sleep, type Command } from './command.js';
import { freePort, startReplica } from './programs.js';
import { LOGIN } from './traffic.js';

const VMS = 2000;
/** How long the cloud takes for each answer, milliseconds. */
const CLOUD_MS = 200;
/** How often others ask meanwhile, milliseconds. */
const OTHERS_MS = 100;
/** Within which a request that is shed should have its answer: reported, for the machine may be busy. */
const SHED_MS = 50;
/** How long a client that reads nothing is let be, milliseconds: the default is 60 s. */
const WRITE_TIMEOUT_MS = 10_000;
const PIPELINED = 5;
/** How much memory a client that reads nothing may hold, MiB: its page of the list, and what is written of it. */
const MOST_EACH = 2;

interface End {
  /** The status, or the error of the connection. */
  readonly what: string;
  readonly ms: number;
}

/**
 * `--clients N` (2000) ask for a long list at once, then `--readers N` (300) send requests and read nothing. Health and
 * readiness have to be answered all the time, what is too much refused soon, and memory bounded.
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
    const isShed = await crowd(gateway, clients);
    return isShed && isBounded;
  } finally {
    await gateway.stop();
    await cloud.stop();
  }
};

async function crowd(gateway: Running, count: number): Promise<boolean> {
  const others = watch(gateway);
  // a short answer: this process, too, is one alone
  const ends = await Promise.all(Array.from({ length: count }, () => ask(gateway.url, '/api/vms;max=5')));
  const looks = await others.end();
  print(`${count} clients at once:`);
  const kinds = [...new Set(ends.map(({ what }) => what))].sort();
  for (const what of kinds) print(`  ${what}: ${spread(ends.filter((one) => one.what === what))}`);
  print(`  /readyz meanwhile: ${looks.length} times, ${spread(looks)}; memory ${memoryOf(gateway)}`);
  const shed = ends.filter(({ what }) => what === '503').map(({ ms }) => ms);
  print(`  shed ${shed.length}, of these within ${SHED_MS} ms ${shed.filter((ms) => ms <= SHED_MS).length}`);
  return kinds.every((what) => what === '200' || what === '503') && looks.every(({ what }) => what === '200');
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
function watch({ url }: Running): { end(): Promise<End[]> } {
  const ends: End[] = [];
  let isOver = false;
  const running = (async () => {
    for (; !isOver; await sleep(OTHERS_MS)) ends.push(await ask(url, '/readyz'));
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
const ask = (url: string, path: string): Promise<End> =>
  new Promise((resolve) => {
    let sent = performance.now();
    let status = '';
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) }, () => {
      sent = performance.now();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\nConnection: close\r\n\r\n`);
    });
    const end = (what: string): void => resolve({ what, ms: performance.now() - sent });
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
  const sorted = ends.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  const statuses = [...new Set(ends.map(({ what }) => what))].join(', ');
  return `${ends.length} of ${statuses}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}
