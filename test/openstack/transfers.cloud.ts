import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../../src/gateway.js';
import type { BackendCall } from '../../src/model/index.js';
import { loadSettings } from '../../src/settings/index.js';
import { encode } from '../../src/simulator/glance/qcow2.js';
import { GIB, MIB } from '../support/units.js';
import { CLOUD_FLAGS, cloudLogin } from './cloud.js';
import { eventually, logIn, type Rest } from './rest.js';

/**
 * Image transfers through the whole gateway to a real cloud. Glance tells the checksum of what it got. What Cinder
 * makes of it depends on its driver: one that cannot write an image over a volume (os-reimage) fails the transfer, and
 * says so.
 */
const login = cloudLogin();
const SIZE = 64 * MIB;
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

type Document = Readonly<Record<string, unknown>>;

if (login)
  describe('image transfers', () => {
    const mark = randomUUID().slice(0, 8);
    let cloud: Rest;
    let gateway: Gateway;
    let folder: string;
    const calls: BackendCall[] = [];
    const created: string[] = [];

    async function api(method: string, path: string, body?: object): Promise<Document> {
      const answer = await fetch(`${gateway.url}/ovirt-engine/api${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${login?.user}@internal:${login?.password}`).toString('base64')}`,
          accept: 'application/json',
          'content-type': 'application/json',
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      expect([answer.ok, text]).toEqual([true, text]);
      return text === '' ? {} : (JSON.parse(text) as Document);
    }

    const reach = (path: string, key: string, states: RegExp): Promise<Document> =>
      eventually(`${path} is ${String(states)}`, async () => {
        const seen = await api('GET', path);
        return states.test(String(seen[key])) ? seen : undefined;
      });

    async function newDisk(name: string): Promise<string> {
      const { id } = await api('POST', '/disks', { name: `${name}-${mark}`, provisioned_size: GIB, format: 'raw' });
      created.push(String(id));
      await reach(`/disks/${String(id)}`, 'status', /^ok$/);
      return String(id);
    }

    async function begin(disk: string, direction: string, format: string): Promise<{ id: string; url: string }> {
      const { id } = await api('POST', '/imagetransfers', { disk: { id: disk }, direction, format });
      const { transfer_url: url } = await reach(`/imagetransfers/${String(id)}`, 'phase', /^(?!initializing)/);
      return { id: String(id), url: String(url) };
    }

    /** In eight parts, out of order, on as many connections. */
    async function upload(url: string, bytes: Uint8Array): Promise<void> {
      const part = Math.ceil(bytes.length / 8);
      const statuses = await Promise.all(
        [7, 2, 5, 0, 1, 6, 3, 4].map(async (n) => {
          const body = bytes.subarray(n * part, (n + 1) * part);
          const range = `bytes ${n * part}-${n * part + body.length - 1}/*`;
          return (await fetch(url, { method: 'PUT', body, headers: { 'content-range': range } })).status;
        }),
      );
      expect(statuses).toEqual(Array(8).fill(200));
    }

    /** What Glance told of the images that were whole: their checksums, and their sizes. */
    const reported = (): { checksum: unknown; size: unknown }[] =>
      calls.flatMap(({ service, answer }) => {
        const { status, checksum, size } = (answer ?? {}) as Document;
        return service === 'image' && status === 'active' ? [{ checksum, size }] : [];
      });

    beforeAll(async () => {
      cloud = await logIn(login);
      folder = await mkdtemp(join(tmpdir(), 'transfers-'));
      const { settings } = loadSettings({
        environment: process.env,
        flags: {
          ...CLOUD_FLAGS,
          'transfers.folder': folder,
          'operations.pollMs': '50',
          'operations.pollMaxMs': '500',
        },
      });
      gateway = await startGateway(settings, { onBackendCall: (call) => calls.push(call) });
    });
    afterAll(async () => {
      await gateway?.close();
      for (const id of created)
        await eventually(`volume ${id} goes`, async () => {
          await cloud.maybe('volume', 'POST', `/volumes/${id}/action`, { 'os-force_delete': {} });
          return (await cloud.maybe('volume', 'GET', `/volumes/${id}`)) === undefined ? true : undefined;
        });
      await rm(folder, { recursive: true, force: true });
    });

    test.each([
      ['raw', (): Buffer => randomBytes(SIZE)],
      ['cow', (): Buffer => encode({ bytes: randomBytes(SIZE), size: GIB })],
    ])('an upload of 64 MiB, %s: Glance gets each byte; nothing is left behind', async (format, bytesOf) => {
      const bytes = bytesOf();
      const disk = await newDisk(`up-${format}`);
      const { id, url } = await begin(disk, 'upload', format);
      await upload(url, bytes);
      calls.length = 0;
      await api('POST', `/imagetransfers/${id}/finalize`, {});
      const { phase } = await reach(`/imagetransfers/${id}`, 'phase', /^finished/);
      expect(reported()).toContainEqual({ checksum: md5(bytes), size: bytes.length });
      const { status } = await api('GET', `/disks/${disk}`);
      const events = JSON.stringify(await api('GET', '/events'));
      // where the driver writes images over volumes, and where it does not
      expect([
        [phase, status],
        [/Image Upload with disk up-\w+-\w+ (succeeded|failed\. The cloud could not write)/.exec(events)?.[1]],
      ]).toEqual(
        phase === 'finished_success'
          ? [['finished_success', 'ok'], ['succeeded']]
          : [['finished_failure', 'illegal'], ['failed. The cloud could not write']],
      );
      const { images } = await cloud.call<{ images: Document[] }>(
        'image',
        'GET',
        `/v2/images?name=ovirt-transfer-${id}`,
      );
      expect(images).toEqual([]);
    });

    test('a download gives what the volume holds, in parts', async () => {
      const bytes = randomBytes(MIB);
      const image = await cloud.call<{ id: string }>('image', 'POST', '/v2/images', {
        name: `down-${mark}`,
        disk_format: 'raw',
        container_format: 'bare',
      });
      await cloud.call('image', 'PUT', `/v2/images/${image.id}/file`, bytes);
      const { volume } = await cloud.call<{ volume: { id: string } }>('volume', 'POST', '/volumes', {
        volume: { name: `down-${mark}`, size: 1, imageRef: image.id },
      });
      created.push(volume.id);
      await reach(`/disks/${volume.id}`, 'status', /^ok$/);
      const { id, url } = await begin(volume.id, 'download', 'raw');
      const half = MIB / 2;
      const parts = await Promise.all(
        [0, 1].map(async (n) => {
          const answer = await fetch(url, { headers: { range: `bytes=${n * half}-${(n + 1) * half - 1}` } });
          expect(answer.status).toBe(206);
          return Buffer.from(await answer.arrayBuffer());
        }),
      );
      expect(md5(Buffer.concat(parts))).toBe(md5(bytes));
      await api('POST', `/imagetransfers/${id}/finalize`, {});
      await reach(`/imagetransfers/${id}`, 'phase', /^finished_success$/);
      await cloud.call('image', 'DELETE', `/v2/images/${image.id}`);
    });
  });
