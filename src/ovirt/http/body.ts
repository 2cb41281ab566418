import type { IncomingMessage } from 'node:http';
import { Fault } from '../../model/index.js';

/**
 * How much of a body that is too long is still read, so that the client receives the answer. A multiple of the limit.
 */
const DISCARD_FACTOR = 16;

/**
 * Whether the request announces a body. Only methods that take one may read it: the bytes may never arrive
 * (docs/reference/ovirt.md, N3 b).
 */
export const announcesBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/**
 * The bytes of the body, at most `limit`. Throws `request.too-large`, before reading if the length is announced;
 * `request.syntax` if the client disconnects.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = new Fault('request.too-large', { limit });
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    discard(request, limit);
    throw tooLarge;
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) return void chunks.push(chunk);
      request.off('data', onData);
      discard(request, limit);
      reject(tooLarge);
    };
    request.on('data', onData);
    request.on('end', () => resolve(whole(chunks)));
    request.on('error', (cause) => reject(new Fault('request.syntax', { text: 'The body is incomplete.' }, { cause })));
    request.on('close', () => reject(new Fault('request.syntax', { text: 'The body is incomplete.' })));
  });
}

function discard(request: IncomingMessage, limit: number): void {
  let length = 0;
  request.on('error', () => request.destroy());
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit * DISCARD_FACTOR) request.destroy();
  });
}

/** The chunks in one piece. A single chunk, which most bodies are, is not copied. */
function whole([first = Buffer.alloc(0), ...more]: readonly Buffer[]): Buffer {
  return more.length === 0 ? first : Buffer.concat([first, ...more]);
}
