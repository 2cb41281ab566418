import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { encode } from '../src/simulator/glance/qcow2.js';
import { credentials } from './support/plain-gateway.js';
import { GIB, MIB } from './support/units.js';
import {
  md5,
  plain,
  folder,
  diskOf,
  newDisk,
  transferOf,
  ended,
  begin,
  put,
  act,
  downloaded,
  useTransfers,
} from './transfer-client.js';

useTransfers();

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

  test('more than the limits: too many with a conflict that passes, as in a full folder; too large for good', async () => {
    const [first, second] = [await newDisk('limit-1'), await newDisk('limit-2')];
    const { id } = await begin(first);
    const small = await plain.another({
      'transfers.folder': folder,
      'transfers.maxTransfers': '1',
      'transfers.maxBytes': String(MIB),
    });
    const asked = async (direction: string): Promise<[number, string]> => {
      const answer = await fetch(`${small.url}/ovirt-engine/api/imagetransfers`, {
        method: 'POST',
        headers: credentials,
        body: JSON.stringify({ disk: { id: second }, direction, format: 'raw' }),
      });
      return [answer.status, await answer.text()];
    };
    // go-ovirt-client tries again after these words
    const busy = [409, expect.stringContaining('Related operation is currently in progress.')];
    expect(await asked('upload')).toEqual(busy);
    await act(id, 'pause');
    expect(await asked('download')).toEqual(busy);
    await act(id, 'cancel');
    expect(await asked('upload')).toEqual([400, expect.stringContaining('transfers.maxBytes')]);
    const [status, text] = await asked('download');
    expect(status, text).toBe(201);
    const { id: begun } = JSON.parse(text) as { id: string };
    await act(begun, 'cancel');
    await ended(begun);
    await small.close();
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
