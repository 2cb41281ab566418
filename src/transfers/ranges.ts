import { Refused } from './answer.js';

/** Bytes from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** Whether a part was asked for (206), rather than all (200). */
  readonly isPart: boolean;
}

/** A range outside of the disk; the refusal contains the disk's size, as the RFC requires. */
const outside = (size: number): Refused =>
  new Refused(416, `The disk has ${size} bytes.`, { headers: { 'content-range': `bytes */${size}` } });

/**
 * One range of RFC 9110, section 14.1.2: `bytes=0-99`, `bytes=100-`, `bytes=-50`. Other units are answered with all, as
 * the RFC allows. Throws `Refused` 416 for one that begins behind the end, and for several at once, as ovirt-imageio.
 */
export function range(header: string | undefined, size: number): Range {
  const requested = header?.trim() ?? '';
  if (/^bytes=.*,/.test(requested)) throw outside(size);
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(requested) ?? [];
  if (first === '' && last === '') return { start: 0, end: size, isPart: false };
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= size || end <= start) throw outside(size);
  return { start, end, isPart: true };
}

/**
 * Where a body of `length` bytes goes: the first number of Content-Range (RFC 9110, 14.4), or the beginning. Its last
 * number is ignored: Content-Length says how much follows, as in ovirt-imageio. Throws `Refused` 400 for a header that
 * cannot be read, 416 for a body that would go over the end.
 */
export function contentRange(header: string | undefined, length: string | undefined, size: number): number {
  const [, first] = header === undefined ? ['', '0'] : (/^bytes (\d+)-/.exec(header.trim()) ?? []);
  if (first === undefined) throw new Refused(400, `Content-Range ${header?.slice(0, 100) ?? ''} cannot be read.`);
  const start = Number(first);
  if (start >= size || start + Number(length ?? 0) > size) throw outside(size);
  return start;
}
