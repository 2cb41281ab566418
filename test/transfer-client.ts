import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { startPlain, until, type Document, type PlainGateway } from './support/plain-gateway.js';
import { GIB } from './support/units.js';

/** A disk's bytes over HTTP, as docs/reference/v4-wire.md, section 9 has it: on the simulated OpenStack. */

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

export let plain: PlainGateway;

export let folder: string;

export const diskOf = async (id: string): Promise<Document> => (await plain.api('GET', `/disks/${id}`)).body;

export async function newDisk(name: string): Promise<string> {
  const { body } = await plain.api('POST', '/disks', { name, provisioned_size: String(GIB), format: 'raw' });
  await until(
    () => diskOf(String(body['id'])),
    ({ status }) => status === 'ok',
  );
  return String(body['id']);
}

export const transferOf = async (id: unknown): Promise<Document> =>
  (await plain.api('GET', `/imagetransfers/${String(id)}`)).body;

export const ended = (id: unknown): Promise<Document> =>
  until(
    () => transferOf(id),
    ({ phase }) => String(phase).startsWith('finished_'),
  );

export async function begin(
  disk: string,
  requested: object = {},
): Promise<{ id: string; url: string; document: Document }> {
  const { status, body } = await plain.api('POST', '/imagetransfers', { disk: { id: disk }, ...requested });
  expect(status, JSON.stringify(body)).toBe(201);
  const document = await until(
    () => transferOf(body['id']),
    ({ phase }) => phase !== 'initializing',
  );
  return { id: String(body['id']), url: String(document['transfer_url']), document };
}

export const put = (url: string, bytes: Uint8Array, at: number): Promise<Response> =>
  fetch(url, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-range': `bytes ${at}-${at + bytes.length - 1}/*` },
  });

export const act = (id: string, action: string): Promise<{ status: number }> =>
  plain.api('POST', `/imagetransfers/${id}/${action}`, {});

export async function downloaded(disk: string, length: number): Promise<Buffer> {
  const { id, url } = await begin(disk, { direction: 'download', format: 'raw' });
  const bytes = await fetch(url, { headers: { range: `bytes=0-${length - 1}` } });
  expect([bytes.status, bytes.headers.get('content-range')]).toEqual([206, `bytes 0-${length - 1}/${GIB}`]);
  const content = Buffer.from(await bytes.arrayBuffer());
  expect((await act(id, 'finalize')).status).toBe(200);
  expect((await ended(id))['phase']).toBe('finished_success');
  return content;
}

/** Starts a gateway with image transfers on a simulated OpenStack, for the tests of a file. */
export function useTransfers(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'transfers-'));
    plain = await startPlain({ 'transfers.folder': folder });
  });
  afterAll(async () => {
    await plain?.close();
    await rm(folder, { recursive: true, force: true });
  });
}
