import { readFile } from 'node:fs/promises';
import { ExchangeSyntaxError, formatExchange, parseExchange, type ExchangeRequest } from '../exchanges/index.js';
import { tryOut } from '../gateway/scratch.js';
import { startGateway } from '../gateway.js';
import { createLog } from '../telemetry/index.js';
import { CommandError, EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';
import { startFailed } from './serve.js';

async function textOf(chunks: AsyncIterable<Buffer | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString('utf8');
}

async function input(file: string | undefined, io: Io): Promise<string> {
  if (file === undefined || file === '-') return textOf(io.stdin);
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, EXIT.usage, { cause: error });
  });
}

function parsed(text: string, name: string): ExchangeRequest {
  try {
    return parseExchange(text).request;
  } catch (error) {
    if (error instanceof ExchangeSyntaxError)
      throw new CommandError(`${name}, ${error.message}`, EXIT.usage, { cause: error });
    throw error;
  }
}

/** `translate`: carries out one request on a scratch simulator and prints what it became. Returns the exit code. */
export async function translate(file: string | undefined, given: Given, io: Io): Promise<number> {
  const { settings } = settingsFor('translate', given, io);
  const request = parsed(await input(file, io), file === undefined || file === '-' ? 'standard input' : file);
  const log = createLog({ ...settings.log, level: 'error' }, io.stderr);
  try {
    const exchange = await tryOut(startGateway, settings, request, log).catch(startFailed);
    io.stdout.write(given['json'] === true ? `${JSON.stringify(exchange, null, 2)}\n` : formatExchange(exchange));
  } finally {
    await log.close();
  }
  return EXIT.ok;
}
