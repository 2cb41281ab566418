import autocannon from 'autocannon';
import { packageRoot } from '../../src/settings/index.js';
import { defaultIds } from '../../src/simulator/index.js';
import { MAIN, startProcess, type Running } from './processes.js';

export const ROUNDS = 3;
export const ONE = `/api/vms/${defaultIds.servers.aix}`;
export const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

export interface Measure {
  readonly rps: number;
  readonly cpuMs: number;
  readonly p99: number;
}

/**
 * Placeholder at the end of a path for many VMs, which each connection asks for in an order of its own: clients that
 * read the same one at the same time share the cloud's answer.
 */
export const ANY = '{any}';
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const shuffled = (): number[] =>
  Array.from({ length: 500 }, (_, n) => n)
    .map((n) => [Math.random(), n] as const)
    .sort(([a], [b]) => a - b)
    .map(([, n]) => n);

/** Closed loop on one address, for some seconds. Every answer has to be a 200. */
export async function load(
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
    ...(path.endsWith(ANY) && {
      setupClient: (client) =>
        client.setRequests(shuffled().map((n) => ({ path: path.slice(0, -ANY.length) + idOf(n) }))),
    }),
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${path}: ${non2xx} refused, ${errors} failed`);
  return {
    rps: requests.average,
    cpuMs: ((target.cpuSeconds() - before) * 1000) / requests.total,
    p99: latency.p99,
  };
}

export const gatewayOn = (backend: Running, ...flags: string[]): Promise<Running> =>
  startProcess([
    ...MAIN,
    ...['serve', '--port', '0', '--admin-port', '0', '--log-level', 'silent', '--powervc', `${backend.url}/v3`],
    ...flags,
  ]);
export const script = (name: string): string[] => ['--import', 'tsx', `${packageRoot}scripts/bench/${name}.ts`];

/** The token of a login, and where the catalog says that Nova is. */
export async function nova(backend: Running): Promise<{ readonly token: string; readonly path: string }> {
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
export async function warm(url: string): Promise<void> {
  const answer = await fetch(url, { headers: { authorization: LOGIN } });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

export async function sessionOf(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: LOGIN, prefer: 'persistent-auth' } });
  await answer.arrayBuffer();
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`${url} opened no session: ${answer.status}`);
  return cookie;
}
