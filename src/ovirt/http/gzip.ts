import type { Response } from 'express';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';

/**
 * Level 1 makes an answer almost as small as level 6, at a third of the cost (docs/reference/performance.md, section
 * 4).
 */
const OPTIONS = { level: constants.Z_BEST_SPEED };

const compress = promisify<Buffer, object, Buffer>(gzip);

/** Compressed off the main thread. */
export const gzipped = (bytes: Buffer): Promise<Buffer> => compress(bytes, OPTIONS);

/** Whether a client accepts gzip (RFC 9110, 12.5.3): it must list it, and not with `q=0`. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  const weights = new Map(
    acceptEncoding.split(',').map((item) => {
      const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}

/** A stream whose compressed form goes to the response, and that ends with it. */
export function packInto(response: Response): Writable {
  const packer = createGzip(OPTIONS);
  packer.pipe(response);
  // a client that goes away must not leave the list waiting for room
  response.once('close', () => packer.destroy());
  return packer;
}
