import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../src/simulator/glance/qcow2.js';
import { credentials, startPlain, until, type Document, type PlainGateway } from './support/plain-gateway.js';
import { GIB, MIB } from './support/units.js';

/** A disk's bytes over HTTP, as docs/reference/v4-wire.md, section 9 has it: on the simulated OpenStack. */

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

let plain: PlainGateway;
let folder: string;

const diskOf = async (id: string): Promise<Document> => (await plain.api('GET', `/disks/${id}`)).body;

async function newDisk(name: string): Promise<string> {
  const { body } = await plain.api('POST', '/disks', { name, provisioned_size: String(GIB), format: 'raw' });
  await until(
    () => diskOf(String(body['id'])),
    ({ status }) => status === 'ok',
  );
  return String(body['id']);
}

const transferOf = async (id: unknown): Promise<Document> =>
  (await plain.api('GET', `/imagetransfers/${String(id)}`)).body;

const ended = (id: unknown): Promise<Document> =>
  until(
    () => transferOf(id),
    ({ phase }) => String(phase).startsWith('finished_'),
  );

async function begin(disk: string, requested: object = {}): Promise<{ id: string; url: string; document: Document }> {
  const { status, body } = await plain.api('POST', '/imagetransfers', { disk: { id: disk }, ...requested });
  expect(status, JSON.stringify(body)).toBe(201);
  const document = await until(
    () => transferOf(body['id']),
    ({ phase }) => phase !== 'initializing',
  );
  return { id: String(body['id']), url: String(document['transfer_url']), document };
}

const put = (url: string, bytes: Uint8Array, at: number): Promise<Response> =>
  fetch(url, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-range': `bytes ${at}-${at + bytes.length - 1}/*` },
  });

const act = (id: string, action: string): Promise<{ status: number }> =>
  plain.api('POST', `/imagetransfers/${id}/${action}`, {});

async function downloaded(disk: string, length: number): Promise<Buffer> {
  const { id, url } = await begin(disk, { direction: 'download', format: 'raw' });
  const bytes = await fetch(url, { headers: { range: `bytes=0-${length - 1}` } });
  expect([bytes.status, bytes.headers.get('content-range')]).toEqual([206, `bytes 0-${length - 1}/${GIB}`]);
  const content = Buffer.from(await bytes.arrayBuffer());
  expect((await act(id, 'finalize')).status).toBe(200);
  expect((await ended(id))['phase']).toBe('finished_success');
  return content;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transfers-'));
  plain = await startPlain({ 'transfers.folder': folder });
});
afterAll(async () => {
  await plain?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('an upload', () => {
  test('in parts, out of order, arrives in the disk of the same id; nothing is left', async () => {
    const disk = await newDisk('parts');
    const { id, url, document } = await begin(disk, { direction: 'upload' });
    expect(document).toMatchObject({
      phase: 'transferring',
      image: { id: disk },
      proxy_url: url,
      inactivity_timeout: '60',
      timeout_policy: 'legacy',
      shallow: 'false',
    });
    expect(document['disk']).toBeUndefined();
    expect((await diskOf(disk))['status']).toBe('locked');

    const options = await fetch(url, { method: 'OPTIONS' });
    expect(await options.json()).toEqual({
      features: ['extents', 'zero', 'flush'],
      max_readers: 8,
      max_writers: 8,
    });

    const content = randomBytes(4 * MIB);
    const part = content.length / 8;
    const answers = await Promise.all(
      [7, 2, 5, 0, 1, 6, 3, 4].map((at) => put(url, content.subarray(at * part, (at + 1) * part), at * part)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const zeroed = await fetch(url, {
      method: 'PATCH',
      body: JSON.stringify({ op: 'zero', offset: part, size: part, flush: true }),
    });
    expect(zeroed.status).toBe(200);
    content.fill(0, part, 2 * part);

    expect((await transferOf(id))['transferred']).toBe(String(content.length));
    expect((await act(id, 'finalize')).status).toBe(200);
    expect((await ended(id))['phase']).toBe('finished_success');
    expect((await diskOf(disk))['status']).toBe('ok');
    expect((await fetch(url)).status).toBe(403);
    expect(md5(await downloaded(disk, content.length))).toBe(md5(content));
    expect([...plain.simulator.world.images.values()].filter(({ name }) => name.startsWith('ovirt-transfer'))).toEqual(
      [],
    );
    expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('bytes'))).toEqual([]);
  });

  test('of format cow is converted by the cloud', async () => {
    const disk = await newDisk('cow');
    const content = randomBytes(3 * 65_536);
    const { id, url } = await begin(disk, { direction: 'upload', format: 'cow' });
    const image = encode({ bytes: content, size: GIB });
    expect((await fetch(url, { method: 'PUT', body: image })).status).toBe(200);
    await act(id, 'finalize');
    expect((await ended(id))['phase']).toBe('finished_success');
    expect(md5(await downloaded(disk, content.length))).toBe(md5(content));
  });

  test('that the cloud cannot write has failed; the disk says so until another succeeds', async () => {
    const disk = await newDisk('illegal');
    const { id, url } = await begin(disk, { direction: 'upload', format: 'cow' });
    await put(url, randomBytes(1024), 0);
    await act(id, 'finalize');
    expect((await ended(id))['phase']).toBe('finished_failure');
    expect((await diskOf(disk))['status']).toBe('illegal');
    const refused = await plain.api('POST', '/imagetransfers', { disk: { id: disk }, direction: 'download' });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([409, expect.stringContaining('ILLEGAL')]);
    const again = await begin(disk, { direction: 'upload' });
    await put(again.url, randomBytes(1024), 0);
    await act(again.id, 'finalize');
    expect((await ended(again.id))['phase']).toBe('finished_success');
    expect((await diskOf(disk))['status']).toBe('ok');
  });

  test('that is cancelled leaves the disk as it was', async () => {
    const disk = await newDisk('cancelled');
    const { id, url } = await begin(disk);
    await put(url, randomBytes(1024), 0);
    expect((await act(id, 'cancel')).status).toBe(200);
    expect((await ended(id))['phase']).toBe('finished_cleanup');
    expect((await diskOf(disk))['status']).toBe('ok');
    expect((await act(id, 'finalize')).status).toBe(409);
  });

  test('pauses and resumes', async () => {
    const { id, url } = await begin(await newDisk('paused'));
    await act(id, 'pause');
    expect((await transferOf(id))['phase']).toBe('paused_user');
    expect((await put(url, randomBytes(10), 0)).status).toBe(403);
    await act(id, 'resume');
    expect((await put(url, randomBytes(10), 0)).status).toBe(200);
    expect((await act(id, 'extend')).status).toBe(200);
    await act(id, 'cancel');
    await ended(id);
  });

  test('continues on another gateway with the folder when its gateway ends', async () => {
    const disk = await newDisk('restart');
    const content = randomBytes(MIB);
    const { id, url } = await begin(disk);
    await put(url, content.subarray(0, MIB / 2), 0);
    await plain.restart();
    expect((await put(plain.gateway.url + new URL(url).pathname, content.subarray(MIB / 2), MIB / 2)).status).toBe(200);
    await act(id, 'finalize');
    expect((await ended(id))['phase']).toBe('finished_success');
    expect(md5(await downloaded(disk, content.length))).toBe(md5(content));
  });
});

describe('what is reported of a transfer', () => {
  const eventsOf = async (name: string): Promise<string[]> => {
    const { body } = await plain.api('GET', '/events');
    return (body['event'] as Document[])
      .filter(({ description }) => String(description).includes(`disk ${name} `))
      .map(({ code, severity, description }) => `${String(code)} ${String(severity)}: ${String(description)}`)
      .reverse();
  };
  const jobsOf = async (name: string): Promise<string[]> => {
    const { body } = await plain.api('GET', '/jobs');
    return (body['job'] as Document[])
      .filter(({ description }) => String(description).includes(`disk ${name}`))
      .map(({ status, description }) => `${String(status)}: ${String(description)}`);
  };

  test("that succeeds, with rests: events with the engine's numbers, and a job that lasts as long", async () => {
    const { id, url } = await begin(await newDisk('told'));
    expect(await jobsOf('told')).toContain('started: upload disk told');
    await act(id, 'pause');
    await act(id, 'resume');
    await put(url, randomBytes(1024), 0);
    await act(id, 'finalize');
    await ended(id);
    expect(await eventsOf('told')).toEqual([
      '1031 normal: Image Upload with disk told was initiated by admin@internal.',
      '1073 normal: Image Upload with disk told was paused by admin@internal.',
      '1074 normal: Image Upload with disk told was resumed by admin@internal.',
      '1032 normal: Image Upload with disk told succeeded.',
    ]);
    expect((await jobsOf('told')).filter((job) => job.includes('upload'))).toEqual(['finished: upload disk told']);
  });

  test('that fails: why, in the event and in the job; after a restart, too', async () => {
    const { id } = await begin(await newDisk('untold'));
    await act(id, 'finalize');
    expect((await ended(id))['phase']).toBe('finished_failure');
    await plain.restart();
    expect(await eventsOf('untold')).toEqual([
      '1031 normal: Image Upload with disk untold was initiated by admin@internal.',
      '1034 error: Image Upload with disk untold failed. Nothing was uploaded.',
    ]);
    expect(await jobsOf('untold')).toContain('failed: upload disk untold: Nothing was uploaded.');
  });

  test('that is cancelled, by its client and by its time', async () => {
    const first = await begin(await newDisk('given-up'));
    await act(first.id, 'cancel');
    await ended(first.id);
    expect((await eventsOf('given-up')).at(-1)).toBe('1033 normal: Image Upload with disk given-up was cancelled.');
    const idle = await begin(await newDisk('idle'), { inactivity_timeout: 1, timeout_policy: 'cancel' });
    expect((await ended(idle.id))['phase']).toBe('finished_cleanup');
    expect((await eventsOf('idle')).at(-1)).toBe(
      '1076 error: Image Upload with disk idle was cancelled by system. Reason: timeout due to transfer inactivity.',
    );
  });
});

describe('a download', () => {
  test('of a disk of a VM reads a copy, which is removed afterwards', async () => {
    const vm = [...plain.simulator.world.servers.values()].find(({ vm_state }) => vm_state === 'stopped')!;
    const volume = [...plain.simulator.world.volumes.values()].find(({ attachments }) =>
      attachments.some(({ server_id }) => server_id === vm.id),
    )!;
    volume.data = Buffer.from('what the guest wrote').toString('base64');
    const before = plain.simulator.world.volumes.size;
    const { id, url, document } = await begin(volume.id, { direction: 'download' });
    expect(document['phase']).toBe('transferring');
    expect(await (await fetch(url, { headers: { range: 'bytes=0-19' } })).text()).toBe('what the guest wrote');
    const options = await fetch(url, { method: 'OPTIONS' });
    expect([options.headers.get('allow'), ((await options.json()) as Document)['features']]).toEqual([
      'OPTIONS,GET,HEAD',
      ['extents'],
    ]);
    expect(await (await fetch(`${url}/extents`)).json()).toEqual([
      { start: 0, length: volume.size * GIB, zero: false, hole: false },
    ]);
    expect((await put(url, randomBytes(1), 0)).status).toBe(403);
    await act(id, 'finalize');
    await ended(id);
    expect(plain.simulator.world.volumes.size).toBe(before);
  });
});

test('a download that is requested again is the same one until a client has read it', async () => {
  const disk = await newDisk('again');
  const ask = (format = 'raw'): ReturnType<PlainGateway['api']> =>
    plain.api('POST', '/imagetransfers', { disk: { id: disk }, direction: 'download', format });
  const { body: first } = await ask();
  const { status, body: second } = await ask();
  expect([status, second['id']]).toEqual([201, first['id']]);
  expect((await ask('cow')).status).toBe(409);
  const document = await until(
    () => transferOf(first['id']),
    ({ phase }) => phase === 'transferring',
  );
  expect(document['host']).toMatchObject({ id: expect.any(String) as string });
  expect((await ask()).status).toBe(409);
  await act(String(first['id']), 'cancel');
  await ended(first['id']);
});

describe('a download of a disk as a snapshot has it', () => {
  test('returns the data as of the snapshot while the VM runs; the copy is removed', async () => {
    const { world } = plain.simulator;
    const vm = [...world.servers.values()].find(({ vm_state }) => vm_state === 'active')!;
    const volume = [...world.volumes.values()].find(({ attachments }) =>
      attachments.some(({ server_id }) => server_id === vm.id),
    )!;
    volume.data = Buffer.from('before').toString('base64');
    const { body } = await plain.api('POST', `/vms/${vm.id}/snapshots`, { description: 'then' });
    const snapshot = `/vms/${vm.id}/snapshots/${String(body['id'])}`;
    await until(
      async () => (await plain.api('GET', snapshot)).body,
      ({ snapshot_status: status }) => status === 'ok',
    );
    volume.data = Buffer.from('after!').toString('base64');
    const disks = (await plain.api('GET', `${snapshot}/disks`)).body['disk'] as Document[];
    const imageId = String(disks.find(({ id }) => id === volume.id)?.['image_id']);
    const before = world.volumes.size;
    const { status, body: begun } = await plain.api('POST', '/imagetransfers', {
      snapshot: { id: imageId },
      direction: 'download',
      format: 'raw',
    });
    expect([status, begun['image']]).toEqual([201, expect.objectContaining({ id: volume.id })]);
    const document = await until(
      () => transferOf(begun['id']),
      ({ phase }) => phase !== 'initializing',
    );
    expect(document['phase']).toBe('transferring');
    const answer = await fetch(String(document['transfer_url']), { headers: { range: 'bytes=0-5' } });
    expect(await answer.text()).toBe('before');
    expect((await diskOf(volume.id))['status']).toBe('ok');
    await act(String(begun['id']), 'finalize');
    expect((await ended(begun['id']))['phase']).toBe('finished_success');
    expect(world.volumes.size).toBe(before);
  });

  test('takes no upload', async () => {
    const { status, body } = await plain.api('POST', '/imagetransfers', {
      snapshot: { id: '00000000-0000-4000-8000-00000000dead' },
      direction: 'upload',
    });
    expect([status, JSON.stringify(body)]).toEqual([409, expect.stringContaining('image_transfer.snapshot')]);
  });
});

describe('what is refused, and how', () => {
  test.each([
    ['no such disk', { disk: { id: '00000000-0000-4000-8000-00000000dead' } }, 404],
    ['neither disk nor snapshot', {}, 400],
    [
      'no such snapshot of a disk',
      { snapshot: { id: '00000000-0000-4000-8000-00000000dead' }, direction: 'download' },
      404,
    ],
    ['a backup', { disk: { id: '00000000-0000-4000-8000-00000000dead' }, backup: { id: 'b' } }, 409],
  ])('%s', async (_, requested, status) => {
    expect((await plain.api('POST', '/imagetransfers', requested)).status).toBe(status);
  });

  test('a second transfer of a disk, and an upload to one that a VM has', async () => {
    const disk = await newDisk('twice');
    const { id } = await begin(disk);
    const second = await plain.api('POST', '/imagetransfers', { disk: { id: disk } });
    expect([second.status, JSON.stringify(second.body)]).toEqual([409, expect.stringContaining('locked')]);
    expect((await plain.api('DELETE', `/disks/${disk}`)).status).toBe(409);
    await act(id, 'cancel');
    await ended(id);
    const attached = [...plain.simulator.world.volumes.values()].find(({ attachments }) => attachments.length > 0)!;
    expect((await plain.api('POST', '/imagetransfers', { disk: { id: attached.id } })).status).toBe(409);
  });

  test('bytes beyond the end, malformed ranges, unknown tickets', async () => {
    const { id, url } = await begin(await newDisk('edges'));
    const requested = async (init: RequestInit, path = ''): Promise<number> => (await fetch(url + path, init)).status;
    const ranged = (range: string): RequestInit => ({
      method: 'PUT',
      body: 'abc',
      headers: { 'content-range': range },
    });
    expect(await requested(ranged(`bytes ${GIB}-${GIB + 2}/*`))).toBe(416);
    expect(await requested(ranged(`bytes ${GIB - 2}-*/*`))).toBe(416);
    // the end of the header counts for nothing, as with ovirt-imageio
    expect(await requested(ranged('bytes 0-9/*'))).toBe(200);
    expect(await requested({ headers: { range: 'bytes=0-1,5-6' } })).toBe(416);
    expect(await requested({}, '/extents?context=dirty')).toBe(404);
    expect(await requested({}, '/extents?context=other')).toBe(400);
    expect(await requested(ranged('lines 1-2'))).toBe(400);
    expect(await requested({ method: 'PATCH', body: '{"op":"zero","size":-1}' })).toBe(400);
    expect(await requested({ method: 'PATCH', body: '[' })).toBe(400);
    expect(await requested({ method: 'PATCH', body: '{"op":"trim"}' })).toBe(400);
    expect(await requested({ headers: { range: `bytes=${GIB}-` } })).toBe(416);
    expect(await requested({ method: 'DELETE' })).toBe(405);
    expect(await requested({ method: 'OPTIONS' }, '0')).toBe(403);
    expect((await fetch(`${plain.gateway.url}/images/*`, { method: 'OPTIONS' })).status).toBe(200);
    await act(id, 'cancel');
    await ended(id);
  });

  test('where image transfers are off there are none', async () => {
    const off = await plain.another({ 'transfers.enabled': false });
    const path = `${off.url}/ovirt-engine/api/imagetransfers`;
    expect(await (await fetch(path, { headers: credentials })).json()).toEqual({});
    const refused = await fetch(path, {
      method: 'POST',
      headers: credentials,
      body: JSON.stringify({ disk: { id: 'x' } }),
    });
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('transfers.enabled')]);
    await off.close();
  });
});
