import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  checksFor,
  cleanUp,
  countsText,
  createBench,
  DeviationsError,
  isGood,
  noDeviations,
  readDeviations,
  readKit,
  reportHtml,
  reportJunit,
  reportOf,
  reportText,
  resultText,
  runChecks,
  type Bench,
  type Check,
  type CheckResult,
  type ConformReport,
  type Deviations,
  type Profile,
} from '../../moving/conform/index.js';
import { EndpointError, openEndpoint, type Endpoint, type EndpointOptions } from '../../moving/endpoint/index.js';
import { packageRoot } from '../../settings/index.js';
import { endpointOptions } from '../endpoint-options.js';
import { CommandError, EXIT, type Io } from '../io.js';
import type { Given } from '../options.js';
import { assertWritable, openOutput } from '../output.js';
import { progressOn } from '../progress.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const formats: Readonly<Record<string, (report: ConformReport) => string>> = {
  text: reportText,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  junit: reportJunit,
  html: reportHtml,
};

async function deviationsOf(given: Given): Promise<Deviations> {
  const file = text(given['known']);
  if (file === undefined) return noDeviations;
  try {
    return readDeviations(await readFile(file, 'utf8'), file);
  } catch (error) {
    const message = error instanceof DeviationsError ? error.message : `${file}: ${(error as Error).message}`;
    throw new CommandError(message, EXIT.usage, { cause: error });
  }
}

/** Whether a check has this name, or a name that begins so: `exchange.*`. */
const isOf = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Removes what earlier runs left behind. Returns whether everything was removed. */
async function clean(bench: Bench, io: Io): Promise<boolean> {
  const cleaned = await cleanUp(bench);
  for (const { what, name, why } of cleaned)
    io.stderr.write(why === undefined ? `removed: ${what} ${name}\n` : `not removed: ${what} ${name}: ${why}\n`);
  const isTidy = cleaned.every(({ why }) => why === undefined);
  if (!isTidy) io.stderr.write('run conform --cleanup once the endpoint is reachable again\n');
  return isTidy;
}

/** How a run goes on, until something ends it. */
interface Run {
  readonly bench: Bench;
  readonly profile: Profile;
  readonly given: Given;
  readonly io: Io;
  /** What ended it before its last check; empty: nothing. */
  stoppedBy: string;
}

/** The names that a run gives to what it makes, and what it waits for. */
function benchFor(
  endpoint: Endpoint,
  { user, password = '' }: Pick<EndpointOptions, 'user' | 'password'>,
  given: Given,
  stopped: AbortSignal,
): Bench {
  const prefix = text(given['prefix']) ?? 'conform';
  const [template, cluster] = [text(given['template']), text(given['cluster'])];
  return createBench(
    endpoint,
    {
      prefix,
      patienceMs: Number(given['patience'] ?? 600) * 1000,
      pollMs: Number(given['poll'] ?? 2000),
      ...(user !== undefined && { user, password }),
      ...(template !== undefined && { template }),
      ...(cluster !== undefined && { cluster }),
      stopped,
    },
    `${prefix}-${randomBytes(4).toString('hex')}`,
  );
}

/** The checks of the profile that `--only` names. */
function checksOf({ bench, profile, given }: Run): readonly Check[] {
  const kit = given['corpus'] === true ? readKit(`${packageRoot}fixtures/exchanges`) : undefined;
  const only = text(given['only']);
  const checks = checksFor(bench, profile, kit).filter(({ name }) => only === undefined || isOf(only, name));
  if (checks.length === 0) throw new CommandError(`--only ${only ?? ''}: there is no such check`, EXIT.usage);
  return checks;
}

/** Runs the checks, until one ends the run, and removes what they made. */
async function play(
  run: Run,
  checks: readonly Check[],
  deviations: Deviations,
): Promise<{ readonly done: readonly CheckResult[]; readonly isTidy: boolean }> {
  const { bench, profile, given, io } = run;
  const progress = progressOn(io);
  const done: CheckResult[] = [];
  let isTidy = true;
  try {
    for await (const result of runChecks(checks, bench, deviations)) {
      done.push(result);
      progress.show(`${done.length} of ${checks.length}: ${result.name}`);
      if (result.result === 'differs' && result.known !== true) {
        progress.end();
        if (given['format'] !== 'text') io.stderr.write(`${resultText(result)}\n`);
      }
      if (run.stoppedBy !== '') break;
    }
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    progress.end();
    run.stoppedBy = error.message;
  } finally {
    progress.end();
    if (profile !== 'read-only') isTidy = await clean(bench, io);
  }
  return { done, isTidy };
}

/** Writes the report, and what is not in it to stderr. */
async function tell({ given, io, stoppedBy }: Run, report: ConformReport, planned: number): Promise<void> {
  const output = await openOutput(given, io);
  await output.write(formats[text(given['format']) ?? 'text']?.(report) ?? '');
  await output.end();
  if (stoppedBy !== '') io.stderr.write(`stopped by ${stoppedBy} after ${report.checks.length} of ${planned} checks\n`);
  else if (given['format'] !== 'text') io.stderr.write(`${countsText(report)}\n`);
}

/** `conform`: checks an endpoint against the protocol, with sources. Returns the exit code: 1 if something differs. */
export async function conform(given: Given, io: Io): Promise<number> {
  const options = await endpointOptions(given, io);
  const deviations = await deviationsOf(given);
  await assertWritable(given['output']);
  const profile = (text(given['profile']) ?? 'read-only') as Profile;
  const endpoint = await openEndpoint(options).catch((error: unknown) => {
    throw error instanceof EndpointError ? new CommandError(error.message, EXIT.failed, { cause: error }) : error;
  });
  try {
    const stop = new AbortController();
    const bench = benchFor(endpoint, options, given, stop.signal);
    if (given['cleanup'] === true) return (await clean(bench, io)) ? EXIT.ok : EXIT.failed;
    const run: Run = { bench, profile, given, io, stoppedBy: '' };
    if (profile !== 'read-only')
      io.untilStopped().then(
        (reason) => {
          run.stoppedBy = reason;
          stop.abort();
        },
        () => undefined,
      );
    const checks = checksOf(run);
    const { done, isTidy } = await play(run, checks, deviations);
    const report = reportOf({
      url: endpoint.url,
      product: `${endpoint.product.name} ${endpoint.product.version}`.trim(),
      api: endpoint.version.number,
      profile,
      at: new Date().toISOString(),
      checks: done,
    });
    await tell(run, report, checks.length);
    return isGood(report) && isTidy && run.stoppedBy === '' ? EXIT.ok : EXIT.failed;
  } finally {
    await endpoint.close();
  }
}
