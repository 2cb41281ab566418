import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN, startProcess } from './processes.js';
import { median, ofRounds, type Row } from './report.js';

const MIB = 2 ** 20;
/** TRANSFER=64 for a smaller machine, MiB. */
const SIZE = Number(process.env['TRANSFER'] ?? 128) * MIB;
/** The disk that is downloaded whole. */
const DISK = 1024 * MIB;
const PARTS = 8;
const PAUSE_MS = 25;

type Document = Readonly<Record<string, unknown>>;
type Api = (method: string, url: string, body?: object | Uint8Array) => Promise<Document>;

/** Requests in JSON, or with bytes. Throws refusals. */
const client =
  (headers: Readonly<Record<string, string>>): Api =>
  async (method, url, body) => {
    const raw = body instanceof Uint8Array;
    const answer = await fetch(url, {
      method,
      headers: {
        ...headers,
        accept: 'application/json',
        ...(body && { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body && { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text.slice(0, 500)}`);
    return text === '' ? {} : (JSON.parse(text) as Document);
  };

async function reach(look: () => Promise<unknown>, requested: string): Promise<void> {
  for (;;) {
    const seen = await look();
    if (seen === requested) return;
    if (/error|fail/.test(String(seen))) throw new Error(`${String(seen)} instead of ${requested}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Reads an answer to its end. Returns its length. */
async function drained(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const answer = await fetch(url, { headers });
  if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`);
  let length = 0;
  for await (const part of answer.body as AsyncIterable<Uint8Array>) length += part.length;
  return length;
}

interface Token {
  readonly token: {
    readonly catalog: readonly { readonly type: string; readonly endpoints: readonly { url: string }[] }[];
  };
}

/** The cloud's own API: an image is made of the bytes, and written over the volume; and back. */
async function plainly(url: string) {
  const answer = await fetch(`${url}/powervc/openstack/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'admin', password: 'powervc', domain: { name: 'Default' } } },
        },
        scope: { project: { name: 'ibm-default', domain: { name: 'Default' } } },
      },
    }),
  });
  const { token } = (await answer.json()) as Token;
  const headers = { 'x-auth-token': answer.headers.get('x-subject-token') ?? '' };
  const api = client(headers);
  const at = (type: RegExp): string => token.catalog.find((one) => type.test(one.type))?.endpoints[0]?.url ?? '';
  const [images, volumes] = [`${at(/^image/)}/v2/images`, `${at(/^(volume|block)/)}/volumes`];
  const volumeIs = (id: string): Promise<void> =>
    reach(async () => ((await api('GET', `${volumes}/${id}`))['volume'] as Document)['status'], 'available');
  return {
    async upload(id: string, bytes: Uint8Array): Promise<void> {
      const image = await api('POST', images, { name: 'bench', disk_format: 'raw', container_format: 'bare' });
      await api('PUT', `${images}/${String(image['id'])}/file`, bytes);
      await client({ ...headers, 'openstack-api-version': 'volume 3.68' })('POST', `${volumes}/${id}/action`, {
        'os-reimage': { image_id: image['id'] },
      });
      await volumeIs(id);
      await api('DELETE', `${images}/${String(image['id'])}`);
    },
    async download(id: string): Promise<number> {
      const created = await api('POST', `${volumes}/${id}/action`, {
        'os-volume_upload_image': { image_name: 'bench', disk_format: 'raw', container_format: 'bare' },
      });
      const image = String((created['os-volume_upload_image'] as Document)['image_id']);
      await reach(async () => (await api('GET', `${images}/${image}`))['status'], 'active');
      const length = await drained(`${images}/${image}/file`, headers);
      await api('DELETE', `${images}/${image}`);
      return length;
    },
  };
}

/** The same through a transfer of the gateway, as ovirt-imageio's client does it: eight connections. */
function through(gateway: string) {
  const authorization = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
  const api = client({ authorization, version: '4' });
  const transfers = `${gateway}/ovirt-engine/api/imagetransfers`;
  const phaseIs = (id: string, phase: string): Promise<void> =>
    reach(async () => (await api('GET', `${transfers}/${id}`))['phase'], phase);
  const begin = async (disk: string, direction: string): Promise<{ id: string; url: string }> => {
    const id = String((await api('POST', transfers, { disk: { id: disk }, direction, format: 'raw' }))['id']);
    await phaseIs(id, 'transferring');
    return { id, url: String((await api('GET', `${transfers}/${id}`))['transfer_url']) };
  };
  const end = async (id: string): Promise<void> => {
    await api('POST', `${transfers}/${id}/finalize`, {});
    await phaseIs(id, 'finished_success');
  };
  return {
    async newDisk(): Promise<string> {
      const created = await api('POST', `${gateway}/ovirt-engine/api/disks`, {
        name: 'bench',
        provisioned_size: String(DISK),
        format: 'raw',
      });
      const id = String(created['id']);
      await reach(async () => (await api('GET', `${gateway}/ovirt-engine/api/disks/${id}`))['status'], 'ok');
      return id;
    },
    async upload(disk: string, bytes: Uint8Array): Promise<void> {
      const { id, url } = await begin(disk, 'upload');
      const part = bytes.length / PARTS;
      await Promise.all(
        Array.from({ length: PARTS }, (_, n) =>
          client({ 'content-range': `bytes ${n * part}-${(n + 1) * part - 1}/*` })(
            'PUT',
            `${url}?flush=n`,
            bytes.subarray(n * part, (n + 1) * part),
          ),
        ),
      );
      await client({})('PATCH', url, { op: 'flush' });
      await end(id);
    },
    async download(disk: string): Promise<number> {
      const { id, url } = await begin(disk, 'download');
      const length = await drained(url, {});
      await end(id);
      return length;
    },
  };
}

const seconds = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
};

/** Bytes of a disk through a transfer, beside the same through Glance without the gateway. */
export async function transfers(rounds = 3): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-transfers-'));
  const cloud = await startProcess([...MAIN, 'simulate', '--backend', 'openstack', '--port', '0', '--time-scale', '0']);
  const gateway = await startProcess([
    ...[...MAIN, 'serve', '--backend', 'openstack', '--port', '0', '--log-level', 'silent'],
    ...[
      '--set',
      `openstack.authUrl=${cloud.url}/powervc/openstack/identity/v3`,
      '--set',
      'openstack.project=ibm-default',
    ],
    ...['--set', `transfers.folder=${folder}`, '--set', 'operations.pollMs=5', '--set', 'operations.pollMaxMs=10'],
    ...['--set', 'admin.port=0'],
  ]);
  try {
    const [plain, ours] = [await plainly(cloud.url), through(gateway.url)];
    const disk = await ours.newDisk();
    const bytes = randomBytes(SIZE);
    const times = { up: [] as [number, number][], down: [] as [number, number][] };
    const cpu = { up: [] as number[], down: [] as number[] };
    const counted = (into: number[], act: () => Promise<unknown>) => async (): Promise<void> => {
      const before = gateway.cpuSeconds();
      await act();
      into.push(gateway.cpuSeconds() - before);
    };
    for (let round = 0; round <= rounds; round++) {
      const pair = async (one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<[number, number]> => {
        if (round % 2 === 0) return [await seconds(one), await seconds(other)];
        const last = await seconds(other);
        return [await seconds(one), last];
      };
      const up = await pair(
        () => plain.upload(disk, bytes),
        counted(cpu.up, () => ours.upload(disk, bytes)),
      );
      const down = await pair(
        () => plain.download(disk),
        counted(cpu.down, () => ours.download(disk)),
      );
      // the first is to warm up
      if (round > 0) {
        times.up.push(up);
        times.down.push(down);
      }
    }
    const row = (what: string, pairs: readonly [number, number][], used: readonly number[], size: number): Row => {
      const speed = (n: 0 | 1): string => `${(size / MIB / median(pairs.map((pair) => pair[n]))).toFixed(0)} MiB/s`;
      const seconds = (median(used) * 1024 * MIB) / size;
      return {
        what: `${what} of ${size / MIB} MiB through a transfer, throughput, of a plain copy through Glance`,
        ...ofRounds(pairs.map(([alone, together]) => alone / together)),
        goal: '>= 0.8',
        detail: `${speed(1)} against ${speed(0)}; CPU of the gateway ${seconds.toFixed(2)} s a GiB`,
      };
    };
    return [row('upload', times.up, cpu.up, SIZE), row('download', times.down, cpu.down, DISK)];
  } finally {
    await gateway.stop();
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}
