import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultIds, startSimulator, type Simulator } from '../src/simulator/index.js';
import { runCli } from './support/cli.js';
import { ensureBuilt } from './support/gateway-process.js';
import { quick } from './support/house.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const LOGIN = { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` };
let simulator: Simulator;
let primary: ChildProcess;
let base = '';
let printed = '';

async function until(text: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = text.exec(printed);
    if (found) return found;
    if (primary.exitCode !== null) throw new Error(`it ended with ${primary.exitCode}:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** On a connection of its own, so that the processes have it in turn. */
function ask(path: string, headers: Record<string, string> = LOGIN, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/xml' };
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(base + path, { method, agent: false, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on('error', reject).end(body);
  });
}

const inTurn = async <T>(times: number, act: () => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  for (let n = 0; n < times; n++) all.push(await act());
  return all;
};

beforeAll(async () => {
  ensureBuilt();
  simulator = await startSimulator({ timeScale: 0 });
  const sets = [...quick, `powervc.authUrl=${simulator.url}`, 'server.drainMs=0', 'log.level=info', 'admin.port=0'];
  primary = spawn(
    process.execPath,
    [`${root}dist/cli/main.js`, 'serve', '--workers', '2', ...sets.flatMap((set) => ['--set', set])],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [primary.stdout, primary.stderr])
    stream?.on('data', (data: Buffer) => {
      printed += data.toString();
    });
  base = (await until(/listens on (http:\S+)\/api[^]*2 processes serve it/))[1]!;
});

afterAll(async () => {
  if (primary.exitCode === null) {
    const ended = once(primary, 'exit');
    primary.kill('SIGKILL');
    await ended;
  }
  await simulator.close();
});

it('a session of one process is good in the other', async () => {
  const first = await ask('/api/vms', { ...LOGIN, prefer: 'persistent-auth' });
  const cookie = String(first.headers['set-cookie']).split(';')[0]!;
  const statuses = await inTurn(4, async () => (await ask('/api/vms', { cookie, prefer: 'persistent-auth' })).status);
  expect(statuses).toEqual([200, 200, 200, 200]);
});

it('a job of one process is told by the other', async () => {
  const { text } = await ask(`/api/vms/${defaultIds.servers.aix}/stop`, LOGIN, '<action/>');
  const job = /\/api\/jobs\/[0-9a-f-]{36}/.exec(text)?.[0] ?? 'no job';
  const answers = await inTurn(4, () => ask(job));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

it('both count together, and there is one build', async () => {
  const asked = 6;
  const count = async (): Promise<number> => {
    const { text } = await ask('/metrics');
    expect(text.match(/^ovirt_gateway_build_info\{.*\} (\d+)$/m)?.[1]).toBe('1');
    return Number(
      /^ovirt_gateway_requests_total\{operation="clusters.list",status="200"\} (\d+)$/m.exec(text)?.[1] ?? 0,
    );
  };
  const before = await count();
  await inTurn(asked, () => ask('/api/clusters'));
  expect(await count()).toBe(before + asked);
});

it('one that ends is started anew', async () => {
  const [first] = readFileSync(`/proc/${primary.pid}/task/${primary.pid}/children`, 'utf8').split(' ');
  process.kill(Number(first), 'SIGKILL');
  await until(/a worker exited and is restarted/);
  const statuses = await inTurn(4, async () => (await ask('/api/vms')).status);
  expect(statuses).toEqual([200, 200, 200, 200]);
});

it('all end in order, with the code of success', async () => {
  const ended = once(primary, 'exit');
  primary.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('is refused in front of a simulated cloud inside each process', async () => {
  const { code, stderr } = await runCli(['serve', '--workers', '2']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('each process would have its own simulated cloud')]);
});
