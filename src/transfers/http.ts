import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault, isFault, type ByteSource } from '../model/index.js';
import { isFull, type TransferRecord } from '../services/transfers/store.js';
import type { Transfers } from '../services/transfers/transfers.js';
import { answer, Refused, refuse } from './answer.js';
import { contentRange, range } from './ranges.js';
import type { SpooledBytes } from './spool.js';

/** Where the bytes of transfers are; `*` is any ticket. */
const PATH = /^\/images\/(\*|[^/?]+)(\/extents)?(?:\?|$)/;

/** How many connections a client may use at once. */
const CONNECTIONS = 8;

/**
 * glibc returns freed memory to the system as soon as 128 KiB are free, and each part of a download from a cloud with
 * TLS, which undici reads, takes new pages: up to half of its CPU. Once a block of this size, bytes, has been freed, it
 * keeps twice as much (mallopt(3), "dynamic mmap threshold"); V8 frees this one, which is never written, at its next
 * collection. Other libraries of C ignore it.
 */
const KEPT_FREE = 8 * 2 ** 20;

/** The longest document of a PATCH, bytes. */
const MOST_JSON = 64 * 1024;

export interface DataSettings {
  /** How long a body may stall, milliseconds. */
  readonly stallMs: number;
}

export interface DataLog {
  warn(message: string, fields: Record<string, unknown>): void;
}

/**
 * Answers `/images/<ticket>` as ovirt-imageio does (docs/reference/v4-wire.md, section 9): the ticket is the secret,
 * there is no other login. `handles` returns whether a request is for it; `handle` never throws.
 */
export function createDataHandler(transfers: Transfers, spool: SpooledBytes, settings: DataSettings, log: DataLog) {
  let first = true;
  const verbs = { GET: get, HEAD: get, PUT: put, PATCH: patch } as const;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await route(request, response);
    } catch (error) {
      if (response.destroyed) return;
      if (response.headersSent) {
        log.warn('the data of an image transfer was cut off', { error: String(error) });
        response.destroy();
        return;
      }
      const refused = error instanceof Refused ? error : refusedOf(error);
      if (refused.status >= 500) log.warn('the data of an image transfer was refused', { error: String(error) });
      refuse(response, refused, request.complete);
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, ticket = '', below] = PATH.exec(request.url ?? '') ?? [];
    if (request.method === 'OPTIONS') return options(ticket, response);
    const record = await transfers.ofTicket(ticket);
    if (!record) throw new Refused(403, 'No such ticket, or it has ended.');
    if (below !== undefined) {
      if (request.method !== 'GET') throw new Refused(405, `${request.method} is not allowed here.`);
      return extents(record, request, response);
    }
    const verb = verbs[request.method as keyof typeof verbs];
    if (!verb) throw new Refused(405, `${request.method} is not allowed here.`);
    await transfers.store.use(record.id);
    await verb(record, request, response);
    await transfers.store.use(record.id);
  }

  async function options(ticket: string, response: ServerResponse): Promise<void> {
    const record = ticket === '*' ? undefined : await transfers.ofTicket(ticket);
    if (ticket !== '*' && !record) throw new Refused(403, 'No such ticket, or it has ended.');
    const isReadOnly = record?.direction === 'download';
    answer(response, 200, {
      headers: { allow: isReadOnly ? 'OPTIONS,GET,HEAD' : 'OPTIONS,GET,HEAD,PUT,PATCH' },
      json: {
        features: isReadOnly ? ['extents'] : ['extents', 'zero', 'flush'],
        max_readers: CONNECTIONS,
        max_writers: CONNECTIONS,
      },
    });
  }

  /**
   * Extents: no cloud reports where a volume is empty, so all of it counts as data; nor what changed since a backup.
   */
  async function extents(
    { sizeBytes }: TransferRecord,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const context = new URL(request.url ?? '', 'http://gateway').searchParams.get('context') ?? 'zero';
    if (context === 'dirty') throw new Refused(404, 'Dirty extents are not supported: the clouds do not report them.');
    if (context !== 'zero') throw new Refused(400, 'context must be zero or dirty.');
    answer(response, 200, { json: [{ start: 0, length: sizeBytes, zero: false, hole: false }] });
  }

  async function get(record: TransferRecord, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { start, end, isPart } = range(request.headers.range, record.sizeBytes);
    const bytes = request.method === 'HEAD' ? undefined : await read(record, start, end);
    response.writeHead(isPart ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': end - start,
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(isPart && { 'content-range': `bytes ${start}-${end - 1}/${record.sizeBytes}` }),
    });
    if (first) Buffer.allocUnsafeSlow(KEPT_FREE);
    first = false;
    if (bytes) await sendAll(bytes, response);
    else response.end();
  }

  /** Reads bytes; a login that has ended is dropped: the next request for the transfer brings another. */
  async function read(record: TransferRecord, start: number, end: number): Promise<ByteSource> {
    try {
      return await transfers.read(record, start, end);
    } catch (error) {
      if (!isFault(error, 'backend.login') && !isFault(error, 'auth.refused')) throw error;
      transfers.forget(record);
      throw new Fault('overloaded', { retryAfter: 1 }, { cause: error });
    }
  }

  async function put(record: TransferRecord, request: IncomingMessage, response: ServerResponse): Promise<void> {
    isUpload(record);
    const length = request.headers['content-length'];
    const start = contentRange(request.headers['content-range'], length, record.sizeBytes);
    const most = record.sizeBytes - start;
    const count = await spooling(record, () => spool.write(record.id, start, lively(request), most));
    if (count > most) throw new Refused(416, `At most ${most} bytes can be written at ${start}.`);
    if (new URL(request.url ?? '', 'http://gateway').searchParams.get('flush') !== 'n') await spool.flush(record.id);
    answer(response, 200);
  }

  async function patch(record: TransferRecord, request: IncomingMessage, response: ServerResponse): Promise<void> {
    isUpload(record);
    const requested = await document(request);
    if (requested.op === 'zero') {
      const { offset = 0, size } = requested;
      if (!isCount(offset) || !isCount(size) || size === 0)
        throw new Refused(400, 'zero requires offset and size, in bytes.');
      if (offset + size > record.sizeBytes) throw new Refused(416, `The disk ends at ${record.sizeBytes}.`);
      await spooling(record, () => spool.zero(record.id, offset, size));
    } else if (requested.op !== 'flush') throw new Refused(400, 'op must be zero or flush.');
    if (requested.op === 'flush' || requested.flush === true) await spool.flush(record.id);
    answer(response, 200);
  }

  function isUpload({ direction }: TransferRecord): void {
    if (direction !== 'upload') throw new Refused(403, 'The ticket does not allow writing.');
  }

  /** A full disk fails the transfer, and frees its space. */
  async function spooling<T>({ id }: TransferRecord, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new Refused(403, 'The ticket has ended.', { cause: error });
      if (!isFull(error)) throw error;
      const why = 'The spool folder of the gateway is full.';
      await transfers.fail(id, why).catch((failure: unknown) => {
        // something else has filled it; without its bytes the transfer fails as soon as it is finalized
        if (!isFull(failure)) throw failure;
        log.warn('the failure of an image transfer was not recorded: its folder is full', { id });
      });
      throw new Refused(507, why, { cause: error });
    }
  }

  /** The body, until it stalls. */
  async function* lively(request: IncomingMessage): AsyncGenerator<Uint8Array> {
    const stalled = setTimeout(() => request.destroy(new Error('the body stopped arriving')), settings.stallMs);
    try {
      for await (const part of request as AsyncIterable<Buffer>) {
        yield part;
        stalled.refresh();
      }
    } finally {
      clearTimeout(stalled);
    }
  }

  async function document(request: IncomingMessage): Promise<Patch> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of lively(request)) {
      if ((length += part.length) > MOST_JSON) throw new Refused(413, `More than ${MOST_JSON} bytes.`);
      parts.push(part);
    }
    try {
      const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      if (typeof value === 'object' && value !== null) return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw new Refused(400, 'The body is not a JSON object.');
  }

  return { handles: (url: string | undefined): boolean => PATH.test(url ?? ''), handle };
}

/**
 * Writes the bytes to the connection below the response, which would cork and uncork it for each part: a quarter of the
 * time in user mode. Bounded by the reader: each part is with the system before the next is read into its memory.
 * @throws what reading the bytes does
 */
async function sendAll(bytes: ByteSource, response: ServerResponse): Promise<void> {
  response.flushHeaders();
  // a pipelined answer whose turn has not come has no connection yet
  const out = response.socket ?? response;
  let goOn = (): void => undefined;
  const closed = (): void => goOn();
  out.on('close', closed);
  try {
    await bytes.passTo((part) => {
      if (response.destroyed) throw new Error('the client has left');
      return new Promise((resolve) => {
        goOn = resolve;
        out.write(part, () => resolve());
      });
    });
  } finally {
    out.off('close', closed);
  }
  response.end();
}

interface Patch {
  readonly op?: unknown;
  readonly offset?: unknown;
  readonly size?: unknown;
  readonly flush?: unknown;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The refusal for an error of the cloud or the system, without internal texts. */
function refusedOf(error: unknown): Refused {
  if (isFault(error, 'overloaded'))
    return new Refused(503, 'Get the image transfer from the API first.', {
      cause: error,
      headers: { 'retry-after': 1 },
    });
  if (isFault(error, 'not-found')) return new Refused(404, 'The data no longer exists.', { cause: error });
  if (isFault(error)) return new Refused(502, 'The cloud did not deliver the data.', { cause: error });
  return new Refused(500, 'The gateway failed to process the request.', { cause: error });
}
