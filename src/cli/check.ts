import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkProtocols } from '../ovirt/index.js';
import { checkSchemas, readSchemas, type Problem } from '../schemas/index.js';
import { packageRoot, SettingsError } from '../settings/index.js';
import { backendText, checkBackend } from './check-backend.js';
import { CommandError, EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';

function settingsProblems(given: Given, io: Io): readonly string[] {
  try {
    settingsFor('check', given, io);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

const place = ({ file, row, field }: Problem, folder: string): string =>
  [
    relative('', join(folder, file)),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(field === undefined ? [] : [`field ${field}`]),
  ].join(', ');

/** Names in protocol tables are looked at once the tables are in order. */
function tableProblems(folder: string): readonly Problem[] {
  const problems = checkSchemas(folder);
  return problems.length > 0 ? problems : checkProtocols(readSchemas(folder).schemas);
}

/**
 * `check`: reports every error of the settings, the schemas and the tables; with `--backend` also what that backend
 * supports. Returns the exit code: 2 for wrong settings, 1 for any other error.
 */
export async function check(given: Given, io: Io): Promise<number> {
  const folder = typeof given['schemas'] === 'string' ? given['schemas'] : join(packageRoot, 'schemas');
  if (!existsSync(folder)) throw new CommandError(`${folder}: there is no such folder`, EXIT.usage);
  const wrongSettings = settingsProblems(given, io);
  const errors = [
    ...wrongSettings,
    ...tableProblems(folder).map((problem) => `${place(problem, folder)}: ${problem.message}`),
  ];
  const isJson = given['json'] === true;
  if (!isJson) io.stdout.write(errorsText(errors));
  const isAsked = typeof given['backend'] === 'string' || typeof given['powervc'] === 'string';
  const json = (report: object): boolean => io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const found =
    errors.length === 0 && isAsked
      ? await checkBackend(settingsFor('check', given, io).settings, io).catch((error: unknown) => {
          if (isJson && error instanceof CommandError) json({ errors: [error.message] });
          throw error;
        })
      : undefined;
  if (isJson) json({ errors, ...(found && { backend: found }) });
  else if (found) io.stdout.write(backendText(found));
  if (wrongSettings.length > 0) return EXIT.usage;
  return errors.length > 0 || found?.reads.some(({ ok }) => !ok) === true ? EXIT.failed : EXIT.ok;
}

const errorsText = (errors: readonly string[]): string =>
  [
    ...errors,
    errors.length === 0
      ? 'Settings, schemas and tables are in order.'
      : `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}.`,
  ]
    .map((line) => `${line}\n`)
    .join('');
