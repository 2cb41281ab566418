import { createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CommandError, EXIT, type Io } from './io.js';
import type { Given } from './options.js';

/** Where a command's result goes: a file that `--output` names, or standard output. */
export interface Output {
  /** Resolves when the reader is ready for more. @throws CommandError */
  write(text: string): Promise<void>;
  /** @throws CommandError when not all of it could be written. */
  end(): Promise<void>;
}

const failed = (file: string, error: unknown): CommandError =>
  new CommandError(`${file} cannot be written: ${(error as Error).message}`, EXIT.failed, { cause: error });

/**
 * Makes sure that a file can be written at the end of a command, before its work begins. Its present content stays
 * until then.
 * @throws CommandError
 */
export async function assertWritable(file: unknown): Promise<void> {
  if (typeof file !== 'string' || file === '-') return;
  try {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    // the reader of a pipe would take the end of this look for the end of all
    if (found && !found.isFile() && !found.isDirectory()) return;
    await (await open(file, 'a')).close();
    if (!found) await rm(file);
  } catch (error) {
    throw failed(file, error);
  }
}

/** Opens what `--output` names. @throws CommandError */
export async function openOutput(given: Given, io: Io): Promise<Output> {
  const file = given['output'];
  if (typeof file !== 'string' || file === '-') {
    return {
      async write(text) {
        if (!io.stdout.write(text)) await once(io.stdout, 'drain');
      },
      end: async () => undefined,
    };
  }
  const stream = createWriteStream(file);
  const done = finished(stream);
  // the next write reports an error
  done.catch(() => undefined);
  await once(stream, 'open').catch((error: unknown) => {
    throw failed(file, error);
  });
  return {
    async write(text) {
      if (stream.errored) throw failed(file, stream.errored);
      if (!stream.write(text))
        await Promise.race([once(stream, 'drain'), done]).catch((error: unknown) => {
          throw failed(file, error);
        });
    },
    async end() {
      stream.end();
      await done.catch((error: unknown) => {
        throw failed(file, error);
      });
    },
  };
}
