import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultIds, startSimulator } from '../../src/simulator/index.js';

/**
 * The cloud of the bench: the simulator's answers, cached as bytes, so that the simulator is not measured. A list has
 * SERVERS servers, copies of one, in pages of at most 1000. From one answer to the next, CHANGING percent of the
 * servers in a list of one page change, as in a list that clients poll.
 */
const servers = Number(process.env['SERVERS'] ?? 1000);
const PAGE = 1000;
const changing = Number(process.env['CHANGING'] ?? 10);
const simulator = await startSimulator({ timeScale: 0 });
const kept = new Map<string, Buffer>();
let template = '';

const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

const digits = (n: number, length: number): string => String(n).padStart(length, '0');

/**
 * The server of that number. What differs in a real fleet differs here, too, so that nothing is fast only because all
 * servers are the same: times, addresses and volumes per server; a few hosts, templates, sizes and states.
 */
function serverOf(n: number, change = 0): string {
  const instant = `2026-01-${digits(1 + (n % 28), 2)}T08:${digits((n + change) % 60, 2)}:${digits(n % 59, 2)}`;
  const host = `900942A_78ABC${digits(n % 12, 2)}`;
  return template
    .replaceAll(defaultIds.servers.aix, idOf(n))
    .replace('"aix73-db01"', `"vm-${n}"`)
    .replaceAll('2026-01-12T08:00:00', instant)
    .replaceAll('900942A_78ABC01', host)
    .replace('192.168.100.11', `10.1.${Math.floor(n / 250) % 250}.${n % 250}`)
    .replaceAll('1a000000-0000-4000-8000-000000000001', `1a000000-0000-4000-8000-0000000000${digits(n % 17, 2)}`)
    .replace('"d1500000-0000-4000-8000-000000000001"', `"d1500000-0000-4000-8000-${digits(n, 12)}"`)
    .replace('"memory_mb":16384', `"memory_mb":${4096 * 2 ** (n % 5)}`)
    .replace('"cpus":"4"', `"cpus":"${2 ** (n % 4)}"`)
    .replace('AIX 7.3', n % 3 === 0 ? 'AIX 7.3' : 'RHEL 9.4')
    .replace(/"status":"ACTIVE"(.*)"OS-EXT-STS:power_state":1/, (whole, between: string) =>
      n % 10 === 0 ? `"status":"SHUTOFF"${between}"OS-EXT-STS:power_state":4` : whole,
    );
}

/** The servers of a list of one page, as of the last answer. */
const shown: Buffer[] = [];
let answers = 0;

function changingList(): Buffer {
  answers += 1;
  const turns = Math.round(100 / changing);
  const parts: Buffer[] = [Buffer.from('{"servers":[')];
  for (let n = 0; n < servers; n += 1) {
    if (!shown[n] || n % turns === answers % turns)
      shown[n] = Buffer.from(`${n === 0 ? '' : ','}${serverOf(n, answers)}`);
    parts.push(shown[n]!);
  }
  return Buffer.concat([...parts, Buffer.from(']}')]);
}

/**
 * Where only the gateway is to be waited for (PREPARED): the minutes of changed servers start again after 60 answers, so
 * that many are made at the first one, and returned in turn.
 */
const prepared: Buffer[] = [];

function preparedList(): Buffer {
  while (prepared.length < 60) prepared.push(changingList());
  answers += 1;
  return prepared[answers % 60]!;
}

const list = process.env['PREPARED'] === undefined ? changingList : preparedList;

/** Pages as bytes, by their query: of 10,000 servers 27 MB, of 100,000 it is 270. */
const pages = new Map<string, Buffer>();

function keptPage(target: URL): Buffer {
  const query = `${target.searchParams.get('limit')} ${target.searchParams.get('marker')}`;
  const page = pages.get(query) ?? pageOf(target);
  pages.set(query, page);
  return page;
}

function pageOf(target: URL): Buffer {
  const after = target.searchParams.get('marker');
  const begin = after === null ? 0 : Number(after.slice(-12)) + 1;
  const end = Math.min(begin + Math.min(Number(target.searchParams.get('limit') ?? PAGE), PAGE), servers);
  const items = Array.from({ length: end - begin }, (_, n) => serverOf(begin + n));
  const links =
    end < servers
      ? `,"servers_links":[{"rel":"next","href":"${address()}${target.pathname}?marker=${idOf(end - 1)}"}]`
      : '';
  return Buffer.from(`{"servers":[${items.join(',')}]${links}}`);
}

async function forward(
  method: string,
  target: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Buffer }> {
  const base = target.startsWith('/v3/') ? simulator.url.replace(/\/v3$/, '') : new URL(simulator.url).origin;
  const answer = await fetch(base + target, {
    method,
    headers,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: Buffer.from((await answer.text()).replaceAll(new URL(simulator.url).origin, address())),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = new URL(request.url!, 'http://bench');
  const send = (status: number, body: Buffer, token?: string): void => {
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'content-length': body.length,
        ...(token !== undefined && { 'x-subject-token': token }),
      })
      .end(body);
  };
  if (request.method === 'GET' && target.pathname.endsWith('/servers/detail') && template !== '')
    return send(200, changing > 0 && servers <= PAGE ? list() : keptPage(target));
  const anyId = /\/servers\/(00000000-0000-4000-8000-\d{12})$/.exec(target.pathname)?.[1];
  if (request.method === 'GET' && anyId !== undefined && template !== '')
    return send(200, Buffer.from(`{"server":${template.replaceAll(defaultIds.servers.aix, anyId)}}`));
  const known = request.method === 'GET' ? kept.get(request.url!) : undefined;
  if (known) return send(200, known);
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)
        ? [[name, value]]
        : [],
    ),
  );
  const answer = await forward(request.method!, request.url!, headers, Buffer.concat(parts));
  if (request.method === 'GET' && answer.status === 200) {
    kept.set(request.url!, answer.body);
    if (target.pathname.endsWith(`/servers/${defaultIds.servers.aix}`))
      template = JSON.stringify((JSON.parse(answer.body.toString()) as { server: object }).server);
  }
  send(answer.status, answer.body, answer.headers.get('x-subject-token') ?? undefined);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    // figures of a failing backend are worthless
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${address()}\n`));
process.once('SIGTERM', () => process.exit(0));
