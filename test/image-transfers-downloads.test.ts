import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until, type Document, type PlainGateway } from './support/plain-gateway.js';
import { GIB, MIB } from './support/units.js';
import { plain, diskOf, newDisk, transferOf, ended, begin, put, act, md5, useTransfers } from './transfer-client.js';

useTransfers();

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
      '1031 normal: Image Upload with disk told was initiated by admin@internal-authz.',
      '1073 normal: Image Upload with disk told was paused by admin@internal-authz.',
      '1074 normal: Image Upload with disk told was resumed by admin@internal-authz.',
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
      '1031 normal: Image Upload with disk untold was initiated by admin@internal-authz.',
      '1034 error: Image Upload with disk untold failed. Nothing was uploaded.',
    ]);
    expect(await jobsOf('untold')).toContain('failed: upload disk untold: Nothing was uploaded.');
  });

  test.each([
    ['does not know the call', 404, 'The resource could not be found.', 'It may be older than Yoga'],
    [
      'does not allow it',
      403,
      "Policy doesn't allow volume_extension:volume_actions:reimage to be performed.",
      'reimage',
    ],
    ['has not its version', 406, 'Version 3.68 is not supported by the API.', 'is not supported by the API'],
  ])('that Cinder %s: what is the matter, not that the disk is not there', async (why, status, message, told) => {
    const name = `old-${status}`;
    const disk = await newDisk(name);
    const { id, url } = await begin(disk);
    await put(url, randomBytes(1024), 0);
    const remove = plain.simulator.addFault({
      service: 'volume',
      method: 'POST',
      path: `^/volumes/${disk}/action$`,
      then: { status, body: { error: { code: status, message } } },
    });
    await act(id, 'finalize');
    expect((await ended(id))['phase'], why).toBe('finished_failure');
    remove();
    const [, last = ''] = await eventsOf(name);
    expect(last).toMatch(
      /^1034 error: .*Cinder cannot write the image to the volume \(os-reimage, API version 3.68\): /,
    );
    expect(last).toContain(told);
    expect(last).not.toContain('was not found');
    expect((await diskOf(disk))['status']).toBe('illegal');
  });

  test('that is cancelled, by its client and by its time', async () => {
    const first = await begin(await newDisk('given-up'));
    await act(first.id, 'cancel');
    expect((await ended(first.id))['phase']).toBe('finished_cleanup');
    expect((await eventsOf('given-up')).at(-1)).toBe('1033 normal: Image Upload with disk given-up was cancelled.');
    const idle = await begin(await newDisk('idle'), { inactivity_timeout: 1, timeout_policy: 'cancel' });
    expect((await ended(idle.id))['phase']).toBe('finished_failure');
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

test('reads that share a connection are answered one after the other, pipelined or not', async () => {
  const disk = await newDisk('pipelined');
  const bytes = randomBytes(3 * 2 ** 20);
  plain.simulator.world.volumes.get(disk)!.data = bytes.toString('base64');
  const { id, url } = await begin(disk, { direction: 'download', format: 'raw' });
  const { pathname, hostname, port } = new URL(url);
  const get = (end: string, more = ''): string =>
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nRange: bytes=${end}\r\n${more}\r\n`;
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  const closed = new Promise((resolve) => socket.on('data', (part) => received.push(part)).on('close', resolve));
  socket.write(get('0-2097151') + get('2097152-3145727'));
  await until(
    () => Promise.resolve(received.reduce((length, part) => length + part.length, 0)),
    (length) => length > bytes.length,
  );
  socket.write(get('0-9', 'Connection: close\r\n'));
  await closed;
  const all = Buffer.concat(received);
  const bodies = all
    .toString('latin1')
    .split(/HTTP\/1\.1 206 [\s\S]*?\r\n\r\n/)
    .slice(1);
  expect(bodies.map((body) => md5(Buffer.from(body, 'latin1')))).toEqual(
    [bytes.subarray(0, 2 ** 21), bytes.subarray(2 ** 21), bytes.subarray(0, 10)].map(md5),
  );
  await act(id, 'cancel');
});

test('a client that reads with pauses receives the bytes as they are', async () => {
  const disk = await newDisk('slow');
  // more than the system keeps for a connection that is not read
  const bytes = randomBytes(24 * MIB);
  plain.simulator.world.volumes.get(disk)!.data = bytes.toString('base64');
  const { id, url } = await begin(disk, { direction: 'download', format: 'raw' });
  const request = get(url, { headers: { range: `bytes=0-${bytes.length - 1}` } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  await pause(300);
  const hash = createHash('md5');
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    hash.update(part);
    // at every MiB
    if (Math.floor((length + part.length) / MIB) > Math.floor(length / MIB)) await pause(5);
    length += part.length;
  }
  expect([length, hash.digest('hex')]).toEqual([bytes.length, md5(bytes)]);
  await act(id, 'cancel');
});

test('a download that is requested again is the same one until a client has read it', async () => {
  const disk = await newDisk('again');
  const ask = (format = 'raw'): ReturnType<PlainGateway['api']> =>
    plain.api('POST', '/imagetransfers', { disk: { id: disk }, direction: 'download', format });
  const { body: first } = await ask();
  const { status, body: second } = await ask();
  expect([status, second['id']]).toEqual([201, first['id']]);
  // go-ovirt-client reads the address from here only
  expect(first).toMatchObject({ phase: 'initializing', transfer_url: expect.stringMatching(/\/images\/./) as string });
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
