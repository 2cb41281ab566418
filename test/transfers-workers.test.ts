import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainInventory, startSimulator, type Simulator } from '../src/simulator/index.js';
import { until, type Document } from './support/plain-gateway.js';
import { GIB, MIB } from './support/units.js';
import { LOGIN, startWorkers, type Workers } from './support/workers.js';

/** An image transfer of a gateway of several processes: each request comes to another of them. */

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
const JSON_LOGIN = { ...LOGIN, accept: 'application/json', 'content-type': 'application/json' };

let simulator: Simulator;
let workers: Workers;
let folder: string;

async function api(method: string, path: string, body?: object): Promise<Document> {
  const { status = 0, text } = await workers.ask(`/ovirt-engine/api${path}`, {
    method,
    headers: JSON_LOGIN,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect([status < 300, text]).toEqual([true, text]);
  return text === '' ? {} : (JSON.parse(text) as Document);
}

const reach = (id: string, phases: RegExp): Promise<Document> =>
  until(
    () => api('GET', `/imagetransfers/${id}`),
    ({ phase }) => phases.test(String(phase)),
  );

async function newDisk(name: string): Promise<string> {
  const { id } = await api('POST', '/disks', { name, provisioned_size: String(GIB), format: 'raw' });
  await until(
    () => api('GET', `/disks/${String(id)}`),
    ({ status }) => status === 'ok',
  );
  return String(id);
}

async function begin(disk: string, direction: string): Promise<{ id: string; path: string }> {
  const { id } = await api('POST', '/imagetransfers', { disk: { id: disk }, direction, format: 'raw' });
  const { transfer_url: url } = await reach(String(id), /transferring/);
  return { id: String(id), path: new URL(String(url)).pathname };
}

const put = async (path: string, bytes: Uint8Array, at: number): Promise<number | undefined> =>
  (
    await workers.ask(path, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-range': `bytes ${at}-${at + bytes.length - 1}/*`, 'content-length': String(bytes.length) },
    })
  ).status;

/** In eight parts, each on a connection of its own. */
async function downloaded(path: string, length: number): Promise<Buffer> {
  const part = length / 8;
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      workers.ask(path, { headers: { range: `bytes=${n * part}-${(n + 1) * part - 1}` } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(206));
  return Buffer.concat(answers.map(({ bytes }) => bytes));
}

/** The process that is at work on the transfer: the record says so. */
async function holderOf(id: string): Promise<number> {
  const holder = await until(
    async () => {
      const records = (await readdir(join(folder, id)))
        .filter((name) => name.endsWith('.json'))
        .sort((a, b) => parseInt(a) - parseInt(b));
      const text = await readFile(join(folder, id, records.at(-1) ?? ''), 'utf8').catch(() => '{}');
      return (JSON.parse(text) as { holder?: string }).holder;
    },
    (seen) => seen !== undefined,
  );
  return Number(holder?.split(' ')[1]);
}

/** One that nobody has: the system's own choice would go with the last process that listens there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transfers-'));
  simulator = await startSimulator({ inventory: plainInventory, timeScale: 0.1 });
  workers = await startWorkers(
    'backend.kind=openstack',
    `openstack.authUrl=${simulator.url}`,
    'openstack.project=ibm-default',
    `transfers.folder=${folder}`,
    'operations.timeoutMs=60000',
    `server.port=${await freePort()}`,
  );
});

afterAll(async () => {
  await workers?.close();
  await simulator?.close();
  await rm(folder, { recursive: true, force: true });
});

it('every process serves the data of every transfer, and continues the work of a killed process', async () => {
  const disk = await newDisk('spread');
  const upload = await begin(disk, 'upload');
  const content = randomBytes(4 * MIB);
  const part = content.length / 8;
  const statuses = await Promise.all(
    [7, 2, 5, 0, 1, 6, 3, 4].map((at) => put(upload.path, content.subarray(at * part, (at + 1) * part), at * part)),
  );
  expect(statuses).toEqual(Array(8).fill(200));
  await api('POST', `/imagetransfers/${upload.id}/finalize`, {});
  process.kill(await holderOf(upload.id), 'SIGKILL');
  await workers.until(/a worker exited and is restarted/);
  expect((await reach(upload.id, /^finished/))['phase']).toBe('finished_success');

  const download = await begin(disk, 'download');
  expect(md5(await downloaded(download.path, content.length))).toBe(md5(content));
  expect(Number((await api('GET', `/imagetransfers/${download.id}`))['transferred'])).toBe(content.length);
  const pids = await until(
    async () => workers.pids(),
    ({ length }) => length === 2,
  );
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const first = await until(
    () => workers.ask(download.path, { headers: { range: 'bytes=0-15' } }).catch(() => undefined),
    (answer) => answer !== undefined,
  );
  // nobody has logged in to the new processes: the login of the transfer is in its record
  expect([first?.status, first?.bytes.toString('hex')]).toEqual([206, content.subarray(0, 16).toString('hex')]);
  await api('POST', `/imagetransfers/${download.id}/finalize`, {});
  expect((await reach(download.id, /^finished/))['phase']).toBe('finished_success');
  expect([...simulator.world.images.values()].filter(({ name }) => name.startsWith('ovirt-transfer'))).toEqual([]);
  expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('bytes'))).toEqual([]);
});
