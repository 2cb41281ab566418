import { createHash } from 'node:crypto';
import type { Image, Volume } from '../world/types.js';
import { decode, encode, type Disk } from './qcow2.js';
import { GIB } from '../../units.js';

/** The content of volumes and images: the bytes that were written, base64; all others are zero. */

const bytesOf = (data: string | null): Buffer => Buffer.from(data ?? '', 'base64');

/** The disk in an image. Throws Cinder's refusal of an image that cannot be converted. */
export function diskIn({ data, disk_format, size }: Image): Disk {
  const bytes = bytesOf(data);
  if (disk_format !== 'qcow2' || data === null) return { bytes, size: size ?? 0 };
  return decode(Buffer.concat([bytes], Math.max(bytes.length, size ?? 0)));
}

/** Writes an image over the beginning of a volume. */
export function pour(image: Image, volume: Volume): void {
  const before = bytesOf(volume.data);
  const { bytes, size } = diskIn(image);
  const behind = before.subarray(size);
  const all = behind.length > 0 ? Buffer.concat([bytes, Buffer.alloc(size - bytes.length), behind]) : bytes;
  volume.data = all.toString('base64');
}

/** Fills an image with what a volume holds, in the image's own format. */
export function fill(image: Image, { data, size }: Volume): void {
  const disk = { bytes: bytesOf(data), size: size * GIB };
  const bytes = image.disk_format === 'qcow2' ? encode(disk) : disk.bytes;
  Object.assign(image, {
    data: bytes.toString('base64'),
    size: image.disk_format === 'qcow2' ? bytes.length : disk.size,
    // only of what was written: hashing gigabytes of zeros would take seconds
    checksum: createHash('md5').update(bytes).digest('hex'),
  });
}

/** An image's bytes, from `start` to before `end`. */
export function* slices({ data }: Image, start: number, end: number): Generator<Buffer> {
  const bytes = bytesOf(data);
  const held = bytes.subarray(start, Math.min(end, bytes.length));
  if (held.length > 0) yield held;
  const zeros = Buffer.alloc(Math.min(1024 * 1024, Math.max(0, end - start - held.length)));
  for (let at = start + held.length; at < end; at += zeros.length) yield zeros.subarray(0, end - at);
}
