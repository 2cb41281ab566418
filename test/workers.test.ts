import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultIds, startSimulator, type Simulator } from '../src/simulator/index.js';
import { runCli } from './support/cli.js';
import { LOGIN, startWorkers, type Answer, type Workers } from './support/workers.js';

let simulator: Simulator;
let workers: Workers;

const ask = (path: string, headers: Record<string, string> = LOGIN, body?: string): Promise<Answer> =>
  workers.ask(
    path,
    body === undefined
      ? { headers }
      : { method: 'POST', headers: { 'content-type': 'application/xml', ...headers }, body },
  );

const inTurn = async <T>(times: number, act: () => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  for (let n = 0; n < times; n++) all.push(await act());
  return all;
};

beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0 });
  workers = await startWorkers(`powervc.authUrl=${simulator.url}`);
});

afterAll(async () => {
  await workers.close();
  await simulator.close();
});

it('a session of one process is valid in the other', async () => {
  const first = await ask('/api/vms', { ...LOGIN, prefer: 'persistent-auth' });
  const cookie = String(first.headers['set-cookie']).split(';')[0]!;
  const statuses = await inTurn(4, async () => (await ask('/api/vms', { cookie, prefer: 'persistent-auth' })).status);
  expect(statuses).toEqual([200, 200, 200, 200]);
});

it('a job of one process is listed by the other', async () => {
  const { text } = await ask(`/api/vms/${defaultIds.servers.aix}/stop`, LOGIN, '<action/>');
  const job = /\/api\/jobs\/[0-9a-f-]{36}/.exec(text)?.[0] ?? 'no job';
  const answers = await inTurn(4, () => ask(job));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

it('both count together, and one build is reported', async () => {
  const requested = 6;
  const count = async (): Promise<number> => {
    const { text } = await ask('/metrics');
    expect(text.match(/^ovirt_gateway_build_info\{.*\} (\d+)$/m)?.[1]).toBe('1');
    return Number(
      /^ovirt_gateway_requests_total\{operation="clusters.list",status="200"\} (\d+)$/m.exec(text)?.[1] ?? 0,
    );
  };
  const before = await count();
  await inTurn(requested, () => ask('/api/clusters'));
  expect(await count()).toBe(before + requested);
});

it('one that ends is started anew', async () => {
  const [first = 0] = workers.pids();
  process.kill(first, 'SIGKILL');
  await workers.until(/a worker exited and is restarted/);
  const statuses = await inTurn(4, async () => (await ask('/api/vms')).status);
  expect(statuses).toEqual([200, 200, 200, 200]);
});

it('all end in order, with the code of success', async () => {
  const ended = once(workers.primary, 'exit');
  workers.primary.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('is refused in front of a simulated cloud inside each process', async () => {
  const { code, stderr } = await runCli(['serve', '--workers', '2']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('each process would have its own simulated cloud')]);
});
