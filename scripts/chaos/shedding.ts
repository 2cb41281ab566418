import { connect, type Socket } from 'node:net';
import { startProcess, type Running } from '../bench/processes.js';
import { print, sleep } from './command.js';
import { freePort, startReplica } from './programs.js';
import { LOGIN } from './traffic.js';

const REQUESTS = 4000;
/** How many connections are open at a time. */
const AT_ONCE = 50;
/** Rounds; the first only warms up. */
const ROUNDS = 4;

/** What the gateway is compared with: programs that do nothing but answer 503. */
const BARE: Readonly<Record<string, string>> = {
  'a bare HTTP server of Node.js': `
    const server = require('node:http').createServer((_request, response) => {
      response.writeHead(503, { 'Retry-After': 1, 'Content-Length': 200 });
      response.end(text);
    });`,
  'a bare TCP server of Node.js, which parses nothing': `
    const answer = 'HTTP/1.1 503 Service Unavailable\\r\\nRetry-After: 1\\r\\nContent-Length: 200\\r\\n\\r\\n' + text;
    const server = require('node:net').createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(answer));
    });`,
};

const startBare = (source: string): Promise<Running> =>
  startProcess([
    '-e',
    `const text = 'x'.repeat(200);${source}
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
    process.on('SIGTERM', () => process.exit());`,
  ]);

/**
 * What a refused request costs, each on a connection of its own: the time that the main thread runs for it, compared
 * with bare servers in the same minute. On an idle machine it is the time from its arrival to its answer.
 */
export async function measureShedding(cloud: Running): Promise<void> {
  const gateway = await startReplica(cloud, await freePort(), ['server.maxRequests=1']);
  const all: [string, Running][] = [['the gateway', gateway]];
  for (const [name, source] of Object.entries(BARE)) all.push([name, await startBare(source)]);
  const only = fill(gateway);
  const times = new Map(all.map(([name]) => [name, [] as number[]]));
  try {
    // its one request has to be there first
    await sleep(1000);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, one] of all) times.get(name)!.push(await costOf(one));
  } finally {
    only.destroy();
    await Promise.all(all.map(([, one]) => one.stop()));
  }
  print(`a request that is refused, of ${REQUESTS} on connections of their own:`);
  for (const [name, [, ...measured]] of times)
    print(`  ${name}: ${measured.map((time) => time.toFixed(0)).join(', ')} µs of the main thread`);
}

/** Sends a request whose body never comes: it has the gateway's only place. */
function fill(gateway: Running): Socket {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.write(
    `POST /api/vms HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\nContent-Type: application/xml\r\n` +
      `Content-Length: 1000\r\n\r\n`,
  );
  return socket;
}

/** Microseconds of the main thread for each request. */
async function costOf(one: Running): Promise<number> {
  const port = Number(new URL(one.url).port);
  const began = one.mainSeconds();
  let left = REQUESTS;
  async function client(): Promise<void> {
    while ((left -= 1) >= 0) await refused(port);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return ((one.mainSeconds() - began) * 1e6) / REQUESTS;
}

const refused = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    let status = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(
        `GET /api/vms;max=5 HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\nConnection: close\r\n\r\n`,
      ),
    );
    socket.on('data', (data: Buffer) => (status ||= data.toString('latin1').slice(9, 12)));
    socket.on('error', reject);
    socket.on('close', () => (status === '503' ? resolve() : reject(new Error(`answered ${status || 'nothing'}`))));
  });
