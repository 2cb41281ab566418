import { readFile, writeFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { supportedBackends } from '../../gateway/backends.js';
import { EndpointError } from '../../moving/endpoint/index.js';
import {
  createReplayer,
  createShadow,
  IdMap,
  openRecording,
  readRecording,
  RecordingError,
  replayHtml,
  ReplayTally,
  replayText,
  Scrubber,
  startProxy,
  type Heard,
  type Proxy,
  type ReplayReport,
  type StandingOf,
} from '../../moving/traffic/index.js';
import { packageRoot } from '../../settings/index.js';
import { readMatrix } from '../../support/index.js';
import { certificatesOf, endpointOf, proxiesOf } from '../endpoint-options.js';
import { announce, CommandError, EXIT, type Io } from '../io.js';
import { settingsFor, type Given } from '../options.js';
import { assertWritable, openOutput } from '../output.js';
import { progressOn } from '../progress.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

async function fileOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, EXIT.usage, { cause: error });
  });
}

/** @throws CommandError for a certificate or key that cannot be used. */
function usable(pair: { readonly cert: string; readonly key: string }, files: string): void {
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new CommandError(`${files} are not a certificate and its key: ${(error as Error).message}`, EXIT.usage, {
      cause: error,
    });
  }
}

/** Starts the proxy that the command line describes. @throws CommandError */
async function proxyOf(given: Given, io: Io, onExchange: (heard: Heard) => void): Promise<Proxy> {
  const to = text(given['to']);
  if (to === undefined || !/^https?:\/\/./.test(to) || !URL.canParse(to))
    throw new CommandError('--to must be the URL of the engine, such as https://engine.example.com', EXIT.usage);
  const listen = text(given['listen']) ?? '';
  const [, host = '127.0.0.1', port] = /^(?:(.*):)?(\d{1,5})$/.exec(listen) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new CommandError(`--listen must be an address such as 127.0.0.1:8080, not ${listen}`, EXIT.usage);
  const [cert, key, ca] = [text(given['certFile']), text(given['keyFile']), text(given['engineCaFile'])];
  if ((cert === undefined) !== (key === undefined))
    throw new CommandError('--cert-file and --key-file must be given together', EXIT.usage);
  const tls =
    cert !== undefined && key !== undefined ? { cert: await certificatesOf(cert), key: await fileOf(key) } : undefined;
  if (tls) usable(tls, `${cert} and ${key}`);
  try {
    return await startProxy({
      to,
      host: host.replace(/^\[|\]$/g, ''),
      port: Number(port),
      ...(tls && { tls }),
      ...(ca !== undefined && { ca: await certificatesOf(ca) }),
      insecure: given['engineInsecure'] === true,
      proxies: proxiesOf(io),
      most: Number(given['keep']) * 1024,
      onExchange,
    });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot listen on ${host}:${port}: ${(error as Error).message}`, EXIT.failed, {
      cause: error,
    });
  }
}

/** `record`: a proxy in front of an engine that records requests and answers, until it is stopped. */
export async function record(given: Given, io: Io): Promise<number> {
  const folder = text(given['output']);
  if (folder === undefined) throw new CommandError('--output is required: the folder for the recording', EXIT.usage);
  const stopped = { reached: io.untilStopped() };
  const scrubber = new Scrubber(given['keepNames'] === true);
  const recording = await openRecording(folder, scrubber).catch((error: unknown) => {
    throw new CommandError(`${folder} cannot be written: ${(error as Error).message}`, EXIT.failed, { cause: error });
  });
  await assertWritable(given['namesFile']);
  const before = recording.count;
  const proxy = await proxyOf(given, io, (heard) => recording.add(heard));
  announce(io, `recording ${proxy.url}, in front of ${text(given['to']) ?? ''}, into ${folder}\n`);
  await stopped.reached;
  await proxy.close();
  const names = text(given['namesFile']);
  try {
    await recording.end();
    if (names !== undefined)
      await writeFile(names, `${JSON.stringify(Object.fromEntries(scrubber.names), null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new CommandError(`the recording is incomplete: ${(error as Error).message}`, EXIT.failed, { cause: error });
  }
  io.stderr.write(`${recording.count - before} exchanges\n`);
  return EXIT.ok;
}

function standingOf(given: Given, io: Io, command: string): StandingOf {
  const { settings } = settingsFor(command, given, io);
  const backend = text(given['backend']);
  if (backend === undefined) return () => undefined;
  const matrix = readMatrix(`${packageRoot}schemas`, supportedBackends(settings));
  const refused = new Map(
    matrix.operations.flatMap(({ name, versions, on }) => {
      const standing = on[backend];
      return standing?.support === 'refused' ? versions.map((api) => [`${api} ${name}`, standing.how] as const) : [];
    }),
  );
  return (operation, api) => refused.get(`${api} ${operation}`);
}

/** The real names behind the placeholders, as written by `record`. @throws CommandError */
async function unscrubbing(given: Given): Promise<(text: string, encoded?: boolean) => string> {
  const file = text(given['namesFile']);
  if (file === undefined) return (same) => same;
  let names: ReadonlyMap<string, string>;
  try {
    const pairs = Object.entries(JSON.parse(await fileOf(file)) as Record<string, string>);
    names = new Map(pairs.map(([name, placeholder]) => [placeholder, name]));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} is not a file of names: ${(error as Error).message}`, EXIT.usage, { cause: error });
  }
  return (scrubbed, encoded = false) =>
    scrubbed.replace(/(?:(?<=%[0-9A-Fa-f]{2})|(?<![\w-]))[a-z_]+-\d+\b/g, (found) => {
      const name = names.get(found);
      return name === undefined ? found : encoded ? encodeURIComponent(name) : name;
    });
}

type Report = ReplayReport & { readonly passedOver?: number };

const formats: ReadonlyMap<string, (report: Report) => string> = new Map([
  ['text', replayText],
  ['json', (report: Report): string => `${JSON.stringify(report, null, 2)}\n`],
  ['html', replayHtml],
]);

async function write(report: Report, given: Given, io: Io): Promise<void> {
  const output = await openOutput(given, io);
  const format = text(given['format']) ?? 'text';
  await output.write((formats.get(format) ?? replayText)(report));
  await output.end();
}

/**
 * `replay`: sends recorded requests to another endpoint and compares the answers. Exit code 1: something differs or is
 * refused.
 */
export async function replay(paths: readonly string[], given: Given, io: Io): Promise<number> {
  const standing = standingOf(given, io, 'replay');
  const unscrubbed = await unscrubbing(given);
  await assertWritable(given['output']);
  const endpoint = await endpointOf(given, io, '', text(given['to']));
  const tally = new ReplayTally();
  const progress = progressOn(io);
  try {
    const ids = new IdMap();
    progress.show('listing what exists on the new side');
    await ids.look(endpoint);
    const send = createReplayer(endpoint, {
      ids,
      writes: given['writes'] === true,
      patienceMs: Number(given['patience']) * 1000,
      standing,
      unscrubbed,
    });
    let count = 0;
    for await (const { exchange } of readRecording(paths)) {
      tally.add(await send(exchange));
      progress.show(`${(count += 1)} exchanges`);
    }
    if (count === 0) throw new RecordingError(`no exchanges found in ${paths.join(', ')}`);
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(error.message, EXIT.usage, { cause: error });
    if (error instanceof EndpointError) throw new CommandError(error.message, EXIT.failed, { cause: error });
    throw error;
  } finally {
    progress.end();
    await endpoint.close();
  }
  const report = tally.report();
  await write(report, given, io);
  return report.counts.different + report.counts.refused === 0 ? EXIT.ok : EXIT.failed;
}

/** `shadow`: clients get the engine's answers, which are compared with those of another endpoint in the background. */
export async function shadow(given: Given, io: Io): Promise<number> {
  const standing = standingOf(given, io, 'shadow');
  await assertWritable(given['output']);
  const stopped = { reached: io.untilStopped() };
  const endpoint = await endpointOf(given, io, 'target');
  const tally = new ReplayTally();
  let failures = 0;
  try {
    const ids = new IdMap();
    await ids.look(endpoint);
    const compared = createShadow(
      createReplayer(endpoint, { ids, writes: false, standing }),
      { atOnce: Number(given['atOnce']), queue: Number(given['queue']), size: Number(given['memory']) * 1024 * 1024 },
      (result) => tally.add(result),
      (error) => {
        failures += 1;
        if (failures === 1) io.stderr.write(`not compared: ${(error as Error).message}\n`);
      },
    );
    const proxy = await proxyOf(given, io, (heard) => compared.add(heard));
    announce(io, `listening on ${proxy.url}: ${text(given['to']) ?? ''} answers, and ${endpoint.url} is compared\n`);
    await stopped.reached;
    await proxy.close();
    await compared.end();
    await write({ ...tally.report(), passedOver: compared.passedOver }, given, io);
    io.stderr.write(`${compared.passedOver} reads were not compared${failures > 0 ? `, ${failures} failed` : ''}\n`);
  } finally {
    await endpoint.close();
  }
  return EXIT.ok;
}
