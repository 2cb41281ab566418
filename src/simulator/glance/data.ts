import { Refusal, refuse } from '../refusal.js';
import { noContent, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { slices } from './content.js';
import { findImage } from './images.js';
import { contentHash } from './view.js';

/** Uploads the bytes of an image, which then is active (recorded: 049 to 051). */
export function upload(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world);
  const type = (call.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (type !== 'application/octet-stream')
    throw new Refusal(415, `The request media type ${type} is not supported by this server. `);
  if (image.status !== 'queued')
    throw refuse.conflict(`Image status transition from ${image.status} to saving is not allowed`);
  if (image.disk_format === null || image.container_format === null)
    throw refuse.bad('Properties disk_format, container_format must be set prior to saving data.');
  const data = call.raw.bytes.toString('base64');
  Object.assign(image, {
    status: 'active',
    size: call.raw.length,
    checksum: call.raw.md5 ?? null,
    data,
    updated_at: world.clock.stamp(),
  });
  contentHash(image, data);
  return noContent;
}

/**
 * A captured image has no bytes here: the answer is empty, as for one without data yet. A range is answered as RFC
 * 9110, 14.2 has it (Glance since Stein).
 */
export function download(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world);
  if (image.status === 'deactivated' && !call.token.roles.includes('admin'))
    throw refuse.forbidden('The requested image has been deactivated. Image data download is forbidden.');
  if (image.data === null) return noContent;
  const size = image.size ?? 0;
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-MD5': image.checksum ?? '' };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(call.headers.range ?? '') ?? [];
  if (first === undefined) return { status: 200, stream: { length: size, parts: slices(image, 0, size) }, headers };
  const start = Number(first);
  const end = Math.min(size, last === undefined || last === '' ? size : Number(last) + 1);
  if (start >= end) throw new Refusal(416, `Requested range not satisfiable: ${call.headers.range ?? ''}`);
  return {
    status: 206,
    stream: { length: end - start, parts: slices(image, start, end) },
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end - 1}/${size}` },
  };
}
