import { readFile } from 'node:fs/promises';
import {
  belowEndpoint,
  ExchangeSyntaxError,
  formatExchange,
  parseExchange,
  sendExchange,
  type Exchange,
  type ExchangeCall,
  type ExchangeRequest,
} from '../exchanges/index.js';
import { startGateway } from '../gateway.js';
import type { Settings } from '../settings/index.js';
import { createLog } from '../telemetry/index.js';
import { CommandError, EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';
import { startFailed } from './serve.js';

/**
 * Whatever the operator's settings are, the scratch gateway is alone: a free port, a simulator without delays, no files
 * written.
 */
function scratch(settings: Settings): Settings {
  const { tls: _tls, ...server } = settings.server;
  const { state: _state, ...simulator } = settings.simulator;
  const { kind } = settings.backend;
  const { cloud: _cloud, authUrl: _url, ...openstack } = settings.openstack;
  const { crn: _crn, apiKey: _apiKey, password: _password, ...powervs } = settings.powervs;
  return {
    ...settings,
    server: { ...server, host: '127.0.0.1', port: 0 },
    backend: { kind: kind === 'powervs' || kind === 'openstack' ? kind : 'simulator' },
    powervs,
    openstack,
    operations: { ...settings.operations, pollMs: 1, pollMaxMs: 20 },
    simulator: { ...simulator, timeScale: 0 },
  };
}

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

/** `translate`: carries out one request on a scratch simulator and prints what it became. Gives the exit code. */
export async function translate(file: string | undefined, given: Given, io: Io): Promise<number> {
  const { settings } = settingsFor('translate', given, io.environment);
  const request = parsed(await input(file, io), file === undefined || file === '-' ? 'standard input' : file);
  const calls: ExchangeCall[] = [];
  const log = createLog({ ...settings.log, level: 'error' }, io.stderr);
  const gateway = await startGateway(scratch(settings), {
    log,
    onBackendCall: ({ service, method, path, body, status }) => {
      calls.push({ service, method, path: belowEndpoint(path), ...(body === undefined ? {} : { body }), status });
    },
  }).catch(startFailed);
  try {
    const answer = await sendExchange(gateway.port, request);
    await gateway.settled();
    const exchange: Exchange = { notes: [], request, calls, answer };
    io.stdout.write(given['json'] === true ? `${JSON.stringify(exchange, null, 2)}\n` : formatExchange(exchange));
  } finally {
    await gateway.close();
    await log.close();
  }
  return EXIT.ok;
}
