import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatExchange,
  parseExchanges,
  ExchangeSyntaxError,
  type Exchange,
  type Header,
} from '../../exchanges/index.js';
import { makeWritableFolder } from '../../folders.js';
import type { Heard } from './proxy.js';
import type { Scrubber } from './scrub.js';

/** Headers that do not matter to what was asked or answered. */
const NOISE = new Set(['connection', 'content-length', 'date', 'host', 'keep-alive', 'transfer-encoding', 'server']);

const scrubbed = (headers: readonly Header[], scrubber: Scrubber): Header[] =>
  headers
    .filter(([name]) => !NOISE.has(name.toLowerCase()))
    .map(([name, value]) => [name, scrubber.header(name, value)] as const);

/** The collections in a path, for the name of its file: `vms-nics`. */
const about = (target: string): string =>
  target
    .split(/[?;]/, 1)
    .join('')
    .replace(/^\/(ovirt-engine\/)?(api\/?)?(v\d\/)?/, '')
    .split('/')
    .filter((part) => /^[a-z_]+$/.test(part))
    .join('-')
    .slice(0, 60) || 'root';

export interface Recording {
  add(heard: Heard): void;
  /** How many exchanges have been written. */
  readonly count: number;
  /** Resolves when everything has been written. @throws Error of the file system */
  end(): Promise<void>;
}

/**
 * Writes each exchange to a file of its own in a folder, numbered in the order in which the exchanges ended.
 * @throws Error of the file system when the folder takes no files
 */
export async function openRecording(folder: string, scrubber: Scrubber): Promise<Recording> {
  await makeWritableFolder(folder);
  let count = (await readdir(folder)).filter((name) => /^\d{6}-.*\.txt$/.test(name)).length;
  let failure: Error | undefined;
  const open = new Set<Promise<void>>();

  return {
    get count() {
      return count;
    },
    add({ client, request, answer }) {
      const root = about(request.target).split('-').at(-1)?.replace(/s$/, '') ?? '';
      if (answer.body !== undefined) scrubber.learn(answer.body, root);
      if (request.body !== undefined) scrubber.learn(request.body, root);
      const exchange: Exchange = {
        notes: [
          `${new Date().toISOString()} ${scrubber.text(client).slice(0, 200)}`,
          ...(request.body === undefined ? ['the body of the request was not recorded'] : []),
          ...(answer.body === undefined ? ['the body of the answer was not recorded'] : []),
        ],
        request: {
          method: request.method,
          target: scrubber.target(request.target),
          headers: scrubbed(request.headers, scrubber),
          body: scrubber.text(request.body ?? ''),
        },
        answer: {
          status: answer.status,
          headers: scrubbed(answer.headers, scrubber),
          body: scrubber.text(answer.body ?? ''),
        },
      };
      count += 1;
      const file = join(folder, `${String(count).padStart(6, '0')}-${request.method}-${about(request.target)}.txt`);
      const written = writeFile(file, formatExchange(exchange)).catch((error: unknown) => {
        failure ??= error as Error;
      });
      const done = written.finally(() => open.delete(done));
      open.add(done);
    },
    async end() {
      await Promise.all(open);
      if (failure) throw failure;
    },
  };
}

/** A file of a recording, and its exchanges. */
export interface Recorded {
  readonly file: string;
  readonly exchange: Exchange;
}

/** A file is not an exchange, or cannot be read. */
export class RecordingError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RecordingError';
  }
}

/** The exchanges in files and folders, in the order of the file names. @throws RecordingError */
export async function* readRecording(paths: readonly string[]): AsyncGenerator<Recorded> {
  for (const path of paths) {
    const files = await filesOf(path);
    for (const file of files) {
      try {
        for (const exchange of parseExchanges(await readFile(file, 'utf8'))) yield { file, exchange };
      } catch (error) {
        if (error instanceof ExchangeSyntaxError)
          throw new RecordingError(`${file}, ${error.message}`, { cause: error });
        throw error;
      }
    }
  }
}

async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    return (await readdir(path))
      .filter((name) => name.endsWith('.txt'))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new RecordingError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
