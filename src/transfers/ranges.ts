import { Refused } from './answer.js';

/** Bytes from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** Whether a part was asked for (206), rather than all (200). */
  readonly isPart: boolean;
}

/**
 * One range of RFC 9110, section 14.1.2: `bytes=0-99`, `bytes=100-`, `bytes=-50`. Several at once, and other units, are
 * answered with all, as the RFC allows. Throws `Refused` 416 for one that begins behind the end.
 */
export function range(header: string | undefined, size: number): Range {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return { start: 0, end: size, isPart: false };
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= size || end <= start) throw new Refused(416, `The disk has ${size} bytes.`);
  return { start, end, isPart: true };
}

/**
 * Where a body goes: `bytes a-b/*` of Content-Range (RFC 9110, 14.4), or the beginning. Throws `Refused` 400 for a
 * header that cannot be read or does not fit the body's length, 416 for one behind the end.
 */
export function contentRange(header: string | undefined, length: string | undefined, size: number): number {
  if (header === undefined) return 0;
  const [, first, end] = /^bytes (\d+)-(\d+|\*)?(?:\/(?:\d+|\*))?$/.exec(header.trim()) ?? [];
  if (first === undefined) throw new Refused(400, `Content-Range ${header.slice(0, 100)} cannot be read.`);
  const start = Number(first);
  const last = end === '*' ? undefined : end;
  if (last !== undefined && length !== undefined && Number(last) - start + 1 !== Number(length))
    throw new Refused(400, 'Content-Range and Content-Length differ.');
  if (start >= size || (last !== undefined && Number(last) >= size))
    throw new Refused(416, `The disk ends at ${size}.`);
  return start;
}
