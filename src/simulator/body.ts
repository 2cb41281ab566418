import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The body of a request. */
export interface Body {
  /** The bytes as received; for data without trailing zeros, which may be many GiB. */
  readonly bytes: Buffer;
  /** Bytes that came. */
  readonly length: number;
  /** MD5 of all received bytes, hexadecimal; for data only. */
  readonly md5?: string;
}

export const NO_BODY: Body = { bytes: Buffer.alloc(0), length: 0 };

export const isData = (type = ''): boolean => type.startsWith('application/octet-stream');

/** Parts come in pieces of 64 KiB. */
const ZEROS = Buffer.alloc(64 * 1024);
const isZero = (part: Buffer): boolean => part.length <= ZEROS.length && part.equals(ZEROS.subarray(0, part.length));

/**
 * Reads the body up to `limit`; null if there is more. The rest is read and dropped, so that the client receives the
 * answer.
 */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<Body | null> {
  const hash = isData(incoming.headers['content-type']) ? createHash('md5') : undefined;
  const parts: Buffer[] = [];
  let [length, kept, zeros] = [0, 0, 0];
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    hash?.update(part);
    if (hash && isZero(part)) {
      zeros += part.length;
      continue;
    }
    kept += zeros + part.length;
    if (kept > limit) continue;
    if (zeros > 0) parts.push(Buffer.alloc(zeros));
    parts.push(part);
    zeros = 0;
  }
  return kept > limit ? null : { bytes: Buffer.concat(parts), length, ...(hash && { md5: hash.digest('hex') }) };
}
